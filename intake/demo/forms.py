"""The call's form as a .docx, blank or filled: item number and label on the left, the answer on the right.

It is made from the call's `fields` and nothing else, so that what comes back can be read by number. Hints stand in
the left cell, because whatever stands in the right one is an answer. The same call and values give the same octets:
there is no clock and no randomness here.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Literal

from intake.demo.ooxml import docx, paragraph, run, table
from intake.demo.wording import Wording, call_facts, wording
from rules.call import Call, FormField

EMPTY_BOX, TICKED_BOX = "☐", "☒"

# Options as short as «так» and «ні» together stand on one line, as in the printed form.
_ONE_LINE = 12
_YES = frozenset({"так", "да", "yes", "true", "1", "+"})
_NO = frozenset({"ні", "не", "no", "false", "0"})


def form_docx(
    call: Call,
    values: Mapping[str, str] | None = None,
    *,
    layout: Literal["table"] = "table",
) -> bytes:
    """Return the call's form as the octets of a .docx (ECMA-376, transitional).

    `values` maps field keys to answers as people write them; line breaks are kept, keys the call does not have are
    passed over. For `choice`, `choices`, `yesno` and `consent` the matching boxes are ticked; several choices are
    separated by semicolons, and what no box fits is written after them. `layout` is how the form is laid out:
    `table`, a table of two columns for each section.
    """
    if layout != "table":
        raise ValueError(f"no layout is called {layout!r}; there is: table")
    words = wording(call)
    body = "".join(_body(call, values or {}, words))
    return docx(body, title=call.title, locale=words.locale, page=words.page)


def _body(call: Call, values: Mapping[str, str], words: Wording) -> Iterator[str]:
    facts = call_facts(call, words)
    yield paragraph(run(words.heading), "Title")
    if facts["short"] and words.purpose:
        yield paragraph(run(words.purpose.format(**facts)), "Subtitle")
    yield paragraph(run(call.title, bold=True), "Subtitle")
    yield paragraph(run(words.how_heading, bold=True))
    for number, line in enumerate(words.how, 1):
        yield paragraph(run(f"{number}. {line.format(**facts)}"), "Compact")
    yield paragraph(run(words.how_example.format(**facts), hint=True), "Compact")
    yield paragraph(run(words.mandatory, hint=True), "Compact")
    labels = {participant.key: participant.label for participant in call.participants}
    consented = False
    for section, in_section in groupby(printed(call), key=_section):
        fields = tuple(in_section)
        if section in call.sections:
            yield paragraph(run(f"{section}. {call.sections[section]}"), "Heading1")
        if not consented and any(field.kind == "consent" for field in fields):
            consented = True
            yield paragraph(run(words.consent.format(**facts)), "Compact")
        for person, neighbours in _runs(fields):
            if person:
                yield paragraph(run(labels[person]), "Heading2")
            yield table(_row(field, values.get(field.key, ""), words) for field in neighbours)
            # Two tables that touch become one, and a table may not be the last thing in a document.
            yield paragraph("", "Gap")


def printed(call: Call) -> tuple[FormField, ...]:
    """Return the fields that stand in the call's own form.

    Where fields are numbered, one without a number is only looked for in forms of other origin.
    """
    numbered = tuple(field for field in call.fields if field.number)
    return numbered or call.fields


def _section(field: FormField) -> str:
    return field.number.partition(".")[0]


def _runs(fields: Iterable[FormField]) -> Iterator[tuple[str, tuple[FormField, ...]]]:
    """Split a section into tables: (participant for the heading or "", fields).

    A participant gets a heading only above two fields or more: a single one («Учасник 1: згоду надаю») names the
    participant in its label, and stays in the table of its neighbours.
    """
    plain: list[FormField] = []
    for person, grouped in groupby(fields, key=lambda field: field.person):
        together = tuple(grouped)
        if not person or len(together) == 1:
            plain.extend(together)
            continue
        if plain:
            yield "", tuple(plain)
            plain = []
        yield person, together
    if plain:
        yield "", tuple(plain)


def _row(field: FormField, value: str, words: Wording) -> tuple[str, str]:
    title = f"{field.number} {field.label}".strip()
    left = paragraph(run(title, bold=field.required == "yes"), "Cell")
    hint = _hint(field, words)
    if hint:
        left += paragraph(run(hint, hint=True), "Cell")
    return left, "".join(paragraph(runs, "Cell") for runs in _answer(field, value, words))


def _hint(field: FormField, words: Wording) -> str:
    """Return the hint without boxes: a box in the left cell would be ticked there."""
    hint = field.hint
    if not hint and field.kind == "long" and field.limit < FormField.model_fields["limit"].default:
        hint = words.limit.format(limit=field.limit)
    if not hint:
        hint = words.hints.get(field.kind, "")
    if EMPTY_BOX not in hint:
        return hint
    said_by_boxes = field.options or field.kind in {"yesno", "consent"}
    before, *options = (part.strip(" _:;") for part in hint.split(EMPTY_BOX))
    return before if said_by_boxes else " · ".join(filter(None, (before, *options)))


def _answer(field: FormField, value: str, words: Wording) -> Iterator[str]:
    """Yield the runs of each paragraph in the right cell."""
    if field.kind == "yesno":
        yield from _boxes(words.answers, _said(value, words))
    elif field.kind == "consent":
        (box,) = _boxes(words.answers[:1], _said(value, words))
        yield box + run(f"   {words.signature}", hint=True)
    elif field.options:
        yield from _boxes(field.options, value)
    else:
        yield run(value)


def _said(value: str, words: Wording) -> str:
    """Return a yes or no in the form's language, other text as it is."""
    word = value.strip().casefold()
    return words.answers[0] if word in _YES else words.answers[1] if word in _NO else value


def _boxes(options: tuple[str, ...], value: str) -> Iterator[str]:
    chosen: dict[str, str] = {}
    rest: list[str] = []
    for part in filter(None, map(str.strip, value.split(";"))):
        option = max((option for option in options if _begins(part, option)), key=len, default=None)
        if option is None:
            rest.append(part)
        else:
            chosen[option] = part[len(option) :]
    ticks = [
        run(TICKED_BOX if option in chosen else EMPTY_BOX, symbol=True)
        + run(f" {option}{chosen.get(option, '')}")
        for option in options
    ]
    if sum(map(len, options)) <= _ONE_LINE:
        yield run("     ").join(ticks)
    else:
        yield from ticks
    if rest:
        yield run("; ".join(rest))


def _begins(part: str, option: str) -> bool:
    following = part[len(option) : len(option) + 1]
    return part.casefold().startswith(option.casefold()) and not following.isalnum()
