"""Word documents (ECMA-376, strict and transitional), walked as XML by local name.

It reads what a person sees: deleted, moved, hidden and crossed-out text and placeholders are not there;
ticked boxes are. It never follows a relationship outside the file and never runs a macro.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from intake.readers.glyphs import symbol, wingdings
from intake.readers.guard import Refused, open_zip, parse_xml, read_part
from rules.table import LOST_BOX, Block, Cell, Para, Reading, Table

Element = etree._Element

CHECKED, UNCHECKED = "☒", "☐"
# Never seen by a reader of the document, or not text.
_SKIPPED = frozenset(
    [
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "delInstrText",
        "pPr",
        "rPr",
        "tblPr",
        "tblGrid",
        "sectPr",
        "sdtPr",
        "sdtEndPr",
        "proofErr",
        "commentReference",
        "footnoteReference",
        "endnoteReference",
        "annotationRef",
        "fldData",
        "rubyPr",
        "rt",
    ]
)
_DASHES = {"noBreakHyphen": "\u2011"}


def read(content: bytes, sha256: str, *, lost_states: bool = False) -> Reading:
    """Return what a .docx or .docm says. Raises `Refused` for what is damaged or hostile.

    `lost_states`: the boxes of form fields were saved by a program that does not say which of them are ticked.
    """
    with open_zip(content) as archive:
        root = parse_xml(read_part(archive, main_part(archive)))
    body = next((child for child in root if _name(child) == "body"), None)
    if body is None:
        raise Refused("damaged")
    walk = _Walk(lost_states=lost_states)
    blocks = walk.blocks(body)
    if not any(_has_text(block) for block in blocks):
        pictures = any(_name(node) in {"blip", "imagedata"} for node in root.iter())
        raise Refused("picture", "not_a_form") if pictures else Refused("empty")
    return Reading(sha256, "read", reader="docx", blocks=tuple(blocks))


def main_part(archive: zipfile.ZipFile) -> str:
    """Return the name of the main document part: by relationship, since it may be called anything."""
    for relationship in parse_xml(read_part(archive, "_rels/.rels")):
        kind = str(relationship.get("Type", ""))
        if kind.rstrip("/").endswith("/officeDocument"):
            return posixpath.normpath(str(relationship.get("Target", "")).lstrip("/"))
    raise Refused("damaged")


@dataclass(slots=True)
class _Line:
    """The text of a paragraph while it is gathered, with the boxes of text that float in it."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    floating: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.pieces)

    @property
    def marked(self) -> tuple[str, ...]:
        """The pieces set off by underlining, bold or highlighting, neighbours joined."""
        runs: list[tuple[str, bool]] = []
        for piece, set_off in self.pieces:
            if runs and runs[-1][1] == set_off:
                runs[-1] = (runs[-1][0] + piece, set_off)
            else:
                runs.append((piece, set_off))
        return tuple(text.strip() for text, set_off in runs if set_off and text.strip())


class _Walk:
    """One pass over a document; it counts paragraphs and tables to say where things stood."""

    def __init__(self, *, lost_states: bool) -> None:
        self._paragraphs = 0
        self._tables = 0
        self._lost_states = lost_states

    def blocks(self, parent: Element) -> list[Block]:
        """Return the blocks under an element, looking through everything that only wraps them."""
        out: list[Block] = []
        for child in parent:
            name = _name(child)
            if name in _SKIPPED:
                continue
            if name == "p":
                self._paragraphs += 1
                where = f"p {self._paragraphs}"
                line = _Line()
                self._inline(child, line)
                out.append(Para(line.text, where, line.marked))
                out.extend(line.floating)
            elif name == "tbl":
                out.append(self._table(child))
            elif name == "sdt":
                out.extend(self._control(child))
            elif name == "AlternateContent":
                out.extend(self.blocks(_chosen(child)))
            elif name not in {"tc", "tr"}:
                out.extend(self.blocks(child))
        return out

    def _control(self, control: Element) -> list[Block]:
        state = _control_text(control)
        if state is not None:
            return [Para(state, f"p {self._paragraphs}")]
        return [block for content in _children(control, "sdtContent") for block in self.blocks(content)]

    def _table(self, table: Element) -> Table:
        self._tables += 1
        where = f"table {self._tables}"
        return Table(tuple(self._row(row) for row in _rows(table)), where)

    def _row(self, row: Element) -> tuple[Cell, ...]:
        properties = _child(row, "trPr")
        before = _number(_child(properties, "gridBefore"))
        cells = [Cell((), before)] if before else []
        for cell, placeholder in _cells(row):
            own = _child(cell, "tcPr")
            merge = _child(own, "vMerge")
            continued = merge is not None and _value(merge) in {"", "continue"}
            span = max(_number(_child(own, "gridSpan")), 1)
            blocks = () if placeholder or continued else tuple(self.blocks(cell))
            cells.append(Cell(blocks, min(span, 63), continued))
        return tuple(cells)

    def _inline(self, parent: Element, line: _Line) -> None:
        for child in parent:
            name = _name(child)
            if name in _SKIPPED:
                continue
            if name == "r":
                self._run(child, line)
            elif name == "sdt":
                state = _control_text(child)
                if state is not None:
                    line.pieces.append((state, False))
                else:
                    for content in _children(child, "sdtContent"):
                        self._inline(content, line)
            elif name == "AlternateContent":
                self._inline(_chosen(child), line)
            elif name == "txbxContent":
                line.floating.extend(self.blocks(child))
            elif name in {"p", "tbl"}:
                line.floating.extend(self.blocks(parent))
                return
            else:
                self._inline(child, line)

    def _run(self, run: Element, line: _Line) -> None:
        properties = _child(run, "rPr")
        if any(_on(properties, name) for name in ("vanish", "strike", "dstrike", "specVanish")):
            return
        set_off = any(_on(properties, name) for name in ("b", "highlight")) or _value(
            _child(properties, "u")
        ) not in {"", "none"}
        fonts = _child(properties, "rFonts")
        font = " ".join(str(value) for value in fonts.attrib.values()) if fonts is not None else ""
        for child in run:
            text = self._piece(child, font, line)
            if text:
                line.pieces.append((text, set_off))

    def _piece(self, child: Element, font: str, line: _Line) -> str:
        name = _name(child)
        if name == "t":
            text = "".join(str(piece) for piece in child.itertext())
            return wingdings(text, font) if "ingdings" in font or "\uf000" <= text[:1] <= "\uf0ff" else text
        if name in {"br", "cr"}:
            return "\n"
        if name in {"tab", "ptab"}:
            return "\t"
        if name == "sym":
            return symbol(_attribute(child, "char"), _attribute(child, "font"))
        if name == "fldChar":
            state = _legacy_field(child)
            # What nobody can tell is asked for, not taken for a no.
            return LOST_BOX if self._lost_states and state == UNCHECKED else state
        if name == "AlternateContent":
            self._inline(_chosen(child), line)
        elif name in {"drawing", "pict", "object", "ruby"}:
            self._inline(child, line)
        return _DASHES.get(name, "")


def _has_text(block: Block) -> bool:
    if isinstance(block, Para):
        return bool(block.text.strip())
    return any(_has_text(inner) for row in block.rows for cell in row for inner in cell.blocks)


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        name = _name(child)
        if name == "tr":
            properties = _child(child, "trPr")
            if properties is None or all(_child(properties, gone) is None for gone in ("del", "hidden")):
                yield child
        elif name in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}:
            yield from _rows(child)


def _cells(row: Element, *, placeholder: bool = False) -> Iterator[tuple[Element, bool]]:
    for child in row:
        name = _name(child)
        if name == "tc":
            if _child(_child(child, "tcPr"), "cellDel") is None:
                yield child, placeholder
        elif name == "sdt":
            shown = _child(_child(child, "sdtPr"), "showingPlcHdr") is not None
            for content in _children(child, "sdtContent"):
                yield from _cells(content, placeholder=placeholder or shown)
        elif name in {"customXml", "smartTag", "ins"}:
            yield from _cells(child, placeholder=placeholder)


def _control_text(control: Element) -> str | None:
    """Return what a content control shows if that is not simply its content: a box, or nothing at all."""
    properties = _child(control, "sdtPr")
    box = _child(properties, "checkbox")
    if box is not None:
        return CHECKED if _on(box, "checked") else UNCHECKED
    if properties is not None and _on(properties, "showingPlcHdr"):
        return ""
    return None


def _legacy_field(mark: Element) -> str:
    """Return the state of a form field of Word 97: a box, or the chosen entry of a list."""
    data = _child(mark, "ffData")
    box = _child(data, "checkBox")
    if box is not None:
        state = "checked" if _child(box, "checked") is not None else "default"
        return CHECKED if _on(box, state) else UNCHECKED
    choices = _child(data, "ddList")
    if choices is not None:
        entries = [_value(entry) for entry in _children(choices, "listEntry")]
        chosen = _child(choices, "result")
        chosen = _child(choices, "default") if chosen is None else chosen
        index = _number(chosen)
        return entries[index] if index < len(entries) else ""
    return ""


def _chosen(alternatives: Element) -> Element:
    """Return the one branch of an mc:AlternateContent that is read: the first Choice, else the Fallback."""
    branches = [child for child in alternatives if _name(child) in {"Choice", "Fallback"}]
    return next(
        (child for child in branches if _name(child) == "Choice"), branches[0] if branches else alternatives
    )


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: Element, name: str) -> str:
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), ""
    )


def _value(element: Element | None) -> str:
    return "" if element is None else _attribute(element, "val")


def _number(element: Element | None) -> int:
    value = _value(element)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0


def _children(parent: Element | None, name: str) -> list[Element]:
    return [] if parent is None else [child for child in parent if _name(child) == name]


def _child(parent: Element | None, name: str) -> Element | None:
    return next(iter(_children(parent, name)), None)


def _on(properties: Element | None, name: str) -> bool:
    """Return whether a toggle is set: present, and not switched off by its value."""
    toggle = _child(properties, name)
    return toggle is not None and _value(toggle).lower() not in {"0", "false", "off", "none"}
