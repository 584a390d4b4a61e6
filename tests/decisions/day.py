"""One day at the desk: letters of every kind came, a person typed a decision beside each, and one cycle carried them out."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.decisions.room import ALL, ATTENTION, DECIDED, LATE, Room
from tests.replay.desk import DOCX, at, letter

IN_TIME, TOO_LATE = at("09.03 10:00"), at("10.03 18:20")
# name of a letter → what is typed beside it: decision, place, who took it
TYPED: dict[str, tuple[str | None, str | None, str | None]] = {
    "lost": ("зареєструвати", "Олевська", "Оксана"),
    "copied": (
        "зареєструвати",
        "Миколаївська міська, Львівська область (UA46100110000018989)",
        None,
    ),
    "gaps": ("Зареєструвати.", "Баранівська", None),
    "only a place": (None, "Чуднівська", "Оксана"),
    "lost and late": ("зареєструвати", "Малинська", None),
    "without a form": ("зареєструвати", "Любарська", None),
    "second sender": ("зареєструвати", None, None),
    "other sender, not told": ("зареєструвати", "Звягельська", None),
    "by number": ("зареєструвати", "КЗ-2023-003", None),
    "unknown place": ("зареєструвати", "Тридев’ята", None),
    "namesakes": ("зареєструвати", "Миколаївська", None),
    "no place": ("зареєструвати", None, None),
    "no such word": ("здається, наша", "Овруцька", None),
    "question": ("зареєструвати", None, None),
    "answered": ("відповіли вручну", None, "Ігор"),
    "other call": ("інший конкурс", None, None),
    "not ours": ("не стосується", None, None),
    "registered, not ours": ("не стосується", None, None),
    "withdrawal": ("відкликати заявку", None, None),
    "nothing to withdraw": ("Відкликати заявку", None, None),
}
LATE_TYPED = {"late": "прийняти як виняток", "late, refused": "відхилити", "sent in time": "прийняти як виняток", "sent in time, refused": "відхилити"}  # fmt: skip


@dataclass
class Day:
    """What stood where before the person typed, and after one cycle and after a second one."""

    room: Room
    codes: dict[str, str] = field(default_factory=dict)
    before: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    after: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    sheets: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    again: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    statuses: tuple[str, str] = ("", "")
    replayed: str = ""

    def new(self, name: str) -> list[str]:
        """The letters that the decision caused: of those there were before, none is repeated."""
        known = {template for template, _ in self.before[name]}
        return [
            template for template, state in self.after[name] if template not in known and state != "cancelled"
        ]

    def where(self, name: str) -> list[str]:
        """The sheets on which a letter or its application stands, by the letter's code and its number."""
        keys = {self.codes[name], self.number(name)}
        return [sheet for sheet, rows in self.sheets.items() if rows.keys() & keys]

    def number(self, name: str) -> str | None:
        found = {**self.sheets[ATTENTION], **self.sheets[DECIDED]}.get(self.codes[name])
        return found["№ заявки"] if found else None

    def said(self, name: str) -> str:
        """What the row says of the decision, without mark and time."""
        row = {**self.sheets[ATTENTION], **self.sheets[DECIDED], **self.sheets[LATE]}[self.codes[name]]
        return str(row["Що зроблено"])

    def row(self, name: str) -> dict[str, Any]:
        """The row of the application in «Заявки»."""
        number = self.number(name)
        assert number is not None
        return self.sheets[ALL][number]


def _subject(name: str) -> str:
    return f"Комунікація змін/{name}, Житомирська область"


def _plain(subject: str, text: str, sender: str) -> tuple[bytes, Any]:
    message = EmailMessage()
    message["From"] = f"Рада <{sender}>"
    message["To"] = "intake@example.org"
    message["Date"] = format_datetime(IN_TIME)
    message["Message-ID"] = make_msgid(domain="olevsk.example")
    message["Subject"] = subject
    message.set_content(text)
    return message.as_bytes(), IN_TIME


def _letters(room: Room) -> dict[str, tuple[bytes, Any]]:
    forms = {
        "": room.form("Щось невідоме", "Житомирська"),
        "gaps": room.form("Щось невідоме", "Житомирська", p1_email=""),
    }

    def lost(name: str, when: Any = IN_TIME) -> tuple[bytes, Any]:
        form = forms.get(name, forms[""])
        return letter(_subject("Щось"), when, form=form, sender=f"{name}@lost.example")

    def of(place: str, sender: str, when: Any = IN_TIME, **headers: str) -> tuple[bytes, Any]:
        form = room.form(place, "Житомирська")
        return letter(_subject(f"{place} громада"), when, form=form, sender=sender, **headers)

    def sent_before(made: tuple[bytes, Any]) -> tuple[bytes, Any]:
        octets, when = made
        early, late = format_datetime(IN_TIME).encode(), format_datetime(when).encode()
        assert late in octets
        return octets.replace(late, early, 1), when

    return {
        "korosten": of("Коростенська", "one@korosten.example"),
        "zviahel": of("Звягельська", "one@zviahel.example"),
        "ovruch": of("Овруцька", "one@ovruch.example"),
        "radomyshl": of("Радомишльська", "one@radomyshl.example"),
        "lost": lost("lost"),
        "copied": lost("copied"),
        "gaps": lost("gaps"),
        "only a place": lost("place"),
        "lost and late": lost("late", TOO_LATE),
        "without a form": _plain("Заявка", "Просимо взяти нас.", "rada@liubar.example"),
        "second sender": of("Коростенська", "two@other.example"),
        "other sender, not told": lost("two"),
        "by number": lost("three"),
        "unknown place": lost("four"),
        "namesakes": lost("five"),
        "no place": lost("six"),
        "no such word": lost("seven"),
        "question": _plain("Re: [КЗ-2023-001] питання", "Коли буде відповідь?", "one@korosten.example"),
        "withdrawal": _plain(
            "Re: [КЗ-2023-004] заявка", "На жаль, відкликаємо нашу заявку.", "one@radomyshl.example"
        ),
        "nothing to withdraw": lost("nine"),
        "answered": _plain("Запитання", "Чи можна подати дві заявки?", "olha@example.com"),
        "other call": lost("eight"),
        "not ours": _plain("Пропозиція", "Продаємо папір.", "sale@example.com"),
        "registered, not ours": _broken(_subject("Лугинська громада"), "luhyny@example.com"),
        "late": of("Романівська", "rada@roman.example", TOO_LATE),
        "late, refused": of("Ружинська", "rada@ruzhyn.example", TOO_LATE),
        "sent in time": sent_before(of("Народицька", "rada@narod.example", TOO_LATE)),
        "sent in time, refused": sent_before(of("Попільнянська", "rada@popil.example", TOO_LATE)),
    }


def _broken(subject: str, sender: str) -> tuple[bytes, Any]:
    """A letter whose form cannot be read: registered by its subject, and put before a person."""
    return letter(subject, IN_TIME, sender=sender, form=b"PK\x03\x04 this is no document " + b"x" * 500)


def a_day(folder: Path) -> Day:
    """Let the letters come, type, let one cycle pass and another one, and note what stood where."""
    room = Room(folder, now=at("11.03 12:00"))
    room.configure()
    day = Day(room)
    letters = _letters(room)
    settled = room.receive(*letters.values())
    digests = {}
    for name, one in zip(letters, settled, strict=True):
        assert one.verdict is not None, name
        digests[name] = one.digest
        day.codes[name] = one.digest[:12] if name not in LATE_TYPED else str(one.number)
    day.before = room.replies_by(digests)
    # What the applicants were told before has left.
    room.deliver()
    book = load_workbook(room.path)
    for name, (decision, place, who) in TYPED.items():
        cells = {"decision": decision, "place": place, "taken": who}
        room.put(book[ATTENTION], day.codes[name], **{key: text for key, text in cells.items() if text})
    for name, decision in LATE_TYPED.items():
        room.put(book[LATE], day.codes[name], decision=decision, note=f"нотатка: {name}", owner="Петро")
    book.save(room.path)
    (first,) = room.cycle()
    day.after = room.replies_by(digests)
    for sheet in (ATTENTION, DECIDED, LATE, ALL, "Листування"):
        day.sheets[sheet] = room.keyed(sheet)
    (second,) = room.cycle()
    day.again = room.replies_by(digests)
    day.statuses = (first.status, second.status)
    day.replayed = room.replay()[1]
    return day


__all__ = ["DOCX", "Day", "a_day"]
