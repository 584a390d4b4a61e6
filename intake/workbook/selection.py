"""The selection as it stands in the workbook: decision and score of each application, and what people corrected. Pure.

Nothing here sends anything or knows of letters; a word that is none of the list, or two words, stay what they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from intake.ledger.cells import Memory, Remembered
from intake.workbook.applications import answers_on_applications
from intake.workbook.plan import DELETED, ROW
from intake.workbook.values import Kept, text_of
from intake.workbook.words import WORDS
from rules.call import Call

Choice = Literal["open", "selected", "waiting", "not_selected", "ineligible", "duplicate", "withdrawn"]
# In the order of the drop-down list.
CHOICES: Final[tuple[Choice, ...]] = ("open", "selected", "waiting", "not_selected", "ineligible", "duplicate", "withdrawn")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """What people typed about one application: `words` as they stand, `choices` those of the list among them.

    `elsewhere` are decisions in further rows with the same number. `email`, `place`, `oblast` and `values` (field key →
    text) are corrections of what the robot shows; "" for none. `deleted`: somebody deleted the row.
    """

    words: str = ""
    choices: tuple[Choice, ...] = ()
    elsewhere: tuple[str, ...] = ()
    score: str = ""
    email: str = ""
    place: str = ""
    oblast: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False


def selection(memory: Memory, loose: Sequence[Mapping[str, Kept]], call: Call) -> dict[str, Typed]:
    """Return number → what people typed, for every row known of the sheet of applications.

    `loose` are the rows that are nobody's: somebody may have copied one of ours.
    """
    words = WORDS[call.language]
    header = words.headers
    known = memory.get("applications", {})
    headers = {key: column.header for key, column in answers_on_applications(call).items()}
    found: dict[str, Typed] = {}
    for number in {key for key, name in known if name == ROW}:

        def says(name: str, number: str = number) -> str:
            person = known.get((number, name), Remembered()).person
            return " ".join(text_of(person).split()) if person else ""

        decision = says(header["decision"])
        copies = (row for row in loose if text_of(row.get(header["number"], "")) == number)
        others = (" ".join(text_of(row.get(header["decision"], "")).split()) for row in copies)
        found[number] = Typed(
            words=decision,
            choices=_choices(decision, words.decisions),
            elsewhere=tuple(dict.fromkeys(other for other in others if other and other != decision)),
            score=says(header["score"]),
            email=says(header["email"]),
            place=says(header["place"]),
            oblast=says(header["oblast"]),
            values={key: text for key, name in headers.items() if (text := says(name))},
            deleted=known[number, ROW].person == DELETED,
        )
    return found


def _choices(text: str, listed: tuple[str, ...]) -> tuple[Choice, ...]:
    """Return the decisions a cell names: none when a word of it is none of the list."""
    by_word = {word.casefold(): choice for word, choice in zip(listed, CHOICES, strict=True)}
    if not text:
        return ()
    parts = [
        " ".join(part.split()).casefold().strip(" .!")
        for part in text.replace(";", ",").replace("/", ",").split(",")
    ]
    chosen = [by_word.get(part) for part in parts if part]
    return tuple(dict.fromkeys(one for one in chosen if one)) if all(chosen) else ()
