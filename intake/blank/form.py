"""The call's form as a .docx, blank or filled: item number and label on the left, the place for the answer on the right.

It is made from the call's `fields` and nothing else. Hints stand in the left cell, because whatever stands in the right
one is an answer. The same call and values give the same octets: there is no clock and no randomness here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intake.blank.controls import EMPTY_BOX, Controls
from intake.blank.layout import Consent, Grid, Heading, Line, Rows, layout
from intake.blank.ooxml import Column, Row, docx, paragraph, run, table
from intake.blank.words import Words, call_facts, words_of
from rules.call import Call, FormField

# So many characters of options stand on one line of the right column; a longer one has a line of its own.
_ONE_LINE = 44
_BETWEEN = "     "
_YES = frozenset({"так", "да", "yes", "true", "1", "+"})
_NO = frozenset({"ні", "не", "no", "false", "0"})
# An option that wants to be continued in one's own words.
_OTHER = re.compile(r"(?i)^(?:інш[еіа]|друг[оаи]|other)\b")
_BLANK = re.compile(r"_{2,}")
# Widths in twentieths of a point: A4 less margins of 2 cm on the left and 1.5 cm on the right.
_LEFT, _RIGHT, _COUNT = 4300, 5600, 460
_SHARE = {"name": 6, "email": 6, "text": 5, "phone": 4, "consent": 3, "yesno": 3}
# Height of the place for a long answer, as printed and filled in by hand: for each so many characters a line.
_LINE, _PER_LINE, _MOST_LINES = 240, 130, 6
# A table of so few rows is not divided between pages.
_KEPT = 7


def form_docx(call: Call, values: Mapping[str, str] | None = None, *, oblasts: Sequence[str] = ()) -> bytes:
    """Return the call's form as the octets of a .docx (ECMA-376, transitional).

    `values` maps field keys to answers as people write them; line breaks are kept, keys the call does not have are
    passed over. For `choices`, `yesno` and `consent` the matching boxes are ticked; several choices are separated by
    semicolons, and what no box fits is written after them. `oblasts` are offered where a field asks for one.
    """
    words = words_of(call)
    page = _Page(call, words, values or {}, tuple(oblasts), Controls(words.locale, words.choose))
    return docx("".join(page.body()), title=call.title, locale=words.locale, page=words.page)


@dataclass(frozen=True, slots=True)
class _Page:
    """One form while it is written."""

    call: Call
    words: Words
    values: Mapping[str, str]
    oblasts: tuple[str, ...]
    controls: Controls

    def body(self) -> Iterator[str]:
        """Yield the form's paragraphs and tables, in order."""
        yield from self._head()
        facts = call_facts(self.call, self.words)
        for part in layout(self.call):
            if isinstance(part, Heading):
                yield paragraph(run(part.text), f"Heading{part.level}")
            elif isinstance(part, Consent):
                yield paragraph(run(self.words.consent.format(**facts)), "Consent")
            else:
                yield self._table(part)
                # Two tables that touch become one, and a table may not be the last thing in a document.
                yield paragraph("", "Gap")

    def _head(self) -> Iterator[str]:
        """Yield the title and how to apply: until when, to which address, with which subject."""
        words, facts = self.words, call_facts(self.call, self.words)
        yield paragraph(run(words.heading), "Title")
        if facts["short"] and words.purpose:
            yield paragraph(run(words.purpose.format(**facts)), "Subtitle")
        yield paragraph(run(self.call.title, bold=True), "CallTitle")
        yield paragraph(run(words.how_heading, bold=True), "How")
        for number, line in enumerate(words.how, 1):
            yield paragraph(run(f"{number}. ") + _with_facts(line, facts), "How")
        yield paragraph(run(words.how_example.format(**facts), hint=True), "How")
        yield paragraph(run(words.mandatory, hint=True), "How")

    def _table(self, part: Rows | Grid) -> str:
        if isinstance(part, Rows):
            last = len(part.lines) - 1
            rows = (
                self._row(line, keep=at < last and len(part.lines) <= _KEPT)
                for at, line in enumerate(part.lines)
            )
            return table((Column(_LEFT, label=True), Column(_RIGHT)), rows)
        shares = [_SHARE.get(field.kind, 4) for field in part.people[0]]
        free = _LEFT + _RIGHT - _COUNT
        widths = [free * share // sum(shares) for share in shares]
        columns = (Column(_COUNT, label=True), *map(Column, widths))
        header = Row(
            (paragraph("", "Cell"), *(paragraph(run(text, bold=True), "Cell") for text in part.headings)),
            header=True,
        )
        people = (
            Row((paragraph(run(str(number)), "Cell"), *(self._cell(field, narrow=True) for field in fields)))
            for number, fields in enumerate(part.people, 1)
        )
        return table(columns, (header, *people))

    def _row(self, line: Line, *, keep: bool) -> Row:
        left = paragraph(run(line.title, bold=line.item.required == "yes"), "KeptCell" if keep else "Cell")
        if line.hint:
            left += paragraph(run(line.hint, hint=True), "Cell")
        high = 0
        if line.item.kind == "long":
            high = _LINE * min(_MOST_LINES, max(3, line.item.limit // _PER_LINE))
        return Row((left, self._cell(line.item)), height=high)

    def _cell(self, field: FormField, *, narrow: bool = False) -> str:
        answer = self._answer(field, self.values.get(field.key, ""), narrow=narrow)
        return "".join(paragraph(runs, "Cell") for runs in answer)

    def _answer(self, field: FormField, value: str, *, narrow: bool) -> Iterator[str]:
        """Yield the runs of each paragraph in the right cell."""
        name = f"{field.number} {field.label}".strip()
        if field.kind == "yesno":
            yield from self._boxes(field, self.words.answers, self._said(value))
        elif field.kind == "consent":
            (box,) = self._boxes(field, self.words.answers[:1], self._said(value))
            yield box if narrow else box + run(f"   {self.words.signature}", hint=True)
        elif field.kind == "choices":
            yield from self._boxes(field, field.options, value)
        elif field.kind == "choice":
            other = any(map(_OTHER.match, field.options))
            yield self.controls.choice(field.key, name, field.options, value, other=other)
        elif field.kind == "oblast" and self.oblasts:
            yield self.controls.choice(field.key, name, self.oblasts, value, other=True)
        elif field.kind == "date":
            yield self.controls.date(field.key, name, value)
        elif EMPTY_BOX in field.hint and field.kind == "text":
            yield from self._hinted(field, value)
        else:
            yield self.controls.text(field.key, name, value, long=field.kind in {"text", "long"})

    def _said(self, value: str) -> str:
        """Return a yes or no in the form's language, other text as it is."""
        word, answers = value.strip().casefold(), self.words.answers
        return answers[0] if word in _YES else answers[1] if word in _NO else value

    def _boxes(self, field: FormField, options: tuple[str, ...], value: str) -> Iterator[str]:
        """Yield the options, each with its box; those that `value` names are ticked."""
        chosen: dict[str, str] = {}
        rest: list[str] = []
        for part in filter(None, map(str.strip, value.split(";"))):
            option = max((option for option in options if _begins(part, option)), key=len, default=None)
            if option is None:
                rest.append(part)
            else:
                chosen[option] = part[len(option) :].strip(" :")
        for line in _lines(options):
            yield run(_BETWEEN).join(self._box(field, option, chosen) for option in line)
        if rest:
            yield run("; ".join(rest))

    def _box(self, field: FormField, option: str, chosen: Mapping[str, str]) -> str:
        text = self.controls.box(field.key, option, ticked=option in chosen) + run(f" {option}")
        more = chosen.get(option, "")
        if _OTHER.match(option):
            return text + run(": ") + self.controls.text(field.key, option, more)
        return text + (run(f": {more}") if more else "")

    def _hinted(self, field: FormField, value: str) -> Iterator[str]:
        """Yield the choices that the hint of a text field offers: «☐ так (яких?): ____ ☐ ні»."""
        options = [piece.strip(" ;,") for piece in field.hint.split(EMPTY_BOX)[1:]]
        bare = [_BLANK.sub("", option).strip() for option in options]
        fitting = [option for option in bare if option and _begins(value.strip(), option.rstrip(":"))]
        meant = max(fitting, key=len, default="")
        for option, words in zip(options, bare, strict=True):
            ticked = bool(meant) and words == meant
            text = self.controls.box(field.key, words, ticked=ticked) + run(f" {words}")
            more = value.strip()[len(words.rstrip(":")) :].strip(" :") if ticked else ""
            if words != option:
                text += run(" ") + self.controls.text(field.key, words, more)
            elif more:
                text += run(f" {more}")
            yield text
        if value and not meant:
            yield run(value)


def _lines(options: tuple[str, ...]) -> Iterator[list[str]]:
    """Yield the options of each line; one that is continued by hand ends its line."""
    line: list[str] = []
    for option in options:
        length = sum(len(one) + len(_BETWEEN) for one in line) + len(option)
        if line and (length > _ONE_LINE or _OTHER.match(option)):
            yield line
            line = []
        line.append(option)
    if line:
        yield line


def _with_facts(line: str, facts: Mapping[str, str]) -> str:
    """Return the runs of a line; the facts in it are set in bold, for they are what people look for."""
    pieces = re.split(r"\{(\w+)\}", line)
    return "".join(run(facts[piece], bold=True) if at % 2 else run(piece) for at, piece in enumerate(pieces))


def _begins(part: str, option: str) -> bool:
    following = part[len(option) : len(option) + 1]
    return part.casefold().startswith(option.casefold()) and not following.isalnum()
