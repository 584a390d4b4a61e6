"""A delivery report marks the reply it is about, and no other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from outbox import report, store
from outbox.reply import Reply
from rules.letter import Action, DeliveryReport, Fate
from tests.outbox.samples import NOW

REPLY = Reply("<1@x>", "d" * 64, "kz", "accepted", "КЗ-1", "Iryna@ukr.net", "тема", b"octets")
LATER = NOW + timedelta(hours=1)
LETTER = "0123456789abcdef"


@pytest.fixture
def engine(any_engine: store.Database) -> store.Database:
    """Two replies to one address, both sent, the second later; a third never tried."""
    for number in (1, 2):
        with any_engine.begin() as tx:
            at = NOW + timedelta(minutes=number)
            store.put(tx, replace(REPLY, message_id=f"<{number}@x>"), at)
        (taken,) = store.claim(any_engine, "w", LATER)
        store.settle(any_engine, begin=taken)
        store.settle(any_engine, store.sent(taken, at, "250 ok"))
    with any_engine.begin() as tx:
        store.put(tx, replace(REPLY, message_id="<3@x>"), LATER)
    return any_engine


def noted(
    engine: store.Database, *ids: str, action: Action = "failed", to: str = "", days: int = 0
) -> str | None:
    told = DeliveryReport(ids, (Fate((to,) if to else (), action, "550 no such user"),))
    with engine.begin() as tx:
        return report.note(tx, told, at=LATER + timedelta(days=days), letter=LETTER)


def states(engine: store.Database) -> dict[str, tuple[str, str]]:
    columns = (store.replies.c.message_id, store.replies.c.state, store.replies.c.last_response)
    with engine.connect() as tx:
        return {row[0]: (row[1], row[2]) for row in tx.execute(select(*columns))}


SENT = ("sent", "250 ok")
FAILED = ("failed", "550 no such user (report 0123456789ab)")


def test_the_reply_that_came_back_has_failed_with_the_servers_words(engine: store.Database) -> None:
    assert noted(engine, "<other@x>", "<1@x>", to="iryna@ukr.net") == "<1@x>"
    assert states(engine) == {"<1@x>": FAILED, "<2@x>": SENT, "<3@x>": ("pending", "")}


def test_without_an_id_the_newest_reply_to_the_recipient_is_meant(engine: store.Database) -> None:
    assert noted(engine, to="iryna@UKR.net") == "<2@x>"
    assert states(engine) == {"<1@x>": SENT, "<2@x>": FAILED, "<3@x>": ("pending", "")}


def test_a_letter_of_a_person_that_came_back_says_nothing_of_our_reply(engine: store.Database) -> None:
    told = DeliveryReport(("<by-hand@x>",), (Fate(("iryna@ukr.net",), "failed", "550 no"),), foreign=True)
    with engine.begin() as tx:
        assert report.note(tx, told, at=LATER, letter=LETTER) is None
        # Its own id is proof enough, whatever a gateway took off.
        ours = replace(told, message_ids=("<1@x>",))
        assert report.note(tx, ours, at=LATER, letter=LETTER) == "<1@x>"
    assert states(engine)["<2@x>"] == SENT


def test_a_reply_that_left_long_ago_or_never_is_not_meant(engine: store.Database) -> None:
    assert noted(engine, to="iryna@ukr.net", days=9) is None
    assert noted(engine, "<3@x>") is None
    assert noted(engine, to="other@ukr.net") is None
    assert states(engine) == {"<1@x>": SENT, "<2@x>": SENT, "<3@x>": ("pending", "")}


def test_a_delay_is_told_and_changes_nothing(engine: store.Database) -> None:
    noted(engine, "<1@x>", action="delayed")
    assert states(engine)["<1@x>"] == ("sent", "delayed: 550 no such user (report 0123456789ab)")


def test_what_has_failed_stays_so_with_the_first_words(engine: store.Database) -> None:
    noted(engine, "<1@x>")
    noted(engine, "<1@x>", action="delivered")
    told = DeliveryReport(("<1@x>",), (Fate((), "failed", "again"),))
    with engine.begin() as tx:
        report.note(tx, told, at=LATER, letter=LETTER)
    assert states(engine)["<1@x>"] == FAILED


def test_a_report_of_delivery_settles_an_uncertain_reply(any_engine: store.Database) -> None:
    with any_engine.begin() as tx:
        store.put(tx, REPLY, NOW)
    (taken,) = store.claim(any_engine, "w", NOW)
    store.settle(any_engine, begin=taken)
    store.settle(any_engine, store.uncertain(taken, LATER, "line broke"))
    assert noted(any_engine, "<1@x>", action="delivered") == "<1@x>"
    assert states(any_engine)["<1@x>"][0] == "sent"


def test_of_several_recipients_behind_an_alias_the_gravest_fate_counts(engine: store.Database) -> None:
    told = DeliveryReport(
        ("<1@x>",),
        (Fate(("a@b",), "delivered", "ok"), Fate(("c@d",), "failed", "full"), Fate(("e@f",), "delayed", "")),
    )
    with engine.begin() as tx:
        report.note(tx, told, at=LATER, letter=LETTER)
    assert states(engine)["<1@x>"] == ("failed", "full (report 0123456789ab)")
