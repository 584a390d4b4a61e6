"""`make bench`: measures each part beside a bare reference in the same run and prints a table of ratios."""

import hashlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import flood, forms, workbook
from bench.measure import Measure, rates
from bench.parse import memory, parse_rates
from bench.replies import reply_rates
from bench.subjects import subject_times
from intake import logs, parsing
from intake.config import load
from intake.demo.many import many_letters
from intake.readers.pool import ReaderPool
from intake.station import examiner

ROOT = Path(__file__).parents[1]
# What may be asked for: letters from parsing to the reply sent, reading forms (`--with-others`: beside other libraries),
# writing the workbook; sending alone; and, only when asked for, three floods of ten thousand letters, which take minutes.
PARTS = ("letters", "forms", "workbook", "replies", "flood")
NOW = datetime(2023, 3, 9, 12, 0, tzinfo=UTC)


def judge_rates(octets: list[bytes]) -> Measure:
    config = load(ROOT / "config.toml")
    with ReaderPool(config.limits) as readers:
        desk = examiner(config, readers)

        def whole() -> int:
            for one in octets:
                letter = parsing.parse(one, digest=hashlib.sha256(one).hexdigest())
                desk.examine(letter, desk.receipt(letter, NOW, fallback=NOW))
            return len(octets)

        def alone() -> int:
            return len([parsing.parse(one, digest="0" * 64) for one in octets])

        whole()
        ours, parse = rates([whole, alone])
        return Measure("parse, read the form, recognise the place", ours, "parse alone", parse)


def main(arguments: list[str]) -> None:
    """Measure everything, or only the parts named: what the words mean stands in `PARTS`."""
    logs.quiet()
    if unknown := set(arguments) - {*PARTS, "--with-others"}:
        sys.exit(
            f"unknown: {', '.join(sorted(unknown))}; python -m bench [{'] ['.join(PARTS)}] [--with-others]"
        )
    chosen = set(PARTS) & set(arguments) or {"letters", "forms", "workbook"}
    if "letters" in chosen:
        measure_letters()
    with tempfile.TemporaryDirectory() as name:
        if "replies" in chosen:
            show("replies", [lambda: reply_rates(load(ROOT / "config.toml"), Path(name))])
        if "flood" in chosen:
            flood.run(Console(), load(ROOT / "config.toml"), Path(name))
        if "forms" in chosen:
            forms.run(Console(), Path(name), with_others="--with-others" in arguments)
        if "workbook" in chosen:
            workbook.run(Console(), Path(name))


def measure_letters() -> None:
    call = load(ROOT / "config.toml").calls[0]
    octets = [letter.octets for letter in many_letters(call, 60)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps: list[Callable[[], list[Measure]]] = [
            lambda: parse_rates(call),
            lambda: [memory(call, folder)],
            lambda: [judge_rates(octets)],
            lambda: subject_times(call),
            lambda: reply_rates(load(ROOT / "config.toml"), folder),
        ]
        show(f"other letters: {len(octets)} of {sum(map(len, octets)) // len(octets) // 1024} KB", steps)


def show(title: str, steps: Sequence[Callable[[], list[Measure]]]) -> None:
    """Measure, and print a table of it."""
    table = Table(title=title)
    for heading in ("what", "ours", "reference", "its", "ratio"):
        table.add_column(heading, justify="right" if heading in {"ours", "its", "ratio"} else "left")
    console = Console()
    for step in steps:
        with console.status("measuring"):
            measures = step()
        for one in measures:
            its = f"{one.reference_value:,.0f} {one.unit}" if one.reference else ""
            table.add_row(one.what, one.figure, one.reference, its, one.ratio)
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
