"""openpyxl as a witness of what was written: it opens the new file, less the sheets and rows nobody touched, and reads the others.

What it cannot open even of the file as it was, it cannot testify to.
"""

import warnings
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet as Sheet

from intake.workbook.package.cells import Place
from intake.workbook.package.links import Listed
from intake.workbook.package.parts import Package, relations_part
from intake.workbook.package.zipped import Damaged, Deflated, deflated, write_zip
from intake.workbook.values import Kept, kept_of

# What opening a damaged package raises: zip, XML, and openpyxl's own assumptions about the parts.
_DAMAGE = (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, ParseError, InvalidFileException, EOFError)  # fmt: skip


def testify(package: Package, before: Package | None, said: Mapping[str, Mapping[Place, Kept]]) -> None:
    """Let openpyxl read the cells in `said`: sheet → place → what it must say. Raises `Damaged`.

    `before` is the package as it was, None when there was none.
    """
    try:
        workbook = _opened(package, {sheet: {row for row, _ in places} for sheet, places in said.items()})
    except _DAMAGE as error:
        if before is not None and not _opens(before):
            return
        raise Damaged(f"the file just written cannot be read: {error}") from error
    for sheet, places in said.items():
        worksheet = workbook[sheet]
        assert isinstance(worksheet, Sheet)
        for place, value in places.items():
            cell = worksheet._cells.get(place)
            if (kept_of(cell) if cell is not None else "") != value:
                raise Damaged(f"the file just written does not say what it should at {place} of a sheet")


def _opens(package: Package) -> bool:
    try:
        _opened(package, {})
    except _DAMAGE:
        return False
    return True


def _opened(package: Package, rows: Mapping[str, set[int]]) -> Workbook:
    package.finish()
    reduced: dict[str, Deflated] = dict(package.stored_changes())
    for sheet in package.worksheets():
        read = rows.get(sheet.name) if rows else set()
        links: set[str] = set()
        reduced[package.stored_name(sheet.part)] = deflated(_reduced(package, sheet.part, read, links))
        refers = relations_part(sheet.part)
        if package.exists(refers):
            few = package.relations(sheet.part).without_links(links)
            reduced[package.stored_name(refers)] = deflated([few])
    target = BytesIO()
    write_zip(target, package.zipped, reduced, package.stored_removals())
    with warnings.catch_warnings():
        # It warns of what it would drop; nothing is saved through it.
        warnings.simplefilter("ignore")
        return load_workbook(target, rich_text=True)


def _reduced(package: Package, part: str, rows: set[int] | None, links: set[str]) -> Iterator[bytes]:
    """Yield a sheet with some of its rows, of one that stands as it stood (None) nothing but that it is one.

    `links` gets the ids of the links that are left.
    """
    sheet = package.worksheet(part)
    prefix = sheet.frame.prefix
    if rows is None:
        yield (
            sheet.declaration
            + sheet.frame.opening
            + b"<"
            + prefix
            + b"sheetData/></"
            + sheet.frame.name
            + b">"
        )
        return
    yield sheet.declaration + sheet.frame.opening + sheet.head + b"<" + prefix + b"sheetData>"
    for number, octets in sheet.rows():
        if number in rows:
            yield octets
    # openpyxl looks for each link in all the rows.
    tail = b"".join(Listed(sheet.frame, sheet.tail).only(rows))
    links |= Listed(sheet.frame, tail).ids()
    yield b"</" + prefix + b"sheetData>" + tail + b"</" + sheet.frame.name + b">"
