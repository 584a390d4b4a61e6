"""The sheets for telephone and for the door: places without an application, and the attendance list. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from intake.ledger.views import ApplicationView
from intake.workbook.answers import answer, participants_columns
from intake.workbook.applications import decision_tones
from intake.workbook.columns import Column
from intake.workbook.sheet import Desk, Row, Sheet
from outbox.words import Language
from rules.call import Call
from rules.place import Place

_ALPHABETS: dict[Language, str] = {
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "en": "",
}


@lru_cache(maxsize=16384)
def alphabetical(text: str, language: Language) -> tuple[int, ...]:
    """Return a key for sorting names as the language does: Ґ after Г, Є after Е, apostrophes ignored."""
    alphabet = _ALPHABETS[language]
    plain = (char for char in text.casefold() if char not in "'’ʼ`")
    return tuple(alphabet.find(char) + 0x10000 if char in alphabet else ord(char) for char in plain)


def admitted_oblasts(
    call: Call, applications: Sequence[ApplicationView], places: Sequence[Place]
) -> tuple[str, ...]:
    """Return the oblasts whose places may apply: those of the policy, else those from which any application came."""
    wanted = call.policy.oblasts
    if wanted:
        names = dict.fromkeys(place.oblast for place in places)
        return tuple(
            name for name in names if any(name.casefold().startswith(one.casefold()) for one in wanted)
        )
    return tuple(dict.fromkeys(one.place.oblast for one in applications if one.place.oblast))


def missing_sheet(
    desk: Desk, applications: Sequence[ApplicationView], oblasts: Sequence[str], places: Sequence[Place]
) -> Sheet:
    """Return the sheet of places without an application. One that people wrote something at stays, with its number."""
    words, header, language = desk.words, desk.header, desk.call.language
    columns = (
        Column(header("oblast"), "text", 18),
        Column(header("raion"), "text", 20),
        Column(header("place"), "text", 30),
        Column(header("type"), "text", 14),
        Column(header("note"), "long", 40, people=True),
        Column(header("owner"), "text", 20, people=True),
        Column(header("number"), "text", 14),
        Column(header("code"), "key", 24),
    )
    number_of = {one.place.code: one.number for one in applications}
    rows: dict[str, Row] = {}
    leaving: dict[str, Row] = {}
    admitted = frozenset(oblasts)
    # There are some twenty of them and more than a thousand places.
    short = {oblast: desk.short_oblast(oblast) for oblast in {place.oblast for place in places}}
    for place in sorted(
        places,
        key=lambda place: [alphabetical(one, language) for one in (place.oblast, place.raion, place.name)],
    ):
        row: Row = {
            header("oblast"): short[place.oblast],
            header("raion"): place.raion,
            header("place"): place.name,
            header("type"): place.type,
            header("number"): number_of.get(place.code),
            header("code"): place.code,
        }
        if place.oblast in admitted and place.code not in number_of:
            rows[place.code] = row
        else:
            leaving[place.code] = row
    return Sheet("missing", words.sheets["missing"], header("code"), columns, rows, frozen=3, leaving=leaving)


def attendance_sheet(desk: Desk, applications: Sequence[ApplicationView]) -> Sheet:
    """Return the attendance list: participants in alphabetical order of the places, with room for a signature."""
    call, words, header = desk.call, desk.words, desk.header
    before = (
        Column(header("person"), "ref", 13),
        Column(header("oblast"), "text", 16),
        Column(header("place"), "text", 24),
    )
    lookup = Column(header("decision"), "lookup", 15)
    signature = Column(header("signature"), "text", 30, people=True)
    taken = {column.header for column in (*before, lookup, signature)}
    answers = _who(participants_columns(call, taken=taken), call)
    rows: dict[str, Row] = {}
    for one in sorted(
        applications,
        key=lambda one: [alphabetical(text, call.language) for text in (one.place.name, one.number)],
    ):
        for count, person in enumerate(call.participants, start=1):
            given = {
                column.header: answer(one.values.get(keys[person.key], ""), column)
                for column, keys in answers
                if person.key in keys
            }
            if any(given.values()):
                code = f"{one.number}/{count}"
                rows[code] = {
                    header("person"): code,
                    **given,
                    header("oblast"): desk.oblast(one),
                    header("place"): one.place.name,
                }
    return Sheet(
        "attendance",
        words.sheets["attendance"],
        header("person"),
        (before[0], *(column for column, _ in answers), *before[1:], lookup, signature),
        rows,
        tones={lookup.header: decision_tones(words)},
        frozen=1,
        lookups={lookup.header: lookup.header},
    )


def _who(
    columns: Sequence[tuple[Column, Mapping[str, str]]], call: Call
) -> list[tuple[Column, Mapping[str, str]]]:
    """Return the columns of the names, and of the first plain text about each person: what the person is."""
    chosen: list[tuple[Column, Mapping[str, str]]] = []
    for kind, width in (("name", 36.0), ("text", 38.0)):
        for column, keys in columns:
            field = call.field(next(iter(keys.values()), ""))
            if field is not None and field.kind == kind:
                chosen.append((Column(column.header, column.kind, width), keys))
                break
    return chosen
