"""XML of the parts: parsed without entities, DTD or network, written again with what it had. No part's meaning is known here."""

import re
from collections.abc import Iterable, Sequence

from lxml import etree

from intake.workbook.package.zipped import Damaged

# Only transitional documents (ECMA-376, part 4); strict ones name everything otherwise.
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TAG_END = re.compile(rb"/?>")

Element = etree._Element


def parse(octets: bytes) -> Element:
    """Return the root of a part. Raises `Damaged`; a document type makes it so."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False
    )
    try:
        root = etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged(str(error)) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs think it may be none
        raise Damaged("a part has a document type")
    return root


def written(root: Element) -> bytes:
    """Return a part as octets, with the declaration that spreadsheets write."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local(element: Element) -> str:
    """Return the name of an element without its namespace, "" for a comment or an instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """Return the namespace of an element."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def named(element: Element, name: str) -> list[Element]:
    """Return the children of a name, whatever their namespace."""
    return [child for child in element if local(child) == name]


def first(element: Element, name: str) -> Element | None:
    """Return the first child of a name, None when there is none."""
    return next((child for child in element if local(child) == name), None)


def every(element: Element, *names: str) -> list[Element]:
    """Return the element's descendants of these names, whatever their namespace."""
    return [one for one in element.iter() if local(one) in names]


def child(parent: Element, name: str, attributes: Iterable[tuple[str, str]] = ()) -> Element:
    """Append an element in the parent's namespace and return it."""
    made = etree.SubElement(parent, f"{{{namespace(parent)}}}{name}")
    for key, value in attributes:
        made.set(key, value)
    return made


class Frame:
    """The root element of a part that is handled in pieces: the pieces are parsed inside a copy of it."""

    def __init__(self, opening: bytes) -> None:
        """Take the opening tag of the root, `<worksheet xmlns=…>`."""
        self.opening = opening
        name = re.match(rb"<([^\s/>]+)", opening)
        if name is None:
            raise Damaged("a part has no root")
        self.name = name[1]
        prefix, colon, _ = self.name.rpartition(b":")
        self.prefix = prefix + colon

    def parse(self, pieces: Iterable[bytes]) -> Element:
        """Return the root with the pieces as its content. Raises `Damaged`."""
        return parse(self.opening + b"".join(pieces) + b"</" + self.name + b">")

    def content(self, root: Element) -> bytes:
        """Return what stands inside a root that `parse` made."""
        octets = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        end = _TAG_END.search(octets)
        assert end is not None
        return b"" if end[0] == b"/>" else octets[end.end() : octets.rindex(b"</")]


def place_in_order(parent: Element, element: Element, order: Sequence[str]) -> None:
    """Insert an element where the order of the schema wants it."""
    rank = {name: at for at, name in enumerate(order)}
    mine = rank[local(element)]
    for at, other in enumerate(parent):
        if rank.get(local(other), -1) > mine:
            parent.insert(at, element)
            return
    parent.append(element)
