"""Every word of the drop-down list on «Вирішені листи»: typed over another one there, it is carried out as on the first sheet."""

from typing import Any

import pytest

from intake.workbook.decided import ATTENTION as ACTIONS
from intake.workbook.decided import LATE, TypedDecision, action_of
from intake.workbook.words import WORDS
from tests.decisions.day import _plain as plain
from tests.decisions.room import ALL, ATTENTION, DECIDED, Room
from tests.replay.desk import at, letter
from tests.workbook.desk import CALL

OWN = "rada@korosten.example"
# name of a letter → decision typed first, then decision and place typed over it
TYPED: dict[str, tuple[str, str, str | None]] = {
    "lost": ("не стосується", "зареєструвати", "Олевська"),
    "question": ("не стосується", "відповіли вручну", None),
    "elsewhere": ("відповіли вручну", "інший конкурс", None),
    "spam": ("відповіли вручну", "не стосується", None),
    "withdrawal": ("відповіли вручну", "відкликати заявку", None),
}


class Told:
    """What stood where after the second round, and what was in the outbox after each."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.codes: dict[str, str] = {}
        self.letters: list[dict[str, list[tuple[str, str]]]] = []
        self.sheets: dict[str, dict[str, dict[str, Any]]] = {}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    room = Room(tmp_path_factory.mktemp("thoughts"), now=at("11.03 12:00"))
    room.configure()
    when = at("09.03 10:00")
    letters = {
        "korosten": letter("Комунікація змін/Коростенська громада, Житомирська область", when, form=room.form("Коростенська", "Житомирська"), sender=OWN),
        "lost": letter("Комунікація змін/Щось, Житомирська область", when, form=room.form("Щось", "Житомирська"), sender="rada@olevsk.example"),
        "question": plain("Запитання", "Чи можна подати дві заявки?", "olha@example.com"),
        "elsewhere": plain("Заявка на ремонт", "Надсилаємо заявку.", "budivel@example.com"),
        "spam": plain("Пропозиція", "Продаємо папір.", "sale@example.com"),
        "withdrawal": plain("Re: [КЗ-2023-001] заявка", "На жаль, відкликаємо нашу заявку.", OWN),
    }  # fmt: skip
    settled = dict(zip(letters, room.receive(*letters.values()), strict=True))
    digests = {name: one.digest for name, one in settled.items()}
    room.deliver()
    made = Told(room)
    made.codes = {name: digest[:12] for name, digest in digests.items()}
    for sheet, which in ((ATTENTION, 0), (DECIDED, 1)):
        with room.edit(sheet) as page:
            for name, typed in TYPED.items():
                place = {"place": typed[2]} if which else {}
                room.put(page, made.codes[name], decision=typed[which], **place)
        room.cycle()
        made.letters.append(room.replies_by(digests))
    made.sheets = {sheet: room.keyed(sheet) for sheet in (ATTENTION, DECIDED, ALL, "Листування")}
    return made


def test_every_word_is_tried_here() -> None:
    assert {typed[1] for typed in TYPED.values()} == set(WORDS["uk"].attention_decisions)


@pytest.mark.parametrize(
    ("name", "letters", "fate"),
    [
        ("lost", ["accepted"], "зараховано"),
        ("question", [], "відповіли вручну"),
        ("elsewhere", [], "інший конкурс"),
        ("spam", [], "не стосується"),
        ("withdrawal", ["withdrawn"], "заявку відкликано"),
    ],
)
def test_the_right_letter_is_in_the_outbox_and_the_row_says_so(
    told: Told, name: str, letters: list[str], fate: str
) -> None:
    before, after = (
        [template for template, state in one[name] if state != "cancelled"] for one in told.letters
    )
    assert after[len(before) :] == letters
    code = told.codes[name]
    assert told.sheets["Листування"][code]["Доля"] == fate
    assert (code in told.sheets[ATTENTION], code in told.sheets[DECIDED]) == (False, True)
    assert told.sheets[DECIDED][code]["Рішення"] == TYPED[name][1]


def test_the_right_rows_of_applications_follow(told: Told) -> None:
    assert {row["Громада"]: row["Статус"] for row in told.sheets[ALL].values()} == {
        "Коростенська": "Відкликано",
        "Олевська": "Повна",
    }


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_the_words_of_every_language_mean_the_same(language: Any) -> None:
    call = CALL.model_copy(update={"language": language})
    words = WORDS[language]
    for late, listed, actions in (
        (False, words.attention_decisions, ACTIONS),
        (True, words.late_decisions, LATE),
    ):
        found = [action_of(TypedDecision("x", late, decision=word), call) for word in listed]
        assert found == list(actions)
