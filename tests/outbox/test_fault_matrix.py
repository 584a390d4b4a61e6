"""Every fault at every stage of SMTP, for the first letter of a session and for one in the middle: the whole table.

A reply is never lost: at the end it was taken by a server, or a server has refused it for good. It is never taken twice,
but in the one window: the server took it, and its answer did not reach us.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest

from outbox import store
from outbox.transport import SmtpTrouble
from tests.outbox.scripted_smtp import (
    DROP_BEFORE,
    DROP_IN,
    SUCCESS,
    Cue,
    Script,
    ScriptedSmtp,
    drop_after,
    say,
)
from tests.outbox.test_message import parsed
from tests.outbox.test_transport import Settings, served
from tests.outbox.world import World
from tests.servers.certificate import Certificate

SESSION = ("greeting", "EHLO")

# What happens at a stage, once.
FAULTS: Mapping[str, Mapping[str, Cue]] = {
    **{
        stage: {
            "dropped before": DROP_BEFORE,
            "dropped in": DROP_IN,
            "dropped after": drop_after(stage),
            "421": say("421 4.3.2 closing"),
            "450": say("450 4.2.0 greylisted, come back"),
            "452": say("452 4.3.1 out of space"),
            "550": say("550 5.1.1 no such user"),
            "552": say("552 5.3.4 too big"),
            "no more today": say("550 5.4.5 Daily user sending limit exceeded"),
            "no answer that means anything": say("999 what?"),
        }
        for stage in ("MAIL", "RCPT", "DATA")
    },
    **{
        stage: {
            "dropped before": DROP_BEFORE,
            "dropped in": DROP_IN,
            "dropped after": drop_after(stage),
            "421": say("421 busy"),
            "554": say("554 not you"),
        }
        for stage in SESSION
    },
    "content": {"dropped in the octets": DROP_BEFORE},
    "end": {
        "dropped, not taken": DROP_BEFORE,
        "dropped, taken": Cue(hang_up=True, taken=True),
        "dropped in the answer, taken": Cue("25", half=True, hang_up=True, taken=True),
        # The code is there; the rest of the line would have been words.
        "dropped in the words of the answer": Cue(half=True, hang_up=True, taken=True),
        "dropped after the answer": drop_after("end"),
        "421": say("421 4.3.2 closing"),
        "451": say("451 4.3.0 later"),
        "550": say("550 5.7.1 spam"),
        "552": say("552 5.3.4 too big"),
        "not as this sender": say("550 5.7.60 Client does not have permissions to send as this sender"),
    },
    # A letter is refused so that there is something to reset.
    "RSET": {"dropped": DROP_BEFORE, "421": say("421 closing"), "500": say("500 what?")},
    "QUIT": {
        "dropped": DROP_BEFORE,
        "dropped in": DROP_IN,
        "dropped after": drop_after("QUIT"),
        "421": say("421 4.7.0 too many"),
        "500": say("500 what?"),
    },
}
# The same for what a session with a secret goes through before its first letter.
GUARDED = ("EHLO", "STARTTLS", "EHLO, secured", "AUTH")
GUARDED_FAULTS: Mapping[str, Cue] = {
    "dropped before": DROP_BEFORE,
    "dropped in": DROP_IN,
    "421": say("421 4.3.2 closing"),
    "454": say("454 4.7.0 not now"),
    "535": say("535 5.7.8 refused"),
}
HELLO = ("250-scripted\r\n250 STARTTLS", "250-scripted\r\n250-AUTH PLAIN\r\n250 8BITMIME")
TABLE = [
    pytest.param(stage, fault, at, id=f"{stage}, {fault}, letter {at + 1}")
    for stage, faults in FAULTS.items()
    for fault in faults
    for at in ((0,) if stage in {*SESSION, "RSET", "QUIT"} else (0, 1))
]
# A 5yz to the letter itself is final; to the session, or to us as its sender, it blames no letter.
REFUSED = {"MAIL": ("552",)} | dict.fromkeys(("RCPT", "DATA", "end"), ("550", "552"))
TAKEN_UNHEARD = ("dropped, taken", "dropped in the answer, taken")


def script(stage: str, fault: str, at: int) -> Script:
    """The fault befalls the letter `at` of the first session; all else succeeds."""
    cues: dict[str, Cue | Sequence[Cue]] = {stage: FAULTS[stage][fault]}
    if at:
        fine = Cue(SUCCESS["end"], taken=True) if stage == "end" else Cue(SUCCESS.get(stage))
        cues[stage] = [fine] * at + [FAULTS[stage][fault]]
    if stage == "RSET":
        cues["RCPT"] = say("450 4.2.0 greylisted")
    if stage == "DATA" and fault == "dropped after":
        # 354 and then nothing: the octets go out into the void.
        cues["content"] = DROP_BEFORE
    return cues


def run_until_settled(world: World, server: ScriptedSmtp, settings: Settings | None = None) -> None:
    """Deliver as a worker does, again and again, until nothing is left to do."""
    for _ in range(12):
        # What a job's boundary does with it: the next tick tries again.
        with suppress(SmtpTrouble):
            world.run(server, settings=settings)
        if set(world.states) <= {"sent", "failed"}:
            return
        world.later(timedelta(minutes=20))
    raise AssertionError(f"never settled: {world.states} {world.said}")


@pytest.mark.parametrize(("stage", "fault", "at"), TABLE)
def test_no_fault_loses_a_reply_or_repeats_it_outside_the_window(
    world: World, stage: str, fault: str, at: int
) -> None:
    world.put(3)
    with ScriptedSmtp(script(stage, fault, at)) as server:
        run_until_settled(world, server)
    ids = Counter(str(parsed(taken.octets)["Message-ID"]) for taken in server.taken)
    with world.engine.connect() as connection:
        rows = {row.message_id: row.state for row in store.listed(connection)}
    refused = fault in REFUSED.get(stage, ())
    assert Counter(rows.values()) == Counter({"sent": 2, "failed": 1} if refused else {"sent": 3})
    assert set(ids) == {message_id for message_id, state in rows.items() if state == "sent"}
    repeated = stage == "end" and fault in TAKEN_UNHEARD
    assert sorted(ids.values()) == ([1, 1, 2] if repeated else [1] * len(ids))


@pytest.mark.parametrize("fault", [*GUARDED_FAULTS, "dropped after"])
@pytest.mark.parametrize("stage", GUARDED)
def test_no_fault_of_tls_or_login_loses_a_reply_or_lets_a_secret_out(
    world: World, certificate: Certificate, stage: str, fault: str
) -> None:
    greeted, _, secured = stage.partition(", ")
    hellos = [say(one) for one in HELLO]
    said = SUCCESS[stage] if greeted != "EHLO" else HELLO[bool(secured)]
    cue = GUARDED_FAULTS.get(fault, Cue(said, hang_up=True))
    if greeted == "EHLO":
        hellos[bool(secured)] = cue
    broken: Script = {"EHLO": hellos} if greeted == "EHLO" else {"EHLO": hellos, stage: cue}
    world.put(3)
    fine: Script = {"EHLO": [say(one) for one in HELLO]}
    with ScriptedSmtp(broken, *[fine] * 12, tls=served(certificate)) as server:
        settings = Settings(
            server.port, host="localhost", tls="starttls", ca_file=certificate.certificate, user="intake"
        )
        run_until_settled(world, server, settings=settings)
    ids = [str(parsed(taken.octets)["Message-ID"]) for taken in server.taken]
    assert (world.states, len(ids), len(set(ids))) == ({"sent": 3}, 3, 3)
    # What was said over an open line, in each session: nothing but greetings.
    spoken = [one.split()[0].upper() for one in server.overheard]
    assert set(spoken) <= {"EHLO", "HELO", "STARTTLS", "QUIT"}


def test_a_server_for_which_a_letter_is_too_big_is_shown_with_its_limit(world: World) -> None:
    world.put(2)
    with ScriptedSmtp(*[{"EHLO": say("250-scripted\r\n250-8BITMIME\r\n250 SIZE 100")}] * 2) as server:
        assert world.run(server).failed == 2
    assert server.taken == []
    assert all(said.endswith("the server takes 100 (SIZE)") for said in world.said)


@pytest.mark.parametrize("size", ["SIZE", "SIZE 0"])
def test_a_server_that_names_no_limit_gets_every_letter(world: World, size: str) -> None:
    """RFC 1870, 3: no number, or zero, is no fixed limit."""
    world.put(2)
    with ScriptedSmtp({"EHLO": say(f"250-scripted\r\n250-8BITMIME\r\n250 {size}")}) as server:
        assert world.run(server).sent == 2


def test_a_message_that_is_refused_for_its_size_at_the_end_costs_the_others_nothing(world: World) -> None:
    world.put(3)
    fine, big = Cue(SUCCESS["end"], taken=True), say("552 5.3.4 message size exceeds fixed limit")
    with ScriptedSmtp({"end": [fine, big]}) as server:
        done = world.run(server)
    assert (done.sent, done.failed, len(server.taken)) == (2, 1, 2)
    assert "552 end of data: 5.3.4 message size exceeds fixed limit" in world.said


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "end"])
def test_a_server_that_always_drops_the_line_leaves_the_reply_to_a_person(world: World, stage: str) -> None:
    world.put()
    with ScriptedSmtp(*[{stage: DROP_BEFORE}] * 40) as server:
        for _ in range(12):
            world.run(server, attempts=5)
            world.later(timedelta(hours=12))
    assert (world.states, server.taken) == ({"failed": 1}, [])


def test_a_login_that_is_refused_again_and_again_costs_no_reply_its_attempts(world: World) -> None:
    world.put(2)
    with ScriptedSmtp(*[{"MAIL": say("530 5.7.0 log in first")}] * 20) as server:
        for _ in range(20):
            with pytest.raises(SmtpTrouble):
                world.run(server, attempts=3)
        assert world.run(server, attempts=3).sent == 2


@pytest.mark.parametrize(
    "recipient",
    ["рада@громада.укр", "rada@громада.укр", "рада@ukr.net", "олена.o'neil@ukr.net"],
)
def test_addresses_outside_ascii_arrive_or_are_shown_as_undeliverable(world: World, recipient: str) -> None:
    """IDN needs nothing of the server (RFC 5891); a local part outside ASCII needs SMTPUTF8 (RFC 6531)."""
    knows = say("250-scripted\r\n250-8BITMIME\r\n250 SMTPUTF8")
    local = recipient.partition("@")[0]
    for number, hello in enumerate([say(SUCCESS["EHLO"]), knows]):
        world.put_to(recipient, number)
        with ScriptedSmtp({"EHLO": hello}) as server:
            done = world.run(server)
        carried = local.isascii() or hello is knows
        assert (done.sent, done.failed) == ((1, 0) if carried else (0, 1))
        if carried:
            domain = recipient.partition("@")[2].encode("idna").decode()
            assert server.taken[0].rcpt == f"rcpt TO:<{local}@{domain}>"
            assert ("SMTPUTF8" in server.taken[0].mail) == (not local.isascii())
