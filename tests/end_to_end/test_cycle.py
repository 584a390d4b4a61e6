"""The worker's cycle over real servers: every letter in one state, each application one row, each answer once."""

import shutil
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from intake import jobs
from intake.database import letters, reading, sightings
from intake.demo.many import many_letters
from intake.demo.post import DemoLetter
from intake.demo.servers import ImapServer, SmtpServer
from intake.ledger import health
from intake.ledger.letters import counts
from tests.end_to_end.place import Installation, shipped_call, shipped_letters
from tests.servers.account import Account
from tests.servers.scripted import Dropped, ScriptedServer, Talk

CALL = shipped_call()
TWO: tuple[DemoLetter, ...] = tuple(many_letters(CALL, 2))


def post(installation: Installation, *chosen: DemoLetter, folder: str = "INBOX") -> None:
    for letter in chosen:
        installation.account.deliver(letter.octets, letter.received_at, folder)


def numbers(installation: Installation) -> list[str]:
    return [row["№ заявки"] for row in installation.rows("Заявки")]


def alarms(station: jobs.Station) -> list[str]:
    with reading(station.engine) as tx:
        return [alarm.code for alarm in health.open_alarms(tx)]


def test_every_demo_letter_gets_the_verdict_it_was_made_for(
    installation: Installation, smtp_server: SmtpServer
) -> None:
    made = shipped_letters()
    post(installation, *made)
    with installation.station() as station:
        polled, _, delivered = jobs.cycle(station)
        again, _, nothing = jobs.cycle(station)
    assert (polled.on_server, polled.accounted, polled.unaccounted) == (len(made), len(made), 0)
    assert again.settled == []
    assert nothing.counts()["sent"] == 0
    got = {
        one.case.letter.message_id: str(one.verdict.disposition)
        for one in polled.settled
        if one.case and one.verdict
    }
    copies = [one for one in polled.settled if one.verdict and "copy" in one.verdict.codes]
    assert len(copies) == 1
    for letter, settled in zip(made, polled.settled, strict=True):
        assert settled.verdict is not None, letter.title
        assert str(settled.verdict.disposition) == str(letter.disposition), letter.title
    assert len(got) == len(made) - 1
    assert len(smtp_server.received) == delivered.counts()["sent"]
    ids = Counter(message_from_bytes(envelope.octets)["Message-ID"] for envelope in smtp_server.received)
    assert set(ids.values()) == {1}


def test_an_answer_keeps_the_thread_and_says_it_is_automatic(
    installation: Installation, smtp_server: SmtpServer
) -> None:
    post(installation, TWO[0])
    with installation.station() as station:
        jobs.cycle(station)
    (envelope,) = smtp_server.received
    answer = message_from_bytes(envelope.octets, policy=policy.default)
    asked = message_from_bytes(TWO[0].octets, policy=policy.default)
    assert answer["In-Reply-To"] == asked["Message-ID"]
    assert answer["References"].split()[-1] == asked["Message-ID"]
    assert answer["Auto-Submitted"] == "auto-replied"
    assert "[КЗ-2023-001]" in answer["Subject"]
    assert "КЗ-2023-001" in answer.get_content()


def test_letters_are_marked_and_otherwise_left_alone(installation: Installation) -> None:
    post(installation, *TWO)
    with installation.station() as station:
        assert jobs.poll(station).marked == 2
    with installation.account.hand() as client:
        client.select_folder("INBOX")
        flags = client.get_flags(client.search())
    assert {frozenset(flag for flag in of if flag != b"\\Recent") for of in flags.values()} == {
        frozenset({b"$Skrynka"})
    }


def test_in_read_only_mode_nothing_is_marked(installation: Installation) -> None:
    post(installation, *TWO)
    installation.write(read_only=True)
    with installation.station() as station:
        polled = jobs.poll(station)
    assert (len(polled.settled), polled.marked) == (2, 0)
    with installation.account.hand() as client:
        client.select_folder("INBOX", readonly=True)
        assert {flag for of in client.get_flags(client.search()).values() for flag in of} <= {b"\\Recent"}


def test_letters_other_people_have_read_are_found_all_the_same(installation: Installation) -> None:
    post(installation, *TWO)
    with installation.account.hand() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Seen", b"\\Flagged"])
    with installation.station() as station:
        assert len(jobs.poll(station).settled) == 2


def test_a_letter_copied_into_another_folder_is_no_second_application(installation: Installation) -> None:
    post(installation, TWO[0])
    post(installation, TWO[0], folder="Архів заявок")
    config = installation.config
    mailbox = config.mailbox.model_copy(update={"folders": ("INBOX", "Архів заявок")})
    with installation.station() as station:
        station.config = config.model_copy(update={"mailbox": mailbox})
        polled = jobs.poll(station)
        jobs.publish(station)
    assert [one.fate for one in polled.settled] == ["settled", "known"]
    assert (polled.on_server, polled.accounted, polled.unaccounted) == (2, 2, 0)
    assert numbers(installation) == ["КЗ-2023-001"]


def test_settled_letters_are_moved_in_one_batch_when_so_configured(installation: Installation) -> None:
    post(installation, *TWO)
    config = installation.config
    mailbox = config.mailbox.model_copy(update={"move_to": {"accept": "Заявки/прийняті"}})
    with installation.station() as station:
        station.config = config.model_copy(update={"mailbox": mailbox})
        assert jobs.poll(station).unaccounted == 0
        again = jobs.poll(station)
    assert (again.on_server, again.settled, again.unaccounted) == (0, [], 0)
    with installation.account.hand() as client:
        assert client.folder_status("Заявки/прийняті", ["MESSAGES"]) == {b"MESSAGES": 2}


def test_a_new_uidvalidity_makes_no_second_application(tmp_path: Path, smtp_server: SmtpServer) -> None:
    with ScriptedServer({3: TWO[0].octets, 9: TWO[1].octets}) as server:
        installation = Installation(tmp_path, server.account(), smtp_server.port).write()
        with installation.station() as station:
            assert [one.fate for one in jobs.poll(station).settled] == ["settled", "settled"]
            server.uidvalidity = 8
            server.letters = {1: TWO[0].octets, 2: TWO[1].octets}
            polled = jobs.poll(station)
        with installation.ledger() as tx:
            seen = tx.execute(select(sightings.c.uidvalidity, sightings.c.uid)).all()
    assert [one.fate for one in polled.settled] == ["known", "known"]
    assert sorted(tuple(row) for row in seen) == [(7, 3), (7, 9), (8, 1), (8, 2)]


def test_a_letter_expunged_while_we_looked_is_counted_as_gone(
    tmp_path: Path, smtp_server: SmtpServer
) -> None:
    def search(talk: Talk, tag: str, line: str) -> None:
        talk.answer(tag, line)
        talk.server.letters.pop(9, None)

    with ScriptedServer({3: TWO[0].octets, 9: TWO[1].octets}, {"UID SEARCH": search}) as server:
        installation = Installation(tmp_path, server.account(), smtp_server.port).write()
        with installation.station() as station:
            polled = jobs.poll(station)
    assert (len(polled.settled), polled.gone, polled.unaccounted, polled.ok) == (1, 1, 0, True)


def test_a_line_that_drops_in_mid_literal_loses_nothing(tmp_path: Path, smtp_server: SmtpServer) -> None:
    left = [1]

    def fetch(talk: Talk, tag: str, line: str) -> None:
        if "BODY.PEEK[]" in line and left and left.pop():
            talk.say(b"* 1 FETCH (UID 3 BODY[] {50000}\r\nFrom: a@b.test\r\n")
            raise Dropped
        talk.answer(tag, line)

    with ScriptedServer({3: TWO[0].octets, 9: TWO[1].octets}, {"UID FETCH": fetch}) as server:
        installation = Installation(tmp_path, server.account(), smtp_server.port).write()
        with installation.station() as station:
            broken = jobs.poll(station)
            during = alarms(station)
            whole = jobs.poll(station)
            after = alarms(station)
    assert (broken.ok, broken.settled, during) == (False, [], ["mailbox_trouble"])
    assert (whole.ok, [one.fate for one in whole.settled], after) == (True, ["settled", "settled"], [])


def test_a_server_that_withholds_a_letter_is_an_alarm(tmp_path: Path, smtp_server: SmtpServer) -> None:
    def fetch(talk: Talk, tag: str, line: str) -> None:
        if "BODY.PEEK[]" in line and ("9" in line.split()[2]):
            talk.done(tag, "NO cannot read this message")
        else:
            talk.answer(tag, line)

    with ScriptedServer({3: TWO[0].octets, 9: TWO[1].octets}, {"UID FETCH": fetch}) as server:
        installation = Installation(tmp_path, server.account(), smtp_server.port).write()
        with installation.station() as station:
            polled = jobs.poll(station)
            assert (polled.accounted, polled.unaccounted, alarms(station)) == (1, 1, ["unaccounted"])


def test_a_disk_that_refuses_is_an_alarm_until_it_is_over(installation: Installation) -> None:
    post(installation, *TWO)
    archive = installation.config.archive_path
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_text("a file where the folder should be")
    with installation.station() as station:
        stopped = jobs.poll(station)
        during = alarms(station)
        archive.unlink()
        polled = jobs.poll(station)
        after = alarms(station)
    assert (stopped.ok, stopped.settled, during) == (False, [], ["mailbox_trouble"])
    assert (len(polled.settled), polled.unaccounted, after) == (2, 0, [])


def test_answers_wait_for_a_mail_server_that_is_away(installation: Installation) -> None:
    post(installation, TWO[0])
    with SmtpServer() as away:
        port = away.port
    config = installation.config
    with installation.station() as station:
        station.config = config.model_copy(update={"smtp": config.smtp.model_copy(update={"port": port})})
        jobs.cycle(station)
        during = alarms(station)
        with SmtpServer() as back:
            station.config = config.model_copy(
                update={"smtp": config.smtp.model_copy(update={"port": back.port})}
            )
            assert jobs.deliver(station).counts()["sent"] == 1
            assert len(back.received) == 1
        after = alarms(station)
    assert numbers(installation) == ["КЗ-2023-001"]
    assert (during, after) == (["smtp_trouble"], [])


def test_a_letter_our_own_bug_fails_on_is_set_aside_and_the_line_goes_on(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No letter is known to do this; so the door to the attached files breaks, for one letter."""
    from intake import pipeline

    keep, calls = pipeline.keep_attached, []

    def broken(folder: Path, letter: object, readings: object = ()) -> None:
        calls.append(letter)
        if len(calls) == 1:
            raise ZeroDivisionError("a bug of ours")
        keep(folder, letter, readings)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "keep_attached", broken)
    post(installation, *TWO)
    with installation.station() as station:
        polled = jobs.poll(station)
        again = jobs.poll(station)
        jobs.publish(station)
        with reading(station.engine) as tx:
            assert counts(tx) == {"shunted": 1, "accept": 1}
            traceback = tx.execute(
                select(letters.c.traceback).where(letters.c.state == "shunted")
            ).scalar_one()
    assert [one.fate for one in polled.settled] == ["shunted", "settled"]
    assert (again.settled, polled.unaccounted) == ([], 0)
    assert "ZeroDivisionError: a bug of ours" in traceback
    assert numbers(installation) == ["КЗ-2023-001"]


def test_the_workbook_deleted_comes_back_with_what_people_typed(installation: Installation) -> None:
    from openpyxl import load_workbook

    post(installation, *TWO)
    with installation.station() as station:
        jobs.cycle(station)
        path = station.config.workbook_path(CALL)
        book = load_workbook(path)
        sheet = book["Заявки"]
        header = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(2, header["Примітка"], "телефонувала, усе гаразд")
        book.save(path)
        jobs.publish(station)
        shutil.move(path, path.with_suffix(".gone"))
        jobs.publish(station)
    rows = {row["№ заявки"]: row["Примітка"] for row in installation.rows("Заявки")}
    assert rows == {"КЗ-2023-001": "телефонувала, усе гаразд", "КЗ-2023-002": None}


def test_the_first_receipt_time_stays_when_a_letter_is_copied_back_later(
    imap_server: ImapServer, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    """A mail program that moves a letter gives it a new INTERNALDATE; what counts is what was seen first (law 8)."""
    account = Account(
        "pymap",
        imap_server.host,
        imap_server.port,
        imap_server.user,
        imap_server.password,
        imap_server.deliver,
    )
    installation = Installation(tmp_path, account, smtp_server.port).write()
    letter = TWO[0]
    post(installation, letter)
    with installation.station() as station:
        jobs.poll(station)
        account.deliver(letter.octets, letter.received_at + timedelta(days=30))
        jobs.poll(station)
    with installation.ledger() as tx:
        assert tx.execute(select(letters.c.received_at)).scalars().all() == [letter.received_at]
