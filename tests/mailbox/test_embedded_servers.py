"""The servers of the demo and the tests: byte-faithful, on this machine only, and gone when stopped."""

import smtplib
import ssl
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone

import pytest

from intake.demo.servers import Envelope, ImapServer, SmtpServer, deliver_to
from intake.mailbox import Mailbox, MailboxTrouble
from tests.mailbox.letters import letter
from tests.servers.account import Account
from tests.servers.certificate import Certificate

# What mail transports change and an archive must not: bare line feeds, NUL, raw 8-bit letters, a dot on its own.
ODD = b"Subject: \xcf\xee\xe4\xe0\xed\xed\xff\nX: \xd0\xb9\r\n\r\n.\r\n..\r\n\x00\xff bare\n"
ARRIVED = datetime(2023, 3, 10, 17, 59, 59, tzinfo=timezone(timedelta(hours=2)))


def account_of(server: ImapServer) -> Account:
    return Account("pymap", server.host, server.port, server.user, server.password, server.deliver)


def inbox(server: ImapServer) -> list[bytes]:
    with Mailbox(account_of(server).settings(), server.password) as mailbox:
        mailbox.open("INBOX")
        return [b"".join(raw.octets) for raw in mailbox.fetch(mailbox.uids())]


def test_a_delivered_message_is_kept_byte_for_byte_with_its_time(imap_server: ImapServer) -> None:
    imap_server.deliver(ODD, ARRIVED)
    imap_server.deliver(ODD)
    with Mailbox(account_of(imap_server).settings(), imap_server.password) as mailbox:
        mailbox.open("INBOX")
        first, second = mailbox.fetch(mailbox.uids())
        assert [b"".join(raw.octets) for raw in (first, second)] == [ODD, ODD]
    assert first.internaldate == ARRIVED
    assert second.internaldate is not None


def test_a_delivery_without_a_zone_is_refused(imap_server: ImapServer) -> None:
    with pytest.raises(ValueError, match="zone"):
        imap_server.deliver(ODD, datetime(2023, 3, 10))  # noqa: DTZ001  # What is being refused.


def test_each_start_is_a_new_mailbox() -> None:
    server = ImapServer("kz@hromada.test", "secret")
    seen = []
    for _ in range(2):
        with server, Mailbox(account_of(server).settings(), server.password) as mailbox:
            seen.append(mailbox.open("INBOX"))
            server.deliver(letter())
    assert [status.exists for status in seen] == [0, 0]
    assert seen[0].uidvalidity != seen[1].uidvalidity


def test_nothing_is_left_of_a_stopped_server() -> None:
    before = threading.enumerate()
    with ImapServer("kz@hromada.test", "secret") as imap, SmtpServer() as smtp:
        settings = account_of(imap).settings()
        with smtplib.SMTP(smtp.host, smtp.port) as client, Mailbox(settings, imap.password) as mailbox:
            mailbox.open("INBOX")
            port = imap.port
            imap.stop()
            smtp.stop()
            with pytest.raises(MailboxTrouble) as caught:
                mailbox.uids()
            assert caught.value.kind == "dropped"
            client.close()
    assert threading.enumerate() == before
    with (
        pytest.raises(MailboxTrouble) as caught,
        Mailbox(settings.model_copy(update={"port": port}), "secret"),
    ):
        pass
    assert caught.value.kind == "unreachable"
    with pytest.raises(RuntimeError):
        _ = imap.port
    with pytest.raises(RuntimeError):
        imap.deliver(letter())


def test_mail_is_kept_with_its_envelope_byte_for_byte(smtp_server: SmtpServer) -> None:
    octets = b"Subject: \xd0\xb9\r\n\r\n.\r\n..\r\ntext\r\n"
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.sendmail("a@town.test", ["b@town.test", "c@town.test"], octets)
        client.sendmail("", ["a@town.test"], octets)
    assert smtp_server.received == [
        Envelope("a@town.test", ("b@town.test", "c@town.test"), octets),
        Envelope("", ("a@town.test",), octets),
    ]


def test_mail_to_our_address_lands_in_the_mailbox(imap_server: ImapServer) -> None:
    with SmtpServer(deliver_to(imap_server, ["KZ@hromada.test"])) as smtp:
        with smtplib.SMTP(smtp.host, smtp.port) as client:
            client.sendmail("a@town.test", ["kz@hromada.test"], letter(1))
            client.sendmail("kz@hromada.test", ["a@town.test"], letter(2))
        assert [envelope.octets for envelope in smtp.received] == [letter(1), letter(2)]
    assert inbox(imap_server) == [letter(1)]


def test_a_message_can_be_refused() -> None:
    with SmtpServer(lambda _: "451 4.3.0 try later") as smtp:
        with smtplib.SMTP(smtp.host, smtp.port) as client, pytest.raises(smtplib.SMTPDataError) as caught:
            client.sendmail("a@town.test", ["b@town.test"], letter())
        assert caught.value.smtp_code == 451
        assert smtp.received == []


def test_with_a_password_only_those_who_know_it_may_send() -> None:
    with SmtpServer(user="kz@hromada.test", password="secret") as smtp:
        with smtplib.SMTP(smtp.host, smtp.port) as client:
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.sendmail("a@town.test", ["b@town.test"], letter())
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("kz@hromada.test", "wrong")
            client.login("kz@hromada.test", "secret")
            client.sendmail("a@town.test", ["b@town.test"], letter())
        assert len(smtp.received) == 1


def test_starttls_is_offered_with_a_certificate(certificate: Certificate) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate.certificate, certificate.key)
    with SmtpServer(tls=tls) as smtp, smtplib.SMTP("localhost", smtp.port) as client:
        client.starttls(context=ssl.create_default_context(cafile=certificate.certificate))
        client.sendmail("a@town.test", ["b@town.test"], letter())
        assert len(smtp.received) == 1


def test_the_worker_does_without_the_packages_of_the_demo() -> None:
    script = (
        "import sys, intake.mailbox; sys.exit(any(name in sys.modules for name in ('pymap', 'aiosmtpd')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
