"""A letter that belongs to no application and waits for a person can be read in one click from its row."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update as sql_update

from intake import cards
from intake.archive import Archive
from intake.database import letters
from intake.ledger import orders
from intake.ledger.orders import Order
from intake.workbook.card_names import card_name, letter_page_name
from tests.cards.test_cards import HOSTILE, ONE, texts, update
from tests.workbook.desk import Desk, at

ATTENTION, DECIDED = "Потребують уваги", "Вирішені листи"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()


def page(desk: Desk, digest: str) -> str:
    return (desk.path.parent / "cards" / letter_page_name(digest)).read_text(encoding="utf-8")


def leads(desk: Desk, sheet: str, digest: str, header: str = "Лист") -> str | None:
    cell = at(desk.open()[sheet], digest[:12], header, "Код листа")
    return cell.hyperlink.target if cell.hyperlink else None


def test_its_page_says_what_it_says_and_what_we_found(desk: Desk) -> None:
    octets = (
        "From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\nЧи можна подати <дві>?"
    )
    digest = Archive(desk.path.parent / "archive").keep([octets.encode()]).digest
    desk.letter(
        "a question",
        digest=digest,
        disposition="hold",
        subject="Запитання",
        from_address="olha@example.com",
        findings=[{"code": "not_an_application", "disposition": "hold", "facts": {}}],
    )
    desk.update()
    assert update(desk) == cards.Cards(1, 1)
    seen = texts(page(desk, digest))
    for expected in (
        "Лист не належить до жодної заявки.",
        "olha@example.com",
        "не схоже на заявку: запитання, подяка чи інша справа",
        "Чи можна подати <дві>?",
        "Відповідей ще не було.",
    ):
        assert expected in seen
    link = leads(desk, ATTENTION, digest)
    assert link == f"cards/{letter_page_name(digest)}"
    assert (desk.path.parent / str(link)).is_file()


def test_a_letter_of_an_application_leads_to_its_card(desk: Desk) -> None:
    desk.application(1)
    digest = desk.letter("second", disposition="hold", number=ONE)
    desk.update()
    assert update(desk) == cards.Cards(1, 1)
    card = f"cards/{card_name(ONE)}"
    assert (leads(desk, ATTENTION, digest), leads(desk, ATTENTION, digest, "№ заявки")) == (card, card)


def test_once_it_is_known_whose_it_is_the_row_leads_to_the_card(desk: Desk) -> None:
    desk.application(1)
    digest = desk.letter("lost", disposition="hold")
    desk.update()
    with desk.engine.begin() as tx:
        tx.execute(sql_update(letters).where(letters.c.digest == digest).values(number=ONE))
        orders.append(
            tx, desk.call.id, Order(digest[:12], {}, "refused", "place_missing"), by="x", now=desk.now
        )
    desk.update()
    assert leads(desk, ATTENTION, digest) == f"cards/{card_name(ONE)}"


def test_what_was_decided_about_it_is_told_and_it_can_still_be_read(desk: Desk) -> None:
    digest = desk.letter("spam", disposition="discard")
    assert update(desk) == cards.Cards(0, 0)
    with desk.engine.begin() as tx:
        orders.append(tx, desk.call.id, Order(digest[:12], {"decision": "не стосується"}, "done", "not_ours"), by="Оксана", now=desk.now)  # fmt: skip
    desk.update()
    assert update(desk) == cards.Cards(1, 1)
    assert leads(desk, DECIDED, digest) == f"cards/{letter_page_name(digest)}"


def test_what_its_sender_wrote_is_only_ever_text(desk: Desk) -> None:
    digest = desk.letter(
        "hostile",
        disposition="hold",
        subject=HOSTILE,
        from_name=HOSTILE,
        from_address=HOSTILE,
        files=[{"name": HOSTILE, "sha256": "0" * 64, "size": 1, "type": "html", "status": HOSTILE}],
    )
    update(desk)
    written = page(desk, digest)
    assert re.findall(r"<\s*/?\s*(script|img|iframe)", written) == []
    assert texts(written).count("<script>alert(1)</script>") > 3
