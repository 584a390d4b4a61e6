"""A workbook with all that was gathered for it: written in memory, read back, compared. Nothing else leaves this module."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook.formulas import outdated, rewritten
from intake.workbook.package.cells import Contents, Place, each_cell, parsed_rows
from intake.workbook.package.change import carry_out
from intake.workbook.package.check import problems
from intake.workbook.package.compare import rewritten_only
from intake.workbook.package.drawings import reformulate_charts
from intake.workbook.package.graft import graft
from intake.workbook.package.links import declare_once
from intake.workbook.package.markup import every, parse, written
from intake.workbook.package.opened import Opened, opened
from intake.workbook.package.parts import Package
from intake.workbook.package.properties import set_number_property
from intake.workbook.package.zipped import Damaged, Zipped
from intake.workbook.values import Kept, is_formula, kept_of, text_of
from intake.workbook.witness import testify

if TYPE_CHECKING:
    from intake.workbook.book import Book

Said = Mapping[Place, Kept]


def finished(book: "Book", stamp: str) -> bytes:
    """Return the new file. Raises `Damaged` when it does not say what it should."""
    made = _saved(book.new) if book.new.sheetnames else b""
    said: dict[str, Said] = {sheet.title: _cells(sheet) for sheet in book.new.worksheets}
    if book.file is None:
        file, before = _made(made), None
    else:
        file, before = book.file, book.file.package
        wrong = problems(before)
        said |= _changed(book, file)
        _graft(book, file, made)
    set_number_property(file.package, stamp, book.writing)
    # Formulas of ours carry no values until a spreadsheet reckons them.
    file.package.recalculate()
    if book.file is not None:
        file.package.forget_chain()
    file.keep_styles()
    target = BytesIO()
    file.package.write(target)
    octets = target.getvalue()
    _verify(octets, book, said, wrong if before is not None else frozenset())
    touched = {
        name: {
            place: said[name].get(place, "")
            for place, one in change.edit.cells.items()
            if one.value is not None
        }
        for name, change in book.changes.items()
        if not change.is_empty
    }
    testify(
        Package(Zipped(octets)), Package(Zipped(book.octets)) if book.octets and book.file else None, touched
    )
    return octets


def _saved(workbook: Workbook) -> bytes:
    target = BytesIO()
    if workbook.calculation is not None:
        workbook.calculation.fullCalcOnLoad = True
    workbook.save(target)
    return target.getvalue()


def _made(octets: bytes) -> Opened:
    """Open a file that openpyxl wrote."""
    file = opened(octets)
    for sheet in file.package.worksheets():
        declare_once(file.package, sheet.part)
    return file


def _cells(sheet: Worksheet) -> dict[Place, Kept]:
    """Return what the non-empty cells of a new sheet say."""
    told = ((place, kept_of(cell)) for place, cell in sheet._cells.items())
    return {place: value for place, value in told if value}


def _changed(book: "Book", file: Opened) -> dict[str, Said]:
    """Change the sheets that are in the file; return what those say that changed."""
    if book.shifts:
        _move_everything(book, file)
    _forget_results(book, file)
    said: dict[str, Said] = {}
    for name, change in book.changes.items():
        if not change.is_empty:
            said[name] = change.expected()
        carry_out(file, change)
    return said


def _move_everything(book: "Book", file: Opened) -> None:
    """Let whatever refers to rows that move say where they are afterwards."""
    for name in file.names():
        reformulate = _reformulate(book, name)
        sheet = file.sheet(name)
        concerned = name in book.shifts or any(
            reformulate(text_of(value)) != text_of(value)
            for value in sheet.cells.values()
            if is_formula(value)
        )
        if concerned:
            change = book.change(name)
            change.edit.reformulate = reformulate
            change.edit.shared = sheet.contents.shared
    everywhere = _reformulate(book, "")
    for one in every(file.package.book, "definedName"):
        if one.text:
            text = everywhere(f"={one.text}").removeprefix("=")
            file.package.book_changed |= text != one.text
            one.text = text
    reformulate_charts(file.package, everywhere)
    _move_pivots(book, file.package)


def _reformulate(book: "Book", own: str) -> Callable[[str], str]:
    def moved(formula: str) -> str:
        for title, shift in book.shifts.items():
            formula = rewritten(formula, title, shift, own=title == own)
        return formula

    return moved


def _move_pivots(book: "Book", package: Package) -> None:
    """Let the sources of pivot tables that are areas of a sheet move with their rows."""
    for relation in package.relations(package.book_part).of_kind("pivotCacheDefinition"):
        if not package.exists(relation.target):
            continue
        root = parse(package.read(relation.target))
        changed = False
        for one in every(root, "worksheetSource"):
            shift = book.shifts.get(one.get("sheet", ""))
            if shift is not None and one.get("ref"):
                one.set("ref", shift.references(one.get("ref", ""), lasting=True))
                changed = True
        if changed:
            package.put(relation.target, written(root))


def _forget_results(book: "Book", file: Opened) -> None:
    """Drop the kept results of formulas that may be wrong now: not every spreadsheet reckons anew what has one."""
    # Our own formulas have none until a person's spreadsheet saved the file.
    if not any(file.sheet(name).contents.valued for name in file.names()):
        return
    valued: set[tuple[str, Place]] = set()
    formulas: dict[tuple[str, Place], str] = {}
    for name in file.names():
        sheet, change = file.sheet(name), book.changes.get(name)
        shift = change.edit.shift if change is not None else None
        cells = change.expected() if change is not None else sheet.cells
        formulas |= {(name, place): text_of(value) for place, value in cells.items() if is_formula(value)}
        valued |= {
            (name, (shift.start(row) if shift is not None else row, column))
            for row, column in sheet.contents.valued
            if shift is None or row not in shift.removed
        }
    changed: dict[str, frozenset[Place] | None] = dict.fromkeys(book.new.sheetnames)
    for name, change in book.changes.items():
        written_there = {place for place, one in change.edit.cells.items() if one.value is not None}
        changed[name] = None if change.edit.shift is not None else frozenset(written_there)
    stale = outdated(formulas, changed) & valued
    for name in {name for name, _ in stale}:
        book.change(name).edit.stale = frozenset(place for sheet_name, place in stale if sheet_name == name)


def _graft(book: "Book", file: Opened, made: bytes) -> None:
    if not made:
        return
    donor = _made(made)
    # Those for the front last: each of them is put before all others.
    for name in sorted(book.new.sheetnames, key=lambda name: name in book.in_front):
        graft(
            file.package, file.styles, donor.package, donor.styles, name, first_of_all=name in book.in_front
        )


def _verify(octets: bytes, book: "Book", said: Mapping[str, Said], known: frozenset[str]) -> None:
    """Read the new file back. What was wrong with the old one and is no business of ours may stay so."""
    file = opened(octets)
    wrong = problems(file.package) - known
    if wrong:
        raise Damaged(f"the file just written is not whole: {'; '.join(sorted(wrong))}")
    before = Package(Zipped(book.octets)) if book.octets and book.file is not None else None
    for name, cells in said.items():
        entry = next(one for one in file.package.worksheets() if one.name == name)
        sheet = file.package.worksheet(entry.part)
        rows: Iterator[tuple[int, bytes]] = sheet.rows()
        seen: set[int] = set()
        if name in book.changes and before is not None:
            touched = {row for row, _ in book.changes[name].edit.cells}
            rows = rewritten_only(before.worksheet(entry.part), sheet, touched, seen)
        told = Contents()
        read = list(rows)
        told.cells.update(each_cell(parsed_rows(sheet.frame, read), file.strings, file.formats, told))
        numbers = {number for number, _ in read}
        expected = {
            place: value for place, value in cells.items() if place[0] in numbers or place[0] not in seen
        }
        if told.cells != expected:
            raise Damaged(
                f"the file just written does not say what it should on {_difference(told.cells, expected)}"
            )
        if told.highest_style >= file.styles.count():
            raise Damaged("a cell of the file just written has a style that is not there")


def _difference(told: Said, cells: Said) -> str:
    """Return how many cells differ, and where the first of them stands; what they say is people's."""
    places = sorted(place for place in told.keys() | cells.keys() if told.get(place) != cells.get(place))
    return f"{len(places)} cells of a sheet, the first at {places[0]}"
