"""What people may do about a reply in each state, and that it is kept with name and time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from outbox import store
from outbox.store import Action, Intervention
from tests.outbox.samples import NOW
from tests.outbox.test_flow import REPLY
from tests.outbox.test_message import parsed, reply

LATER = NOW + timedelta(hours=1)
STATES = ("draft", "held", "pending", "sending", "sent", "failed", "uncertain", "cancelled")
# What each action makes of a reply, by its state; what is not named stays as it is.
BECOMES: dict[Action, dict[str, str]] = {
    "approved": {"draft": "pending", "held": "pending"},
    "cancelled": dict.fromkeys(("draft", "held", "pending", "failed", "uncertain"), "cancelled"),
    "resent": dict.fromkeys(("sent", "failed", "uncertain", "cancelled"), "pending"),
}


@pytest.fixture
def engine(any_engine: store.Database) -> store.Database:
    """One reply in each state, named by it."""
    modes: dict[str, store.Mode] = {"draft": "draft", "held": "review"}
    for state in STATES:
        with any_engine.begin() as connection:
            reply = replace(REPLY, message_id=f"<{state}@x>")
            store.put(connection, reply, NOW, mode=modes.get(state, "send"))
            if state == "cancelled":
                store.act(connection, [f"<{state}@x>"], "cancelled", by="fixture", now=NOW)
    claimed = {one.message_id: one for one in store.claim(any_engine, "w", NOW, most=9)}
    for one in claimed.values():
        store.settle(any_engine, begin=one)
    store.settle(
        any_engine,
        store.sent(claimed["<sent@x>"], NOW, "250 ok", copy=True),
        store.failed(claimed["<failed@x>"], "550 no"),
        store.uncertain(claimed["<uncertain@x>"], LATER, "broke"),
        *store.give_back([claimed["<pending@x>"]]),
    )
    return any_engine


def states(engine: store.Database) -> dict[str, str]:
    with engine.connect() as connection:
        return {one.message_id.strip("<>").removesuffix("@x"): one.state for one in store.listed(connection)}


def test_the_world_is_as_it_says(engine: store.Database) -> None:
    assert states(engine) == {state: state for state in STATES}


@pytest.mark.parametrize("action", store.ACTIONS)
def test_an_action_changes_what_it_may_and_leaves_the_rest(engine: store.Database, action: Action) -> None:
    everything = [f"<{state}@x>" for state in STATES]
    with engine.begin() as connection:
        done = store.act(connection, everything, action, by="olena", now=LATER)
    assert {one.strip("<>").removesuffix("@x") for one in done} == set(BECOMES[action])
    assert states(engine) == {state: BECOMES[action].get(state, state) for state in STATES}
    with engine.connect() as connection:
        for state in STATES:
            kept = store.interventions_of(connection, f"<{state}@x>")
            mine = [Intervention(f"<{state}@x>", action, "olena", LATER)] if state in BECOMES[action] else []
            assert [one for one in kept if one.made_by != "fixture"] == mine


def test_what_is_sent_again_has_all_its_attempts_and_the_same_message_id(engine: store.Database) -> None:
    with engine.begin() as connection:
        store.act(connection, ["<failed@x>"], "resent", by="olena", now=LATER)
    found = {one.message_id: one for one in store.claim(engine, "w", LATER, most=9)}
    assert (found["<failed@x>"].attempts, found["<failed@x>"].repeats) == (1, 0)


@pytest.mark.parametrize(("mode", "dated"), [("review", LATER), ("send", NOW)])
def test_what_is_approved_is_a_letter_of_that_moment(
    any_engine: store.Database, mode: store.Mode, dated: datetime
) -> None:
    made = reply()
    with any_engine.begin() as connection:
        store.put(connection, made, NOW, mode=mode)
        store.act(connection, [made.message_id], "approved", by="olena", now=LATER)
    (claimed,) = store.claim(any_engine, "w", LATER)
    head = parsed(claimed.octets)
    assert (head["Date"].datetime, head["Date"].datetime.utcoffset()) == (dated, timedelta(hours=2))
    assert head["Message-ID"] == made.message_id
    assert claimed.octets.partition(b"\r\n")[2] == made.octets.partition(b"\r\n")[2]


def test_what_is_announced_at_an_hour_is_a_letter_of_that_hour(any_engine: store.Database) -> None:
    made, hour = reply(), LATER + timedelta(hours=1)
    with any_engine.begin() as connection:
        store.put(connection, made, NOW, mode="review", not_before=hour)
        before = store.whole(connection, made.message_id)
        store.act(connection, [made.message_id], "approved", by="olena", now=LATER)
        after = store.whole(connection, made.message_id)
    assert before is not None
    assert after is not None
    assert [parsed(one.octets)["Date"].datetime for one in (before, after)] == [hour, hour]


def test_a_reply_taken_back_while_its_letter_is_met_again_stays_taken_back(engine: store.Database) -> None:
    with engine.begin() as connection:
        store.act(connection, ["<held@x>"], "cancelled", by="olena", now=LATER)
        assert not store.put(connection, replace(REPLY, message_id="<held@x>"), LATER)
    assert states(engine)["held"] == "cancelled"


def test_a_reply_is_shown_whole(engine: store.Database) -> None:
    with engine.connect() as connection:
        whole = store.whole(connection, "<sent@x>")
        assert whole is not None
        assert (whole.listed.state, whole.octets) == ("sent", b"octets")
        assert store.whole(connection, "<no@x>") is None
