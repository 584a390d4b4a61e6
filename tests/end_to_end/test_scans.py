"""A letter with nothing but photos of the form: registered in time, never accepted unseen, its draft shown to a person."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from intake import jobs
from intake.demo.servers import ImapServer, SmtpServer
from rules.verdict import Disposition
from tests.end_to_end.place import Installation, shipped_call
from tests.forms.scans import Row, jpeg, scanned, sheet
from tests.require import require_ocr
from tests.servers.account import Account

CALL = shipped_call()
IN_TIME = datetime(2023, 3, 9, 11, 20, tzinfo=ZoneInfo("Europe/Kyiv"))
ANSWERS = {
    "oblast": "Житомирська область",
    "raion": "Коростенський район",
    "hromada": "Олевська міська територіальна громада",
    "hromada_email": "rada@olevsk.example",
    "head_name": "Остапчук Роман Ілліч",
    "p1_name": "Вербицька Дарина Олегівна",
    "p1_position": "начальниця відділу комунікацій",
    "p1_phone": "067 123 45 67",
    "p2_name": "Лісовий Назар Петрович",
    "p2_position": "провідний спеціаліст відділу комунікацій",
    "p2_phone": "050 765 43 21",
}


def rows(*keys: str) -> list[Row]:
    fields = {field.key: field for field in CALL.fields}
    return [(f"{fields[key].number} {fields[key].label}", ANSWERS[key]) for key in keys]


@pytest.fixture(scope="module")
def photos() -> tuple[bytes, bytes]:
    """Two pages as two pictures: the community's data, and the participants'."""
    require_ocr()
    first = sheet(rows("oblast", "raion", "hromada", "hromada_email", "head_name"), inches=(8.27, 5.0))
    people = [
        ("Учасник 1",),
        *rows("p1_name", "p1_position", "p1_phone"),
        ("Учасник 2",),
        *rows("p2_name", "p2_position", "p2_phone"),
    ]
    second = sheet(people, title="2", inches=(8.27, 5.0))
    return jpeg(scanned(first, 0.5), 75), jpeg(scanned(second, -0.8), 75)


def letter(*photos: bytes, text: str = "Добрий день! Надсилаємо заявку.") -> bytes:
    message = EmailMessage()
    message["From"] = "Олевська рада <rada@olevsk.example>"
    message["To"] = "intake@example.org"
    message["Date"] = IN_TIME
    message["Message-ID"] = "<scan-1@olevsk.example>"
    message["Subject"] = "Комунікація змін/Олевська громада, Житомирська область"
    message.set_content(text)
    for number, photo in enumerate(photos, start=1):
        message.add_attachment(photo, "image", "jpeg", filename=f"IMG_2023030{number}.jpg")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def test_photos_of_two_pages_are_one_draft_that_a_person_looks_at(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer, photos: tuple[bytes, bytes]
) -> None:
    server = imap_server
    account = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)
    here = Installation(tmp_path, account, smtp_server.port).write()
    account.deliver(letter(*photos), IN_TIME)
    with here.station() as station:
        polled, _, _ = jobs.cycle(station)
    (settled,) = polled.settled
    assert settled.verdict is not None
    assert settled.case is not None
    assert settled.verdict.disposition is Disposition.HOLD
    assert "draft" in settled.verdict.codes
    assert "late" not in settled.verdict.codes
    application = settled.case.application
    assert application is not None
    assert application.draft
    right = [key for key, said in ANSWERS.items() if " ".join(application.values[key].raw.split()) == said]
    assert len(right) >= len(ANSWERS) - 2
    assert settled.case.place is not None
    # Registered, with the draft's answers in the row; nobody is told that the application is accepted.
    (row,) = here.rows("Заявки")
    assert row["№ заявки"] == "КЗ-2023-001"
    assert row["Учасник 1: ПІБ"] == ANSWERS["p1_name"]
    (sent,) = smtp_server.received
    answer = message_from_bytes(sent.octets, policy=default)
    assert "Отримали вашу заявку: це скан або фото" in answer["Subject"]
    assert "КЗ-2023-001" in answer.get_content()
    # Both pictures lie in the folder that the row and the card link to.
    kept = sorted(path.name for path in here.config.attachments_path.rglob("*.jpg"))
    assert kept == ["01.jpg", "02.jpg"]
    (card,) = tmp_path.rglob("*001*.html")
    text = card.read_text(encoding="utf-8")
    assert "01.jpg" in text
    assert "02.jpg" in text
    assert ANSWERS["p2_name"] in text


def test_a_form_typed_in_the_letter_and_a_photo_of_the_other_participants_is_one_application(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer, photos: tuple[bytes, bytes]
) -> None:
    server = imap_server
    account = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)
    here = Installation(tmp_path, account, smtp_server.port).write()
    typed = "\n".join(
        f"{label}: {said}"
        for label, said in (
            *rows("oblast", "raion", "hromada", "hromada_email", "head_name"),
            ("Учасник 1. ПІБ", ANSWERS["p1_name"]),
            ("Учасник 1. Посада", ANSWERS["p1_position"]),
            ("Учасник 1. Телефон", ANSWERS["p1_phone"]),
        )
    )
    other = sheet([("Учасник 2",), *rows("p2_name", "p2_position", "p2_phone")], inches=(8.27, 4.0))
    account.deliver(letter(jpeg(scanned(other, 0.4), 75), text=typed), IN_TIME)
    with here.station() as station:
        polled, _, _ = jobs.cycle(station)
    (settled,) = polled.settled
    assert settled.verdict is not None
    assert settled.case is not None
    assert settled.verdict.disposition is Disposition.HOLD
    application = settled.case.application
    assert application is not None
    assert application.draft
    values = {key: " ".join(value.raw.split()) for key, value in application.values.items()}
    assert {key: values.get(key) for key in ANSWERS if not key.startswith("p2_")} == {
        key: said for key, said in ANSWERS.items() if not key.startswith("p2_")
    }
    assert values["p2_name"] == ANSWERS["p2_name"]
