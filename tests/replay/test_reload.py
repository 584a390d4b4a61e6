"""config.toml changes while the worker runs: taken over whole between two cycles, or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.blank import form_docx
from intake.config import Secrets
from intake.database import reading
from intake.demo.servers import ImapServer, SmtpServer
from intake.ledger import health
from intake.ledger.again import standing
from intake.reload import ConfigWatch
from intake.station import Station, open_station
from outbox.texts import template_names
from rules.judge import CODES
from tests.end_to_end.place import Installation
from tests.end_to_end.test_worker import account, running, until
from tests.replay.desk import Desk, at, filled, letter
from tests.warm import readers

LATE = ('policy.late = "reject"', 'policy.late = "hold"')


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.configure()
    return made


@pytest.fixture
def station(desk: Desk) -> Iterator[Station]:
    with open_station(desk.config, Secrets(), readers=readers()) as opened:
        yield opened


@pytest.fixture
def watch(desk: Desk) -> ConfigWatch:
    return ConfigWatch(desk.folder / "config.toml", CODES, template_names("uk"))


def alarms(station: Station) -> list[tuple[str, str]]:
    with reading(station.engine) as tx:
        return [(one.code, str(one.facts["mistakes"])) for one in health.open_alarms(tx)]


def test_a_file_that_did_not_change_changes_nothing(watch: ConfigWatch, station: Station) -> None:
    before = station.config
    assert [watch.look(station), watch.look(station)] == [False, False]
    assert station.config is before


def test_changed_rules_judge_the_next_letter(desk: Desk, watch: ConfigWatch, station: Station) -> None:
    desk.configure(LATE)
    assert watch.look(station)
    assert station.config.calls[0].policy.late == "hold"
    assert station.pipeline.examiner.calls == station.config.calls


def test_a_bad_file_leaves_the_old_rules_and_says_what_is_wrong_until_it_is_mended(
    desk: Desk, watch: ConfigWatch, station: Station
) -> None:
    desk.configure(LATE)
    watch.look(station)
    path = desk.folder / "config.toml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace('policy.late = "hold"', 'policy.late = "never"'), encoding="utf-8")
    assert [watch.look(station), watch.look(station)] == [False, False]
    assert station.config.calls[0].policy.late == "hold"
    ((code, mistakes),) = alarms(station)
    assert (code, mistakes.partition(": ")[2]) == (
        "config_mistake",
        'calls[0].policy.late: found "never"; "reject", "reserve" or "hold" is wanted (what happens to a late letter)',
    )
    path.write_text("[", encoding="utf-8")
    watch.look(station)
    assert len(alarms(station)) == 1
    path.write_text(good.replace('policy.late = "hold"', 'policy.late = "reserve"'), encoding="utf-8")
    assert watch.look(station)
    assert alarms(station) == []
    assert station.config.calls[0].policy.late == "reserve"


def test_a_file_that_is_gone_for_a_moment_does_no_harm(
    desk: Desk, watch: ConfigWatch, station: Station
) -> None:
    path = desk.folder / "config.toml"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert not watch.look(station)
    assert [code for code, _ in alarms(station)] == ["config_mistake"]
    path.write_text(text, encoding="utf-8")
    assert not watch.look(station)
    assert alarms(station) == []


def test_servers_and_folders_are_not_exchanged_under_a_running_worker(
    desk: Desk, watch: ConfigWatch, station: Station
) -> None:
    before = station.config
    desk.configure(LATE, ('host = "imap.example.org"', 'host = "imap.elsewhere.example"'))
    assert watch.look(station)
    assert station.config.mailbox == before.mailbox
    assert station.config.calls[0].policy.late == "hold"


def test_a_change_in_an_included_file_is_noticed(desk: Desk, watch: ConfigWatch, station: Station) -> None:
    calls = desk.folder / "calls"
    calls.mkdir()
    text = (Path(__file__).parents[2] / "examples/burgas.toml").read_text(encoding="utf-8")
    (calls / "burgas.toml").write_text(text, encoding="utf-8")
    desk.configure(include="calls/*.toml")
    assert watch.look(station)
    (calls / "burgas.toml").write_text(
        text.replace('prefix = "ОК-2023"', 'prefix = "ОК-2024"'), encoding="utf-8"
    )
    assert watch.look(station)
    (calls / "other.toml").write_text("", encoding="utf-8")
    assert not watch.look(station)
    assert [call.prefix for call in station.config.calls] == ["КЗ-2023", "ОК-2024"]


def test_the_running_worker_numbers_by_the_new_prefix(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    installation = Installation(tmp_path, account(imap_server), smtp_server.port).write(idle=True)
    call = installation.config.calls[0]
    made = [
        letter(
            f"Комунікація змін/{name} громада, Житомирська область",
            at("07.03 10:00"),
            sender=sender,
            form=form_docx(call, filled(call, name, "Житомирська")),
        )
        for name, sender in (("Олевська", "a@olevsk.example"), ("Коростенська", "b@korosten.example"))
    ]
    with running(installation) as worker:
        until((tmp_path / "var" / "ledger.db").exists)
        installation.account.deliver(*made[0], "INBOX")
        until(lambda: len(smtp_server.received) == 1)
        text = installation.config_file.read_text(encoding="utf-8")
        installation.config_file.write_text(
            text.replace('prefix = "КЗ-2023"', 'prefix = "НН-2023"'), encoding="utf-8"
        )
        installation.account.deliver(*made[1], "INBOX")
        until(lambda: len(smtp_server.received) == 2)
        assert worker.poll() is None
    with installation.ledger() as tx:
        assert sorted(standing(tx).applications) == ["КЗ-2023-001", "НН-2023-001"]
