"""An afternoon of mending: a person corrects cells of applications, one cycle passes; then some is taken back and some comes anew."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.decisions.room import ALL, Room
from tests.replay.desk import at, letter

PEOPLE = "Учасники"
PHONE, MAIL, NAME = "Учасник 1: телефон", "Учасник 1: e-mail", "Учасник 1: ПІБ"
PLACES = (
    "Олевська",
    "Баранівська",
    "Чуднівська",
    "Любарська",
    "Коростенська",
    "Малинська",
    "Народицька",
    "Овруцька",
)
OF = {place: f"КЗ-2023-{count:03d}" for count, place in enumerate(PLACES, start=1)}
SENDER = {place: f"rada@{count}.example" for count, place in enumerate(PLACES)}
# What the form of each lacks or says wrongly.
FORMS: dict[str, dict[str, str]] = {
    "Олевська": {"p1_phone": "", "p1_position": "спеціаліст"},
    "Баранівська": {"p1_phone": "12"},
    "Малинська": {"p1_phone": "", "p1_email": ""},
    "Овруцька": {"p1_phone": ""},
}
# (sheet, row, header) → what is typed there first.
TYPED = {
    # Asked by a letter that has left, answered over the telephone.
    (ALL, "Олевська", PHONE): "067 123-45-67",
    # Asked by a letter that still waits.
    (ALL, "Баранівська", PHONE): "+380671112233",
    # A typo, nobody was asked for anything.
    (ALL, "Чуднівська", NAME): "Петренко Олена Іванівна",
    # Nothing of its kind.
    (ALL, "Любарська", PHONE): "дзвонити Оксані",
    (ALL, "Любарська", MAIL): "оксана(а)gmail.com",
    (ALL, "Любарська", "Готові до плану"): "подумаємо",
    (ALL, "Любарська", "Жителів"): "багато",
    (ALL, "Любарська", "E-mail"): "a@b",
    (ALL, "Любарська", "Хто відповідає за комунікацію"): "сусід",
    # Places: another one, one that is taken, none at all.
    (ALL, "Коростенська", "Громада"): "Лугинська",
    (ALL, "Чуднівська", "Громада"): "Олевська",
    (ALL, "Народицька", "Громада"): "Тридев’ята",
    # One of two that are missing, typed by somebody who is in charge.
    (ALL, "Малинська", PHONE): "0671112244",
    (ALL, "Малинська", "Відповідальний"): "Ігор",
    # The same field on both sheets; another one only on the second.
    (ALL, "Народицька", MAIL): "new@narod.example",
    (PEOPLE, "Народицька", "E-mail"): "other@narod.example",
    (PEOPLE, "Овруцька", "Телефон"): "0509998877",
}


@dataclass
class Mended:
    """What stood where, and what was in the outbox, after each cycle; the comments at corrected cells."""

    room: Room
    sheets: list[dict[str, dict[str, dict[str, Any]]]] = field(default_factory=list)
    notes: list[dict[tuple[str, str, str], str]] = field(default_factory=list)
    letters: list[dict[str, list[tuple[str, str]]]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    replayed: str = ""

    def row(self, place: str, stage: int, sheet: str = ALL) -> dict[str, Any]:
        return self.sheets[stage][sheet][OF[place] + ("/1" if sheet == PEOPLE else "")]

    def note(self, place: str, header: str, stage: int = 0, sheet: str = ALL) -> list[str]:
        """The lines of the comment at a cell."""
        key = OF[place] + ("/1" if sheet == PEOPLE else "")
        return self.notes[stage].get((sheet, key, header), "").split("\n")


def an_afternoon(folder: Path) -> Mended:
    """Let the letters come, type, and let cycles pass: after the corrections, after the second look, after the rest."""
    room = Room(folder, now=at("09.03 12:00"))
    room.configure()
    settled = dict(zip(PLACES, room.receive(*(_form(room, place, at("09.03 10:00"), **FORMS.get(place, {})) for place in PLACES)), strict=True))  # fmt: skip
    digests = {place: one.digest for place, one in settled.items()}
    room.deliver(*(digest for place, digest in digests.items() if place != "Баранівська"))
    made = Mended(room)

    def cycle() -> None:
        made.statuses += [one.status for one in room.cycle()]
        made.sheets.append({sheet: room.keyed(sheet) for sheet in (ALL, PEOPLE)})
        made.letters.append(room.replies_by(digests))
        made.notes.append(_notes(room))

    _type(room, TYPED)
    cycle()
    cycle()
    # Two corrections are taken back, a refused one is mended, and a new form comes that says something else.
    _type(room, {
        (ALL, "Баранівська", PHONE): None,
        (ALL, "Коростенська", "Громада"): None,
        (ALL, "Народицька", MAIL): None,
        (ALL, "Любарська", PHONE): "0671234500",
    })  # fmt: skip
    cycle()
    digests["new form"] = room.receive(
        _form(room, "Олевська", at("09.03 11:00"), p1_phone="0631111111", p1_position="голова")
    )[0].digest
    cycle()
    made.replayed = room.replay()[1]
    return made


def _form(room: Room, place: str, when: Any, **values: str) -> tuple[bytes, Any]:
    form = room.form(place, "Житомирська", **values)
    subject = f"Комунікація змін/{place} громада, Житомирська область"
    return letter(subject, when, form=form, sender=SENDER[place])


def _type(room: Room, typed: dict[tuple[str, str, str], str | None]) -> None:
    book = load_workbook(room.path)
    for (sheet, place, header), text in typed.items():
        page = book[sheet]
        at_header = {cell.value: cell.column for cell in page[1]}
        key = OF[place] + ("/1" if sheet == PEOPLE else "")
        row = next(cell.row for cell in page["A"] if cell.value == key)
        page.cell(row, at_header[header]).value = text
    book.save(room.path)


def _notes(room: Room) -> dict[tuple[str, str, str], str]:
    book = load_workbook(room.path)
    found = {}
    for sheet in (ALL, PEOPLE):
        page = book[sheet]
        for row in page.iter_rows(min_row=2):
            for cell in row:
                if cell.comment is not None:
                    found[sheet, str(row[0].value), str(page.cell(1, cell.column).value)] = cell.comment.text
    return found
