"""The way in: TLS is verified or there is none, passwords never cross a network in the clear, refusals are explained."""

import socket
from pathlib import Path

import pytest

from intake.config import MailboxSettings
from intake.demo.servers import ImapServer
from intake.mailbox import Backoff, Mailbox, MailboxTrouble
from tests.mailbox.letters import letter
from tests.servers.account import Account
from tests.servers.dovecot import ODD_PASSWORD, PASSWORD, Dovecot
from tests.servers.scripted import Dropped, ScriptedServer, Talk


def refusal(settings: MailboxSettings, password: str = PASSWORD) -> MailboxTrouble:
    with pytest.raises(MailboxTrouble) as caught, Mailbox(settings, password):
        pass
    return caught.value


@pytest.mark.dovecot
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_letters_come_over_tls(dovecot: Dovecot, tls: str) -> None:
    account = dovecot.account()
    account.deliver(letter(1))
    account.deliver(letter(2, 2_500_000))
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    settings = account.settings(host="localhost", port=port, tls=tls, ca_file=dovecot.certificate.certificate)
    with Mailbox(settings, account.password) as mailbox:
        mailbox.open("INBOX")
        assert [b"".join(raw.octets) for raw in mailbox.fetch(mailbox.uids())] == [
            letter(1),
            letter(2, 2_500_000),
        ]
        account.deliver(letter(3))
        assert mailbox.wait(240) is True
        mailbox.append("INBOX", letter(4, 2_500_000))
        assert len(mailbox.uids()) == 4


@pytest.mark.dovecot
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_nobody_vouches_for_is_refused(dovecot: Dovecot, tls: str) -> None:
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    trouble = refusal(dovecot.account().settings(host="localhost", port=port, tls=tls))
    assert (trouble.kind, trouble.permanent) == ("certificate", True)


@pytest.mark.dovecot
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_for_another_name_is_refused(dovecot: Dovecot, tls: str) -> None:
    port = dovecot.tls_port if tls == "implicit" else dovecot.port
    settings = dovecot.account().settings(port=port, tls=tls, ca_file=dovecot.certificate.certificate)
    assert settings.host == "127.0.0.1"
    assert refusal(settings).kind == "certificate"


def test_a_certificate_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = MailboxSettings(host="localhost", port=1, user="a@b.test", ca_file=tmp_path / "none.pem")
    trouble = refusal(settings)
    assert (trouble.kind, trouble.permanent) == ("certificate", True)


def test_a_port_that_speaks_no_tls_is_told() -> None:
    with ScriptedServer() as server:
        trouble = refusal(server.account().settings(tls="implicit"))
    assert (trouble.kind, trouble.permanent) == ("tls", True)


def test_a_server_that_offers_no_starttls_gets_no_password() -> None:
    with ScriptedServer() as server:
        trouble = refusal(server.account().settings(tls="starttls"))
    assert (trouble.kind, trouble.permanent) == ("tls", True)
    assert [line for line in server.commands if line.startswith("LOGIN")] == []


def test_what_comes_in_the_clear_after_starttls_is_not_believed() -> None:
    def inject(talk: Talk, tag: str, line: str) -> None:
        talk.say(f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n".encode())
        talk.pause()

    with ScriptedServer(answers={"STARTTLS": inject}, capabilities="STARTTLS") as server:
        trouble = refusal(server.account().settings(tls="starttls"))
    assert trouble.kind == "dropped"
    assert "clear" in str(trouble)


@pytest.mark.parametrize("host", ["imap.ukr.net", "192.0.2.7", "localhost.example.org"])
def test_another_machine_is_never_spoken_to_in_the_clear(host: str) -> None:
    settings = MailboxSettings(host=host, port=143, tls="none", user="a@b.test")
    with pytest.raises(ValueError, match=host):
        Mailbox(settings, "secret")


def test_a_wrong_password_is_told(imap_server: ImapServer) -> None:
    account = Account("pymap", imap_server.host, imap_server.port, imap_server.user, imap_server.password)
    trouble = refusal(account.settings(), "wrong")
    assert (trouble.kind, trouble.permanent) == ("login", True)
    assert "wrong" not in str(trouble)


@pytest.mark.dovecot
def test_a_wrong_password_is_told_by_dovecot() -> None:
    # On a Dovecot of its own: every later login from this address pays for a failed one with seconds of delay.
    with Dovecot() as dovecot:
        trouble = refusal(dovecot.account().settings(), "wrong")
    assert (trouble.kind, trouble.permanent) == ("login", True)
    assert "wrong" not in str(trouble)


@pytest.mark.dovecot
@pytest.mark.parametrize("password", [PASSWORD, ODD_PASSWORD])
@pytest.mark.parametrize("user", ["plain@test", "з пробілом", 'quo"te', "back\\slash"])
def test_user_and_password_may_be_any_text(dovecot: Dovecot, user: str, password: str) -> None:
    with Mailbox(dovecot.account(user).settings(), password) as mailbox:
        assert mailbox.open("INBOX").exists == 0


def test_a_line_dropped_during_login_is_not_a_wrong_password() -> None:
    def drop(talk: Talk, tag: str, line: str) -> None:
        raise Dropped

    with ScriptedServer(answers={"LOGIN": drop}) as server:
        trouble = refusal(server.account().settings())
    assert (trouble.kind, trouble.permanent) == ("dropped", False)


def test_a_login_that_cannot_be_checked_now_is_not_a_wrong_password() -> None:
    def unavailable(talk: Talk, tag: str, line: str) -> None:
        talk.done(tag, "NO [UNAVAILABLE] Temporary authentication failure.")

    with ScriptedServer(answers={"LOGIN": unavailable}) as server:
        trouble = refusal(server.account().settings())
    assert (trouble.kind, trouble.permanent) == ("refused", False)


def test_a_port_where_nobody_listens_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        trouble = refusal(MailboxSettings(host="127.0.0.1", port=port, tls="none", user="a@b.test"))
    assert (trouble.kind, trouble.permanent) == ("unreachable", False)


def test_a_host_that_does_not_exist_is_told() -> None:
    trouble = refusal(MailboxSettings(host="imap.invalid", user="a@b.test"))
    assert (trouble.kind, trouble.permanent) == ("unreachable", False)


def test_a_mailbox_that_was_not_entered_or_was_left_has_no_connection(any_imap: Account) -> None:
    mailbox = Mailbox(any_imap.settings(), any_imap.password)
    with pytest.raises(MailboxTrouble):
        mailbox.folders()
    with mailbox:
        mailbox.open("INBOX")
    with pytest.raises(MailboxTrouble):
        mailbox.uids()


def test_the_wait_between_attempts_doubles_up_to_five_minutes() -> None:
    assert [Backoff().delay(failures) for failures in range(1, 12)] == [
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
        300,
        300,
    ]
    assert Backoff().delay(1_000_000) == 300


def test_jitter_only_shortens_the_wait() -> None:
    assert Backoff(first=8).delay(1, jitter=1.0) == 4
    assert Backoff(longest=10).delay(50, jitter=0.5) == 7.5
