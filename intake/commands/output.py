"""How commands print: JSON as one object a line, instants for people in a named zone."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


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


def bar(console: Console) -> Progress:
    """Return a progress bar that leaves nothing behind: what is done, of how many."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
    )
