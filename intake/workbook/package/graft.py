"""Taking a sheet over from another package, with its styles, tables, drawings and names; and the list of sheets itself."""

import re
from dataclasses import replace

from lxml import etree

from intake.workbook.package.markup import (
    MAIN,
    OFFICE,
    Element,
    every,
    first,
    local,
    named,
    namespace,
    parse,
    place_in_order,
    written,
)
from intake.workbook.package.parts import WORKBOOK_ORDER, Package, SheetEntry
from intake.workbook.package.relations import Relations
from intake.workbook.package.styles import StyleBook

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ID = f"{{{OFFICE}}}id"
_NUMBERED = {
    "table": "xl/tables/table1.xml",
    "drawing": "xl/drawings/drawing1.xml",
    "chart": "xl/charts/chart1.xml",
}


def graft(
    package: Package,
    styles: StyleBook,
    donor: Package,
    donor_styles: StyleBook,
    name: str,
    *,
    first_of_all: bool,
) -> None:
    """Take the sheet of a name over, to the end of the list or before all others. The name must be free."""
    source = donor.sheet(name)
    assert source is not None
    root = parse(donor.read(source.part))
    _dress(root, styles, donor_styles)
    for view in every(root, "sheetView"):
        # Two selected sheets would be edited together.
        view.attrib.pop("tabSelected", "")
    part = package.free_name("xl/worksheets/sheet1.xml")
    # The name is taken before the parts that hang on it look for theirs.
    package.put(part, b"", _SHEET_TYPE)
    _copy_relations(package, donor, source.part, part)
    package.put(part, written(root))
    _list(package, part, name, 0 if first_of_all else len(package.sheets))
    _take_names(package, donor, donor.sheets.index(source), name)


def _dress(root: Element, styles: StyleBook, donor_styles: StyleBook) -> None:
    for element in root.iter():
        match local(element):
            case "c" | "row" if element.get("s") is not None:
                element.set("s", str(styles.adopted(donor_styles, int(element.get("s", "0")))))
            case "col" if element.get("style") is not None:
                element.set("style", str(styles.adopted(donor_styles, int(element.get("style", "0")))))
            case "cfRule" if element.get("dxfId") is not None:
                element.set(
                    "dxfId", str(styles.adopted_difference(donor_styles, int(element.get("dxfId", "0"))))
                )


def _copy_relations(package: Package, donor: Package, source: str, target: str) -> None:
    """Copy what a part refers to, under free names; the ids stay as they are."""
    copied = Relations(target)
    for relation in donor.relations(source):
        made = relation
        if not relation.external:
            part = package.free_name(_NUMBERED.get(relation.kind, relation.target))
            content = donor.read(relation.target)
            if relation.kind == "table":
                content = _renamed_table(package, content)
            package.put(part, content, donor.content_type(relation.target))
            _copy_relations(package, donor, relation.target, part)
            made = replace(relation, target=part)
        copied.append(made)
    if copied.changed:
        package.set_relations(copied)


def _renamed_table(package: Package, content: bytes) -> bytes:
    """Return a table whose number and name no other table of the workbook has."""
    root = parse(content)
    others = [
        parse(package.read(relation.target))
        for sheet in package.worksheets()
        for relation in package.relations(sheet.part).of_kind("table")
        if package.exists(relation.target)
    ]
    names = {one.get(attribute, "").casefold() for one in others for attribute in ("name", "displayName")}
    plain = root.get("displayName", "Table")
    name, count = plain, 1
    while name.casefold() in names:
        count += 1
        name = f"{plain}_{count}"
    root.set("id", str(max((int(one.get("id", "0")) for one in others), default=0) + 1))
    root.set("name", name)
    root.set("displayName", name)
    return written(root)


def _list(package: Package, part: str, name: str, at: int) -> None:
    listed = first(package.book, "sheets")
    assert listed is not None
    made = etree.Element(f"{{{namespace(package.book)}}}sheet")
    made.set("name", name)
    made.set(
        "sheetId", str(max((int(one.element.get("sheetId", "0")) for one in package.sheets), default=0) + 1)
    )
    made.set(_ID, package.relations(package.book_part).add("worksheet", part))
    listed.insert(at, made)
    package.sheets.insert(at, SheetEntry(name, part, "worksheet", made))
    package.book_changed = True
    # Whatever counts sheets from the first one counts on.
    for one in every(package.book, "definedName"):
        _step(one, "localSheetId", at)
    for view in every(package.book, "workbookView"):
        for attribute in ("activeTab", "firstSheet"):
            _step(view, attribute, at)


def _step(element: Element, attribute: str, at: int) -> None:
    value = element.get(attribute)
    if value is not None and int(value) >= at:
        element.set(attribute, str(int(value) + 1))


def _take_names(package: Package, donor: Package, index: int, name: str) -> None:
    listed = first(donor.book, "definedNames")
    quoted = f"{quoted_sheet(name)}!"
    for one in [] if listed is None else named(listed, "definedName"):
        of_sheet = one.get("localSheetId")
        if of_sheet == str(index):
            position = next(at for at, sheet in enumerate(package.sheets) if sheet.name == name)
            define(
                package, one.get("name", ""), one.text or "", sheet=position, hidden=one.get("hidden") == "1"
            )
        elif of_sheet is None and (one.text or "").startswith((quoted, f"{name}!")):
            define(package, one.get("name", ""), one.text or "", hidden=one.get("hidden") == "1")


def define(package: Package, name: str, text: str, *, sheet: int | None = None, hidden: bool = False) -> None:
    """Give a name its meaning, in place of one it had. `sheet` is the position of the only sheet that knows it."""
    listed = first(package.book, "definedNames")
    if listed is None:
        listed = etree.Element(f"{{{MAIN}}}definedNames")
        place_in_order(package.book, listed, WORKBOOK_ORDER)
    local_id = str(sheet) if sheet is not None else None
    for old in named(listed, "definedName"):
        if old.get("name") == name and old.get("localSheetId") == local_id:
            listed.remove(old)
    made = etree.SubElement(listed, f"{{{MAIN}}}definedName")
    made.set("name", name)
    if local_id is not None:
        made.set("localSheetId", local_id)
    if hidden:
        made.set("hidden", "1")
    made.text = text
    package.book_changed = True


def defined(package: Package, name: str) -> str:
    """Return what a name of the whole workbook means, "" when there is none."""
    for one in every(package.book, "definedName"):
        if one.get("name") == name and one.get("localSheetId") is None:
            return one.text or ""
    return ""


def rename(package: Package, sheet: SheetEntry, name: str) -> None:
    """Give a sheet another name. Names that only it knows follow; formulas elsewhere mean whatever has the old name."""
    position = package.sheets.index(sheet)
    for one in every(package.book, "definedName"):
        if one.get("localSheetId") == str(position) and one.text:
            old = "|".join(re.escape(form) for form in (quoted_sheet(sheet.name), sheet.name))
            one.text = re.sub(rf"(?:{old})!", lambda _: f"{quoted_sheet(name)}!", one.text)
    sheet.element.set("name", name)
    sheet.name = name
    package.book_changed = True


def quoted_sheet(name: str) -> str:
    """Return the name of a sheet as it stands in a formula."""
    doubled = name.replace("'", "''")
    return f"'{doubled}'"


def sheet_named_in(reference: str) -> str:
    """Return the sheet that a reference names, "" when it names none."""
    sheet, mark, _ = reference.rpartition("!")
    if not mark:
        return ""
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
