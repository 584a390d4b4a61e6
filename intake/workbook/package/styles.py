"""The styles of a workbook: what a cell's style says, and new ones added at the end; nothing that is there is changed."""

from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from intake.workbook.formats import (
    FIRST_OWN_FORMAT,
    builtin_format,
    builtin_number,
    shows_date,
    shows_duration,
)
from intake.workbook.package.cells import Formats
from intake.workbook.package.markup import MAIN, Element, first, local, named, parse, place_in_order, written
from intake.workbook.package.zipped import Damaged

# CT_Stylesheet (ECMA-376, 18.8.39).
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")  # fmt: skip
_XF_ORDER = ("alignment", "protection", "extLst")
# Which list an attribute of a cell style points into, and the attribute that says that it counts.
_LISTS = (
    ("fontId", "fonts", "applyFont"),
    ("fillId", "fills", "applyFill"),
    ("borderId", "borders", "applyBorder"),
)


@dataclass(frozen=True, slots=True)
class Dress:
    """How a cell looks: its parts as XML in the namespace of spreadsheets ("" for what every cell has), and a format code."""

    font: bytes = b""
    fill: bytes = b""
    border: bytes = b""
    alignment: bytes = b""
    number_format: str = "General"


class StyleBook:
    """The part of styles. Raises `Damaged` when it has no cell styles."""

    def __init__(self, octets: bytes) -> None:
        self.root = parse(octets)
        self.changed = False
        found = first(self.root, "cellXfs")
        if found is None:
            raise Damaged("it has no cell styles")
        self._xfs = named(found, "xf")
        self._made: dict[tuple[object, ...], int] = {}
        self._index: dict[str, dict[bytes, int]] = {}
        own = first(self.root, "numFmts")
        self._codes = {
            int(one.get("numFmtId", "0")): one.get("formatCode", "General")
            for one in ([] if own is None else named(own, "numFmt"))
        }

    def octets(self) -> bytes:
        """Return the part as it is now."""
        return written(self.root)

    def count(self) -> int:
        """Return how many cell styles there are."""
        return len(self._xfs)

    def formats(self, *, epoch_1904: bool) -> Formats:
        """Return which cell styles show moments."""
        codes = [self._code(xf) for xf in self._xfs]
        moments = frozenset(at for at, code in enumerate(codes) if shows_date(code))
        return Formats(
            moments, frozenset(at for at, code in enumerate(codes) if shows_duration(code)), epoch_1904
        )

    def _code(self, xf: Element) -> str:
        number = int(xf.get("numFmtId", "0"))
        return self._codes.get(number) or builtin_format(number)

    def number_format(self, style: int) -> str:
        """Return the format code of a cell style."""
        return self._code(self._xf(style))

    def is_quoted(self, style: int) -> bool:
        """Return whether what is in cells of a style is text, whatever it looks like."""
        return self._xf(style).get("quotePrefix", "0") in {"1", "true"}

    def plain_font(self, style: int) -> tuple[str | None, float | None, bool]:
        """Return name, size in points and boldness of the font of a cell style."""
        font = self._part(style, "fontId", "fonts")
        name, size, bold = first(font, "name"), first(font, "sz"), first(font, "b")
        return (
            name.get("val") if name is not None else None,
            float(size.get("val", "11")) if size is not None else None,
            bold is not None and bold.get("val", "1") not in {"0", "false"},
        )

    def _xf(self, style: int) -> Element:
        return self._xfs[style] if style < len(self._xfs) else self._xfs[0]

    def _part(self, style: int, attribute: str, listed: str) -> Element:
        parts = first(self.root, listed)
        index = int(self._xf(style).get(attribute, "0"))
        found = [] if parts is None else [one for one in parts if local(one)]
        return found[index] if index < len(found) else etree.Element(f"{{{MAIN}}}font")

    # ------------------------------------------------------------------------------------------------- adding

    def dressed(self, dress: Dress, *, quote: bool = False) -> int:
        """Return the cell style that looks so. `quote`: what is in the cell is text, whatever it looks like."""
        key = ("dress", dress, quote)
        if key not in self._made:
            xf = etree.Element(f"{{{MAIN}}}xf")
            self._set_format(xf, dress.number_format)
            for (attribute, listed, applies), part in zip(
                _LISTS, (dress.font, dress.fill, dress.border), strict=True
            ):
                xf.set(attribute, str(self._add(listed, parse(part)) if part else 0))
                if part:
                    xf.set(applies, "1")
            xf.set("xfId", "0")
            if dress.alignment:
                xf.set("applyAlignment", "1")
                xf.append(parse(dress.alignment))
            if quote:
                xf.set("quotePrefix", "1")
            self._made[key] = self._add_xf(xf)
        return self._made[key]

    def derived(
        self, style: int, *, font: bytes = b"", number_format: str = "", quote: bool | None = None
    ) -> int:
        """Return the cell style that looks as another one but for what is given."""
        key = ("derived", style, font, number_format, quote)
        if key not in self._made:
            xf = deepcopy(self._xf(style))
            if font:
                xf.set("fontId", str(self._add("fonts", parse(font))))
                xf.set("applyFont", "1")
            if number_format:
                self._set_format(xf, number_format)
            if quote is True:
                xf.set("quotePrefix", "1")
            elif quote is False and xf.get("quotePrefix") is not None:
                del xf.attrib["quotePrefix"]
            self._made[key] = self._add_xf(xf)
        return self._made[key]

    def adopted(self, other: "StyleBook", style: int) -> int:
        """Return the cell style that looks as one of another workbook."""
        key = ("adopted", id(other), style)
        if key not in self._made:
            xf = deepcopy(other._xf(style))
            for attribute, listed, _ in _LISTS:
                xf.set(attribute, str(self._add(listed, deepcopy(other._part(style, attribute, listed)))))
            self._set_format(xf, other.number_format(style))
            # The named style it stood for is not carried along: the plain one is always the first.
            xf.set("xfId", "0")
            self._made[key] = self._add_xf(xf)
        return self._made[key]

    def adopted_difference(self, other: "StyleBook", index: int) -> int:
        """Return the index of the conditional look that equals one of another workbook."""
        known = first(other.root, "dxfs")
        differences = [] if known is None else named(known, "dxf")
        return self._add("dxfs", deepcopy(differences[index]))

    def _set_format(self, xf: Element, code: str) -> None:
        number = builtin_number(code)
        if number is None:
            number = next((one for one, known in self._codes.items() if known == code), None)
        if number is None:
            number = max([FIRST_OWN_FORMAT - 1, *self._codes]) + 1
            made = etree.SubElement(self._list("numFmts"), f"{{{MAIN}}}numFmt")
            made.set("numFmtId", str(number))
            made.set("formatCode", code)
            self._counted("numFmts")
            self._codes[number] = code
        xf.set("numFmtId", str(number))
        if number:
            xf.set("applyNumberFormat", "1")

    def _list(self, name: str) -> Element:
        found = first(self.root, name)
        if found is None:
            found = etree.Element(f"{{{MAIN}}}{name}")
            place_in_order(self.root, found, _ORDER)
        return found

    def _counted(self, name: str) -> None:
        parts = self._list(name)
        parts.set("count", str(len([one for one in parts if local(one)])))
        self.changed = True

    def _add(self, name: str, element: Element) -> int:
        """Return the index of an equal element of a list; it is appended when there is none."""
        if name not in self._index:
            listed = [one for one in self._list(name) if local(one)]
            # Of several equal ones the first.
            self._index[name] = {_canonical(one): at for at, one in reversed(list(enumerate(listed)))}
        known = self._index[name]
        form = _canonical(element)
        if form not in known:
            element.tail = None
            self._list(name).append(element)
            self._counted(name)
            known[form] = int(self._list(name).get("count", "1")) - 1
        return known[form]

    def _add_xf(self, xf: Element) -> int:
        style = self._add("cellXfs", xf)
        if style == len(self._xfs):
            self._xfs.append(xf)
        return style


def _canonical(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", with_tail=False)
