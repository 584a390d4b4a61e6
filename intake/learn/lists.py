"""Drop-down lists of a Word form: what they offer, by the label they stand beside.

The reader of letters shows what was chosen, so that an empty list says nothing; here the blank itself is looked into, by the
same guarded way.
"""

from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from intake.learn.asked import asked_from
from intake.readers.docx import main_part
from intake.readers.guard import Refused, open_zip, parse_xml, read_part
from rules.kinds import is_empty

Element = etree._Element

_LISTS = frozenset({"dropDownList", "comboBox", "ddList"})
_ITEMS = frozenset({"listItem", "listEntry"})


def offered(content: bytes) -> dict[str, tuple[str, ...]]:
    """Return label → entries of the lists in a .docx; nothing for a file that is none."""
    try:
        with open_zip(content) as archive:
            root = parse_xml(read_part(archive, main_part(archive)))
    except Refused:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for row in _named(root, {"tr"}):
        cells = [cell for cell in _named(row, {"tc"}) if next(_above(cell, "tr"), None) is row]
        for label, place in pairwise(cells):
            _note(found, _text(label), place)
    for paragraph in _named(root, {"p"}):
        _note(found, _text(paragraph), paragraph)
    return found


def _note(found: dict[str, tuple[str, ...]], text: str, place: Element) -> None:
    label = asked_from(text, "", "").label
    entries = tuple(dict.fromkeys(entry for one in _named(place, _LISTS) for entry in _entries(one)))
    if label and len(entries) > 1:
        found.setdefault(label, entries)


def _entries(one: Element) -> Iterator[str]:
    for item in one:
        if _name(item) in _ITEMS:
            values = {etree.QName(name).localname: str(value).strip() for name, value in item.attrib.items()}
            entry = values.get("displayText") or values.get("val") or values.get("value", "")
            # The prompt is an entry of its own in many forms.
            if not is_empty(entry):
                yield entry


def _text(element: Element) -> str:
    """Return the text outside content controls, one line for each paragraph."""
    paragraphs = list(_named(element, {"p"})) or [element]
    lines = (
        "".join(
            str(text.text or "")
            for text in _named(one, {"t"})
            if next(_above(text, "sdtContent"), None) is None
        )
        for one in paragraphs
    )
    return "\n".join(line for line in lines if line.strip())


def _named(element: Element, names: frozenset[str] | set[str]) -> Iterator[Element]:
    return (one for one in element.iter() if _name(one) in names)


def _above(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iterancestors() if _name(one) == name)


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
