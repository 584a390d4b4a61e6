"""A letter of ours that belongs to no application can be read as sent: a page beside the cards, linked from its row."""

import html
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake import cards
from intake.workbook.card_names import card_name, reply_page_name
from tests.cards.test_cards import HOSTILE, ONE, texts, update
from tests.workbook.desk import Desk

TEXT = "Доброго дня, шановні колеги!\n\n    Тема вашого листа:    «x»\n-- \nКоманда <відбору>\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()


def octets(text: str = TEXT) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Re: Заявка"
    message.set_content(text)
    return message.as_bytes()


def answered(desk: Desk, *, number: str | None = None, state: str = "sent", **letter: object) -> str:
    """Let a letter come that is answered before it is known whose it is; return the answer's Message-ID."""
    digest = desk.letter("held", disposition="hold", number=number, **letter)
    return desk.reply(
        None, template="subject_unrecognised", state=state, letter=digest, octets=octets(), minutes=5
    )


def page(desk: Desk, message_id: str) -> str:
    return (desk.path.parent / "cards" / reply_page_name(message_id)).read_text(encoding="utf-8")


def test_its_exact_text_stands_on_a_page_with_the_letter_it_answers(desk: Desk) -> None:
    message_id = answered(desk, subject="Заявка", from_address="rada@olevsk.example")
    # One for the letter that waits, one for the answer.
    assert update(desk) == cards.Cards(2, 2)
    written = page(desk, message_id)
    shown = re.findall(r"<pre>(.*?)</pre>", written, re.DOTALL)
    assert [html.unescape(one) for one in shown] == [f"Re: Заявка\n\n{TEXT}"]
    seen = texts(written)
    for expected in ("яка громада?", "Кому: rada@korosten.example", "rada@olevsk.example", "Лист не належить до жодної заявки."):  # fmt: skip
        assert expected in seen


@pytest.mark.parametrize(
    ("state", "word"),
    [("draft", "чернетка, не надіслано"), ("held", "чекає на дозвіл"), ("failed", "не доставлено"), ("cancelled", "скасовано, не надіслано")],
)  # fmt: skip
def test_its_page_says_how_it_stands(desk: Desk, state: str, word: str) -> None:
    message_id = answered(desk, state=state)
    update(desk)
    assert re.findall(r'<h3>яка громада\? <span class="badge \w+">(.*?)</span>', page(desk, message_id)) == [
        word
    ]


def test_what_others_wrote_is_only_ever_text(desk: Desk) -> None:
    message_id = answered(
        desk,
        subject=HOSTILE,
        from_name=HOSTILE,
        from_address=HOSTILE,
        files=[{"name": HOSTILE, "sha256": "0" * 64, "size": 1, "type": "html", "status": HOSTILE}],
    )
    update(desk)
    written = page(desk, message_id)
    assert re.findall(r"<\s*/?\s*(script|img|iframe)", written) == []
    assert texts(written).count("<script>alert(1)</script>") > 3
    assert [one[-7:] for one in re.findall(r'href="([^"]*)"', written)] == ["/01.bin"]


def test_its_row_leads_to_it_and_no_other_row_leads_anywhere(desk: Desk) -> None:
    desk.application(1)
    desk.reply(ONE)
    desk.update()
    first = answered(desk)
    # A row more in a file that nobody touched.
    assert desk.update().status == "written"
    second = desk.reply(None, template="no_form", minutes=9, octets=octets())
    assert desk.update().status == "written"
    sheet = desk.open()["Листування"]
    links = {cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"cards/{reply_page_name(one)}" for one in (first, second)}
    assert all(link.isascii() for link in links)
    (desk.path).unlink()
    desk.update()
    again = desk.open()["Листування"]
    assert {cell.hyperlink.target for row in again.iter_rows() for cell in row if cell.hyperlink} == links
    update(desk)
    assert all((desk.path.parent / link).is_file() for link in links)


def test_a_page_is_written_only_when_something_is_new(desk: Desk) -> None:
    first = answered(desk)
    assert update(desk) == cards.Cards(2, 2)
    second = desk.reply(None, template="no_form", minutes=9, octets=octets())
    assert update(desk) == cards.Cards(3, 1)
    with desk.engine.begin() as tx:
        tx.exec_driver_sql("UPDATE replies SET state = 'failed', last_response = '550 no' WHERE message_id = ?", (second,))  # fmt: skip
    assert update(desk) == cards.Cards(3, 1)
    assert "Сервер: 550 no" in texts(page(desk, second))
    (desk.path.parent / "cards" / reply_page_name(first)).unlink()
    desk.letter("another", call_id=None)
    assert update(desk) == cards.Cards(3, 1)


def test_once_it_is_known_whose_letter_it_was_the_answer_stands_on_the_card_too(desk: Desk) -> None:
    desk.application(1)
    message_id = answered(desk, number=ONE)
    update(desk)
    card = (desk.path.parent / "cards" / card_name(ONE)).read_text(encoding="utf-8")
    assert html.escape(TEXT, quote=False) in card
    assert f'<a href="{card_name(ONE)}">{ONE}</a>' in page(desk, message_id)
