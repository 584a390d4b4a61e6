"""OpenDocument text (ISO/IEC 26300), walked as XML by local name.

Tracked deletions, hidden text, comments and placeholders are not there for a reader, so they are not read.
"""

import re

from lxml import etree

from intake.readers.glyphs import wingdings
from intake.readers.guard import Refused, open_zip, parse_xml, read_part
from rules.table import Block, Cell, Para, Reading, Table

Element = etree._Element

_SKIPPED = frozenset(
    [
        "tracked-changes",
        "annotation",
        "annotation-end",
        "note-body",
        "hidden-text",
        "hidden-paragraph",
        "placeholder",
        "sequence-decls",
        "bookmark",
        "change",
        "change-start",
        "change-end",
        "soft-page-break",
        "desc",
        "title",
        "event-listeners",
    ]
)
_WRAPPERS = frozenset(
    [
        "text",
        "section",
        "list",
        "list-item",
        "list-header",
        "frame",
        "text-box",
        "g",
        "a",
        "span",
        "index-body",
        "table-of-content",
        "content-control",
        "shape-group",
        "custom-shape",
        "rect",
        "text-content",
        "meta",
    ]
)
MAX_REPEAT = 64
# A glyph of a symbol font: the office suite keeps its number in the private use area.
_GLYPH = re.compile("[\uf000-\uf0ff]")


def read(content: bytes, sha256: str) -> Reading:
    """Return what an .odt says. Raises `Refused` for what is damaged, encrypted or hostile."""
    with open_zip(content) as archive:
        if b"encryption-data" in read_part(archive, "META-INF/manifest.xml"):
            raise Refused("password")
        root = parse_xml(read_part(archive, "content.xml"))
    body = next((node for node in root.iter() if _name(node) == "body"), None)
    if body is None:
        raise Refused("damaged")
    walk = _Walk()
    walk.hidden = _hidden_styles(root)
    blocks = [block for part in body for block in walk.blocks(part)]
    if not any(block.text.strip() if isinstance(block, Para) else block.rows for block in blocks):
        pictures = any(_name(node) == "image" for node in body.iter())
        raise Refused("picture", "not_a_form") if pictures else Refused("empty")
    return Reading(sha256, "read", reader="odt", blocks=tuple(blocks))


def _hidden_styles(root: Element) -> frozenset[str]:
    """Return the styles whose text nobody sees: hidden, or crossed out."""
    found = set()
    for style in root.iter():
        if _name(style) != "style":
            continue
        for properties in style:
            if _name(properties) == "text-properties" and (
                _attribute(properties, "display") == "none"
                or _attribute(properties, "text-line-through-style") not in {"", "none"}
            ):
                found.add(_attribute(style, "name"))
    return frozenset(found)


class _Walk:
    """One pass over a document; it counts paragraphs and tables to say where things stood."""

    def __init__(self) -> None:
        self.hidden: frozenset[str] = frozenset()
        self._paragraphs = 0
        self._tables = 0

    def blocks(self, parent: Element) -> list[Block]:
        """Return the blocks under an element, looking through everything that only wraps them."""
        out: list[Block] = []
        for child in parent:
            name = _name(child)
            if name in _SKIPPED:
                continue
            if name in {"p", "h"}:
                self._paragraphs += 1
                floating: list[Block] = []
                pieces: list[str] = []
                where = f"p {self._paragraphs}"
                if _attribute(child, "style-name") not in self.hidden:
                    self._inline(child, pieces, floating)
                out.append(Para("".join(pieces), where))
                out.extend(floating)
            elif name == "table":
                out.append(self._table(child))
            elif name == "sequence" or name in _WRAPPERS:
                out.extend(self.blocks(child))
        return out

    def _inline(self, element: Element, pieces: list[str], floating: list[Block]) -> None:
        if element.text:
            pieces.append(_shown(element.text))
        for child in element:
            name = _name(child)
            if name == "s":
                count = _attribute(child, "c")
                pieces.append(" " * (min(int(count), 1000) if count.isdigit() else 1))
            elif name == "tab":
                pieces.append("\t")
            elif name == "line-break":
                pieces.append("\n")
            elif box := _box(child):
                pieces.append(box)
            elif name == "content-control" and _attribute(child, "showing-place-holder") == "true":
                pass
            elif name in {"frame", "text-box", "custom-shape", "rect", "g"}:
                floating.extend(self.blocks(child))
            elif name not in _SKIPPED and _attribute(child, "style-name") not in self.hidden:
                self._inline(child, pieces, floating)
            if child.tail:
                pieces.append(_shown(child.tail))

    def _table(self, table: Element) -> Table:
        self._tables += 1
        where = f"table {self._tables}"
        open_spans: dict[int, int] = {}
        return Table(tuple(self._row(row, open_spans) for row in _rows(table)), where)

    def _row(self, row: Element, open_spans: dict[int, int]) -> tuple[Cell, ...]:
        cells: list[Cell] = []
        at = 0
        for cell in row:
            name = _name(cell)
            if name == "table-cell":
                span = _count(_attribute(cell, "number-columns-spanned"))
                down = _count(_attribute(cell, "number-rows-spanned"))
                blocks = tuple(self.blocks(cell))
                for _ in range(_count(_attribute(cell, "number-columns-repeated"))):
                    cells.append(Cell(blocks, span))
                    if down > 1:
                        open_spans[at] = down
                    at += span
            elif name == "covered-table-cell" and open_spans.get(at, 0) > 1:
                # Covered from above it stands alone; covered from the left it was counted in that cell's span.
                cells.append(Cell((), 1, continued=True))
                open_spans[at] -= 1
                at += 1
        return tuple(cells)


def _shown(text: str) -> str:
    return _GLYPH.sub(lambda glyph: wingdings(glyph.group(), ""), text)


def _box(element: Element) -> str:
    """Return a box to tick as the character it shows, "" for all that is none: three kinds of it are in use."""
    name = _name(element)
    if name == "checkbox":
        ticked = _attribute(element, "current-state") == "checked"
    elif name == "content-control" and _attribute(element, "checkbox") == "true":
        ticked = _attribute(element, "checked") == "true"
    elif name == "fieldmark" and _attribute(element, "type").endswith("FORMCHECKBOX"):
        ticked = any(
            _attribute(state, "name") == "Checkbox_Checked" and _attribute(state, "value") == "true"
            for state in element
        )
    else:
        return ""
    return "☒" if ticked else "☐"


def _rows(table: Element) -> list[Element]:
    out: list[Element] = []
    for child in table:
        name = _name(child)
        if name == "table-row" and _attribute(child, "visibility") != "collapse":
            out.append(child)
        elif name in {"table-header-rows", "table-rows", "table-row-group"}:
            out.extend(_rows(child))
    return out


def _count(text: str) -> int:
    return min(max(int(text), 1), MAX_REPEAT) if text.isdigit() else 1


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: Element, name: str) -> str:
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), ""
    )
