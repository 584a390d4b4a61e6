"""Three rounds at one desk: everything is decided, then decided otherwise, then some of it once more."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.decisions.room import ALL, ATTENTION, DECIDED, LATE, Room
from tests.replay.desk import at, letter

SHEETS = (ATTENTION, DECIDED, LATE, ALL)
GIVEN = {"decision": "зареєструвати", "place": "Олевська"}
EMPTY = {"decision": None, "place": None}
# What is typed in each round, by letter: the sheet, and the cells.
ROUNDS: tuple[dict[str, tuple[str, dict[str, str | None]]], ...] = (
    {
        "another place": (ATTENTION, GIVEN | {"taken": "Оксана"}),
        "emptied": (ATTENTION, {"decision": "зареєструвати", "place": "Баранівська"}),
        "closed": (ATTENTION, {"decision": "не стосується"}),
        "impossible": (ATTENTION, {"decision": "зареєструвати", "place": "Тридев’ята"}),
        "refused": (LATE, {"decision": "відхилити", "note": "дзвонила голова"}),
        "left to the rules": (LATE, {"decision": "відхилити"}),
        "twice late": (LATE, {"decision": "прийняти як виняток"}),
    },
    {
        "another place": (DECIDED, {"place": "Чуднівська"}),
        "emptied": (DECIDED, EMPTY),
        "closed": (DECIDED, {"decision": "зареєструвати", "place": "Любарська"}),
        "impossible": (ATTENTION, EMPTY),
        "refused": (LATE, {"decision": "прийняти як виняток"}),
        "left to the rules": (LATE, {"decision": None}),
    },
    {
        "emptied": (ATTENTION, {"decision": "зареєструвати", "place": "Баранівська"}),
        "closed": (DECIDED, {"decision": "інший конкурс", "place": None}),
        "impossible": (ATTENTION, {"place": "Народицька"}),
    },
)


@dataclass
class Minds:
    """What stood where, and what was in the outbox, after each round."""

    room: Room
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    sheets: list[dict[str, dict[str, dict[str, Any]]]] = field(default_factory=list)
    letters: list[dict[str, list[str]]] = field(default_factory=list)
    replayed: str = ""

    def stands(self, name: str, round_: int) -> list[str]:
        """The sheets on which the letter stands, and «Заявки» when its application does."""
        code, number = self.keys[name]
        rows = self.sheets[round_ - 1]
        numbers = {
            number,
            *(rows[sheet][code]["№ заявки"] for sheet in (ATTENTION, DECIDED) if code in rows[sheet]),
        }
        return [sheet for sheet in SHEETS if rows[sheet].keys() & {code, *numbers}]

    def note(self, name: str, round_: int) -> str:
        rows = self.sheets[round_ - 1]
        key = next(key for key in self.keys[name] for sheet in SHEETS if key in rows[sheet])
        row = next(rows[sheet][key] for sheet in SHEETS if key in rows[sheet])
        return str(row["Що зроблено"]).partition(". ")[2]


def three_rounds(folder: Path) -> Minds:
    """Let the letters come, and after each round of typing one cycle pass."""
    room = Room(folder, now=at("11.03 12:00"))
    room.configure()
    form = room.form("Щось", "Житомирська")

    def lost(sender: str) -> tuple[bytes, Any]:
        return letter(
            "Комунікація змін/Щось, Житомирська область", at("09.03 10:00"), form=form, sender=sender
        )

    def late(place: str, when: str, **values: str) -> tuple[bytes, Any]:
        subject = f"Комунікація змін/{place} громада, Житомирська область"
        own = room.form(place, "Житомирська", **values)
        return letter(subject, at(when), form=own, sender=f"rada@{len(place)}.example")

    letters = {name: lost(f"{count}@lost.example") for count, name in enumerate(("another place", "emptied", "closed", "impossible"))}  # fmt: skip
    letters |= {
        "refused": late("Романівська", "10.03 18:30"),
        "left to the rules": late("Лугинська", "10.03 18:31"),
    }
    letters |= {"twice late": late("Коростенська", "10.03 18:32"), "second": late("Коростенська", "10.03 19:00", change="Інша зміна")}  # fmt: skip
    settled = dict(zip(letters, room.receive(*letters.values()), strict=True))
    room.deliver()
    digests = {name: one.digest for name, one in settled.items()}
    made = Minds(room, {name: (one.digest[:12], str(one.number)) for name, one in settled.items()})
    for typed in ROUNDS:
        book = load_workbook(room.path)
        for name, (sheet, cells) in typed.items():
            room.put(book[sheet], made.keys[name][sheet == LATE], **cells)
        book.save(room.path)
        room.cycle()
        made.sheets.append({sheet: room.keyed(sheet) for sheet in SHEETS})
        replies = room.replies_by(digests)
        made.letters.append(
            {name: [one for one, state in told if state != "cancelled"] for name, told in replies.items()}
        )
        room.deliver(*(digest for name, digest in digests.items() if name != "emptied"))
    made.replayed = room.replay()[1]
    return made
