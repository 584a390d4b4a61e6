"""Machines that write to machines: two of our own stop at one letter, a storm of bounces or letters stays a breeze."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from bench.flood import Flood, bounces, one_address, reports, strangers
from intake import jobs
from intake.config import Limits, load
from intake.demo.servers import Envelope, ImapServer, SmtpServer
from intake.readers.pool import ReaderPool
from intake.station import own_addresses
from tests.end_to_end.conversation import Correspondent, correspondent
from tests.end_to_end.place import ROOT, Installation, shipped_call
from tests.replay.desk import at
from tests.servers.account import Account

OURS, THEIRS = "intake@example.org", "zayavky@another.example"


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool(Limits()) as pool:
        yield pool


@pytest.fixture
def two(tmp_path: Path, readers: ReaderPool) -> Iterator[tuple[Correspondent, Correspondent]]:
    call = shipped_call()
    other = call.model_copy(update={"replies": call.replies.model_copy(update={"address": THEIRS})})
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        correspondent(tmp_path / "a", readers) as one,
        correspondent(tmp_path / "b", readers, call=other) as two,
    ):
        yield one, two


def exchanged(two: tuple[Correspondent, Correspondent], *stripped: str) -> int:
    """Let two installations write to each other, through a gateway that strips headers, until one says nothing; count the letters."""
    first, second = two
    first.write("Надсилаємо заявку.", sender=THEIRS, form=first.form())
    letters = 0
    writer, reader, to = first, second, THEIRS
    heard = {OURS: 0, THEIRS: 0}
    while len(said := writer.answers(to)) > heard[to] and letters < 40:
        message = said[heard[to]][1]
        heard[to] += 1
        letters += 1
        for name in stripped:
            del message[name]
        reader.now = writer.now
        reader.receive(message.as_bytes())
        writer, reader, to = reader, writer, OURS if to == THEIRS else THEIRS
    return letters


def test_two_of_our_own_stop_at_one_letter(two: tuple[Correspondent, Correspondent]) -> None:
    assert exchanged(two) == 1


@pytest.mark.parametrize("stripped", [("X-Skrynka",), ("Auto-Submitted",)])
def test_either_mark_alone_stops_them(
    two: tuple[Correspondent, Correspondent], stripped: tuple[str, ...]
) -> None:
    assert exchanged(two, *stripped) == 1


def test_every_address_we_send_from_is_our_own() -> None:
    config = load(ROOT / "config.toml")
    smtp = {"user": "Robot@Example.org", "envelope_from": "<bounces@example.org>"}
    changed = config.model_copy(update={"smtp": config.smtp.model_copy(update=smtp)})
    assert own_addresses(changed) == ("intake@example.org", "robot@example.org", "bounces@example.org")


def test_without_any_mark_the_daily_cap_stops_them(two: tuple[Correspondent, Correspondent]) -> None:
    assert (
        exchanged(two, "X-Skrynka", "Auto-Submitted", "X-Auto-Response-Suppress", "References", "In-Reply-To")
        <= 6
    )


@contextmanager
def connected(folder: Path, *stripped: str) -> Iterator[tuple[Installation, Installation, SmtpServer]]:
    """Two installations with a mailbox each, and the server that carries their mail to one another, less some headers."""
    with ImapServer("one", "secret") as ours, ImapServer("two", "secret") as theirs:
        boxes = {OURS: ours, THEIRS: theirs}

        def carry(envelope: Envelope) -> None:
            message = message_from_bytes(envelope.octets, policy=policy.SMTP)
            for name in stripped:
                del message[name]
            for recipient in envelope.rcpt_tos:
                boxes[recipient].deliver(message.as_bytes())

        with SmtpServer(carry) as post:
            made = []
            for address, box in boxes.items():
                place = folder / address
                place.mkdir()
                account = Account("pymap", box.host, box.port, box.user, box.password, box.deliver)
                made.append(Installation(place, account, post.port).write())
            made[1].change(f'replies.address = "{OURS}"', f'replies.address = "{THEIRS}"')
            yield made[0], made[1], post


@pytest.mark.parametrize(
    ("stripped", "carried"),
    [
        ((), [THEIRS]),
        # Without any mark of ours each takes the other for a person, until the caps of the day.
        (("X-Skrynka", "Auto-Submitted", "X-Auto-Response-Suppress"), [THEIRS, OURS]),
    ],
    ids=["as sent", "stripped"],
)
def test_two_installations_with_real_mailboxes_stop_at_one_letter(
    tmp_path: Path, stripped: tuple[str, ...], carried: list[str]
) -> None:
    call = shipped_call()
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Message-ID"] = THEIRS, OURS, "<first@another.example>"
    letter["Subject"] = call.subject.example
    letter.set_content("Надсилаємо заявку.")
    with connected(tmp_path, *stripped) as (one, two, post):
        one.account.deliver(letter.as_bytes(), at("07.03 12:00"))
        for _ in range(2):
            for place in (one, two):
                with place.station() as station:
                    jobs.cycle(station)
        recipients = [envelope.rcpt_tos[0] for envelope in post.received]
    assert recipients[: len(carried)] == carried
    assert len(recipients) == 1 or stripped


# `python -m bench flood` lets ten thousand of each come; here so many that the caps of a day and of an hour are met.
FLOOD = 60


def test_a_flood_from_one_address_has_so_many_answers_as_the_call_allows(tmp_path: Path) -> None:
    config = load(ROOT / "config.toml")
    done = Flood(config, tmp_path).pour(one_address(config.calls[0]), FLOOD)
    assert (done.settled, done.made, done.to) == (FLOOD, 3, ("flood@rada.example",) * 3)


def test_a_storm_of_bounces_is_answered_by_nobody(tmp_path: Path) -> None:
    config = load(ROOT / "config.toml")
    done = Flood(config, tmp_path).pour(reports(config.calls[0]), FLOOD)
    assert (done.settled, done.made, done.to) == (FLOOD, 0, ())


def test_bounces_of_an_answer_bring_no_other_answer(tmp_path: Path) -> None:
    config = load(ROOT / "config.toml")
    done = Flood(config, tmp_path).pour(bounces(config.calls[0]), FLOOD)
    # The one answer went to the applicant, before the first report of it came.
    assert (done.settled, done.made, done.to) == (FLOOD, 1, ("flood@rada.example",))


def test_a_flood_of_strangers_is_held_with_an_alarm_and_every_answer_is_kept(tmp_path: Path) -> None:
    config = load(ROOT / "config.toml")
    config = config.model_copy(update={"smtp": config.smtp.model_copy(update={"per_hour": 20})})
    done = Flood(config, tmp_path).pour(strangers(config.calls[0]), FLOOD)
    assert (done.settled, done.made, len(done.to), done.waiting) == (FLOOD, FLOOD, 20, FLOOD - 20)
    assert done.alarms == ("outbox_held",)
