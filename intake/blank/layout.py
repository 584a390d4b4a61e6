"""How the fields of a call stand in its blank form: headings, tables of two columns, a table with a row for each person.

Plain data; nothing here knows a file format. `checked` holds the arrangement against the mapper itself: what would not
be read back as an empty form is arranged more simply.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby

from intake.blank.controls import EMPTY_BOX
from rules.call import Call, FormField, Participant
from rules.hints import printed_hint
from rules.kinds import tidy
from rules.labels import Vocabulary, normalise
from rules.pairs import pair
from rules.table import Block, Cell, Para, Table

# As many people as this are better told in rows of one table, if a row has room for what is asked of each.
MANY_PEOPLE = 3
MOST_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: of a section (level 1) or of a participant (level 2)."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Consent:
    """The place of the text that participants consent to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item in a table of two columns: its number and label, and the hint under it ("" for none)."""

    item: FormField
    title: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of two columns."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a row for each participant; `headings` stand above the columns, the first one counts."""

    headings: tuple[str, ...]
    people: tuple[tuple[FormField, ...], ...]


Part = Heading | Consent | Rows | Grid


@dataclass(frozen=True, slots=True)
class _Held:
    """A call under its digest: what makes two calls equal, so that a layout is made once for each."""

    digest: str
    call: Call = field(compare=False)


def layout(call: Call) -> tuple[Part, ...]:
    """Return the form of a call in the call's language, arranged so that its blank reads back empty."""
    return _layout(_Held(call.digest, call))


@lru_cache(maxsize=16)
def _layout(held: _Held) -> tuple[Part, ...]:
    return checked(tuple(_parts(held.call, grids=True)), held.call)


def checked(parts: tuple[Part, ...], call: Call) -> tuple[Part, ...]:
    """Return the parts without what the mapper would misunderstand: hints taken for answers, tables of people."""
    wrong = _misread(parts, call)
    people = {field.key for part in parts if isinstance(part, Grid) for row in part.people for field in row}
    if wrong & people:
        parts = tuple(_parts(call, grids=False))
        wrong = _misread(parts, call)
    return tuple(
        Rows(tuple(replace(line, hint="") if line.item.key in wrong else line for line in part.lines))
        if isinstance(part, Rows)
        else part
        for part in parts
    )


def printed(call: Call) -> tuple[FormField, ...]:
    """Return the fields that stand in the call's own form.

    Where fields are numbered, one without a number is only looked for in forms of other origin.
    """
    numbered = tuple(field for field in call.fields if field.number)
    return numbered or call.fields


def _parts(call: Call, *, grids: bool) -> Iterator[Part]:
    people = {participant.key: participant for participant in call.participants}
    consented = False
    labels = [normalise(field.label) for field in printed(call)]
    shared = frozenset(label for label in labels if labels.count(label) > 1)
    for section, in_section in groupby(printed(call), key=lambda field: field.number.partition(".")[0]):
        fields = tuple(in_section)
        if section in call.sections:
            yield Heading(f"{section}. {call.sections[section]}", 1)
        if not consented and any(field.kind == "consent" for field in fields):
            consented = True
            yield Consent()
        for block in _blocks(fields, shared):
            table = _grid(block, people) if grids else None
            if table is not None:
                yield table
                continue
            for person, own in block:
                if person:
                    yield Heading(people[person].label, 2)
                yield Rows(tuple(_line(field, call.language) for field in own))


# (participant or "", their fields) for each table; people of equal shape who follow each other stand together.
_Block = tuple[tuple[str, tuple[FormField, ...]], ...]


def _blocks(fields: Sequence[FormField], shared: frozenset[str]) -> Iterator[_Block]:
    """Split a section into tables.

    A participant gets no heading above a single field whose label names the participant («Учасник 1: згоду надаю»): that
    stays in the table of its neighbours.
    """
    runs: list[tuple[str, tuple[FormField, ...]]] = []
    plain: list[FormField] = []
    for person, grouped in groupby(fields, key=lambda field: field.person):
        together = tuple(grouped)
        if not person or (len(together) == 1 and normalise(together[0].label) not in shared):
            plain.extend(together)
            continue
        if plain:
            runs.append(("", tuple(plain)))
            plain = []
        runs.append((person, together))
    if plain:
        runs.append(("", tuple(plain)))
    for _, alike in groupby(runs, key=lambda run: tuple(one.kind for one in run[1]) if run[0] else None):
        yield tuple(alike)


def _grid(block: _Block, people: dict[str, Participant]) -> Grid | None:
    """Return a table of people, or None when they are few, asked too much, or asked different things."""
    rows = tuple(fields for person, fields in block if person)
    if len(rows) < MANY_PEOPLE or len(rows) != len(block) or len(rows[0]) > MOST_COLUMNS:
        return None
    wordings = [tuple(_wording(field, people[field.person]) for field in row) for row in rows]
    return Grid(wordings[0], rows) if len(set(wordings)) == 1 else None


def _wording(field: FormField, person: Participant) -> str:
    """Return a label without the participant it names: «Участник 1: съгласие» is «Съгласие» above a column."""
    label = field.label
    if label.startswith(person.label):
        label = label.removeprefix(person.label).strip(" :.,–—-") or field.label
        label = label[:1].upper() + label[1:]
    return label


def _line(field: FormField, language: str) -> Line:
    return Line(field, f"{field.number} {field.label}".strip(), printed_hint(field, language))


def _misread(parts: Sequence[Part], call: Call) -> set[str]:
    """Return the keys of fields that would not be found empty in the blank."""
    found = pair(_as_read(parts), Vocabulary(call)).found
    asked = [line.item.key for part in parts if isinstance(part, Rows) for line in part.lines]
    asked += [field.key for part in parts if isinstance(part, Grid) for row in part.people for field in row]
    return {key for key in asked if key not in found or tidy(found[key].raw).strip(EMPTY_BOX)}


def _as_read(parts: Iterable[Part]) -> list[Block]:
    """Return the blank as a reader would show it to the mapper, a box standing in each place for an answer."""
    blocks: list[Block] = []
    for part in parts:
        if isinstance(part, Heading):
            blocks.append(Para(part.text))
        elif isinstance(part, Rows):
            blocks.append(Table(tuple((_cell(line.title, line.hint), _cell("")) for line in part.lines)))
        elif isinstance(part, Grid):
            header = (_cell(""), *map(_cell, part.headings))
            rows = [
                (_cell(str(number)), *(_cell(EMPTY_BOX) for _ in row))
                for number, row in enumerate(part.people, 1)
            ]
            blocks.append(Table((header, *rows)))
    return blocks


def _cell(*lines: str) -> Cell:
    return Cell(tuple(Para(line) for line in lines if line))
