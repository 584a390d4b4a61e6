"""IDLE is a wake-up and nothing more: news, a signal or the end of the time end it; a lost line is told at once."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

import pytest

from intake.mailbox import Mailbox, MailboxTrouble
from tests.mailbox.letters import letter
from tests.servers.account import Account
from tests.servers.scripted import Dropped, ScriptedServer, Talk

# Longer than any test may take.
FOR_EVER = 240.0


class Alarm:
    """Rings when a wait that should have ended by itself has not: without it such a test would only be slow."""

    def __init__(self) -> None:
        self.rang = False
        self.fd, self._writing = os.pipe()
        self._timer = threading.Timer(10, self._ring)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        os.close(self.fd)
        os.close(self._writing)

    def _ring(self) -> None:
        self.rang = True
        os.write(self._writing, b"!")


def wait(mailbox: Mailbox) -> bool:
    """Wait for ever, and see that the wait ended by itself."""
    with Alarm() as alarm:
        news = mailbox.wait(FOR_EVER, alarm.fd)
        assert not alarm.rang
    return news


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Do `act` in another thread, a little after the block has begun."""
    timer = threading.Timer(0.1, act)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def idling(say: Callable[[Talk, str], None]) -> ScriptedServer:
    def idle(talk: Talk, tag: str, line: str) -> None:
        say(talk, tag)

    return ScriptedServer({5: letter()}, {"IDLE": idle})


def waited(server: ScriptedServer) -> bool:
    """Wait on `server`, and see that the connection is in order afterwards."""
    account = server.account()
    with Mailbox(account.settings(), account.password) as mailbox:
        mailbox.open("INBOX")
        woken = wait(mailbox)
        assert mailbox.uids() == (5,)
    return woken


def test_a_new_letter_ends_the_wait(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        with meanwhile(lambda: any_imap.deliver(letter())):
            assert wait(mailbox) is True
        assert len(mailbox.uids()) == 1


def test_letters_that_came_before_the_wait_are_not_missed(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        mailbox.uids()
        any_imap.deliver(letter())
        assert wait(mailbox) is True
        assert len(mailbox.uids()) == 1


def test_silence_ends_when_the_time_is_up(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        assert mailbox.wait(0.05) is False
        assert mailbox.wait(0.05) is False
        assert mailbox.uids() == ()


def test_a_byte_in_the_pipe_ends_the_wait(any_imap: Account) -> None:
    reading, writing = os.pipe()
    try:
        with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
            mailbox.open("INBOX")
            with meanwhile(lambda: os.write(writing, b"x")):
                assert mailbox.wait(FOR_EVER, reading) is False
            assert mailbox.uids() == ()
    finally:
        os.close(reading)
        os.close(writing)


def test_another_thread_can_break_the_wait_off(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        with meanwhile(mailbox.abort), pytest.raises(MailboxTrouble) as caught:
            wait(mailbox)
    assert caught.value.kind == "dropped"


def test_news_may_come_before_the_server_says_it_idles() -> None:
    def early(talk: Talk, tag: str) -> None:
        talk.say(b"* 2 EXISTS\r\n+ idling\r\n")
        talk.listen()
        talk.done(tag)

    with idling(early) as server:
        assert waited(server) is True


def test_news_may_come_in_the_same_breath() -> None:
    def at_once(talk: Talk, tag: str) -> None:
        talk.say(b"+ idling\r\n* 2 EXISTS\r\n")
        talk.listen()
        talk.done(tag)

    with idling(at_once) as server:
        assert waited(server) is True


def test_a_line_may_come_in_two_pieces() -> None:
    def split(talk: Talk, tag: str) -> None:
        talk.say(b"+ idling\r\n")
        talk.say(b"* 2 EXI")
        talk.pause(0.2)
        talk.say(b"STS\r\n")
        talk.listen()
        talk.done(tag)

    with idling(split) as server:
        assert waited(server) is True


def test_a_sign_of_life_is_not_news() -> None:
    def alive(talk: Talk, tag: str) -> None:
        talk.say(b"+ idling\r\n")
        talk.say(b"* OK Still here\r\n")
        talk.listen()
        talk.done(tag)

    with idling(alive) as server:
        assert waited(server) is False


def test_a_dropped_line_is_told_and_not_waited_on() -> None:
    def drop(talk: Talk, tag: str) -> None:
        talk.say(b"+ idling\r\n")
        raise Dropped

    with idling(drop) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            with pytest.raises(MailboxTrouble) as caught:
                wait(mailbox)
            assert caught.value.kind == "dropped"
            with pytest.raises(MailboxTrouble) as caught:
                wait(mailbox)
            assert caught.value.kind == "dropped"


def test_a_server_that_never_ends_the_idle_is_given_up() -> None:
    def deaf(talk: Talk, tag: str) -> None:
        talk.say(b"+ idling\r\n")
        talk.pause()

    with idling(deaf) as server:
        account = server.account()
        settings = account.settings().model_copy(update={"timeout_seconds": 0.2})
        with Mailbox(settings, account.password) as mailbox:
            mailbox.open("INBOX")
            with pytest.raises(MailboxTrouble) as caught:
                mailbox.wait(0.05)
    assert caught.value.kind == "dropped"


def test_a_server_that_refuses_to_idle_says_so() -> None:
    def refuse(talk: Talk, tag: str) -> None:
        talk.done(tag, "NO not here")

    with idling(refuse) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            with pytest.raises(MailboxTrouble) as caught:
                wait(mailbox)
            assert caught.value.kind == "refused"
            assert mailbox.uids() == (5,)


def test_a_server_without_idle_is_asked_at_the_end() -> None:
    asked = 0

    def news(talk: Talk, tag: str, line: str) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            talk.say(b"* 2 EXISTS\r\n")
        talk.done(tag)

    with ScriptedServer({5: letter()}, {"NOOP": news}, capabilities="MOVE") as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            assert mailbox.wait(0.05) is True
    assert asked == 2


def test_news_that_came_with_another_answer_are_not_forgotten() -> None:
    def fetch(talk: Talk, tag: str, line: str) -> None:
        talk.say(b"* 2 EXISTS\r\n")
        talk.answer(tag, line)

    with ScriptedServer({5: letter()}, {"UID FETCH": fetch}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            list(mailbox.fetch(mailbox.uids()))
            assert wait(mailbox) is True
            # The news are told once.
            assert mailbox.wait(0.05) is False
