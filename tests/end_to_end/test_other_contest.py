"""Letters of another contest in the same mailbox: a person sees them, and nobody is told how to apply for ours."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.config import Limits
from intake.readers.pool import ReaderPool
from tests.end_to_end.conversation import Correspondent, correspondent
from tests.end_to_end.test_conversation import told
from tests.forms.word import document, paragraphs, tbl, tc, tr
from tests.replay.desk import DOCX

# What any form asks, and what only one about bicycles does.
WHO = {
    "Назва громади": "Олевська міська територіальна громада",
    "Область": "Житомирська область",
    "Контактна особа": "Петренко Іван Іванович",
    "Телефон": "067 111 22 33",
    "Електронна пошта": "velo@olevsk.example",
}
BICYCLES = {
    "Назва проєкту": "Велодоріжка до школи",
    "Довжина веломаршруту, км": "12",
    "Бюджет проєкту": "200 000",
}
OURS = {"Яку зміну плануєте впровадити у громаді?": "Новий ЦНАП"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Correspondent]:
    with ReaderPool(Limits()) as readers, correspondent(tmp_path, readers) as made:
        yield made


def letter(subject: str, answers: dict[str, str]) -> bytes:
    message = EmailMessage()
    message["From"] = "Рада <rada@olevsk.example>"
    message["Subject"] = subject
    message.set_content("Добрий день! Надсилаємо заявку.")
    rows = "".join(tr(tc(paragraphs(label)), tc(paragraphs(value))) for label, value in answers.items())
    message.add_attachment(document(tbl(rows)), maintype=DOCX[0], subtype=DOCX[1], filename="Заявка.docx")
    return message.as_bytes()


@pytest.mark.parametrize(
    "subject",
    [
        "Заявка на конкурс веломережа",
        "Велодоріжки/Олевська громада, Житомирська область",
        "Проєкт «Безпечний шлях до школи»",
    ],
)
def test_another_topic_and_another_form_go_to_a_person_and_are_not_answered(
    desk: Correspondent, subject: str
) -> None:
    settled = desk.receive(letter(subject, WHO | BICYCLES))
    assert (told(settled), settled.number) == (("hold", ("not_an_application",), None), None)
    assert desk.answers() == []


@pytest.mark.parametrize(
    ("subject", "answers"),
    [
        ("Комунікація змін/Олевська громада, Житомирська область", WHO | BICYCLES),
        ("Заявка на конкурс веломережа", WHO | BICYCLES | OURS),
        ("Заявка на конкурс веломережа", WHO),
        ("Заявка від громади", WHO | BICYCLES),
        ("", WHO | BICYCLES),
    ],
)
def test_our_topic_or_our_form_is_answered(
    desk: Correspondent, subject: str, answers: dict[str, str]
) -> None:
    settled = desk.receive(letter(subject, answers))
    assert settled.verdict is not None
    assert (settled.verdict.template, len(desk.answers())) == ("accepted_incomplete", 1)
