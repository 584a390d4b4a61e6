from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from outbox import store
from outbox.reply import Reply
from outbox.retry import delay
from tests.outbox.samples import NOW

LATER = NOW + timedelta(hours=1)
REPLY = Reply("<1@x>", "d" * 64, "kz", "accepted", "КЗ-1", "iryna@ukr.net", "тема", b"octets")


@pytest.fixture
def engine(any_engine: store.Database) -> store.Database:
    return any_engine


def put(engine: store.Database, *numbers: int, mode: store.Mode = "send") -> None:
    with engine.begin() as connection:
        for number in numbers:
            assert store.put(connection, replace(REPLY, message_id=f"<{number}@x>"), NOW, mode=mode)


def claimed(engine: store.Database, worker: str = "w") -> store.Claimed:
    (taken,) = store.claim(engine, worker, LATER)
    return taken


def begun(engine: store.Database, worker: str = "w") -> store.Claimed:
    """Claim a reply and commit that its octets are about to go out."""
    taken = claimed(engine, worker)
    store.settle(engine, begin=taken)
    return taken


def states(engine: store.Database) -> dict[str, int]:
    with engine.connect() as connection:
        return store.counts(connection)


def stage(engine: store.Database) -> str:
    with engine.connect() as connection:
        return str(connection.execute(select(store.replies.c.stage)).scalar_one())


def test_a_reply_is_put_once_whatever_happens_after(engine: store.Database) -> None:
    put(engine, 1)
    store.settle(engine, store.sent(begun(engine), NOW, "250 ok"))
    with engine.begin() as connection:
        assert not store.put(connection, REPLY, LATER)
    assert states(engine) == {"sent": 1}


def test_a_reply_of_a_transaction_that_was_rolled_back_is_not_there(engine: store.Database) -> None:
    with engine.connect() as connection:
        store.put(connection, REPLY, NOW)
        connection.rollback()
    assert states(engine) == {}


def test_a_claim_takes_the_longest_due_and_nobody_takes_it_again(engine: store.Database) -> None:
    put(engine, 2, 1)
    first, second = claimed(engine, "a"), claimed(engine, "b")
    assert [first.message_id, second.message_id] == ["<1@x>", "<2@x>"]
    assert (first.octets, first.recipient, first.attempts) == (b"octets", "iryna@ukr.net", 1)
    assert store.claim(engine, "c", LATER) == ()


def test_a_batch_is_claimed_in_order_and_what_was_not_begun_comes_back_untouched(
    engine: store.Database,
) -> None:
    put(engine, 3, 1, 2)
    batch = store.claim(engine, "a", LATER, most=2)
    assert [one.message_id for one in batch] == ["<1@x>", "<2@x>"]
    assert states(engine) == {"pending": 1, "sending": 2}
    store.settle(engine, *store.give_back(batch))
    assert [one.attempts for one in store.claim(engine, "b", LATER, most=9)] == [1, 1, 1]


def test_how_one_ended_and_that_the_next_begins_is_one_commit(engine: store.Database) -> None:
    put(engine, 1, 2)
    first, second = store.claim(engine, "w", LATER, most=2)
    store.settle(engine, begin=first)
    store.recover(engine, "other", LATER)
    # The second is no longer ours to send; what is known of the first stands all the same.
    with pytest.raises(store.ClaimLost):
        store.settle(engine, store.sent(first, LATER, "250 ok"), begin=second)
    assert states(engine) == {"pending": 1, "sent": 1}


def test_a_reply_put_off_is_not_due_before_its_time(engine: store.Database) -> None:
    put(engine, 1)
    store.settle(engine, store.again(begun(engine), LATER + timedelta(minutes=5), "450 later"))
    assert store.claim(engine, "w", LATER) == ()
    (taken,) = store.claim(engine, "w", LATER + timedelta(minutes=5))
    assert taken.attempts == 2


def test_a_reply_waits_for_its_hour(engine: store.Database) -> None:
    with engine.begin() as connection:
        store.put(connection, REPLY, NOW, not_before=LATER + timedelta(hours=1))
    assert store.claim(engine, "w", LATER) == ()
    assert len(store.claim(engine, "w", LATER + timedelta(hours=1))) == 1


def test_a_released_reply_was_not_tried(engine: store.Database) -> None:
    put(engine, 1)
    store.settle(engine, store.release(begun(engine), LATER, "no server"))
    assert claimed(engine).attempts == 1


def test_a_dead_workers_reply_is_sent_again_when_no_octet_left(engine: store.Database) -> None:
    put(engine, 1)
    claimed(engine, "dead")
    assert store.recover(engine, "living", LATER) == 1
    assert claimed(engine, "living").attempts == 1


def test_what_this_worker_stumbled_on_waits_and_lets_others_pass(engine: store.Database) -> None:
    put(engine, 1, 2)
    stumbled = begun(engine)
    assert stumbled.message_id == "<1@x>"
    store.settle(engine, store.stumbled(stumbled))
    store.recover(engine, "w", LATER)
    assert claimed(engine).message_id == "<2@x>"
    assert store.claim(engine, "w", LATER) == ()
    (later,) = store.claim(engine, "w", LATER + delay(1))
    assert later.attempts == 2


def test_a_dead_workers_reply_is_uncertain_once_octets_may_have_left(engine: store.Database) -> None:
    put(engine, 1)
    begun(engine, "dead")
    assert stage(engine) == "data"
    store.recover(engine, "living", LATER)
    assert states(engine) == {"uncertain": 1}


def uncertain(engine: store.Database) -> None:
    store.settle(engine, store.uncertain(begun(engine), LATER, "broke"))


def test_an_uncertain_reply_in_the_sent_folder_was_sent(engine: store.Database) -> None:
    put(engine, 1)
    uncertain(engine)
    assert store.resolve(engine, LATER, lambda message_id: message_id == "<1@x>") == {"sent": 1}
    assert states(engine) == {"sent": 1}


def test_an_uncertain_reply_waits_until_the_sent_folder_can_be_seen(engine: store.Database) -> None:
    put(engine, 1)
    uncertain(engine)
    assert store.resolve(engine, LATER - timedelta(seconds=1), lambda _: True) == {}
    assert store.resolve(engine, LATER, lambda _: None) == {}
    assert states(engine) == {"uncertain": 1}


def test_an_uncertain_reply_is_repeated_once_and_then_left_to_a_person(engine: store.Database) -> None:
    put(engine, 1)
    uncertain(engine)
    assert store.resolve(engine, LATER, None) == {"pending": 1}
    uncertain(engine)
    assert store.resolve(engine, LATER, lambda _: False) == {"failed": 1}
    with engine.connect() as connection:
        (row,) = store.listed(connection, states=("failed",))
    assert (row.message_id, row.last_response, row.attempts) == ("<1@x>", "twice uncertain: broke", 2)


def test_a_lost_claim_stops_the_sending(engine: store.Database) -> None:
    put(engine, 1)
    taken = claimed(engine, "slow")
    store.recover(engine, "other", LATER)
    with pytest.raises(store.ClaimLost):
        store.settle(engine, begin=taken)
    store.settle(engine, store.failed(taken, "too late to say"))
    assert states(engine) == {"pending": 1}


def test_success_counts_whoever_holds_the_reply(engine: store.Database) -> None:
    put(engine, 1)
    taken = claimed(engine, "slow")
    store.recover(engine, "other", LATER)
    store.settle(engine, store.sent(taken, LATER, "250 ok"))
    assert states(engine) == {"sent": 1}


def test_answers_to_an_address_are_counted_whatever_its_spelling(engine: store.Database) -> None:
    with engine.begin() as connection:
        store.put(connection, REPLY, NOW)
        store.put(connection, replace(REPLY, message_id="<2@x>"), NOW, mode="draft")
        store.put(
            connection, replace(REPLY, message_id="<3@x>", recipient="rada@xn--80aahf2bln.xn--j1amh"), NOW
        )
        assert store.answers_since(connection, "Iryna@UKR.net", NOW) == 2
        assert store.answers_since(connection, "iryna@ukr.net", NOW + timedelta(seconds=1)) == 0
        assert store.answers_since(connection, "Rada@громада.укр", NOW) == 1
        assert store.answers_since(connection, "not an address", NOW) == 0


def test_a_draft_is_never_claimed_and_written_once(engine: store.Database) -> None:
    put(engine, 1, mode="draft")
    assert store.claim(engine, "w", LATER) == ()
    assert [draft.message_id for draft in store.drafts(engine)] == ["<1@x>"]
    store.draft_written(engine, "<1@x>")
    assert store.drafts(engine) == ()
    assert states(engine) == {"draft": 1}


def test_a_broken_database_is_a_trouble_and_not_a_bug(tmp_path: Path) -> None:
    bare = create_engine(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(store.OutboxTrouble):
        store.claim(bare, "w", NOW)
    with pytest.raises(store.OutboxTrouble):
        store.drafts(bare)
    bare.dispose()


def test_delays_grow_to_half_a_day() -> None:
    assert [delay(attempt) // timedelta(minutes=1) for attempt in (0, 1, 2, 3, 4, 5, 8, 99)] == [
        1, 1, 5, 15, 60, 120, 720, 720,
    ]  # fmt: skip
