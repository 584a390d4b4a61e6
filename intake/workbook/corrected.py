"""What people typed in place of what the robot shows of an application, where that means something. Pure.

It reads the ledger's mirror of the cells, never the file. A cell that somebody emptied says nothing about the application.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from intake.ledger.cells import Cells, Memory, Remembered
from intake.ledger.corrections import ADDRESS, PLACE, row_key
from intake.workbook.applications import answers_of_people, answers_on_applications
from intake.workbook.plan import LOOSE
from intake.workbook.values import Kept, text_of
from intake.workbook.words import WORDS
from rules.call import Call
from rules.kinds import YES_NO

# On the first of them all fields stand, on the second those of the participants, on the third only the place counts.
SHEETS: Final = ("applications", "people", "late")


@dataclass(frozen=True, slots=True)
class TypedCorrection:
    """One corrected cell: whose application, on which sheet, which field (or PLACE, ADDRESS), and the text.

    `oblast` belongs to a place: what somebody typed there too. `who` is in charge of the application.
    """

    number: str
    sheet: str
    key: str
    text: str
    oblast: str = ""
    who: str = ""

    @property
    def row(self) -> str:
        """The key of its orders."""
        return row_key(self.number, self.sheet, self.key)

    @property
    def decision(self) -> str:
        """No word of a drop-down list: a correction decides by itself."""
        return ""

    @property
    def place(self) -> str:
        """The place as it is typed."""
        return ", ".join(filter(None, (self.text, self.oblast))) if self.key == PLACE else ""

    @property
    def typed(self) -> dict[str, str]:
        """What tells it from another one of the same cell."""
        return {"value": self.text, "oblast": self.oblast} if self.key == PLACE else {"value": self.text}


def corrections(memory: Memory, call: Call) -> dict[str, TypedCorrection]:
    """Return row key of the order → correction, for every cell that says something about an application."""
    words = WORDS[call.language]
    place, oblast, address = (words.headers[name] for name in ("place", "oblast", "email"))
    known, late = memory.get("applications", {}), memory.get("late", {})
    fields = {column.header: key for key, column in answers_on_applications(call).items()}
    of_people = {column.header: keys for column, keys in answers_of_people(call)}
    found: dict[str, TypedCorrection] = {}

    def said(number: str, header: str, rows: Cells) -> str:
        one = rows.get((number, header), Remembered()).person
        return _text(one, call) if one else ""

    def note(number: str, sheet: str, key: str, text: str, oblast: str = "") -> None:
        who = said(number, words.headers["owner"], late if sheet == "late" else known)
        one = TypedCorrection(number, sheet, key, text, oblast, who)
        found[one.row] = one

    for sheet, rows in (("applications", known), ("late", late)):
        for (number, header), cell in rows.items():
            if number.startswith(LOOSE) or not cell.person:
                continue
            if header in {place, oblast}:
                note(number, sheet, PLACE, said(number, place, rows), said(number, oblast, rows))
            elif header == address and sheet == "applications":
                note(number, sheet, ADDRESS, _text(cell.person, call))
            elif header in fields and sheet == "applications":
                note(number, sheet, fields[header], _text(cell.person, call))
    for (row, header), cell in memory.get("people", {}).items():
        number, _, count = row.partition("/")
        if not cell.person or header not in of_people or not count.isdigit():
            continue
        person = call.participants[int(count) - 1 : int(count)]
        key = of_people[header].get(person[0].key, "") if person else ""
        if key:
            note(number, "people", key, _text(cell.person, call))
    return found


def _text(value: Kept, call: Call) -> str:
    """Return what a cell says as somebody would write it into the form."""
    match value[:2]:
        case "d:":
            return f"{datetime.fromisoformat(text_of(value)):%Y-%m-%d}"
        case "b:":
            return YES_NO[call.language][text_of(value) == "0"]
        case _:
            return text_of(value).strip()
