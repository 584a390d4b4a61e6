"""Who says what in a letter: the sender's words of today, and the quoted lines they stand under."""

import pytest

from rules.quotation import Turn, newest, turns

QUOTED = "> - пункт 3.9 «Мобільний телефон» — не\n>   заповнено"


@pytest.mark.parametrize(
    "attribution",
    [
        "10.03.2023 12:01, Мережа пише:",
        "пт, 10 бер. 2023 р. о 12:01 Мережа <intake@example.org> пише:",
        "пт, 10 бер. 2023 р. о 12:01 Мережа «Створення плану комунікації змін у громаді» <\nintake@example.org> пише:",
        "On Fri, 10 Mar 2023 at 12:01, Network <intake@example.org> wrote:",
        "На пт, 10.03.2023 г. в 12:01 Мрежа <intake@example.org> написа:",
        '10 березня 2023, 12:01:22, від "Мережа" <intake@example.org>:',
        "Пятница, 10 марта 2023, 12:01 +03:00 от Сеть <intake@example.org>:",
    ],
)
def test_an_attribution_is_not_the_senders_word(attribution: str) -> None:
    assert newest(f"Дякуємо!\n\n{attribution}\n\nДоброго дня!\nЧи все гаразд?") == "Дякуємо!"
    assert (
        newest(f"Дякуємо!\n\n{attribution}\n> Доброго дня!\n\nЩе одне слово.") == "Дякуємо!\nЩе одне слово."
    )


@pytest.mark.parametrize(
    "header",
    [
        "-----Original Message-----\nFrom: Network <intake@example.org>",
        "---- Оригінальне повідомлення ----",
        "From: Network <intake@example.org>\nSent: Friday",
        "Від: Мережа\nНадіслано: 10 березня 2023 р. 12:01\nКому: Рада",
        "________________________________\nВід: Мережа",
    ],
)
def test_an_unmarked_quotation_ends_the_letter(header: str) -> None:
    assert newest(f"Дякуємо!\n\n{header}\nТема: Заявка\n\nДоброго дня!") == "Дякуємо!"


def test_answers_stand_under_the_lines_they_answer() -> None:
    text = f"Доброго дня!\n{QUOTED}\n067 111 22 33\n> - пункт 3.10\no@x.ua\n-- \nОлена"
    assert turns(text) == (
        Turn("Доброго дня!"),
        Turn("067 111 22 33", "- пункт 3.9 «Мобільний телефон» — не\nзаповнено"),
        Turn("o@x.ua", "- пункт 3.10"),
    )


def test_a_line_that_only_looks_like_a_header_is_the_senders() -> None:
    assert newest("Від: громади\nнадсилаємо заявку") == "Від: громади\nнадсилаємо заявку"


@pytest.mark.parametrize("text", ["", "\n\n", QUOTED, "-- \nОлена"])
def test_where_the_sender_says_nothing_there_is_nothing(text: str) -> None:
    assert (turns(text), newest(text)) == ((), "")
