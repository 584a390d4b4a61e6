"""What the demo shows on a terminal: a progress bar, and one line for each letter with what became of it.

Rendering only: it is handed finished values, and never looks anything up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

_COLOURS = {"accept": "green", "hold": "yellow", "reject": "red", "discard": "bright_black"}
# Below this width the reasons stand under the verdict, not beside it.
_NARROW = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One letter and what became of it.

    `received_at` is aware and already in the zone to be shown; `verdict` is a disposition; `why` the codes of the
    findings, separated by commas; `row` the application's number or the sheet it lies on; `reply` the template of the
    answer. Empty: none. Codes are shown with blanks for underscores, so that they can be broken.
    """

    title: str
    received_at: datetime
    verdict: str
    why: str = ""
    row: str = ""
    reply: str = ""


def letters_table(lines: Iterable[Line], width: int = 120) -> Table:
    """Return the table letter → verdict → row → reply, for a terminal of `width` columns."""
    narrow = width < _NARROW
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("№", justify="right", no_wrap=True)
    # Where columns have a least width, rich makes the table wider than the terminal, which then cuts the last one.
    table.add_column("Letter", width=14 if narrow else width // 4, overflow="fold")
    table.add_column("Received", no_wrap=True)
    table.add_column("Verdict", overflow="fold", no_wrap=not narrow)
    if not narrow:
        table.add_column("Why", overflow="fold")
    table.add_column("Row", overflow="fold")
    table.add_column("Reply", overflow="fold")
    for number, line in enumerate(lines, 1):
        why = line.why.replace("_", " ")
        verdict = Text(line.verdict, style=_COLOURS.get(line.verdict, ""))
        if narrow and why:
            verdict.append(f"\n{why}", style="dim")
        received = f"{line.received_at:%d %b %H:%M:%S}"
        table.add_row(
            Text(str(number)),
            Text(line.title),
            Text(received),
            verdict,
            *([] if narrow else [Text(why, style="dim")]),
            Text(line.row or "–"),
            Text(line.reply.replace("_", " ") or "–"),
        )
    return table


def progress(console: Console) -> Progress:
    """Return a progress bar that counts letters; it leaves no trace when it is done."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
