"""How much leaves at once: the cap of an hour, the hold of a burst, the pace to one provider."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from outbox import store
from outbox.reply import Reply
from outbox.store import Limits
from tests.outbox.samples import NOW

REPLY = Reply("<1@x>", "d" * 64, "kz", "accepted", "КЗ-1", "iryna@ukr.net", "тема", b"octets")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def engine(any_engine: store.Database) -> store.Database:
    return any_engine


def put(engine: store.Database, *recipients: str, at: datetime = NOW, template: str = "accepted") -> None:
    with engine.begin() as connection:
        for recipient in recipients:
            message_id = f"<{recipient}.{template}@x>"
            reply = replace(REPLY, message_id=message_id, recipient=recipient, template=template)
            assert store.put(connection, reply, at)


def send(engine: store.Database, at: datetime, limits: Limits, most: int = 99) -> list[str]:
    """Send all that may leave at a moment; return the recipients."""
    taken = store.claim(engine, "w", at, most=most, limits=limits)
    for one in taken:
        store.settle(engine, begin=one)
        store.settle(engine, store.sent(one, at, "250 ok"))
    return [one.recipient for one in taken]


def held(engine: store.Database, at: datetime, limits: Limits) -> bool:
    with engine.connect() as connection:
        return store.flow(connection, at, limits).held


def people(count: int, domain: str = "ukr.net") -> list[str]:
    return [f"a{number:03}@{domain}" for number in range(count)]


def test_without_limits_everything_leaves(engine: store.Database) -> None:
    put(engine, *people(20))
    assert len(send(engine, NOW, store.UNLIMITED)) == 20


def test_a_burst_is_held_at_the_cap_and_nothing_more_leaves_while_it_lasts(engine: store.Database) -> None:
    limits = Limits(per_hour=3)
    put(engine, *people(10))
    assert len(send(engine, NOW, limits)) == 3
    assert held(engine, NOW, limits)
    later = NOW + timedelta(minutes=59)
    assert send(engine, later, limits) == []
    assert held(engine, later, limits)


def test_a_burst_that_goes_on_stays_held_hour_after_hour(engine: store.Database) -> None:
    limits = Limits(per_hour=3)
    put(engine, *people(10))
    send(engine, NOW, limits)
    put(engine, *people(10, "i.ua"), at=NOW + 50 * MINUTE)
    assert len(send(engine, NOW + 61 * MINUTE, limits)) == 3
    assert held(engine, NOW + 62 * MINUTE, limits)


def test_when_the_hour_of_the_burst_is_over_the_rest_leaves_at_the_pace_of_the_cap(
    engine: store.Database,
) -> None:
    limits = Limits(per_hour=3)
    put(engine, *people(8))
    send(engine, NOW, limits)
    assert len(send(engine, NOW + HOUR + MINUTE, limits)) == 3
    # These wait for their hour, but no burst is going on: no alarm.
    assert not held(engine, NOW + HOUR + 2 * MINUTE, limits)
    assert len(send(engine, NOW + 2 * HOUR + 2 * MINUTE, limits)) == 2


def test_a_person_who_lets_go_gives_the_outbox_a_new_hour(engine: store.Database) -> None:
    put(engine, *people(10))
    send(engine, NOW, Limits(per_hour=3))
    let_go = Limits(per_hour=3, since=NOW + MINUTE)
    assert not held(engine, NOW + 2 * MINUTE, let_go)
    assert len(send(engine, NOW + 2 * MINUTE, let_go)) == 3


def test_letters_to_coordinators_leave_first_and_although_the_outbox_is_held(engine: store.Database) -> None:
    limits = Limits(per_hour=2, per_minute=1)
    put(engine, *people(6))
    send(engine, NOW, limits)
    put(engine, "boss@rada.gov.ua", at=NOW + MINUTE, template="alarm")
    assert send(engine, NOW + MINUTE, limits)[0] == "boss@rada.gov.ua"


def test_one_providers_queue_keeps_its_pace_and_others_pass(engine: store.Database) -> None:
    limits = Limits(per_minute=2)
    put(engine, *people(5, "gmail.com"), "iryna@ukr.net")
    assert send(engine, NOW, limits) == ["a000@gmail.com", "a001@gmail.com", "iryna@ukr.net"]
    assert send(engine, NOW + timedelta(seconds=30), limits) == []
    assert send(engine, NOW + timedelta(seconds=61), limits) == ["a002@gmail.com", "a003@gmail.com"]


def test_drafts_and_what_waits_for_a_person_are_no_burst(engine: store.Database) -> None:
    limits = Limits(per_hour=2)
    with engine.begin() as connection:
        for number in range(9):
            mode: store.Mode = "review" if number % 2 else "draft"
            store.put(connection, replace(REPLY, message_id=f"<{number}@x>"), NOW, mode=mode)
    put(engine, *people(2))
    send(engine, NOW, limits)
    assert not held(engine, NOW, limits)
