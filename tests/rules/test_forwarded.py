"""Letters that pass another one on, copied below a cover line, as the mail programs of town halls write them."""

import pytest

from rules.forwarded import Forwarded, below_header, forwarded
from rules.table import Cell, Para, Table

FORM = "Область: Житомирська\nГромада: Олевська\nПІБ: Іваненко"
OUTLOOK = "Від: Рада <rada@rada.example>\nНадіслано: 10 березня 2023 р. 10:00\nКому: ОВА\nТема: Заявка\n\n"
GMAIL = "From: Рада <rada@rada.example>\nDate: пт, 10 бер. 2023 р. о 10:00\nSubject: Заявка\nTo: <oda@oda.example>\n\n\n"

PASSED_ON = {
    "Thunderbird": (f"Пересилаю.\n\n-------- Переслане повідомлення --------\n{OUTLOOK}{FORM}", "Fwd: Заявка"),
    "Gmail, no cover": (f"---------- Forwarded message ---------\n{GMAIL}{FORM}", "Fwd: Заявка"),
    "Gmail, an ordinary subject": (f"Прошу.\n---------- Forwarded message ---------\n{GMAIL}{FORM}", "Заявка"),
    "Outlook, no mark at all": (f"Колеги, заявка громади.\n\n{OUTLOOK}{FORM}", "FW: Заявка"),
    "Outlook on the web, a line": (f"Колеги!\n________________________________\n{OUTLOOK}{FORM}", "Пересл: Заявка"),
    "Apple, marked line by line": (
        "Прошу розглянути\n\nПочаток переадресованого повідомлення:\n\n"
        + "\n".join(f"> {line}" for line in f"{OUTLOOK}{FORM}".split("\n")),
        "Fwd: Заявка",
    ),
    "passed on twice": (
        f"---------- Forwarded message ---------\n{GMAIL}Пересилаю\n\n---------- Forwarded message ---------\n{GMAIL}{FORM}",
        "Fwd: Fwd: Заявка",
    ),
    "with what it answered": (
        f"-------- Переслане повідомлення --------\n{OUTLOOK}{FORM}\n\nпт, 10 бер. 2023 о 9:00 Мережа <intake@example.org> пише:\n> Заповніть",
        "Fwd: Заявка",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PASSED_ON)
def test_the_letter_below_the_cover_is_found(case: str) -> None:
    found = forwarded(*PASSED_ON[case])
    assert found is not None
    assert found.text == FORM


NOT_PASSED_ON = {
    "an answer": (f"Так, дякую.\n\n-----Original Message-----\n{GMAIL}{FORM}", "RE: Заявка"),
    "an answer without a mark": (f"Так.\n\n{OUTLOOK}{FORM}", "Re: Заявка"),
    "a letter of one's own above it": (
        f"{'Ми довго думали. ' * 40}\n---------- Forwarded message ---------\n{GMAIL}{FORM}",
        "Fwd: Заявка",
    ),
    "nothing copied": (f"Надсилаємо заявку.\n{FORM}", "Fwd: Заявка"),
    "nothing at all": ("", "Fwd: Заявка"),
}


@pytest.mark.parametrize("case", NOT_PASSED_ON)
def test_other_letters_pass_nothing_on(case: str) -> None:
    assert forwarded(*NOT_PASSED_ON[case]) is None


def test_a_letter_of_ours_that_comes_back_is_known_by_its_sender() -> None:
    ours = forwarded(f"-- Forwarded message --\n{GMAIL}x", "")
    assert ours is not None
    assert ours.written_by(["Rada@rada.example"])
    assert not ours.written_by(["oda@oda.example", ""])


def test_the_date_in_a_copied_header_is_none_of_the_form() -> None:
    header = [Para("Прошу розглянути"), Para("Від: Рада\nДата: 9 березня"), Para("Тема: Заявка")]
    assert below_header([*header, Para("ЗАЯВКА"), Para("Дата: 28.02.2023")]) == (
        Para("ЗАЯВКА"),
        Para("Дата: 28.02.2023"),
    )
    rows = [("Тема:", "Заявка"), ("Дата:", "9 березня"), ("Від:", "Рада")]
    table = Table(tuple(tuple(Cell((Para(text),)) for text in row) for row in rows))
    form = Table(
        ((Cell((Para("Від: кого"),)), Cell((Para("x"),))), (Cell((Para("Громада"),)), Cell((Para("x"),))))
    )
    assert below_header([Para("Прошу"), table, Para(""), form]) == (form,)
    assert below_header([form]) == (form,)
    assert below_header([Para("Дата: 28.02.2023")]) == (Para("Дата: 28.02.2023"),)


def test_a_letter_passed_on_again_and_again_is_read_to_a_bounded_depth() -> None:
    found = forwarded("---- Переслане повідомлення ----\n" * 3000 + f"{GMAIL}{FORM}", "")
    assert isinstance(found, Forwarded | None)
