"""A whole installation in a folder: the shipped call, test servers, its own ledger and workbook."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from pydantic import SecretStr
from sqlalchemy import Connection

from intake.config import Config, Secrets, load
from intake.database import connect, reading
from intake.demo.letters import demo_letters
from intake.demo.post import DemoLetter
from intake.station import Station, open_station
from rules.call import Call
from tests.end_to_end.nursery import Nursery
from tests.servers.account import Account
from tests.warm import readers

ROOT = Path(__file__).parents[2]


def shipped_call() -> Call:
    """The call of the shipped config.toml, with answers really sent, all of them."""
    call = load(ROOT / "config.toml").calls[0]
    return call.model_copy(update={"replies": call.replies.model_copy(update={"mode": "send", "off": ()})})


@cache
def shipped_letters() -> tuple[DemoLetter, ...]:
    """The demo's letters, which take half a second to make: one of them is a bomb."""
    return demo_letters(shipped_call())


@dataclass(frozen=True)
class Installation:
    """config.toml and its folders in `folder`, pointed at two test servers."""

    folder: Path
    account: Account
    smtp_port: int

    @property
    def config_file(self) -> Path:
        return self.folder / "config.toml"

    def write(self, **mailbox: Any) -> "Installation":
        """Write config.toml: the shipped one, with hosts, ports and folders exchanged line by line."""
        exchanged = {
            "mailbox": {
                "host": self.account.host,
                "port": self.account.port,
                "tls": "none",
                "user": self.account.user,
                "idle": False,
            }
            | mailbox,
            "smtp": {"host": "127.0.0.1", "port": self.smtp_port, "tls": "none", "user": ""},
        }
        section, lines, done = "", [], set()
        for line in (ROOT / "config.toml").read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line[1:].partition("]")[0]
            key = line.partition("=")[0].strip()
            value = exchanged.get(section, {}).get(key)
            if value is not None and "=" in line:
                lines.append(f"{key} = {_toml(value)}")
                done.add((section, key))
            else:
                lines.append('replies.mode = "send"' if key == "replies.mode" else line)
        assert done == {(name, key) for name, values in exchanged.items() for key in values}
        text = "\n".join(lines) + "\n"
        self.config_file.write_text(text, encoding="utf-8")
        return self

    def change(self, old: str, new: str) -> None:
        """Change a line of config.toml that is there."""
        text = self.config_file.read_text(encoding="utf-8")
        assert old in text
        self.config_file.write_text(text.replace(old, new, 1), encoding="utf-8")

    @property
    def config(self) -> Config:
        return load(self.config_file)

    @contextmanager
    def station(self) -> Iterator[Station]:
        """The parts of the worker, in this process."""
        with open_station(
            self.config, Secrets(imap=SecretStr(self.account.password)), readers=readers()
        ) as station:
            yield station

    def intake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command as an admin would."""
        return self._run("intake.cli", arguments)

    def victim(self, step: str, moment: str, calls: int, *arguments: str) -> int:
        """Run the command so that it is killed at a step; return its exit code (-9 when it was)."""
        return self._run("tests.crash.victim", (step, moment, str(calls), "--", *arguments)).returncode

    def _run(self, program: str, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"SKRYNKA_IMAP_PASSWORD": self.account.password, "PYTHONPATH": str(ROOT)}
        return Nursery.one().run(program, [*arguments, "--config", str(self.config_file)], environment)

    @contextmanager
    def ledger(self) -> Iterator[Connection]:
        """Look into the ledger."""
        engine = connect(self.config.database_url)
        try:
            with reading(engine) as tx:
                yield tx
        finally:
            engine.dispose()

    def rows(self, sheet: str, call: Call | None = None) -> list[dict[str, Any]]:
        """The rows of a sheet of a call's workbook, of the first call's without one, by header."""
        config = self.config
        book = load_workbook(config.workbook_path(call or config.calls[0]))
        rows = book[sheet].iter_rows(values_only=True)
        header = next(rows)
        return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
