"""Rules change in mid-call: what would change is shown first, then done, and nobody hears the same thing twice."""

from pathlib import Path

import pytest

from intake.archive import Archive
from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.config import Secrets
from intake.database import connect, reading, writing
from intake.demo.many import many_letters
from intake.ledger.letters import decide
from intake.ledger.read import decision_rows
from intake.station import open_station
from tests.replay.desk import Desk, at, codes, dispositions, letter, statuses
from tests.warm import readers

DEADLINE = "deadline = 2023-03-10T18:00:00\nextended_from = []"
EXTENDED = "deadline = 2023-03-17T18:00:00\nextended_from = [2023-03-10T18:00]"
CURE = "replies.cure_until = 2023-03-14T18:00:00"
LATER = "replies.cure_until = 2023-03-21T18:00:00"
NAMED = ('# "Новоград" = "UA18080150000022496"', '"Лісова Пуща" = "UA18060190000071101"')
SUBJECT = "Комунікація змін/Олевська громада, Житомирська область"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.configure()
    return made


def olevsk(desk: Desk, when: str, **values: str) -> tuple[bytes, object]:
    return letter(SUBJECT, at(when), form=desk.form("Олевська міська", "Житомирська", **values))


def test_under_the_same_rules_nothing_would_change(desk: Desk) -> None:
    made = many_letters(desk.config.calls[0], 25)
    desk.take_in(*((one.octets, one.received_at) for one in made))
    before = desk.standing()
    code, told = desk.replay()
    assert (code, told) == (DONE, "Nothing would change.\n")
    assert desk.standing() == before


def test_where_there_are_no_letters_nothing_was_judged(desk: Desk) -> None:
    desk.take_in()
    code, told = desk.replay()
    assert (code, told.startswith("There are no letters yet in ")) == (DONE, True)


def test_an_update_a_duplicate_and_a_conversation_come_out_as_they_did(desk: Desk) -> None:
    form = desk.form("Олевська міська", "Житомирська")
    desk.take_in(
        letter(SUBJECT, at("01.03 10:00"), form=form),
        letter(SUBJECT, at("02.03 10:00"), form=desk.form("Олевська", "Житомирська", edrpou="04053625")),
        letter(SUBJECT, at("03.03 10:00"), form=form, sender="other@olevsk.example"),
        letter("Re: [КЗ-2023-001] дякуємо", at("04.03 10:00")),
    )
    assert [one["disposition"] for one in desk.standing().letters] == ["accept", "accept", "hold", "hold"]
    assert desk.replay() == (DONE, "Nothing would change.\n")


def test_an_extended_deadline_takes_in_who_came_too_late_and_tells_them_once(desk: Desk) -> None:
    desk.take_in(olevsk(desk, "10.03 18:05"))
    assert desk.replies() == [("late", "rada@olevsk.example", "КЗ-2023-001")]
    desk.configure((DEADLINE, EXTENDED), (CURE, LATER))

    code, told = desk.replay()
    assert code == ATTENTION
    assert "deadline_extended" in told
    assert statuses(desk.standing()) == {"КЗ-2023-001": "late"}

    assert desk.replay(apply=True)[0] == DONE
    after = desk.standing()
    assert statuses(after) == {"КЗ-2023-001": "complete"}
    assert dispositions(after) == [("КЗ-2023-001", "accept")]
    assert after.applications["КЗ-2023-001"]["first_received_at"] == at("10.03 18:05")
    assert [template for template, _, _ in desk.replies()] == ["late", "deadline_extended"]

    assert desk.replay(apply=True) == (DONE, "letters 0, applications 0 changed, replies prepared: 0.\n")
    assert len(desk.replies()) == 2


def test_both_decisions_stay_in_the_ledger_with_the_rules_that_made_them(desk: Desk) -> None:
    digest = desk.take_in(olevsk(desk, "10.03 18:05"))[0].digest
    first = desk.config.calls[0].digest
    second = desk.configure((DEADLINE, EXTENDED), (CURE, LATER)).calls[0].digest
    desk.replay(apply=True)
    engine = connect(desk.config.database_url)
    with reading(engine) as tx:
        made = [(row.made_by, row.disposition, row.rules_digest) for row in decision_rows(tx, digest)]
    engine.dispose()
    assert made == [("rules", "reject", first), ("replay", "accept", second)]


def test_what_a_person_decided_outranks_the_rules(desk: Desk) -> None:
    (settled,) = desk.take_in(olevsk(desk, "10.03 18:05"))
    engine = connect(desk.config.database_url)
    with writing(engine) as tx:
        decide(
            tx,
            digest=settled.digest,
            made_by="Ірина",
            made_at=desk.now,
            disposition="reject",
            findings=[],
            rules_digest="",
            note="",
        )
    engine.dispose()
    desk.configure((DEADLINE, EXTENDED), (CURE, LATER))
    before = desk.standing()
    assert desk.replay(apply=True)[1].splitlines() == [
        "1 letter stays as a person decided.",
        "letters 0, applications 0 changed, replies prepared: 0.",
    ]
    assert desk.standing() == before


def test_a_new_name_for_a_place_finds_the_letters_that_used_it(desk: Desk) -> None:
    desk.take_in(
        letter(
            "Комунікація змін/Лісова Пуща", at("08.03 10:00"), form=desk.form("Лісова Пуща", "Житомирська")
        )
    )
    assert dispositions(desk.standing()) == [(None, "hold")]
    desk.configure(NAMED)
    desk.replay(apply=True)
    after = desk.standing()
    assert dispositions(after) == [("КЗ-2023-001", "accept")]
    assert after.applications["КЗ-2023-001"]["place"]["name"] == "Олевська"
    assert desk.replies()[-1] == ("accepted", "rada@olevsk.example", "КЗ-2023-001")


def test_a_field_that_becomes_required_makes_applications_incomplete(desk: Desk) -> None:
    desk.take_in(olevsk(desk, "08.03 10:00"))
    desk.configure(('kind = "edrpou", required = "no"', 'kind = "edrpou", required = "yes"'))
    desk.replay(apply=True)
    assert statuses(desk.standing()) == {"КЗ-2023-001": "incomplete"}
    assert [template for template, _, _ in desk.replies()] == ["accepted", "accepted_incomplete"]


def test_a_field_that_is_read_now_is_a_new_revision_and_the_old_one_stays(desk: Desk) -> None:
    desk.take_in(olevsk(desk, "08.03 10:00", edrpou="04053625"))
    changed = desk.configure(('key = "edrpou"', 'key = "register_code"')).calls[0]
    assert changed.field("register_code") is not None
    code, _told = desk.replay(apply=True)
    assert code == DONE
    rows = desk.standing().revisions["КЗ-2023-001"]
    assert [
        (row["revision"], "edrpou" in row["values"], "register_code" in row["values"]) for row in rows
    ] == [
        (1, True, False),
        (2, False, True),
    ]
    assert [template for template, _, _ in desk.replies()] == ["accepted"]


def test_an_application_whose_letter_names_no_place_any_more_keeps_its_number_and_waits_for_a_person(
    desk: Desk,
) -> None:
    desk.configure(NAMED)
    desk.take_in(
        letter(
            "Комунікація змін/Лісова Пуща", at("08.03 10:00"), form=desk.form("Лісова Пуща", "Житомирська")
        )
    )
    desk.configure()
    desk.replay(apply=True)
    assert statuses(desk.standing()) == {"КЗ-2023-001": "held"}
    assert dispositions(desk.standing()) == [("КЗ-2023-001", "hold")]


def test_a_letter_of_another_place_takes_its_number_along(desk: Desk) -> None:
    desk.configure(NAMED)
    desk.take_in(
        letter(
            "Комунікація змін/Лісова Пуща", at("08.03 10:00"), form=desk.form("Лісова Пуща", "Житомирська")
        )
    )
    desk.configure((NAMED[0], NAMED[1].replace("UA18060190000071101", "UA18060090000061708")))
    _code, told = desk.replay(apply=True)
    assert "Коростенська міська" in told
    (application,) = desk.standing().applications.values()
    assert (application["number"], application["place"]["name"]) == ("КЗ-2023-001", "Коростенська")


def test_a_letter_that_is_not_in_the_archive_stays_as_it_is(desk: Desk) -> None:
    (settled,) = desk.take_in(olevsk(desk, "10.03 18:05"))
    Archive(desk.config.archive_path).path(settled.digest).unlink()
    desk.configure((DEADLINE, EXTENDED), (CURE, LATER))
    before = desk.standing()
    _code, told = desk.replay(apply=True)
    assert told.splitlines()[0] == "1 letter is not in the archive any more and stays as it is."
    assert desk.standing() == before


def test_settings_elsewhere_are_told_that_no_ledger_lies_beside_them(desk: Desk, tmp_path: Path) -> None:
    elsewhere = Desk(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    elsewhere.configure()
    assert elsewhere.replay()[0] == MISTAKE
    assert not (elsewhere.folder / "var").exists()


def test_changed_settings_in_another_folder_judge_the_letters_of_the_old_ones_and_only_show(
    desk: Desk, tmp_path: Path
) -> None:
    desk.take_in(olevsk(desk, "10.03 18:05"))
    elsewhere = Desk(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    elsewhere.configure((DEADLINE, EXTENDED), (CURE, LATER))
    before = desk.standing()
    code, told = elsewhere.replay(beside=desk)
    assert (code, told.count("nothing was written")) == (ATTENTION, 1)
    assert elsewhere.replay(beside=desk, apply=True)[0] == MISTAKE
    assert desk.standing() == before


def test_a_running_worker_is_not_worked_against(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.take_in(olevsk(desk, "10.03 18:05"))
    before = desk.standing()
    with open_station(desk.config, Secrets(), readers=readers()):
        desk.configure((DEADLINE, EXTENDED), (CURE, LATER))
        assert desk.replay()[0] == ATTENTION
        assert desk.replay(apply=True)[0] == WORLD
    assert "Stop it, say intake replay --apply again, and start it." in capsys.readouterr().err
    assert desk.standing() == before


def test_a_letter_that_would_join_another_application_is_left_to_a_person(desk: Desk) -> None:
    desk.configure(NAMED)
    pushcha = desk.form("Лісова Пуща", "Житомирська")
    desk.take_in(
        letter("Комунікація змін/Лісова Пуща", at("07.03 10:00"), sender="b@pushcha.example", form=pushcha),
        letter(
            "Комунікація змін/Коростенська громада, Житомирська область",
            at("08.03 10:00"),
            sender="a@korosten.example",
            form=desk.form("Коростенська міська", "Житомирська"),
        ),
    )
    assert statuses(desk.standing()) == {"КЗ-2023-001": "complete", "КЗ-2023-002": "complete"}
    told = desk.replies()
    desk.configure((NAMED[0], NAMED[1].replace("UA18060190000071101", "UA18060090000061708")))
    desk.replay(apply=True)
    after = desk.standing()
    assert statuses(after) == {"КЗ-2023-001": "held", "КЗ-2023-002": "complete"}
    assert [number for number, _ in dispositions(after)] == ["КЗ-2023-001", "КЗ-2023-002"]
    assert after.applications["КЗ-2023-002"]["first_received_at"] == at("08.03 10:00")
    assert desk.replies() == told
    assert desk.replay() == (DONE, "Nothing would change.\n")


def test_a_hromada_is_shown_by_the_name_it_bore_when_the_call_closed(desk: Desk) -> None:
    renamed = letter(
        "Комунікація змін/Червоноградська громада, Львівська область",
        at("08.03 10:00"),
        form=desk.form("Шептицька міська", "Львівська"),
    )
    desk.take_in(renamed)
    (application,) = desk.standing().applications.values()
    assert application["place"]["full"] == "Червоноградська міська територіальна громада"


TOPIC = "Комунікація змін"


def test_who_has_one_application_need_not_name_the_hromada_again(desk: Desk) -> None:
    desk.take_in(
        olevsk(desk, "07.03 10:00"),
        letter(TOPIC, at("07.03 11:00")),
        letter(TOPIC, at("07.03 12:00"), sender="colleague@olevsk.example"),
        letter(TOPIC, at("07.03 13:00"), sender="somebody@elsewhere.example"),
    )
    assert [(one["number"], codes(one["findings"])[0]) for one in desk.standing().letters[1:]] == [
        ("КЗ-2023-001", "conversation"),
        ("КЗ-2023-001", "conversation"),
        (None, "no_form"),
    ]
    assert desk.replay() == (DONE, "Nothing would change.\n")


def test_an_address_that_serves_two_hromadas_and_a_public_domain_say_nothing(desk: Desk) -> None:
    desk.take_in(
        letter(
            SUBJECT,
            at("07.03 10:00"),
            sender="rada@oblast.example",
            form=desk.form("Олевська", "Житомирська"),
        ),
        letter(
            SUBJECT.replace("Олевська", "Коростенська"),
            at("07.03 11:00"),
            sender="rada@oblast.example",
            form=desk.form("Коростенська", "Житомирська"),
        ),
        letter(
            SUBJECT.replace("Олевська", "Малинська"),
            at("07.03 12:00"),
            sender="malyn@ukr.net",
            form=desk.form("Малинська", "Житомирська"),
        ),
        letter(TOPIC, at("07.03 13:00"), sender="rada@oblast.example"),
        letter(TOPIC, at("07.03 14:00"), sender="other@ukr.net"),
    )
    assert [number for number, _ in dispositions(desk.standing())][3:] == [None, None]
