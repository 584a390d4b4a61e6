"""Our letters as Postfix sees them: taken over a verified connection, refused, put off, delivered byte for byte."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from intake import jobs
from intake.database import connect, letters, migrate
from intake.demo.servers import ImapServer
from outbox import store
from outbox.delivery import Delivered, deliver
from outbox.transport import SmtpTrouble, Transport
from tests.end_to_end.place import Installation, shipped_letters
from tests.outbox.samples import letter
from tests.outbox.test_message import reply
from tests.outbox.test_transport import Settings
from tests.servers.account import Account
from tests.servers.postfix import LARGEST, Postfix

NOW = datetime(2023, 3, 9, 12, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[store.Database]:
    made = connect(f"sqlite:///{tmp_path}/ledger.db")
    migrate(made)
    yield made
    made.dispose()


def settings(postfix: Postfix) -> Settings:
    return Settings(
        postfix.port,
        host=postfix.host,
        tls="starttls",
        ca_file=postfix.certificate.certificate,
        timeout_seconds=20,
    )


def send(engine: store.Database, postfix: Postfix, *recipients: str) -> dict[str, tuple[str, str]]:
    """Send a reply to each; return state and last words of the server by recipient."""
    with engine.begin() as connection:
        for number, recipient in enumerate(recipients):
            made = reply(letter=letter(digest=f"{number:064}"), recipient=recipient)
            assert store.put(connection, made, NOW)
    with Transport(settings(postfix), "") as transport:
        deliver(engine, transport, worker="w", now=lambda: NOW, stop=lambda: False)
    with engine.connect() as connection:
        return {row.recipient: (row.state, row.last_response) for row in store.listed(connection)}


def test_every_reply_is_taken_once_over_one_verified_connection(
    engine: store.Database, postfix: Postfix
) -> None:
    people = [f"a{number}@ukr.net" for number in range(20)]
    fates = send(engine, postfix, *people)
    assert {state for state, _ in fates.values()} == {"sent"}
    assert all(said.startswith("250 2.0.0 Ok: queued as ") for _, said in fates.values())
    with engine.connect() as connection:
        ids = [row.message_id for row in store.listed(connection)]
    there = postfix.arrived(ids)
    assert sorted(str(one["Delivered-To"]) for one in there) == sorted(people)
    assert {one["Return-Path"] for one in there} == {"<intake@merezha.org.ua>"}
    assert {one["Received"].count("ESMTPS") for one in there} == {1}
    assert there[0].get_content().startswith("Доброго дня, шановні колеги!")
    everything = [message_from_bytes(one)["Message-ID"] for one in postfix.letters(20)]
    assert [everything.count(one) for one in ids] == [1] * 20


def test_what_postfix_refuses_or_puts_off_is_shown_in_its_words(
    engine: store.Database, postfix: Postfix
) -> None:
    fates = send(engine, postfix, "nobody@ukr.net", "grey@ukr.net", "iryna@elsewhere.com", "ok@ukr.net")
    assert {recipient: state for recipient, (state, _) in fates.items()} == {
        "nobody@ukr.net": "failed",
        "grey@ukr.net": "pending",
        "iryna@elsewhere.com": "failed",
        "ok@ukr.net": "sent",
    }
    assert fates["nobody@ukr.net"][1].startswith(
        "550 RCPT: 5.1.1 <nobody@ukr.net>: Recipient address rejected"
    )
    assert "Greylisted, please try again later" in fates["grey@ukr.net"][1]
    assert fates["iryna@elsewhere.com"][1].startswith("554 RCPT: 5.7.1 ")


def test_a_sender_that_postfix_refuses_costs_no_letter_its_life(
    engine: store.Database, postfix: Postfix
) -> None:
    foreign = replace(settings(postfix), envelope_from="foreign@merezha.org.ua")
    with engine.begin() as connection:
        for number in range(2):
            assert store.put(connection, reply(letter=letter(digest=f"{number:064}")), NOW)

    def run(with_: Settings) -> Delivered:
        with Transport(with_, "") as transport:
            return deliver(engine, transport, worker="w", now=lambda: NOW, stop=lambda: False)

    refused = run(foreign)
    assert "554 RCPT: 5.7.1 <foreign@merezha.org.ua>: Sender address rejected" in refused.refusal
    with Transport(foreign, "") as transport, pytest.raises(SmtpTrouble, match="Sender address rejected"):
        transport.check(["intake@merezha.org.ua"])
    assert (refused.counts()["failed"], run(settings(postfix)).sent) == (0, 2)


def test_a_letter_larger_than_postfix_takes_is_not_offered(postfix: Postfix) -> None:
    octets = reply().octets + b"x" * LARGEST
    with Transport(settings(postfix), "") as transport:
        outcome = transport.send(octets, "ok@ukr.net", on_data=lambda: None)
    assert str(outcome).startswith("Failed(code=552, text='the message has ")


def test_addresses_outside_ascii_arrive(engine: store.Database, postfix: Postfix) -> None:
    people = ("рада@громада.укр", "rada@громада.укр", "рада@ukr.net")
    assert {state for state, _ in send(engine, postfix, *people).values()} == {"sent"}
    with engine.connect() as connection:
        ids = [row.message_id for row in store.listed(connection)]
    domain = "громада.укр".encode("idna").decode()
    # Postfix itself shows the domain in letters when the local part needs them (RFC 6531).
    delivered = {str(one["Delivered-To"]).replace("громада.укр", domain) for one in postfix.arrived(ids)}
    assert delivered == {f"рада@{domain}", f"rada@{domain}", "рада@ukr.net"}


def test_every_answer_arrives_in_the_thread_of_its_letter(
    tmp_path: Path, imap_server: ImapServer, postfix: Postfix
) -> None:
    server = imap_server
    mailbox = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)
    installation = Installation(tmp_path, mailbox, postfix.port).write()
    for asked in shipped_letters():
        mailbox.deliver(asked.octets, asked.received_at)
    with installation.station() as station:
        _, _, delivered = jobs.cycle(station)
    with installation.ledger() as tx:
        rows = store.listed(tx)
        message_ids = {
            row.digest: row.message_id for row in tx.execute(select(letters.c.digest, letters.c.message_id))
        }
        of_reply = {row.message_id: row.letter for row in tx.execute(select(store.replies))}
    assert {row.state for row in rows} == {"sent"}
    assert len(rows) == delivered.sent
    assert {row.template for row in rows} >= {"accepted", "accepted_incomplete", "late", "no_form"}
    for row, answer in zip(rows, postfix.arrived([row.message_id for row in rows]), strict=True):
        assert answer["Delivered-To"] == row.recipient
        assert answer["Auto-Submitted"] in {"auto-replied", "auto-generated"}
        if row.template == "duplicate_first":
            # It goes to somebody who did not write that letter.
            assert answer["In-Reply-To"] is None
            continue
        assert answer["In-Reply-To"] == message_ids[of_reply[row.message_id]]
        assert answer["References"].split()[-1] == answer["In-Reply-To"]
        assert row.number is None or f"[{row.number}]" in answer["Subject"]
