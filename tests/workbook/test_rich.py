"""A workbook full of what openpyxl does not keep loses none of it, whatever the robot and people do to its rows."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.require import require
from tests.workbook.desk import Desk
from tests.workbook.rich import (
    FEATURES,
    MAIN,
    OFFICE,
    PARTS,
    edit_part,
    enrich,
    has,
    parts_of,
    sheet_part,
)
from tests.workbook.spreadsheet import type_into

ONE, TWO, THREE = "КЗ-2023-001", "КЗ-2023-002", "КЗ-2023-003"
# What the robot has to touch; all other parts stay to the last octet.
TOUCHED = re.compile(
    r"^(\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|docProps/custom\.xml"
    r"|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?|xl/tables/table\d+\.xml|xl/charts/chart\d+\.xml|xl/drawings/drawing1\.xml"
    r"|xl/comments7\.xml|xl/drawings/vmlDrawing7\.vml|xl/calcChain\.xml)$"
)


def rich(desk: Desk) -> dict[str, bytes]:
    for count in (1, 2, 3):
        desk.application(count)
    desk.update()
    header = desk.open()["Заявки"][1]
    enrich(desk.path, {str(cell.value): cell.column_letter for cell in header}, last=4)
    part = sheet_part(desk.path, "Заявки")
    owner = next(cell.column_letter for cell in header if cell.value == "Відповідальний")
    # A picture in a cell, as Excel keeps it.
    edit_part(
        desk.path,
        part,
        lambda octets: re.sub(
            rb'<c r="%s4" (s="\d+")[^>]*>.*?</c>' % owner.encode(),
            rb'<c r="%s4" \1 t="e" vm="1"><v>#VALUE!</v></c>' % owner.encode(),
            octets,
        ),
    )
    return parts_of(desk.path)


def canonical(element: etree._Element) -> str:
    """An element in one form, without the ranges that grow with the table."""
    text = etree.tostring(element, method="c14n", with_tail=False).decode()
    return re.sub(r"(sqref[^>]*>|sqref=\")([A-Z]+2):[A-Z]+\d+", r"\1\2:", text)


def features(octets: bytes) -> dict[str, list[str]]:
    """What stands around the rows, by name."""
    found: dict[str, list[str]] = {}
    for one in etree.fromstring(octets):
        name = etree.QName(one).localname
        if name not in {"sheetData", "dimension", "hyperlinks"}:
            found.setdefault(name, []).append(canonical(one))
    return found


def test_the_workbook_has_thirty_features_of_which_openpyxl_loses_most(desk: Desk) -> None:
    before = rich(desk)
    assert len(FEATURES) >= 30
    assert [name for name in FEATURES if not has(before, name)] == []
    desk.open().save(desk.path)
    lost = [name for name in FEATURES if not has(parts_of(desk.path), name)]
    assert len(lost) > 30


def test_nothing_is_lost_over_ten_cycles_of_news_decisions_and_edits(desk: Desk) -> None:
    before = rich(desk)
    part = sheet_part(desk.path, "Заявки")
    first = features(before[part])
    assert {
        "controls",
        "legacyDrawing",
        "drawing",
        "extLst",
        "tableParts",
        "conditionalFormatting",
    } <= first.keys()
    columns = {str(cell.value): cell.column_letter for cell in desk.open()["Заявки"][1]}
    for after in ten_cycles(desk, columns):
        assert before.keys() - after.keys() == {"xl/calcChain.xml"}
        assert {name for name, octets in before.items() if name in after and after[name] != octets} <= {
            name for name in before if TOUCHED.match(name)
        }
        assert {name: found for name, found in features(after[part]).items() if name != "cols"} == {
            name: found for name, found in first.items() if name != "cols"
        }
        assert [name for name in FEATURES if not has(after, name)] == []
    assert list(desk.column("Примітка").values())[2:12] == [f"цикл {cycle}" for cycle in range(1, 11)]
    assert desk.column("Громада")[ONE] == "виправлено 10"
    assert len(desk.column("Статус")) == 13
    people_keep_theirs(before, after, part, columns)


def ten_cycles(desk: Desk, columns: dict[str, str]) -> Iterator[dict[str, bytes]]:
    """Ten times a new row, changed statuses and people's edits; yield the parts of the file after each."""
    for cycle in range(1, 11):
        desk.application(3 + cycle)
        desk.restate(ONE, "held" if cycle % 2 else "complete")
        desk.restate(TWO, "incomplete" if cycle % 2 else "held")
        type_into(desk.path, "Заявки", f"{columns['Примітка']}{3 + cycle}", f"цикл {cycle}")
        # A correction of the robot's own cell gets a note of the robot's beside those of people.
        type_into(desk.path, "Заявки", f"{columns['Громада']}2", f"виправлено {cycle}")
        result = desk.update()
        assert (result.status, result.copy) == ("written", None)
        yield parts_of(desk.path)


def people_keep_theirs(
    before: dict[str, bytes], after: dict[str, bytes], part: str, columns: dict[str, str]
) -> None:
    sheet = after[part].decode()
    # The new kind of colours and lists grew with the table, small pictures of numbers did not.
    assert f"<xm:sqref>{columns['Бали']}2:{columns['Бали']}14</xm:sqref>" in sheet
    assert f"<xm:sqref>{columns['Відповідальний']}2:{columns['Відповідальний']}14</xm:sqref>" in sheet
    assert "<xm:sqref>BA2</xm:sqref>" in sheet
    picture = re.search(rf'<c r="{columns["Відповідальний"]}4"[^>]*>.*?</c>', sheet)
    assert picture is not None
    assert ('vm="1"' in picture[0], "#VALUE!" in picture[0]) == (True, True)
    old, new = (etree.fromstring(parts["xl/comments7.xml"])[1] for parts in (before, after))
    assert [canonical(one) for one in new[:2]] == [canonical(one) for one in old]
    assert len(new) == 3
    for shape in re.findall(rb"<v:shape .*?</v:shape>", before["xl/drawings/vmlDrawing7.vml"]):
        assert shape in after["xl/drawings/vmlDrawing7.vml"]
    # Results stay where they are still true; the one that counts the robot's rows is reckoned anew.
    was, now = before["xl/worksheets/sheet99.xml"], after["xl/worksheets/sheet99.xml"]
    assert now.replace(b"\n", b"") == was.replace(b"\n", b"").replace(b"<v>777</v>", b"")
    styles = [
        [canonical(one) for one in etree.fromstring(parts["xl/styles.xml"]).iter(f"{{{MAIN}}}xf")]
        for parts in (before, after)
    ]
    assert styles[1][: len(styles[0])] == styles[0]


def test_every_part_that_was_put_in_is_still_there_and_referred_to(desk: Desk) -> None:
    rich(desk)
    desk.application(4)
    desk.update()
    after = parts_of(desk.path)
    assert [name for name in PARTS if name not in after] == []
    told = b"".join(octets for name, octets in after.items() if name.endswith(".rels"))
    related = [name for name in PARTS if name.startswith("xl/") and "_rels" not in name]
    unreferenced = {"xl/vbaProject.bin", "xl/webextensions/webextension1.xml"}
    assert [
        name for name in related if name.rpartition("/")[2].encode() not in told and name not in unreferenced
    ] == []
    sheet = etree.fromstring(after[sheet_part(desk.path, "Заявки")])
    relations = etree.fromstring(
        after[f"xl/worksheets/_rels/{sheet_part(desk.path, 'Заявки').rpartition('/')[2]}.rels"]
    )
    wanted = {
        value for one in sheet.iter() for name, value in one.attrib.items() if name == f"{{{OFFICE}}}id"
    }
    assert wanted <= {one.get("Id") for one in relations}


def test_a_deleted_sheet_comes_back_beside_what_people_have(desk: Desk) -> None:
    before = rich(desk)
    part = sheet_part(desk.path, "Листування")
    name = re.escape("Листування").encode()
    edit_part(
        desk.path,
        "xl/workbook.xml",
        lambda octets: re.sub(rb'<sheet [^>]*name="' + _entities(octets, name) + rb'"[^>]*/>', b"", octets),
    )
    edit_part(desk.path, part, lambda octets: octets)
    assert desk.update().status == "written"
    after = parts_of(desk.path)
    assert "Листування" in desk.open().sheetnames
    assert [
        name
        for name in PARTS
        if name not in after or (after[name] != before[name] and not TOUCHED.match(name))
    ] == []


def _entities(octets: bytes, name: bytes) -> bytes:
    """openpyxl writes what is not ASCII as numbers."""
    text = name.decode()
    return name if name in octets else "".join(f"&#{ord(char)};" for char in text).encode()


@pytest.mark.libreoffice
def test_libreoffice_opens_it_after_ten_cycles_and_prints_it(desk: Desk, tmp_path: Path) -> None:
    rich(desk)
    columns = {str(cell.value): cell.column_letter for cell in desk.open()["Заявки"][1]}
    for _ in ten_cycles(desk, columns):
        pass
    statuses = list(desk.column("Статус").values())
    program = require("soffice", "libreoffice-calc-nogui")
    for target, ending in (("xlsx:Calc MS Excel 2007 XML", "xlsx"), ("pdf", "pdf")):
        subprocess.run(
            [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", target,
             "--outdir", str(tmp_path / "out"), str(desk.path)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        made = tmp_path / "out" / f"{desk.path.stem}.{ending}"
        assert made.stat().st_size > 10_000
    opened = Desk.__new__(Desk)
    opened.path = tmp_path / "out" / f"{desk.path.stem}.xlsx"
    assert list(opened.column("Статус").values()) == statuses
    assert (len(statuses), opened.column("Громада")[ONE]) == (13, "виправлено 10")
    analysis = opened.open()["Аналіз"]
    assert (str(analysis["C1"].value), analysis["B3"].value) == ("Громада", "=A3*2")
