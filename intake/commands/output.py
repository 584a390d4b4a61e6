"""How commands print: JSON as one object a line, instants for people in a named zone."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


class Console(console.Console):
    """A terminal on which text stays as it is written: `:100:` in `config.toml:100:` is a line and no picture."""

    def __init__(
        self,
        *,
        stderr: bool = False,
        soft_wrap: bool = False,
        highlight: bool = True,
        markup: bool = True,
    ) -> None:
        """Take what `rich` takes, as far as commands want it."""
        super().__init__(stderr=stderr, soft_wrap=soft_wrap, highlight=highlight, markup=markup, emoji=False)


def json_line(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line (UTF-8, nothing escaped that need not be)."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def local(instant: datetime | None, zone: ZoneInfo) -> str:
    """Return an aware instant as people of that zone write it, or a dash."""
    return f"{instant.astimezone(zone):%d.%m.%Y %H:%M:%S %Z}" if instant else "-"


def counted(counts: Mapping[str, int]) -> str:
    """Return counts as words, those that are zero left out: `sent 3, failed 1`."""
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "none"


def many(count: int, one: str, more: str = "") -> str:
    """Return a count with its word: `1 reply`, `2 replies`. `more` is the plural, when it is not just `one` with an s."""
    return f"{count} {one if count == 1 else more or f'{one}s'}"


def bar(console: Console) -> Progress:
    """Return a progress bar that leaves nothing behind: what is done, of how many."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
    )
