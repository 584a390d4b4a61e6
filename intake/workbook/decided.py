"""What people decided in the workbook: typed words become actions. Pure; nothing is looked up, nothing carried out.

It reads the ledger's mirror of the cells, never the file: what is mirrored is durable, so a decision that was seen once
is carried out whatever happens to the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from intake.ledger.cells import Memory, Remembered
from intake.workbook.plan import LOOSE, ROW
from intake.workbook.values import text_of
from intake.workbook.words import WORDS, Words
from rules.call import Call
from rules.person import Action

# A letter's row goes from the one to the other when a person has decided.
LETTER_SHEETS: Final = ("attention", "decided")
SHEETS: Final = (*LETTER_SHEETS, "late")
ATTENTION: Final = (
    Action.REGISTER,
    Action.ANSWERED,
    Action.OTHER_CALL,
    Action.NOT_OURS,
    Action.WITHDRAW,
)
LATE: Final = (Action.ACCEPT_LATE, Action.REJECT_LATE)


@dataclass(frozen=True, slots=True)
class TypedDecision:
    """What stands in the yellow cells of one row: texts as typed, "" for an empty cell.

    `row` is the row's key: the letter's code, or of the late the application's number. `certain`: the row stands in the
    file, so that an empty cell was emptied by somebody.
    """

    row: str
    late: bool
    decision: str = ""
    place: str = ""
    who: str = ""
    certain: bool = False

    @property
    def typed(self) -> dict[str, str]:
        """What tells this decision from another one of the same row."""
        return {"decision": self.decision, "place": self.place}

    @property
    def empty(self) -> bool:
        """Whether nothing is decided."""
        return not self.decision and not self.place


def typed_decisions(memory: Memory, call: Call) -> dict[str, TypedDecision]:
    """Return row key → what is typed there, for every row that stands on the sheets people decide on."""
    words = WORDS[call.language]
    found: dict[str, TypedDecision] = {}
    attention, decided, late = (memory.get(sheet, {}) for sheet in SHEETS)
    for key in _keys(attention) | _keys(decided):
        # Between the two sheets a row is known to both; where it stands for certain is where people see it.
        known = decided if decided.get((key, ROW), Remembered()).written else attention
        found[key] = _typed(key, known, words, late=False)
    for key in _keys(late):
        found[key] = _typed(key, late, words, late=True)
    return found


def _keys(known: Mapping[tuple[str, str], Remembered]) -> set[str]:
    return {key for key, _ in known if not key.startswith(LOOSE)}


def _typed(
    key: str, known: Mapping[tuple[str, str], Remembered], words: Words, *, late: bool
) -> TypedDecision:
    def says(name: str) -> str:
        person = known.get((key, words.headers[name]), Remembered()).person
        return " ".join(text_of(person).split()) if person else ""

    row = known.get((key, ROW), Remembered())
    return TypedDecision(
        key,
        late,
        says("decision"),
        "" if late else says("correct_place"),
        says("owner" if late else "taken"),
        certain=bool(row.written) and row.person is None,
    )


def options(call: Call, *, late: bool) -> tuple[str, ...]:
    """Return the drop-down list."""
    words = WORDS[call.language]
    return words.late_decisions if late else words.attention_decisions


def action_of(one: TypedDecision, call: Call) -> Action | None:
    """Return what a typed word asks for; None when it is none of the list."""
    if not one.decision:
        return Action.PLACE if one.place else None
    actions = LATE if one.late else ATTENTION
    listed = zip(options(call, late=one.late), actions, strict=True)
    return {_plain(word): action for word, action in listed}.get(_plain(one.decision))


def _plain(text: str) -> str:
    """Return a word without what a hasty hand adds to it or leaves out."""
    return " ".join(text.casefold().strip(" .,;:!'\"«»").split())
