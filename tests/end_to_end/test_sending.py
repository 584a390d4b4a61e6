"""Sending as the worker does it: copies in the mailbox, replies that wait for a person, a burst, servers left alone."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from intake import jobs
from intake.cli import app
from intake.commands.outbox_shown import code_of
from intake.database import reading, writing
from intake.demo.servers import SmtpServer
from intake.ledger import health
from intake.sending import COPY_WAIT, deliver
from intake.station import Station, utc_now
from intake.trouble import paused
from outbox import store
from outbox.reply import Reply
from tests.end_to_end.place import Installation
from tests.outbox.samples import letter
from tests.outbox.scripted_smtp import TAKEN_THEN_DROP, ScriptedSmtp, say
from tests.outbox.test_message import reply
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot

MINUTE = timedelta(minutes=1)


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Place:
    """An installation whose clock only moves when told."""

    installation: Installation
    clock: Clock = field(default_factory=Clock)

    @contextmanager
    def station(self) -> Iterator[Station]:
        with self.installation.station() as opened:
            opened.now = self.clock
            yield opened

    def change(self, old: str, new: str) -> None:
        """Change config.toml."""
        text = self.installation.config_file.read_text(encoding="utf-8")
        assert old in text
        self.installation.config_file.write_text(text.replace(old, new), encoding="utf-8")

    def put(self, station: Station, count: int = 1, mode: store.Mode = "send") -> list[Reply]:
        made = [reply(letter=letter(digest=f"{mode:>4}{at:060}")) for at in range(count)]
        with writing(station.engine) as tx:
            for one in made:
                assert store.put(tx, one, self.clock.now, mode=mode)
        return made

    def filed(self, folder: str) -> dict[str, int]:
        """How often each Message-ID lies in a folder; all of it counts as read."""
        with self.installation.account.hand() as client:
            if not client.folder_exists(folder):
                return {}
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"])
        assert all(b"\\Seen" in one[b"FLAGS"] for one in found.values())
        return Counter(str(message_from_bytes(one[b"BODY[]"])["Message-ID"]) for one in found.values())


def states(station: Station) -> dict[str, int]:
    with reading(station.engine) as tx:
        return store.counts(tx)


def alarms(station: Station) -> list[str]:
    with reading(station.engine) as tx:
        return [alarm.code for alarm in health.open_alarms(tx)]


@pytest.fixture(autouse=True)
def _log_of_our_own() -> Iterator[None]:
    """Commands run in this process set the log up for their own standard output, which is gone after them."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def place(installation: Installation) -> Place:
    """A place with a Sent folder named in the configuration."""
    here = Place(installation)
    here.change('sent_folder = "auto"', 'sent_folder = "Надіслані"')
    return here


@pytest.fixture
def special(tmp_path: Path, dovecot: Dovecot, smtp_server: SmtpServer) -> Place:
    """A place on a server that names its special folders (RFC 6154)."""
    return Place(Installation(tmp_path, dovecot.account(), smtp_server.port).write())


@pytest.fixture
def bare(tmp_path: Path, imap_server: object, smtp_server: SmtpServer) -> Place:
    """A place on a server that names none."""
    server = imap_server
    account = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)  # type: ignore[attr-defined]
    return Place(Installation(tmp_path, account, smtp_server.port).write())


def test_each_sent_letter_gets_one_copy_in_the_sent_folder(place: Place) -> None:
    with place.station() as station:
        made = place.put(station, 2)
        assert deliver(station).sent == 2
        # A provider that files by itself is given a moment to do so.
        assert place.filed("Надіслані") == {}
        place.clock.now += COPY_WAIT
        for _ in range(2):
            deliver(station)
            assert place.filed("Надіслані") == {one.message_id: 1 for one in made}


def test_a_copy_the_provider_filed_is_no_reason_for_another(place: Place) -> None:
    with place.station() as station:
        (made,) = place.put(station)
        deliver(station)
        with place.installation.account.hand() as client:
            client.create_folder("Надіслані")
            client.append("Надіслані", made.octets, [b"\\Seen"])
        place.clock.now += COPY_WAIT
        deliver(station)
    assert place.filed("Надіслані") == {made.message_id: 1}


def test_after_a_crash_between_filing_and_recording_there_is_still_one_copy(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    def dying(*_: object) -> None:
        raise PowerCut

    with place.station() as station:
        (made,) = place.put(station)
        deliver(station)
        place.clock.now += COPY_WAIT
        with monkeypatch.context() as patched:
            patched.setattr(store, "copy_filed", dying)
            with pytest.raises(PowerCut):
                deliver(station)
        deliver(station)
    assert place.filed("Надіслані") == {made.message_id: 1}


def test_the_folder_the_server_names_gets_the_copies(special: Place) -> None:
    with special.installation.account.hand() as client:
        client.create_folder("Sent")
    with special.station() as station:
        (made,) = special.put(station)
        deliver(station)
        special.clock.now += COPY_WAIT
        deliver(station)
    assert special.filed("Sent") == {made.message_id: 1}


def test_without_such_a_folder_there_are_no_copies_and_nobody_minds(bare: Place) -> None:
    with bare.station() as station:
        bare.put(station)
        deliver(station)
        bare.clock.now += COPY_WAIT
        deliver(station)
        assert store.copies_due(station.engine, bare.clock.now) == ()
        assert alarms(station) == []
    with bare.installation.account.hand() as client:
        assert [name for _, _, name in client.list_folders()] == ["INBOX"]


def test_in_read_only_mode_no_copy_is_made(special: Place) -> None:
    with special.installation.account.hand() as client:
        client.create_folder("Sent")
    special.change("read_only = false", "read_only = true")
    with special.station() as station:
        special.put(station)
        deliver(station)
        special.clock.now += COPY_WAIT
        deliver(station)
    assert special.filed("Sent") == {}


def test_drafts_lie_in_the_drafts_folder_and_as_files(special: Place) -> None:
    special.change('drafts_folder = ""', 'drafts_folder = "Чернетки відповідей"')
    with special.station() as station:
        (made,) = special.put(station, mode="draft")
        for _ in range(2):
            deliver(station)
        assert len(list(station.config.drafts_path.iterdir())) == 1
    assert special.filed("Чернетки відповідей") == {made.message_id: 1}


def test_a_reply_lost_in_data_that_the_provider_filed_is_not_repeated(place: Place) -> None:
    with ScriptedSmtp({"end": TAKEN_THEN_DROP}) as server:
        Place(Installation(place.installation.folder, place.installation.account, server.port).write())
        place.change('sent_folder = "auto"', 'sent_folder = "Надіслані"')
        with place.station() as station:
            (made,) = place.put(station)
            assert deliver(station).uncertain == 1
            with place.installation.account.hand() as client:
                client.create_folder("Надіслані")
                client.append("Надіслані", made.octets, [b"\\Seen"])
            place.clock.now += MINUTE
            assert deliver(station).found == 1
            assert states(station) == {"sent": 1}
        assert len(server.taken) == 1


def test_what_waits_for_a_person_leaves_when_one_has_approved_it(
    bare: Place, smtp_server: SmtpServer
) -> None:
    with bare.station() as station:
        first, second = bare.put(station, 2, mode="review")
        assert deliver(station).sent == 0
        with writing(station.engine) as tx:
            store.act(tx, [first.message_id], "approved", by="olena", now=bare.clock.now)
        assert deliver(station).sent == 1
        assert states(station) == {"held": 1, "sent": 1}
    (envelope,) = smtp_server.received
    assert message_from_bytes(envelope.octets)["Message-ID"] == first.message_id != second.message_id


def test_a_burst_is_held_with_one_alarm_and_its_letter_leaves_all_the_same(
    bare: Place, smtp_server: SmtpServer
) -> None:
    bare.change("per_hour = 300", "per_hour = 3")
    bare.change("to = []", 'to = ["boss@rada.gov.ua"]')
    bare.change("digest_hour = 8", "digest_hour = -1")
    with bare.station() as station:
        bare.put(station, 5)
        for _ in range(3):
            jobs.notify(station)
            deliver(station)
        assert alarms(station) == ["outbox_held"]
        assert states(station) == {"pending": 2, "sent": 4}
        told = [head for head in heads(smtp_server) if head["To"] == "boss@rada.gov.ua"]
        assert [head["Auto-Submitted"] for head in told] == ["auto-generated"]
        assert (
            told[0]["Subject"]
            == "Увага, приймання заявок: надсилання зупинено: забагато відповідей за годину"
        )
        bare.clock.now += timedelta(hours=1, minutes=1)
        for _ in range(3):
            deliver(station)
            jobs.notify(station)
        deliver(station)
        assert alarms(station) == []
    told = [head for head in heads(smtp_server) if head["To"] == "boss@rada.gov.ua"]
    assert [head["In-Reply-To"] for head in told] == [None, told[0]["Message-ID"]]
    assert len(smtp_server.received) == 7


def test_a_short_trouble_is_not_told_and_a_long_one_once(bare: Place, smtp_server: SmtpServer) -> None:
    bare.change("to = []", 'to = ["boss@rada.gov.ua"]')
    bare.change("digest_hour = 8", "digest_hour = -1")
    with bare.station() as station:
        for minutes in (0, 14, 1, 30):
            bare.clock.now += minutes * MINUTE
            with writing(station.engine) as tx:
                health.raise_alarm(tx, "mailbox_trouble", "", {"error": "away"}, bare.clock.now)
            assert jobs.notify(station) == (minutes == 1)
        for _ in range(2):
            with writing(station.engine) as tx:
                health.end_alarm(tx, "mailbox_trouble", "", bare.clock.now)
            jobs.notify(station)
        assert deliver(station).sent == 2


def test_a_server_that_refuses_the_password_is_told_at_once(bare: Place) -> None:
    bare.change("to = []", 'to = ["boss@rada.gov.ua"]')
    bare.change("digest_hour = 8", "digest_hour = -1")
    with ScriptedSmtp({"MAIL": say("530 5.7.0 log in first")}) as server:
        bare.installation.config_file.write_text(
            bare.installation.config_file.read_text(encoding="utf-8").replace(
                f"port = {bare.installation.smtp_port}", f"port = {server.port}"
            ),
            encoding="utf-8",
        )
        with bare.station() as station:
            bare.put(station)
            deliver(station)
            assert alarms(station) == ["smtp_trouble"]
            assert jobs.notify(station) == 1
            deliver(station)
            # The alarm was before the answer in the queue.
            assert [message_from_bytes(one.octets)["To"] for one in server.taken] == [
                "boss@rada.gov.ua",
                "iryna@ukr.net",
            ]


def test_a_sender_the_server_refuses_is_told_once_and_all_leaves_when_that_is_mended(bare: Place) -> None:
    bare.change("to = []", 'to = ["boss@rada.gov.ua"]')
    bare.change("digest_hour = 8", "digest_hour = -1")
    refused = {"MAIL": [say("550 5.7.1 not as this sender")] * 9}
    with ScriptedSmtp(*[refused] * 3) as server:
        bare.change(f"port = {bare.installation.smtp_port}", f"port = {server.port}")
        with bare.station() as station:
            bare.put(station, 2)
            for _ in range(3):
                deliver(station)
                jobs.notify(station)
                bare.clock.now += 15 * MINUTE
            assert (alarms(station), states(station)) == (["smtp_trouble"], {"pending": 3})
            assert deliver(station).sent == 3
            assert alarms(station) == []
    told = [str(message_from_bytes(one.octets)["To"]) for one in server.taken]
    assert Counter(told) == {"boss@rada.gov.ua": 1, "iryna@ukr.net": 2}


def heads(server: SmtpServer) -> list[object]:
    return [message_from_bytes(one.octets, policy=policy.default) for one in server.received]


def test_the_day_is_told_once_at_its_hour(bare: Place, smtp_server: SmtpServer) -> None:
    bare.change("to = []", 'to = ["boss@rada.gov.ua", "deputy@rada.gov.ua"]')
    # Kyiv is two hours ahead of UTC in March.
    bare.clock.now = datetime(2023, 3, 8, 5, 59, tzinfo=UTC)
    with bare.station() as station:
        assert jobs.notify(station) == 0
        bare.clock.now += MINUTE
        assert [jobs.notify(station) for _ in range(2)] == [2, 0]
        bare.clock.now += timedelta(days=1)
        assert jobs.notify(station) == 2
        # After the deadline a day on which nothing happened is not told.
        bare.clock.now += timedelta(days=2)
        assert jobs.notify(station) == 0
        deliver(station)
    assert [head["Subject"] for head in heads(smtp_server)][::2] == [
        "Заявки: зведення за 08.03.2023, КЗ-2023",
        "Заявки: зведення за 09.03.2023, КЗ-2023",
    ]


def test_a_server_in_trouble_is_left_alone_longer_each_time(bare: Place) -> None:
    with ScriptedSmtp(*[{"greeting": say("421 down")}] * 6) as server:
        bare.change(f"port = {bare.installation.smtp_port}", f"port = {server.port}")
        with bare.station() as station:
            bare.put(station)
            waits = []
            for _ in range(6):
                deliver(station)
                assert paused(station, "smtp")
                begin = bare.clock.now
                while paused(station, "smtp"):
                    bare.clock.now += MINUTE
                waits.append((bare.clock.now - begin) // MINUTE)
            assert waits == [1, 2, 4, 8, 15, 15]
            assert server.sessions == 6
            assert deliver(station).sent == 1
            assert not paused(station, "smtp")
            assert station.pauses == {}


def test_a_person_looks_approves_and_releases_from_the_command_line(bare: Place) -> None:
    with bare.station() as station:
        first, second = bare.put(station, 2, mode="review")

    def outbox(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--config", str(bare.installation.config_file)])

    shown = outbox("outbox", "--json")
    assert shown.exit_code == 1
    listed = [json.loads(line) for line in shown.stdout.splitlines()]
    assert {(one["state"], one["template"], one["number"]) for one in listed} == {
        ("held", "accepted", "КЗ-2023-014")
    }
    code = next(one["code"] for one in listed if one["message_id"] == first.message_id)
    replies = bare.installation.config.calls[0].replies

    text = outbox("outbox", "show", code).stdout
    assert f"From: {replies.sender_name} <intake@merezha.org.ua>\nTo: iryna@ukr.net\n" in text
    assert "Доброго дня, шановні колеги!" in text

    assert outbox("outbox", "approve", code).exit_code == 2, "nobody is there to answer"
    assert outbox("outbox", "approve", "--yes").exit_code == 2, "nothing was named"
    assert outbox("outbox", "approve", "zzz", "--yes").exit_code == 2
    done = outbox("outbox", "approve", code, "--yes", "--as", "Олена")
    assert (done.exit_code, done.stdout) == (0, "approved: 1\n")
    assert outbox("outbox", "cancel", second.message_id, "--yes").exit_code == 0
    again = outbox("outbox", "approve", "--all", "--yes")
    assert (again.exit_code, again.stdout) == (0, "approved: 0\n")
    assert outbox("outbox", "release", "--json").stdout == '{"released": false}\n'

    (one,) = (json.loads(line) for line in outbox("outbox", "show", code, "--json").stdout.splitlines())
    assert [(done["action"], done["by"]) for done in one["interventions"]] == [("approved", "Олена")]
    status = outbox("status")
    assert "queue: 1 due; 0 left in the past hour of at most 300" in status.stdout


def test_only_an_outbox_that_is_held_is_released(bare: Place) -> None:
    bare.change("per_hour = 300", "per_hour = 3")
    bare.clock.now = utc_now()

    def release() -> str:
        return (
            CliRunner()
            .invoke(app, ["outbox", "release", "--config", str(bare.installation.config_file)])
            .stdout
        )

    with bare.station() as station:
        bare.put(station, 5)
        deliver(station)
    assert release() == "released: replies leave at the next cycle\n"
    assert release() == "The outbox is not held: there is nothing to release.\n"


def test_drafts_are_named_where_nothing_waits_and_are_not_approved_with_all(bare: Place) -> None:
    with bare.station() as station:
        bare.put(station, 2, mode="draft")
        assert deliver(station).drafts == 2
        assert deliver(station).drafts == 0

    def outbox(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["outbox", *arguments, "--config", str(bare.installation.config_file)])

    told = f"2 drafts, never sent, as files in {bare.installation.config.drafts_path} from the next cycle on."
    assert (told in outbox().stdout, told in outbox("--all").stdout) == (True, False)
    done = outbox("approve", "--all", "--yes")
    assert (done.exit_code, "No reply is held. 2 drafts were left as they are" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('late = "reject"', 'late = "refuse"', 'calls[0].policy.late: found "refuse"; '),
        ("grace_minutes = 0", "grace_minutes = = 0", "calls[0].grace_minutes: a value is wanted"),
        ("attempts = 12", "attempts = 0", "smtp.attempts: found 0; "),
    ],
)
def test_with_a_mistake_in_the_configuration_the_ledger_is_still_looked_at(
    bare: Place, old: str, new: str, told: str
) -> None:
    with bare.station() as station, writing(station.engine) as tx:
        health.note(tx, "heartbeat", "w", bare.clock.now - 16 * MINUTE)
    bare.change(old, new)

    def run(*words: str) -> Result:
        return CliRunner(env={}).invoke(app, [*words, "--config", str(bare.installation.config_file)])

    status, watch = run("status"), run("watch")
    assert (status.exit_code, watch.exit_code) == (2, 1)
    assert (told in status.stderr, told in watch.stderr) == (True, True)
    assert "queue: 0 due" in status.stdout
    assert watch.stdout.startswith("silent")
    facts = json.loads(run("watch", "--json").stdout)
    assert (len(facts["mistakes"]), facts["attention"]) == (1, True)


def test_a_configuration_with_a_mistake_makes_no_ledger(bare: Place) -> None:
    bare.change('late = "reject"', 'late = "refuse"')
    done = CliRunner().invoke(app, ["status", "--config", str(bare.installation.config_file)])
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_watch_without_a_password_says_what_is_wrong_all_the_same(bare: Place) -> None:
    bare.change("to = []", 'to = ["boss@rada.gov.ua"]')
    done = CliRunner(env={}).invoke(app, ["watch", "--config", str(bare.installation.config_file)])
    assert (done.exit_code, done.stdout.startswith("silent")) == (1, True)
    assert "the letter about it waits: environment: SKRYNKA_" in done.stderr


def test_the_list_fits_a_narrow_window_and_speaks_of_drafts(bare: Place) -> None:
    with bare.station() as station:
        (draft,) = bare.put(station, 1, mode="draft")

    def outbox(*arguments: str) -> str:
        command = ["outbox", *arguments, "--config", str(bare.installation.config_file)]
        return CliRunner().invoke(app, command, env={"COLUMNS": "80"}).stdout

    assert "Nothing waits in the outbox.\n1 draft, never sent, as files in " in outbox()
    # What is copied into the next command stands in one piece.
    (row,) = (line for line in outbox("list", "--all").splitlines() if "draft" in line)
    assert [cell.strip() for cell in row.split("│")][1:6:4] == [code_of(draft.message_id), "КЗ-2023-014"]


def test_a_watch_for_cron_is_silent_while_somebody_is_at_work(bare: Place, smtp_server: SmtpServer) -> None:
    bare.change("to = []", 'to = ["boss@rada.gov.ua"]')
    with bare.station() as station, writing(station.engine) as tx:
        health.note(tx, "heartbeat", "w", bare.clock.now)
    environment = {"SKRYNKA_IMAP_PASSWORD": bare.installation.account.password}

    def watch() -> Result:
        return CliRunner(env=environment).invoke(
            app, ["watch", "--config", str(bare.installation.config_file)]
        )

    well = watch()
    assert (well.exit_code, well.output) == (0, "")
    with bare.station() as station, writing(station.engine) as tx:
        health.note(tx, "heartbeat", "w", bare.clock.now - 16 * MINUTE)
    for _ in range(2):
        dead = watch()
        assert dead.exit_code == 1
        assert dead.stdout.startswith("silent")
    (head,) = heads(smtp_server)
    assert head["Subject"] == "Увага, приймання заявок: приймання заявок не працює"  # type: ignore[index]
