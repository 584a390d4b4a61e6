"""The look of our cells as XML, for files that exist: made of the very styles that new sheets are given."""

import re
from functools import lru_cache
from typing import Any

from openpyxl.styles import Font
from openpyxl.xml.functions import tostring

from intake.workbook import style
from intake.workbook.columns import Column
from intake.workbook.formats import PLAIN_MOMENT, shows_date
from intake.workbook.package.edit import Restyle
from intake.workbook.package.markup import MAIN
from intake.workbook.package.styles import Dress, StyleBook
from intake.workbook.values import NEEDS_QUOTE, Kept, text_of

_FIRST_NAME = re.compile(rb"^<(\w+)")


def column_dress(column: Column | None) -> Dress:
    """Return the look of a cell in a column of ours; of one that people added, None, lines and wrapping only."""
    return (
        _column_dress(column.kind, column.people) if column is not None else _column_dress("", people=False)
    )


@lru_cache(maxsize=64)
def _column_dress(kind: Any, people: bool) -> Dress:  # noqa: FBT001 the cache asks for plain arguments
    cell = style.scratch()
    style.dress_cell(cell, Column("", kind, 10, people=people) if kind else None)
    return dress_of(cell)


@lru_cache(maxsize=2)
def header_dress(people: bool) -> Dress:  # noqa: FBT001 the cache asks for plain arguments
    """Return the look of a header cell."""
    cell = style.scratch()
    style.dress_header_cell(cell, people=people)
    return dress_of(cell)


def dress_of(cell: Any) -> Dress:
    """Return the look of a cell."""
    alignment = cell.alignment.to_tree("alignment")
    return Dress(
        _xml(cell.font.to_tree("font")),
        _xml(cell.fill.to_tree()),
        _xml(cell.border.to_tree("border")),
        _xml(alignment) if alignment.attrib else b"",
        cell.number_format,
    )


def _xml(element: Any) -> bytes:
    octets: bytes = tostring(element)
    if b"xmlns" in octets:
        return octets
    return _FIRST_NAME.sub(rb'<\1 xmlns="' + MAIN.encode() + rb'"', octets)


@lru_cache(maxsize=1)
def _link_font() -> bytes:
    return _xml(style.link_font().to_tree("font"))


def linked(styles: StyleBook) -> Restyle:
    """Return how a cell that leads somewhere looks."""
    return lambda old: styles.derived(old, font=_link_font())


def marked(styles: StyleBook, *, corrected: bool) -> Restyle:
    """Return how a cell looks that a person corrected, or that is the robot's again."""

    def restyle(old: int) -> int:
        name, size, bold = styles.plain_font(old)
        plain = Font(name=name, sz=size, b=bold)
        font = Font(name=name, sz=size, b=bold, i=True, color="C00000") if corrected else plain
        return styles.derived(old, font=_xml(font.to_tree("font")))

    return restyle


def dressed(styles: StyleBook, dress: Dress) -> Restyle:
    """Return how a cell of ours looks, whatever it looked like."""
    return lambda _: styles.dressed(dress)


def fitting(styles: StyleBook, value: Kept, number_format: str | None = None) -> Restyle:
    """Return how a cell looks that is given a value: as before, but a moment is shown as one and text is text.

    `number_format` is set when given; else a moment gets one only if the cell has none for moments.
    """
    quote = value.startswith("s:") and bool(NEEDS_QUOTE.search(text_of(value)))

    def restyle(old: int) -> int:
        code = number_format or ""
        if not code and value.startswith("d:") and not shows_date(styles.number_format(old)):
            code = PLAIN_MOMENT
        if (not code or code == styles.number_format(old)) and quote == styles.is_quoted(old):
            return old
        return styles.derived(old, number_format=code, quote=quote)

    return restyle
