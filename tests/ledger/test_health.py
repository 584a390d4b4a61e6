"""The lease, the facts, the alarms."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from intake.database import reading, writing
from intake.ledger import health

NOON = datetime(2023, 3, 9, 12, 0, tzinfo=UTC)


def take(engine: Engine, holder: str, now: datetime, *, dead: bool = False) -> str | None:
    with writing(engine) as tx:
        return health.take_lease(tx, holder, now, seconds=60, dead=lambda _: dead)


def test_only_one_worker_holds_the_lease(engine: Engine) -> None:
    assert take(engine, "one", NOON) is None
    assert take(engine, "two", NOON + timedelta(seconds=30)) == "one"
    assert take(engine, "one", NOON + timedelta(seconds=50)) is None
    assert take(engine, "two", NOON + timedelta(seconds=90)) == "one"


def test_a_lease_that_ran_out_is_taken_over(engine: Engine) -> None:
    take(engine, "one", NOON)
    assert take(engine, "two", NOON + timedelta(seconds=61)) is None
    assert take(engine, "one", NOON + timedelta(seconds=62)) == "two"


def test_the_lease_of_a_process_that_is_known_to_be_dead_is_taken_over_at_once(engine: Engine) -> None:
    take(engine, "one", NOON)
    assert take(engine, "two", NOON, dead=True) is None


def test_a_lease_given_back_is_free_at_once(engine: Engine) -> None:
    take(engine, "one", NOON)
    with writing(engine) as tx:
        health.give_back_lease(tx, "two", NOON)
    assert take(engine, "two", NOON) == "one"
    with writing(engine) as tx:
        health.give_back_lease(tx, "one", NOON)
    assert take(engine, "two", NOON) is None


def test_an_alarm_is_raised_once_and_ended_once(engine: Engine) -> None:
    with writing(engine) as tx:
        assert health.raise_alarm(tx, "mailbox_trouble", "", {"error": "x"}, NOON)
        assert not health.raise_alarm(tx, "mailbox_trouble", "", {"error": "y"}, NOON)
        assert [(alarm.code, alarm.facts) for alarm in health.open_alarms(tx)] == [
            ("mailbox_trouble", {"error": "x"})
        ]
        assert health.end_alarm(tx, "mailbox_trouble", "", NOON)
        assert not health.end_alarm(tx, "mailbox_trouble", "", NOON)
        assert health.open_alarms(tx) == ()
        assert health.raise_alarm(tx, "mailbox_trouble", "", {}, NOON)


def test_a_fact_replaces_its_earlier_value(engine: Engine) -> None:
    with writing(engine) as tx:
        health.note(tx, "last_poll", {"on_server": 1}, NOON)
        health.note(tx, "last_poll", {"on_server": 2}, NOON + timedelta(seconds=1))
    with reading(engine) as tx:
        assert health.noted(tx, "last_poll") == ({"on_server": 2}, NOON + timedelta(seconds=1))
        assert health.noted(tx, "heartbeat") is None
