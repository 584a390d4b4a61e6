"""Servers that drop, stall, trickle, refuse and talk nonsense: one kind of exception, never a partial letter, no hang."""

from collections.abc import Callable

import pytest

from intake.mailbox import Mailbox, MailboxTrouble
from rules.letter import RawLetter
from tests.mailbox.letters import letter
from tests.servers.account import Account
from tests.servers.scripted import Answer, Dropped, ScriptedServer, Talk


def mailbox_on(account: Account) -> Mailbox:
    """Return a mailbox that waits 0.2 s for a read and 0.8 s, or a little more, for a whole exchange."""
    return Mailbox(account.settings().model_copy(update={"timeout_seconds": 0.2}), account.password)


def only(asked: str, fault: Callable[[Talk, str], None]) -> Answer:
    """Return an answer that does `fault` when the line contains `asked`, and is ordinary otherwise."""

    def answer(talk: Talk, tag: str, line: str) -> None:
        if asked in line:
            fault(talk, tag)
        else:
            talk.answer(tag, line)

    return answer


def drop(talk: Talk, tag: str) -> None:
    raise Dropped


def stall(talk: Talk, tag: str) -> None:
    talk.pause()


def drop_in_literal(talk: Talk, tag: str) -> None:
    talk.say(b"* 1 FETCH (UID 5 BODY[] {5000}\r\nFrom: a@b.test\r\n")
    raise Dropped


def stall_in_literal(talk: Talk, tag: str) -> None:
    talk.say(b"* 1 FETCH (UID 5 BODY[] {5000}\r\nFrom: a@b.test\r\n")
    talk.pause()


def trickle_literal(talk: Talk, tag: str) -> None:
    talk.say(b"* 1 FETCH (UID 5 BODY[] {5000}\r\n")
    talk.trickle(b"x" * 5000)


def trickle_chatter(talk: Talk, tag: str) -> None:
    talk.trickle(b"* OK still working on it\r\n" * 200)


def nonsense(talk: Talk, tag: str) -> None:
    talk.say(b"\x16\x03\x01 what?\r\n")


def another_tag(talk: Talk, tag: str) -> None:
    talk.done("A0")


def endless_line(talk: Talk, tag: str) -> None:
    for _ in range(100):
        talk.say(b"x" * 100_000)


def bye(talk: Talk, tag: str) -> None:
    talk.say(b"* BYE going down\r\n")
    raise Dropped


@pytest.mark.parametrize(
    "fault",
    [
        drop,
        stall,
        drop_in_literal,
        stall_in_literal,
        trickle_literal,
        trickle_chatter,
        nonsense,
        another_tag,
        endless_line,
        bye,
    ],
)
def test_a_line_that_breaks_while_a_letter_is_read_is_told(fault: Callable[[Talk, str], None]) -> None:
    with ScriptedServer({5: letter()}, {"UID FETCH": only("BODY.PEEK", fault)}) as server:
        received: list[RawLetter] = []
        with mailbox_on(server.account()) as mailbox:
            mailbox.open("INBOX")
            with pytest.raises(MailboxTrouble) as caught:
                received += mailbox.fetch(mailbox.uids())
            assert (caught.value.kind, caught.value.permanent) == ("dropped", False)
            with pytest.raises(MailboxTrouble) as caught:
                mailbox.uids()
            assert caught.value.kind == "dropped"
    assert received == []


def use(mailbox: Mailbox) -> None:
    mailbox.folders()
    mailbox.open("INBOX")
    mailbox.uids()
    mailbox.mark([5], "$Skrynka")


@pytest.mark.parametrize("fault", [drop, stall, bye])
@pytest.mark.parametrize("command", ["SELECT", "LIST", "UID SEARCH", "UID STORE"])
def test_a_line_that_breaks_under_any_command_is_told(
    command: str, fault: Callable[[Talk, str], None]
) -> None:
    def break_line(talk: Talk, tag: str, line: str) -> None:
        fault(talk, tag)

    with (
        ScriptedServer({5: letter()}, {command: break_line}) as server,
        mailbox_on(server.account()) as mailbox,
        pytest.raises(MailboxTrouble) as caught,
    ):
        use(mailbox)
    assert caught.value.kind == "dropped"


@pytest.mark.parametrize(
    "greeting",
    [
        lambda talk: talk.pause(),
        lambda talk: talk.trickle(b"* OK " + b"welcome " * 500),
        lambda talk: drop(talk, ""),
        lambda talk: talk.say(b"220 mail.test ESMTP\r\n"),
        lambda talk: talk.say(b"* BYE too many connections\r\n"),
    ],
    ids=["stall", "trickle", "drop", "smtp", "bye"],
)
def test_a_server_that_does_not_greet_is_given_up(greeting: Callable[[Talk], None]) -> None:
    with (
        ScriptedServer(greeting=greeting) as server,
        pytest.raises(MailboxTrouble) as caught,
        mailbox_on(server.account()),
    ):
        pass
    assert caught.value.permanent is False


def test_the_goodbye_does_not_hold_us_up() -> None:
    def stall_for_ever(talk: Talk, tag: str, line: str) -> None:
        talk.pause()

    with (
        ScriptedServer({5: letter()}, {"LOGOUT": stall_for_ever}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")


def test_half_of_a_large_letter_is_never_taken_for_the_whole() -> None:
    octets = letter(5, 3_000_000)
    with (
        ScriptedServer({5: octets}, {"UID FETCH": only("<1048576.", drop)}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")
        (raw,) = mailbox.fetch(mailbox.uids())
        with pytest.raises(MailboxTrouble) as caught:
            b"".join(raw.octets)
    assert caught.value.kind == "dropped"


def test_a_large_letter_expunged_half_way_is_told() -> None:
    def expunged(talk: Talk, tag: str) -> None:
        talk.done(tag)

    octets = letter(5, 3_000_000)
    with (
        ScriptedServer({5: octets, 6: letter(6)}, {"UID FETCH": only("<1048576.", expunged)}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")
        (raw,) = mailbox.fetch([5])
        with pytest.raises(MailboxTrouble) as caught:
            b"".join(raw.octets)
        assert caught.value.kind == "expunged"
        # The others can still be had on the same connection.
        assert [b"".join(other.octets) for other in mailbox.fetch([6])] == [letter(6)]


def test_a_large_letter_left_for_another_folder_is_our_mistake(any_imap: Account) -> None:
    any_imap.deliver(letter(1, 1_200_000))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        (raw,) = mailbox.fetch(mailbox.uids())
        mailbox.open("INBOX")
        with pytest.raises(ValueError, match="folder was left"):
            b"".join(raw.octets)


def test_a_letter_the_server_cannot_hand_over_does_not_stop_the_others() -> None:
    def refuse_seven(talk: Talk, tag: str, line: str) -> None:
        if "BODY.PEEK" in line and "7" in line.split()[2].split(","):
            talk.done(tag, "NO message could not be converted")
        else:
            talk.answer(tag, line)

    letters = {uid: letter(uid) for uid in range(1, 11)}
    with (
        ScriptedServer(letters, {"UID FETCH": refuse_seven}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")
        got = {raw.location.uid: b"".join(raw.octets) for raw in mailbox.fetch(mailbox.uids())}
        assert got == {uid: octets for uid, octets in letters.items() if uid != 7}
        assert (mailbox.gone, mailbox.withheld) == ((), (7,))


def number(talk: Talk, tag: str) -> None:
    talk.say(b"* 1 FETCH (UID 5 BODY[] 42 BODY[]<0> 42)\r\n")
    talk.done(tag)


def test_a_small_letter_that_is_no_octets_is_not_handed_on() -> None:
    with (
        ScriptedServer({5: letter()}, {"UID FETCH": only("BODY.PEEK", number)}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")
        assert list(mailbox.fetch([5])) == []
        assert mailbox.withheld == (5,)


def test_a_large_letter_that_is_no_octets_is_not_handed_on() -> None:
    with (
        ScriptedServer({5: letter(5, 1_200_000)}, {"UID FETCH": only("BODY.PEEK", number)}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")
        (raw,) = mailbox.fetch([5])
        with pytest.raises(MailboxTrouble) as caught:
            b"".join(raw.octets)
    assert caught.value.kind == "refused"


@pytest.mark.parametrize("said", [b"* SEARCH 1\r\n* SEARCH 2", b"* SEARCH (("])
def test_nonsense_in_a_search_is_the_servers_trouble(said: bytes) -> None:
    def answer(talk: Talk, tag: str, line: str) -> None:
        talk.say(said + b"\r\n")
        talk.done(tag)

    with (
        ScriptedServer({5: letter()}, {"UID SEARCH": answer}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")
        with pytest.raises(MailboxTrouble) as caught:
            mailbox.uids()
    assert caught.value.kind == "refused"


@pytest.mark.parametrize(
    "said",
    [b"* 1 FETCH (UID", b"* 1 FETCH ", b"* 1 FETCH (UID x)"],
)
def test_nonsense_about_a_letter_is_the_servers_trouble(said: bytes) -> None:
    def answer(talk: Talk, tag: str, line: str) -> None:
        talk.say(said + b"\r\n")
        talk.done(tag)

    with (
        ScriptedServer({5: letter()}, {"UID FETCH": answer}) as server,
        mailbox_on(server.account()) as mailbox,
    ):
        mailbox.open("INBOX")
        assert list(mailbox.fetch([5])) == []
        assert mailbox.withheld == (5,)


def test_a_folder_without_uidvalidity_cannot_be_used() -> None:
    def select(talk: Talk, tag: str, line: str) -> None:
        talk.say(b"* 1 EXISTS\r\n")
        talk.done(tag)

    with (
        ScriptedServer({5: letter()}, {"SELECT": select}) as server,
        mailbox_on(server.account()) as mailbox,
        pytest.raises(MailboxTrouble, match="UIDVALIDITY") as caught,
    ):
        mailbox.open("INBOX")
    assert caught.value.kind == "refused"


def test_a_folder_that_is_there_but_not_now_is_not_called_absent() -> None:
    def busy(talk: Talk, tag: str, line: str) -> None:
        talk.done(tag, "NO [INUSE] try later")

    with (
        ScriptedServer({5: letter()}, {"SELECT": busy}) as server,
        mailbox_on(server.account()) as mailbox,
        pytest.raises(MailboxTrouble) as caught,
    ):
        mailbox.open("INBOX")
    assert (caught.value.kind, caught.value.permanent) == ("refused", False)


def test_a_changed_uidvalidity_is_in_the_name_of_every_letter() -> None:
    with ScriptedServer({5: letter()}) as server, mailbox_on(server.account()) as mailbox:
        mailbox.open("INBOX")
        (before,) = mailbox.fetch([5])
        server.uidvalidity = 8
        mailbox.open("INBOX")
        (after,) = mailbox.fetch([5])
    assert (before.location.uidvalidity, after.location.uidvalidity) == (7, 8)
