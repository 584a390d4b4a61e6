"""Filling in content controls as Word does: the placeholder goes, a box changes its glyph, an entry of a list is shown."""

import io
import zipfile
from collections.abc import Mapping

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def filled(form: bytes, values: Mapping[str, str]) -> bytes:
    """Return the form with each tagged control filled in.

    Of a text control, list or date the value is what is typed or chosen; of boxes, the names of those to tick, separated
    by semicolons. A text control beside a box of the same tag gets what follows the box's name and a colon.
    """
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    root = etree.fromstring(parts["word/document.xml"])
    by_tag: dict[str, list[etree._Element]] = {}
    for control in root.iter(f"{W}sdt"):
        by_tag.setdefault(_property(control, "tag"), []).append(control)
    for key, value in values.items():
        _fill(by_tag[key], value)
    parts["word/document.xml"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def tags(form: bytes) -> list[str]:
    """Return the tags of the controls in a form, in order, each once."""
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    return list(dict.fromkeys(_property(control, "tag") for control in root.iter(f"{W}sdt")))


def _fill(controls: list[etree._Element], value: str) -> None:
    boxes = [control for control in controls if control.find(f"{W}sdtPr/{W14}checkbox") is not None]
    if not boxes:
        (control,) = controls
        _write(control, value)
        return
    picked = [part.strip() for part in value.split(";") if part.strip()]
    for part in picked:
        name, _, more = part.partition(": ")
        (box,) = [one for one in boxes if _property(one, "alias") in {name, f"{name}:", part}] or boxes[:1]
        _tick(box)
        for control in controls:
            if control not in boxes and more and _property(control, "alias") == _property(box, "alias"):
                _write(control, more)


def _tick(box: etree._Element) -> None:
    state = box.find(f"{W}sdtPr/{W14}checkbox/{W14}checked")
    glyph = next(box.iter(f"{W}t"))
    assert state is not None
    state.set(f"{W14}val", "1")
    glyph.text = "☒"


def _write(control: etree._Element, value: str) -> None:
    properties, content = control.find(f"{W}sdtPr"), control.find(f"{W}sdtContent")
    assert properties is not None
    assert content is not None
    for shown in properties.findall(f"{W}showingPlcHdr"):
        properties.remove(shown)
    for run in content.findall(f"{W}r"):
        content.remove(run)
    run = etree.SubElement(content, f"{W}r")
    for at, line in enumerate(value.split("\n")):
        if at:
            etree.SubElement(run, f"{W}br")
        text = etree.SubElement(run, f"{W}t")
        text.set(XML_SPACE, "preserve")
        text.text = line


def _property(control: etree._Element, name: str) -> str:
    found = control.find(f"{W}sdtPr/{W}{name}")
    return str(found.get(f"{W}val")) if found is not None else ""


__all__ = ["filled", "tags"]
