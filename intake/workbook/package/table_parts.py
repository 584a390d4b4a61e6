"""Table objects of a sheet: where they stand, their columns' names, and how they grow. Each is a part of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from intake.workbook.package.markup import Element, every, first, named, namespace, parse, written
from intake.workbook.package.parts import Package
from intake.workbook.package.ranges import Area, Shift, area_of

# In a table's part a column's name has line breaks and the like as escapes (ECMA-376, 22.9.2.19).
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile(r"[\x00-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class TableObject:
    """One table: its part, its whole area, how many rows of totals it has, whether it has a filter, its columns' names."""

    part: str
    name: str
    area: Area
    totals: int
    names: tuple[str, ...]


def tables_of(package: Package, sheet_part: str) -> list[TableObject]:
    """Return the tables of a sheet. Raises `Damaged`."""
    found = []
    for relation in package.relations(sheet_part).of_kind("table"):
        if not package.exists(relation.target):
            continue
        root = parse(package.read(relation.target))
        area = area_of(root.get("ref", ""))
        columns = first(root, "tableColumns")
        if area is not None and columns is not None:
            names = tuple(_plain(one.get("name", "")) for one in named(columns, "tableColumn"))
            totals = int(root.get("totalsRowCount", "0"))
            found.append(TableObject(relation.target, root.get("displayName", ""), area, totals, names))
    return found


def fit(package: Package, table: TableObject, area: Area, names: Sequence[str]) -> None:
    """Let a table cover an area, totals included, with columns of these names. Nothing is written when it does."""
    root = parse(package.read(table.part))
    columns = first(root, "tableColumns")
    filtered = first(root, "autoFilter")
    assert columns is not None
    without_totals = Area(area.left, area.top, area.right, area.bottom - table.totals)
    fits = table.area == area and table.names == tuple(names)
    if fits and (filtered is None or filtered.get("ref") == str(without_totals)):
        return
    root.set("ref", str(area))
    if filtered is not None:
        filtered.set("ref", str(without_totals))
    known = {_plain(one.get("name", "")): one for one in named(columns, "tableColumn")}
    number = max((int(one.get("id", "0")) for one in known.values()), default=0)
    if table.names != tuple(names):
        made: list[Element] = []
        for name in names:
            column = known.get(name)
            if column is None:
                number += 1
                column = etree.Element(f"{{{namespace(root)}}}tableColumn")
                column.set("id", str(number))
                column.set("name", _escaped(name))
            made.append(column)
        columns[:] = made
        columns.set("count", str(len(made)))
    package.put(table.part, written(root))


def move(package: Package, table: TableObject, shift: Shift) -> None:
    """Move a table that stands below rows that come or go."""
    area = shift.area(table.area)
    if area is None or shift.start(table.area.top) == table.area.top:
        return
    root = parse(package.read(table.part))
    root.set("ref", str(area))
    for one in every(root, "autoFilter", "sortState", "sortCondition"):
        if one.get("ref"):
            one.set("ref", shift.references(one.get("ref", "")))
    package.put(table.part, written(root))


def _plain(name: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)


def _escaped(name: str) -> str:
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04x}_" if found[0] != "_" else "_x005F_", name)
