from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from intake.demo.servers import SmtpServer
from outbox import store
from outbox.delivery import UNCERTAIN_WAIT, Delivered, deliver
from outbox.drafts import write_drafts
from outbox.retry import delay
from outbox.transport import Outcome, SmtpTrouble, Transport
from tests.outbox.samples import NOW
from tests.outbox.scripted_smtp import TAKEN_THEN_DROP, Script, ScriptedSmtp, drop_after, say
from tests.outbox.test_message import parsed
from tests.outbox.test_transport import Settings
from tests.outbox.world import World


def test_a_real_server_gets_every_reply_once_in_one_session(world: World, smtp_server: SmtpServer) -> None:
    world.put(20)
    assert world.run(smtp_server) == Delivered(sent=20)
    assert world.run(smtp_server) == Delivered()
    assert world.states == {"sent": 20}
    heads = [parsed(mail.octets) for mail in smtp_server.received]
    assert len({head["Message-ID"] for head in heads}) == len(heads) == 20
    assert heads[0].get_content().startswith("Доброго дня, шановні колеги!")


def test_greylisting_then_accepted(world: World) -> None:
    world.put()
    with ScriptedSmtp({"RCPT": say("450 4.2.0 greylisted")}) as server:
        assert world.run(server) == Delivered(put_off=1)
        assert world.said == ["450 RCPT: 4.2.0 greylisted"]
        assert world.run(server) == Delivered()
        world.later(delay(1))
        assert world.run(server) == Delivered(sent=1)
    assert len(server.taken) == 1


def test_4yz_ends_when_the_attempts_are_spent(world: World) -> None:
    world.put()
    with ScriptedSmtp(*[{"RCPT": say("451 later")}] * 3) as server:
        for attempt in (1, 2, 3):
            world.run(server, attempts=3)
            world.later(delay(attempt))
        assert world.run(server, attempts=3) == Delivered()
    assert world.states == {"failed": 1}
    assert world.said == ["451 RCPT: later"]


def test_a_refused_reply_keeps_the_servers_words_and_the_others_go(world: World) -> None:
    world.put(3)
    with ScriptedSmtp({"RCPT": [say("250 ok"), say("550 5.1.1 no such user")]}) as server:
        assert world.run(server) == Delivered(sent=2, failed=1)
    assert sorted(world.said) == ["250 queued as 4711"] * 2 + ["550 RCPT: 5.1.1 no such user"]


NOT_OURS = "553 5.7.1 <intake@merezha.org.ua>: Sender address rejected: not owned by user robot"


def test_a_sender_the_server_refuses_costs_no_reply_its_attempts_and_is_soon_asked_no_more(
    world: World,
) -> None:
    world.put(120)
    with ScriptedSmtp(*[{"RCPT": [say(NOT_OURS)] * 200}] * 9) as server:
        for count in range(1, 5):
            done = world.run(server, attempts=3)
            assert (done, done.refusal) == (
                Delivered(refusal=done.refusal),
                NOT_OURS.replace(" ", " RCPT: ", 1),
            )
            assert len([one for one in server.commands if one.startswith("rcpt")]) == 3 * count
        assert world.states == {"pending": 120}
    with ScriptedSmtp({}) as server:
        assert world.run(server, attempts=3) == Delivered(sent=120)


def test_what_is_refused_one_sender_stops_no_other(world: World) -> None:
    world.put(60)
    fine = say("250 ok")
    with ScriptedSmtp({"MAIL": [fine, say("550 no"), fine, say("550 no")]}) as server:
        done = world.run(server)
        assert (done.sent, done.refusal, world.states) == (58, "550 MAIL: no", {"pending": 2, "sent": 58})
        assert world.run(server) == Delivered(sent=2)
    assert len(server.taken) == len({taken.octets for taken in server.taken}) == 60


def test_without_a_server_nothing_is_used_up(world: World) -> None:
    world.put(2)
    with ScriptedSmtp(*[{"greeting": say("421 down")}] * 5) as server:
        for _ in range(5):
            with pytest.raises(SmtpTrouble):
                world.run(server, attempts=3)
        assert world.run(server, attempts=3) == Delivered(sent=2)


def test_421_at_quit_repeats_nothing(world: World) -> None:
    world.put(2)
    with ScriptedSmtp({"QUIT": say("421 enough")}) as server:
        assert world.run(server) == Delivered(sent=2)
        assert world.run(server) == Delivered()
    assert len(server.taken) == 2


@pytest.mark.parametrize(
    "script", [{"end": TAKEN_THEN_DROP}, {"DATA": drop_after("DATA")}, {"content": say("")}]
)
def test_a_reply_lost_in_data_is_repeated_once_with_the_same_message_id(world: World, script: Script) -> None:
    world.put()
    with ScriptedSmtp(script) as server:
        assert world.run(server) == Delivered(uncertain=1)
        assert world.run(server) == Delivered()
        world.later(UNCERTAIN_WAIT)
        assert world.run(server) == Delivered(sent=1)
    assert len({taken.octets for taken in server.taken}) == 1


def test_a_reply_lost_in_data_twice_is_left_to_a_person(world: World) -> None:
    world.put()
    with ScriptedSmtp({"end": TAKEN_THEN_DROP}, {"end": TAKEN_THEN_DROP}) as server:
        for _ in range(4):
            world.run(server)
            world.later(UNCERTAIN_WAIT)
    assert (world.states, len(server.taken)) == ({"failed": 1}, 2)


def test_a_reply_lost_in_data_but_found_in_the_sent_folder_is_not_repeated(world: World) -> None:
    world.put()
    with ScriptedSmtp({"end": TAKEN_THEN_DROP}) as server:
        world.run(server)
        world.later(UNCERTAIN_WAIT)
        assert world.run(server, found_in_sent=lambda _: True) == Delivered(found=1)
    assert (world.states, len(server.taken)) == ({"sent": 1}, 1)


class PowerCut(BaseException):
    """The process dies here: nothing after it runs."""


@dataclass
class DyingWay:
    """A way out on which the process dies at a moment of the first letter."""

    transport: Transport
    moment: str

    def send(self, octets: bytes, recipient: str, *, on_data: Callable[[], None]) -> Outcome:
        if self.moment == "claimed":
            raise PowerCut

        def dying() -> None:
            if self.moment == "stage not recorded":
                raise PowerCut
            on_data()
            if self.moment == "stage recorded":
                raise PowerCut

        self.transport.send(octets, recipient, on_data=dying)
        raise PowerCut


@pytest.mark.parametrize("moment", ["claimed", "stage not recorded", "stage recorded", "after the 250"])
def test_a_worker_killed_at_any_moment_loses_no_reply(world: World, moment: str) -> None:
    world.put(2)
    with ScriptedSmtp() as server:
        with pytest.raises(PowerCut):
            world.run(server, worker="first", way=lambda transport: DyingWay(transport, moment))
        assert world.run(server, worker="second") == Delivered(sent=2)
    ids = [parsed(taken.octets)["Message-ID"] for taken in server.taken]
    assert world.states == {"sent": 2}
    assert len(set(ids)) == 2
    # Only between the server's 250 and our commit may a reply be repeated, and then with the same Message-ID.
    assert len(ids) == (3 if moment == "after the 250" else 2)


@dataclass
class FaultyWay:
    """A way out with a bug that one letter meets each time."""

    transport: Transport
    bad: str

    def send(self, octets: bytes, recipient: str, *, on_data: Callable[[], None]) -> Outcome:
        if parsed(octets)["Message-ID"] == self.bad:
            raise ZeroDivisionError
        return self.transport.send(octets, recipient, on_data=on_data)


def test_a_bug_over_one_reply_does_not_stop_the_others(world: World) -> None:
    world.put(2)
    with world.engine.connect() as connection:
        bad = min(row.message_id for row in store.listed(connection))

    def run() -> Delivered:
        return world.run(server, attempts=3, way=lambda transport: FaultyWay(transport, bad))

    with ScriptedSmtp() as server:
        with pytest.raises(ZeroDivisionError):
            run()
        assert run() == Delivered(sent=1)
        for attempt in (1, 2):
            world.later(delay(attempt))
            with pytest.raises(ZeroDivisionError):
                run()
            assert run() == Delivered()
        world.later(delay(3))
        assert run() == Delivered(failed=1)
    assert world.states == {"failed": 1, "sent": 1}


@dataclass
class StolenWay:
    """A way out so slow that another worker takes over after the first letter."""

    transport: Transport
    world: World

    def send(self, octets: bytes, recipient: str, *, on_data: Callable[[], None]) -> Outcome:
        outcome = self.transport.send(octets, recipient, on_data=on_data)
        store.recover(self.world.engine, "other", self.world.now)
        return outcome


def test_a_worker_that_was_taken_over_sends_nothing_more_and_its_success_stands(world: World) -> None:
    world.put(3)
    with ScriptedSmtp() as server:
        with pytest.raises(store.ClaimLost):
            world.run(server, way=lambda transport: StolenWay(transport, world))
        assert (world.states, len(server.taken)) == ({"pending": 2, "sent": 1}, 1)


def test_stop_ends_the_run_between_two_replies(world: World) -> None:
    world.put(3)
    # Asked before the batch is claimed, and before each reply.
    asked = iter([False, False, True, True])
    with ScriptedSmtp() as server, Transport(Settings(server.port), "") as transport:
        done = deliver(world.engine, transport, worker="w", now=lambda: NOW, stop=lambda: next(asked))
    assert (done, world.states) == (Delivered(sent=1), {"pending": 2, "sent": 1})


def test_drafts_are_written_once_and_never_sent(world: World, tmp_path: Path) -> None:
    world.put(2, mode="draft")
    folder = tmp_path / "drafts"
    assert write_drafts(world.engine, folder) == 2
    names = sorted(path.name for path in folder.iterdir())
    assert [name[:20] for name in names] == ["КЗ-2023-014_accepted"] * 2
    draft = parsed((folder / names[0]).read_bytes())
    assert (draft["X-Unsent"], draft["To"]) == ("1", "iryna@ukr.net")
    (folder / names[0]).unlink()
    assert write_drafts(world.engine, folder) == 0
    with ScriptedSmtp() as server:
        assert world.run(server) == Delivered()
    assert (server.sessions, world.states) == (0, {"draft": 2})


def test_counts_have_names() -> None:
    assert Delivered(sent=2, failed=1).counts() == {
        "sent": 2,
        "found": 0,
        "put_off": 0,
        "failed": 1,
        "uncertain": 0,
        "drafts": 0,
    }
