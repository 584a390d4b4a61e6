"""The workbook's rows for others: as CSV, without contacts for partners, as a source for mail merge. Read from the ledger.

What people typed counts, as in the workbook: corrections instead of the robot's values, their own columns filled. Nothing
of a letter can become a formula in any program that opens the result.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from intake.ledger.cells import Memory
from intake.workbook import style
from intake.workbook.columns import Column
from intake.workbook.plan import DELETED, ROW
from intake.workbook.sheet import Sheet
from intake.workbook.values import EMPTY, Kept, kept, put, text_of
from intake.workbook.words import WORDS
from rules.call import Call

# What a spreadsheet takes for a formula at the beginning of a cell (OWASP, CSV injection), the wide forms as well.
_DANGEROUS = re.compile(
    r"^\s*[=+\-@\t\r\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]"
)
# The same in the middle of a text, behind what a program set to other separators takes for the end of a cell; plain numbers
# and telephones apart.
_DANGEROUS_INSIDE = re.compile(
    r"([,;|\n]\s*)(?=[=@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH COMMERCIAL AT}]"
    r"|[+\-\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}](?![\d\s().-]*(?:[,;|\n]|$)))"
)
_PHONE = re.compile(r"^\+\d{7,15}$")
# An address or a telephone number within other text.
_CONTACT = re.compile(
    r"[^\s<>;,«»\"()]+@[^\s<>;,«»\"()]+\.[^\s<>;,«»\"()]+|(?<![\w-])\+?\d(?:[\s().-]{0,2}\d){8,14}(?![\w-])"
)
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Table:
    """One table to be handed out: its name, its columns, its rows as kept texts by header."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Kept], ...]


def table(sheet: Sheet, memory: Memory) -> Table:
    """Return a sheet of the workbook with what people typed in it. Rows that people deleted stay out."""
    known = memory.get(sheet.id, {})
    applications = memory.get("applications", {})
    rows: list[Mapping[str, Kept]] = []
    for key, row in sheet.rows.items():
        deleted = known.get((key, ROW))
        if deleted is not None and deleted.person == DELETED:
            continue
        cells: dict[str, Kept] = {}
        for column in sheet.columns:
            if column.header in sheet.lookups:
                source = (key.partition("/")[0], sheet.lookups[column.header])
                typed = applications[source].person if source in applications else None
            else:
                typed = known[key, column.header].person if (key, column.header) in known else None
            cells[column.header] = typed if typed is not None else kept(row.get(column.header))
        rows.append(cells)
    return Table(sheet.name, sheet.columns, tuple(rows))


def without_contacts(told: Table, private: frozenset[str]) -> Table:
    """Return a table without the columns of `private`, links and notes, and with contacts in other texts struck out."""
    columns = tuple(
        column
        for column in told.columns
        if column.header not in private and column.kind not in {"link", "ref"}
    )
    rows = tuple(
        {column.header: _struck(row.get(column.header, EMPTY), column) for column in columns}
        for row in told.rows
    )
    return Table(told.name, columns, rows)


def private_headers(call: Call, headers: Mapping[str, str]) -> frozenset[str]:
    """Return the headers that say how to reach somebody, or what the team notes for itself. `headers`: field key → header."""
    words = WORDS[call.language].headers
    fields = {
        headers[key] for key in headers if (field := call.field(key)) and field.kind in {"phone", "email"}
    }
    own = {
        words[name]
        for name in ("sender", "email", "subject", "from", "address", "note", "owner", "taken", "signature")
    }
    return frozenset(fields | own)


def _struck(value: Kept, column: Column) -> Kept:
    if not value.startswith("s:") or column.kind in {"key", "code"}:
        return value
    return _CONTACT.sub(HIDDEN, value)


def as_csv(told: Table) -> bytes:
    """Return a table as CSV the way a Ukrainian or Bulgarian Excel opens it: «;», decimal comma, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_guarded(column.header) for column in told.columns])
    for row in told.rows:
        writer.writerow([_plain(row.get(column.header, EMPTY), column) for column in told.columns])
    return text.getvalue().encode("utf-8-sig", "replace")


def _plain(value: Kept, column: Column) -> str:
    text = text_of(value)
    match value[:2]:
        case "n:":
            return text.replace(".", ",")
        case "b:":
            return text
        case "d:":
            at = datetime.fromisoformat(text)
            return f"{at:%d.%m.%Y}" if column.kind == "day" else f"{at:%d.%m.%Y %H:%M}"
        case _:
            return _guarded(text)


def _guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe stands before what might be one.

    A telephone number loses its plus instead, so that a mail merge can still use it.
    """
    if _PHONE.match(text):
        return text[1:]
    text = _DANGEROUS_INSIDE.sub(r"\1'", text)
    return f"'{text}" if _DANGEROUS.match(text) else text


def save_xlsx(tables: Sequence[Table], path: Path) -> None:
    """Write tables into a plain workbook, one sheet each: a header row and data, no formulas. Raises `OSError`."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for told in tables:
        sheet = workbook.create_sheet(told.name)
        at = {column.header: number for number, column in enumerate(told.columns, start=1)}
        for header, number in at.items():
            put(sheet.cell(1, number), f"s:{header}")
        # Everything is in sight: who opens this has no groups to open.
        columns = {column.header: Column(column.header, column.kind, column.width) for column in told.columns}
        style.dress_header(sheet, 1, at, columns)
        for count, row in enumerate(told.rows, start=2):
            for header, number in at.items():
                cell = sheet.cell(count, number)
                style.dress_cell(cell, columns[header])
                value = row.get(header, EMPTY)
                # A formula that a person typed would point nowhere here.
                put(cell, f"s:{text_of(value)}" if value.startswith("f:") else value)
        sheet.freeze_panes = "A2"
    workbook.save(path)
