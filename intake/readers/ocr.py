"""Scans and photos of forms, by OpenCV and tesseract: the extra `ocr`.

What comes out is a draft for a person: letters are misread without any sign of it, so nothing it gives may ever
be accepted unseen. Without the extra or the program the answer is the reason `tool`.
"""

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from intake.readers import tools
from intake.readers.guard import Refused
from rules.table import Block, Cell, Para, Reading, Table, text_of

if TYPE_CHECKING:
    from intake.readers.ocr_tesseract import Gray

# A form has a handful of pages.
MAX_PAGES = 8
# Longer text between two tables is no footer.
MAX_FOOTER = 40
PROGRAM = "tesseract"
LIBRARY = "cv2"


def available() -> bool:
    """Return whether scans can be read here: the extra `ocr` and the program are installed."""
    return importlib.util.find_spec(LIBRARY) is not None and tools.find(PROGRAM) is not None


def read_picture(content: bytes, sha256: str, until: float) -> Reading:
    """Return what a picture says, as a draft. `until` is when to stop, by `time.monotonic()`.

    Raises `Refused`: `tool` (extra or program are not installed), `damaged`, `bomb`, `too_slow`, and `picture` (status
    `not_a_form`) when there is no text in it.
    """
    _need()
    from intake.readers import ocr_picture  # noqa: PLC0415 - the extra may be absent

    return _read(ocr_picture.pages(content), sha256, until)


def read_pdf(content: bytes, sha256: str, until: float) -> Reading:
    """Return what the pages of a PDF say as one sees them, as a draft. Raises `Refused` as `read_picture`."""
    _need()
    from intake.readers import ocr_picture  # noqa: PLC0415 - the extra may be absent

    return _read(ocr_picture.pages_of_pdf(content), sha256, until)


def read_package(content: bytes, sha256: str, until: float) -> Reading:
    """Return what the pictures in a .docx or .odt say, as a draft. Raises `Refused` as `read_picture`."""
    _need()
    from intake.readers import ocr_picture  # noqa: PLC0415 - the extra may be absent

    return _read(ocr_picture.pages_in_package(content), sha256, until)


def _need() -> None:
    if not available():
        raise Refused("tool")


def _read(pages: Iterator["Gray"], sha256: str, until: float) -> Reading:
    """Return what pages say, one after another. When the time ends after a page was read, that is what there is."""
    from intake.readers import ocr_layout, ocr_picture  # noqa: PLC0415 - the extra may be absent

    blocks: list[Block] = []
    seen: list[bytes] = []
    for number, page in enumerate(pages, start=1):
        if number > MAX_PAGES:
            break
        try:
            blocks = joined_pages(blocks, ocr_layout.blocks(page, f"page {number}", until))
        except Refused as refusal:
            if refusal.reason != "too_slow" or not blocks:
                raise
            break
        seen += ocr_picture.small(page)
    if not blocks:
        raise Refused("picture", "not_a_form")
    return Reading(sha256, "read", reader="ocr", blocks=tuple(blocks), draft=True, pages=tuple(seen))


def joined_pages(above: Sequence[Block], below: Sequence[Block]) -> list[Block]:
    """Return the blocks of two pages that follow each other; a table cut by the edge of the paper is one again."""
    last = max((at for at, block in enumerate(above) if isinstance(block, Table)), default=None)
    first = next((at for at, block in enumerate(below) if isinstance(block, Table)), None)
    if last is None or first is None:
        return [*above, *below]
    upper, lower = above[last], below[first]
    assert isinstance(upper, Table)
    assert isinstance(lower, Table)
    between = [*above[last + 1 :], *below[:first]]
    # Only page numbers and the like may stand between.
    if _columns(upper) != _columns(lower) or any(len(text_of(block)) > MAX_FOOTER for block in between):
        return [*above, *below]
    rows, more = list(upper.rows), list(lower.rows)
    if rows and more and _goes_on(rows[-1], more[0]):
        rows[-1] = tuple(_joined_cells(cell, rest) for cell, rest in zip(rows[-1], more[0], strict=True))
        del more[0]
    return [*above[:last], Table((*rows, *more), upper.where), *below[first + 1 :]]


def _joined_cells(cell: Cell, rest: Cell) -> Cell:
    if not rest.text.strip():
        return cell
    blocks = [*cell.blocks, *rest.blocks]
    at = len(cell.blocks)
    before, after = (blocks[at - 1] if at else None), blocks[at]
    if isinstance(before, Para) and isinstance(after, Para) and after.text[:1].islower():
        blocks[at - 1 : at + 1] = [replace(before, text=f"{before.text} {after.text}")]
    return replace(cell, blocks=tuple(blocks))


def _columns(table: Table) -> int:
    return max((sum(cell.colspan for cell in row) for row in table.rows), default=0)


def _goes_on(row: tuple[Cell, ...], rest: tuple[Cell, ...]) -> bool:
    """Return whether a row is the lower part of the one above: it has no label, or begins in mid-sentence."""
    if len(row) != len(rest) or len(rest) < 2:
        return False
    filled = [
        (cell.text.rstrip(), more.text.lstrip())
        for cell, more in zip(row, rest, strict=True)
        if more.text.strip()
    ]
    return rest[0].text.strip() == "" or all(
        more[0].islower() and cell != "" and cell[-1] not in ".!?:;" for cell, more in filled
    )
