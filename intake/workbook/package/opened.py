"""A workbook opened for reading: its package, its styles, its strings, and every sheet that somebody asks for."""

from collections.abc import Collection
from dataclasses import dataclass, field

from intake.workbook.package.around import covered_by_merging
from intake.workbook.package.cells import Contents, Formats, Place, contents, shared_strings
from intake.workbook.package.links import Listed
from intake.workbook.package.notes import Note, notes_of
from intake.workbook.package.parts import Package, SheetEntry
from intake.workbook.package.some_rows import ResultKept, WantedRows
from intake.workbook.package.styles import StyleBook
from intake.workbook.package.table_parts import TableObject, tables_of
from intake.workbook.package.zipped import Damaged, Zipped
from intake.workbook.values import Kept


class Unread(Exception):
    """A sheet of which only some rows are wanted must be read whole: it cannot be told what the others are."""


@dataclass(slots=True)
class OpenedSheet:
    """One sheet as it stands in the file. `covered` are the cells that a person merged into a neighbour: they hold nothing."""

    entry: SheetEntry
    contents: Contents
    tables: list[TableObject]
    notes: dict[Place, Note]
    links: dict[Place, str]
    covered: frozenset[Place]

    @property
    def cells(self) -> dict[Place, Kept]:
        """What the cells say that say something."""
        return self.contents.cells

    def table_ends(self) -> dict[int, tuple[int, bool]]:
        """Return header row → last data row and whether a row of totals follows, of every table object."""
        return {table.area.top: (table.area.bottom - table.totals, table.totals > 0) for table in self.tables}


@dataclass(slots=True)
class Opened:
    """An opened workbook. Raises `Damaged` when it is none."""

    package: Package
    styles: StyleBook = field(init=False)
    formats: Formats = field(init=False)
    _strings: list[str] | None = None
    _sheets: dict[str, OpenedSheet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the styles, without which numbers mean nothing."""
        part = self.package.related("styles")
        if not part:
            raise Damaged("it has no styles")
        self.styles = StyleBook(self.package.read(part))
        self.formats = self.styles.formats(epoch_1904=self.package.epoch_1904)

    @property
    def strings(self) -> list[str]:
        """The table of strings, read when first asked for."""
        if self._strings is None:
            part = self.package.related("sharedStrings")
            self._strings = shared_strings(self.package.read(part)) if part else []
        return self._strings

    def names(self) -> list[str]:
        """Return the names of the sheets that have cells, in their order."""
        return [one.name for one in self.package.worksheets()]

    def sheet(self, name: str) -> OpenedSheet:
        """Return what stands on a sheet. Raises `Damaged`, and `KeyError` when there is none of that name."""
        if name not in self._sheets:
            entry = next((one for one in self.package.worksheets() if one.name == name), None)
            if entry is None:
                raise KeyError(name)
            try:
                self._sheets[name] = self._read(entry)
            except (ValueError, IndexError) as error:
                raise Damaged(f"{entry.part}: {error}") from error
        return self._sheets[name]

    def read_some(self, name: str, texts: Collection[str]) -> None:
        """Read a sheet, but of its table only the rows in which one of some texts stands. Raises as `sheet`, and `Unread`."""
        entry = next(one for one in self.package.worksheets() if one.name == name)
        tables = tables_of(self.package, entry.part)
        if len(tables) != 1:
            raise Unread(name)
        wanted = WantedRows(tables[0].area.top, tables[0].area.bottom, frozenset(texts), self.strings)
        self._sheets[name] = self._read(entry, wanted)

    def _read(self, entry: SheetEntry, wanted: WantedRows | None = None) -> OpenedSheet:
        stream = self.package.worksheet(entry.part)
        try:
            told = contents(stream, self.strings, self.formats, wanted)
        except ResultKept as error:
            raise Unread(entry.name) from error
        tail = Listed(stream.frame, stream.tail)
        # There may be a link in every row.
        rows = {row for row, _ in told.cells} if wanted is not None else None
        return OpenedSheet(
            entry,
            told,
            tables_of(self.package, entry.part),
            notes_of(self.package, entry.part),
            tail.targets(self.package.relations(entry.part), rows),
            covered_by_merging(tail.tree()),
        )

    def forget(self, name: str) -> None:
        """Look at a sheet anew when it is asked for again."""
        self._sheets.pop(name, None)

    def keep_styles(self) -> None:
        """Put the styles back among the parts, when any was added."""
        if self.styles.changed:
            self.package.put(self.package.related("styles"), self.styles.octets())
            self.styles.changed = False


def opened(octets: bytes) -> Opened:
    """Open a workbook and check every part against its checksum. Raises `Damaged`."""
    zipped = Zipped(octets)
    zipped.verify()
    try:
        return Opened(Package(zipped))
    except (ValueError, KeyError, IndexError) as error:
        # A number that is none, an index that leads nowhere: all of a file that was written wrongly.
        raise Damaged(str(error)) from error
