"""The laws of the design that no other test states as such.

Where the others are tested: 3, 4, 5, 7, 8 in `end_to_end/test_cycle.py` and `crash/test_kill.py`, 6 in
`outbox/test_store.py`, 9 in `readers/`.
"""

import ast
from pathlib import Path

import pytest
from sqlalchemy import func, select

from intake import jobs, pipeline
from intake.database import applications, decisions, letters, reading
from intake.demo.many import many_letters
from intake.demo.servers import ImapServer, SmtpServer
from outbox.store import replies
from tests.end_to_end.place import ROOT, Installation, shipped_call
from tests.servers.account import Account

# What the pure core may stand on. `datetime` is for values only: nobody there asks what time it is (below).
PURE = {
    "__future__", "bisect", "collections", "contextlib", "dataclasses", "datetime", "difflib", "email_validator", "enum", "functools", "hashlib",
    "html", "itertools", "json", "math", "operator", "phonenumbers", "pydantic", "pydantic_core", "rapidfuzz", "re", "rules",
    "string", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip
ASKING_THE_CLOCK = {"now", "utcnow", "today", "time"}


def modules() -> list[Path]:
    return sorted(path for path in (ROOT / "rules").rglob("*.py") if path.parent.name != "data")


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_law_1_the_rules_touch_nothing_and_ask_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - PURE == set()
    asked = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ASKING_THE_CLOCK
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert asked == []


def test_law_2_a_letter_is_written_whole_or_not_at_all(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing written in the transaction fails: nothing of what came before it may stay."""
    server = imap_server
    account = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)
    installation = Installation(tmp_path, account, smtp_server.port).write()
    letter = next(iter(many_letters(shipped_call(), 1)))
    account.deliver(letter.octets, letter.received_at)

    def refuse(*_: object, **__: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline.store, "put", refuse)
    with installation.station() as station:
        jobs.poll(station)
        with reading(station.engine) as tx:
            written = [
                tx.execute(select(func.count()).select_from(table)).scalar()
                for table in (applications, decisions, replies)
            ]
            states = list(tx.execute(select(letters.c.state)).scalars())
    assert (written, states) == ([0, 0, 0], ["shunted"])


def test_law_10_decisions_are_only_ever_added() -> None:
    """No statement anywhere changes or deletes a decision."""
    for package in ("intake", "outbox"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "update(decisions)" not in text, path
            assert "delete(decisions)" not in text, path
