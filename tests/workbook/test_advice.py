"""Beside every letter that waits stands what could be done about it, in the words of the drop-down list."""

import re
from typing import get_args

from intake.workbook.advice import ADVICE
from intake.workbook.words import WORDS
from outbox.words import Language
from rules import automatic, conversation, deadline, duplicates, eligibility, form
from rules.verdict import Disposition, Ground
from tests.workbook.desk import Desk

# Lateness is decided on the sheet of the late.
ELSEWHERE = {"late", "sent_in_time"}
HELD = sorted(
    {
        value.code
        for module in (automatic, conversation, deadline, duplicates, eligibility, form)
        for value in vars(module).values()
        if isinstance(value, Ground) and value.disposition in {Disposition.HOLD, Disposition.REJECT}
    }
    - ELSEWHERE
)


def test_whatever_keeps_a_letter_waiting_has_advice(desk: Desk) -> None:
    codes = {}
    for code in HELD:
        finding = {"code": code, "disposition": "hold", "facts": {"number": "КЗ-2023-007"}}
        codes[desk.letter(code, disposition="hold", findings=[finding])[:12]] = code
    desk.update()
    told = {
        codes[letter]: text or "" for letter, text in desk.column("Пропозиція", "Потребують уваги").items()
    }
    assert [code for code in HELD if not told[code]] == []
    words = WORDS["uk"]
    known = {*words.attention_decisions, words.headers["correct_place"], words.sheets["applications"]}
    assert {quoted for text in told.values() for quoted in re.findall("«(.*?)»", text)} <= known
    assert told["duplicate"] == (
        "замінити першу: «зареєструвати», а в «Громада (вписати)» номер КЗ-2023-007; лишити першу: «відповіли вручну»"
    )


def test_a_place_that_may_be_meant_is_the_advice(desk: Desk) -> None:
    candidates = ["Олевська міська територіальна громада, Житомирська область"]
    evidence = {"form_place": {"candidates": candidates}}
    finding = {"code": "place_uncertain", "disposition": "hold", "facts": {}}
    desk.letter("held", disposition="hold", findings=[finding], evidence=evidence)
    desk.update()
    assert [row["Пропозиція"] for row in desk.rows("Потребують уваги")] == candidates


def test_values_in_a_letter_are_worth_more_than_that_it_is_no_form(desk: Desk) -> None:
    findings = [
        {"code": code, "disposition": "hold", "facts": {"values": ["p1_phone: 067"]}}
        for code in ("question", "values_suggested")
    ]
    desk.letter("held", disposition="hold", findings=findings)
    desk.update()
    (row,) = desk.rows("Потребують уваги")
    assert row["Пропозиція"] == (
        "усе правильно: «зареєструвати»; ні: впишіть у «Заявки» самі, тоді «відповіли вручну»"
    )


def test_what_a_letter_says_besides_its_values_is_quoted_beside_them(desk: Desk) -> None:
    rest = "Також прошу змінити посаду Бондаря на директора"
    facts = {"values": ["5.1: так"], "rest": rest}
    desk.letter("held", disposition="hold", findings=[{"code": "values_suggested", "disposition": "hold", "facts": facts}])  # fmt: skip
    desk.update()
    (row,) = desk.rows("Потребують уваги")
    assert (
        row["Що не так"]
        == f"у тексті листа є відомості, перевірте їх: 5.1: так; програма не розібрала решти: «{rest}»"
    )
    assert row["Пропозиція"] == (
        "відомості правильні: «зареєструвати», решту впишіть у «Заявки» самі; ні: усе впишіть самі, тоді «відповіли вручну»"
    )


def test_every_language_has_the_same_advice() -> None:
    for language in get_args(Language):
        assert set(ADVICE[language]) == set(ADVICE["uk"])
