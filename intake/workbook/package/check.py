"""Is a package whole? Every part has a type, every relationship leads somewhere, every sheet's cells are in order."""

from collections import Counter

from intake.workbook.package.markup import every, first, named, parse
from intake.workbook.package.parts import Package
from intake.workbook.package.table_parts import tables_of


def problems(package: Package) -> frozenset[str]:
    """Return what is wrong with a package's frame and tables, in words; cells are checked when they are read.

    Raises `Damaged` when a part that is looked at cannot be read.
    """
    found: set[str] = set()
    names = package.names()
    for folded, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            found.add(f"{folded} is there twice")
    for part in names:
        if part == "[Content_Types].xml":
            continue
        if not package.content_type(part):
            found.add(f"{part} has no content type")
        if "/_rels/" not in part and not part.startswith("_rels/"):
            found |= _of_relations(package, part)
    found |= _of_relations(package, "")
    found |= _of_sheets(package)
    return frozenset(found)


def _of_relations(package: Package, part: str) -> set[str]:
    found: set[str] = set()
    ids: set[str] = set()
    for one in package.relations(part):
        if not one.external and not package.exists(one.target):
            found.add(f"{part or 'the package'} refers to {one.target}, which is missing")
        if one.id in ids:
            found.add(f"{part or 'the package'} has two relationships called {one.id}")
        ids.add(one.id)
    return found


def _of_sheets(package: Package) -> set[str]:
    found: set[str] = set()
    for what, values in (
        ("name", [one.name.casefold() for one in package.sheets]),
        ("number", [one.element.get("sheetId", "") for one in package.sheets]),
    ):
        found |= {f"two sheets have the {what} {one}" for one, count in Counter(values).items() if count > 1}
    tables = [table for sheet in package.worksheets() for table in tables_of(package, sheet.part)]
    numbers = [parse(package.read(table.part)).get("id", "") for table in tables]
    for values in ([table.name.casefold() for table in tables], numbers):
        found |= {f"two tables are called {one}" for one, count in Counter(values).items() if count > 1}
    for table in tables:
        width = table.area.right - table.area.left + 1
        if len(table.names) != width or len({name.casefold() for name in table.names}) != width:
            found.add(f"the columns of {table.name} do not fit its area")
    count = len(package.sheets)
    for one in every(package.book, "definedName"):
        if int(one.get("localSheetId", "0")) >= count:
            found.add(f"the name {one.get('name')} belongs to no sheet")
    names = first(package.book, "definedNames")
    told = Counter(
        (one.get("name", "").casefold(), one.get("localSheetId"))
        for one in ([] if names is None else named(names, "definedName"))
    )
    return found | {f"the name {name} is there twice" for (name, _), times in told.items() if times > 1}
