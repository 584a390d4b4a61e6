"""Links of cells and the relationships they hang on: changed octet by octet, however they are written."""

import pytest

from intake.workbook.package.around import ORDER
from intake.workbook.package.links import Listed
from intake.workbook.package.markup import MAIN, OFFICE, Frame
from intake.workbook.package.ranges import shift_of
from intake.workbook.package.relations import Relations
from intake.workbook.package.zipped import Damaged, Foreign

RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
LINK = f"{OFFICE}/hyperlink"
SHEET = Frame(f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">'.encode())
PREFIXED = Frame(f'<x:worksheet xmlns:x="{MAIN}">'.encode())
TAIL = (
    b'<mergeCells count="1"><mergeCell ref="F1:G2"/></mergeCells><hyperlinks>'
    b'<hyperlink ref="A2" r:id="rId1"/> <hyperlink tooltip="2 &gt; 1 > 0" r:id=\'rId7\' ref=\'B3\'></hyperlink>\n'
    b'<hyperlink ref="A4:B4" location="\'&#1040;\'!A1" display="a&amp;b"/></hyperlinks><pageMargins left="0.7"/>'
)


def relations(*entries: str, root: str = f'<Relationships xmlns="{RELS}">') -> Relations:
    octets = f"{root}{''.join(entries)}</{root[1:].partition(' ')[0]}>".encode()
    # However the part is cut, it is the same.
    return Relations(
        "xl/worksheets/sheet1.xml", lambda: (octets[at : at + 7] for at in range(0, len(octets), 7))
    )


def entry(number: int, target: str, *, kind: str = LINK, external: bool = True) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"{mode}/>'


def written(frame: Frame, tail: bytes, known: Relations, **what) -> bytes:
    listed = Listed(frame, tail)
    change = {"wanted": {}, "shift": None, "order": ORDER} | what
    return b"".join(listed.changed(listed.tree(), known, **change))


def test_links_are_read_with_what_they_lead_to() -> None:
    known = relations(entry(1, "cards/1.html"), entry(7, "https://a.example/?x=1&amp;y=2"))
    listed = Listed(SHEET, TAIL)
    everything = {(2, 1): "cards/1.html", (3, 2): "https://a.example/?x=1&y=2", (4, 1): ""}
    assert listed.targets(known) == everything
    assert listed.targets(known, {3}) == {(3, 2): "https://a.example/?x=1&y=2"}
    assert listed.ids() == {"rId1", "rId7"}


def test_what_is_not_asked_for_stays_to_the_octet() -> None:
    known = relations(entry(1, "a"), entry(7, "b"))
    assert written(SHEET, TAIL, known).replace(b"\n", b"").replace(b"> <", b"><") == TAIL.replace(
        b"\n", b""
    ).replace(b"> <", b"><")
    assert known.changed is False


def test_a_link_takes_the_place_of_the_old_one_and_shares_a_target() -> None:
    known = relations(entry(1, "a"), entry(7, "b"))
    now = written(SHEET, TAIL, known, wanted={(2, 1): "b", (9, 28): "c d.html", (3, 2): ""})
    listed = Listed(SHEET, now)
    assert listed.targets(known) == {(4, 1): "", (2, 1): "b", (9, 28): "c d.html"}
    assert b'<hyperlink ref="AB9" r:id="rId8"/></hyperlinks><pageMargins' in now
    assert [(one.id, one.target) for one in known] == [("rId1", "a"), ("rId7", "b"), ("rId8", "c d.html")]


def test_the_first_and_the_last_link_come_and_go_with_their_list() -> None:
    known = relations()
    bare = b'<sheetProtection/><pageMargins left="0.7"/>'
    now = written(PREFIXED, b'<x:pageMargins left="0.7"/>', known, wanted={(1, 1): "a"})
    assert (
        now
        == (
            f'<x:hyperlinks><x:hyperlink xmlns:r="{OFFICE}" ref="A1" r:id="rId1"/></x:hyperlinks>'
            '<x:pageMargins left="0.7"/>'
        ).encode()
    )
    assert written(PREFIXED, now, known, wanted={(1, 1): ""}) == b'<x:pageMargins left="0.7"/>'
    assert written(SHEET, bare, relations(), wanted={(1, 1): ""}) == bare


def test_links_move_with_their_rows_and_go_with_them() -> None:
    known = relations(entry(1, "a"), entry(7, "b"))
    shift = shift_of(frozenset({2}), 9, 0, reach=False)
    now = written(SHEET, TAIL, known, shift=shift)
    assert Listed(SHEET, now).targets(known) == {(2, 2): "b", (3, 1): ""}
    assert b"ref='B2'" in now
    assert b'ref="A3:B3"' in now


def test_a_list_in_an_unknown_form_is_left_alone() -> None:
    with pytest.raises(Foreign):
        Listed(SHEET, b'<hyperlinks><hyperlink ref="A1"/>')
    with pytest.raises(Foreign):
        Listed(SHEET, b"<hyperlinks><other/></hyperlinks>").targets(relations())


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        f'<Relationships xmlns="{RELS}"/>'.encode(),
        f'<?xml version="1.0" encoding="utf-16"?><p:Relationships xmlns:p="{RELS}"/>'.encode("utf-16"),
        f'<?xml version="1.0"?><p:Relationships xmlns:p="{RELS}">\n</p:Relationships >\n'.encode(),
        f'<?xml version="1.0" encoding="windows-1251"?><Relationships xmlns="{RELS}"></Relationships>'.encode(),
    ],
)
def test_relationships_are_added_to_whatever_stood_there(stored: bytes) -> None:
    known = Relations("xl/workbook.xml", lambda: (stored,) if stored else ())
    first = known.add("worksheet", "xl/sheet.xml")
    second = known.add("hyperlink", 'файл "<&>".html', external=True)
    octets = b"".join(known.pieces())
    again = Relations("xl/workbook.xml", lambda: (octets,))
    assert [(one.id, one.kind, one.target) for one in again] == [
        (first, "worksheet", "xl/sheet.xml"),
        (second, "hyperlink", 'файл "<&>".html'),
    ]
    again.remove(first)
    assert [one.id for one in again] == [second]
    assert again.add("table", "xl/table.xml") == "rId3"


def test_relationships_without_links_keep_the_others_and_the_links_asked_for() -> None:
    known = relations(
        entry(1, "a"), entry(2, "../tables/t.xml", kind=f"{OFFICE}/table", external=False), entry(7, "b")
    )
    octets = known.without_links({"rId7"})
    kept = Relations("xl/worksheets/sheet1.xml", lambda: (octets,))
    assert [(one.id, one.target) for one in kept] == [("rId2", "xl/tables/t.xml"), ("rId7", "b")]


@pytest.mark.parametrize(
    "stored", [b"<Relationships>", b"no XML", b'<!DOCTYPE a [<!ENTITY b "c">]><Relationships/>']
)
def test_a_damaged_part_is_told(stored: bytes) -> None:
    with pytest.raises(Damaged):
        Relations("", lambda: (stored,))
