"""Content controls of Word (ECMA-376 part 1, 17.5.2; check boxes: MS-DOCX 2.6.1.14): places in a form to be filled in.

Each bears its field's key as its tag. They only make filling easier: what is read is the text they show, so that a form
saved by a program that drops them reads the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from xml.sax.saxutils import quoteattr

from intake.blank.ooxml import run

EMPTY_BOX, TICKED_BOX = "☐", "☒"
# An empty place shows blanks: any words would be left in by whoever prints the form or opens it in another program.
_NOTHING = "\u2002" * 5
# Word shows no longer name on a control, and refuses longer tags.
_LONGEST = 60
_FONT = "MS Gothic"


@dataclass(slots=True)
class Controls:
    """Writes the controls of one document; every one gets an identifier of its own, in order."""

    locale: str
    choose: str
    _ids: Iterator[int] = field(default_factory=lambda: count(1001))

    def text(self, key: str, name: str, value: str = "", *, long: bool = False) -> str:
        """Return a place for text; with `long`, of several paragraphs: LibreOffice joins the lines of a plain one."""
        return self._place(key, name, value, "<w:richText/>" if long else '<w:text w:multiLine="1"/>')

    def date(self, key: str, name: str, value: str = "") -> str:
        """Return a place for a date; Word offers a calendar, other text may be typed all the same."""
        kind = (
            f'<w:date><w:dateFormat w:val="dd.MM.yyyy"/><w:lid w:val="{self.locale}"/>'
            '<w:storeMappedDataAs w:val="dateTime"/><w:calendar w:val="gregorian"/></w:date>'
        )
        return self._place(key, name, value, kind)

    def choice(
        self, key: str, name: str, options: Iterable[str], value: str = "", *, other: bool = False
    ) -> str:
        """Return a drop-down list. With `other`, words of one's own may be typed instead."""
        items = "".join(
            f"<w:listItem w:displayText={quoteattr(option)} w:value={quoteattr(option)}/>"
            for option in options
        )
        kind = "comboBox" if other else "dropDownList"
        return self._place(key, name, value, f"<w:{kind}>{items}</w:{kind}>", self.choose)

    def box(self, key: str, name: str, *, ticked: bool = False) -> str:
        """Return a box to tick."""
        fonts = f'<w:rPr><w:rFonts w:ascii="{_FONT}" w:eastAsia="{_FONT}" w:hAnsi="{_FONT}"/></w:rPr>'
        kind = (
            f'<w14:checkbox><w14:checked w14:val="{int(ticked)}"/><w14:checkedState w14:val="2612" w14:font="{_FONT}"/>'
            f'<w14:uncheckedState w14:val="2610" w14:font="{_FONT}"/></w14:checkbox>'
        )
        shown = run(TICKED_BOX if ticked else EMPTY_BOX, symbol=True)
        return self._control(key, name, kind, shown, before=fonts)

    def _place(self, key: str, name: str, value: str, kind: str, empty: str = _NOTHING) -> str:
        if value:
            return self._control(key, name, kind, run(value))
        return self._control(key, name, f"<w:showingPlcHdr/>{kind}", run(empty, style="PlaceholderText"))

    def _control(self, key: str, name: str, kind: str, content: str, *, before: str = "") -> str:
        head = f"<w:alias w:val={quoteattr(name[:_LONGEST])}/><w:tag w:val={quoteattr(key[:_LONGEST])}/>"
        return (
            f'<w:sdt><w:sdtPr>{before}{head}<w:id w:val="{next(self._ids)}"/>{kind}</w:sdtPr>'
            f"<w:sdtContent>{content}</w:sdtContent></w:sdt>"
        )
