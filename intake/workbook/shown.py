"""What a sheet shows where people corrected an application, and what it tells them of their corrections. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake.ledger.corrections import PLACE, row_key
from intake.ledger.orders import Order
from intake.ledger.views import ApplicationView
from intake.workbook.columns import Advise
from intake.workbook.notes import note_of
from intake.workbook.words import WORDS
from rules.call import Call


@dataclass(frozen=True, slots=True)
class Shown:
    """What people corrected on one sheet: there the robot goes on saying what the applicant says; elsewhere, what counts."""

    call: Call
    sheet: str
    orders: Mapping[str, Order] = field(default_factory=dict)
    standing: Mapping[str, Order] = field(default_factory=dict)

    def value(self, one: ApplicationView, key: str) -> str:
        """Return what the sheet says of a field, corrections on it apart."""
        if key in one.stated and row_key(one.number, self.sheet, key) in self.standing:
            return one.stated[key]
        return one.values.get(key, "")

    def place(self, one: ApplicationView) -> str:
        """Return the name of the place, corrections on the sheet apart."""
        order = self.standing.get(row_key(one.number, self.sheet, PLACE))
        return (
            str(order.facts["was"]["name"]) if order is not None and order.typed["value"] else one.place.name
        )

    def oblast(self, one: ApplicationView) -> str:
        """Return the oblast of the place, corrections on the sheet apart."""
        order = self.standing.get(row_key(one.number, self.sheet, PLACE))
        return (
            str(order.facts["was"]["oblast"])
            if order is not None and order.typed["oblast"]
            else one.place.oblast
        )

    def advise(self, key: str, typed: str = "value") -> Advise:
        """Return what tells people what became of their correction of a field."""
        number = WORDS[self.call.language].headers["number"]
        return lambda text, row: self._told(row_key(str(row[number]), self.sheet, key), typed, text)

    def advise_of_person(self, keys: Mapping[str, str]) -> Advise:
        """Return the same for a column of participants: participant key → field key."""
        person = WORDS[self.call.language].headers["person"]

        def told(text: str, row: Mapping[str, object]) -> str:
            number, _, count = str(row[person]).partition("/")
            key = keys.get(self.call.participants[int(count) - 1].key, "")
            return self._told(row_key(number, self.sheet, key), "value", text)

        return told

    def _told(self, row: str, typed: str, text: str) -> str:
        """Return the note of the newest order, if it is about what stands there now."""
        order = self.orders.get(row)
        if order is None or order.typed.get(typed) not in {text.strip(), text.partition("T")[0]}:
            return ""
        return note_of(order, self.call)
