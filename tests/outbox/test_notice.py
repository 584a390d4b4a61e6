"""Letters to coordinators: golden texts, headers, and that every trouble has a name in each language."""

import re
from pathlib import Path
from typing import Any

import pytest

from intake import parsing
from intake.workbook.words import WORDS
from outbox.notice import notice, render_notice
from outbox.notice_words import digest_words
from outbox.plain import WIDTH
from outbox.texts import troubles
from rules.automatic import answerable, automatic
from tests.outbox.notice_samples import BUSY, GOLDEN, SINCE, alarm_words, notices
from tests.outbox.samples import call
from tests.outbox.test_message import parsed

ROOT = Path(__file__).parents[2]
LETTERS = notices()
BUSY_DAY = digest_words(BUSY, (), call("uk"), "Заявки.xlsx", SINCE)
# What is raised by a name of its own, besides `<job>_trouble`.
RAISED = re.compile(r'raise_alarm\(\s*tx, f?"([a-z_{}]+)|trouble\(station, "(\w+)"')


def codes() -> set[str]:
    """Every code of an alarm that the program can raise."""
    found = set()
    for path in (ROOT / "intake").rglob("*.py"):
        for raised, job in RAISED.findall(path.read_text(encoding="utf-8")):
            found.add(f"{job}_trouble" if job else raised)
    return (found - {"workbook_{done"}) | {"workbook_locked", "workbook_blocked", "config_mistake"}


def test_no_golden_letter_is_missing_or_left_over() -> None:
    assert sorted(path.name for path in GOLDEN.glob("*.txt")) == sorted(LETTERS)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_what_was_agreed(name: str) -> None:
    assert LETTERS[name] == (GOLDEN / name).read_text(encoding="utf-8")
    text = LETTERS[name].partition("\n\n")[2]
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []
    assert re.findall(r"[{}]|None|Undefined|\u00a0|\n\n\n|[ \t]\n", text) == []


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_every_trouble_has_a_name_in_the_language(language: Any) -> None:
    of = call(language)
    names = troubles(of).names
    assert set(names) >= codes()
    for code in names:
        for kind in ("alarm", "alarm_over"):
            subject, text = render_notice(kind, alarm_words(code, of), of)  # type: ignore[arg-type]
            assert names[code] in (subject if kind == "alarm" else " ".join(text.split()))
            assert [line for line in text.splitlines() if len(line) > WIDTH] == []


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_the_sheet_it_sends_people_to_is_called_so(language: Any) -> None:
    of = call(language)
    sheet = WORDS[language].sheets["attention"]
    day = render_notice("digest", digest_words(BUSY, (), of, "Заявки.xlsx", SINCE), of)[1]
    assert sheet in " ".join(day.split())
    assert sheet in troubles(of).advice["letters_shunted"]


def test_a_trouble_without_a_name_is_told_all_the_same() -> None:
    subject, _ = render_notice("alarm", alarm_words("something_new", call("en")), call("en"))
    assert subject == "Attention, intake of applications: trouble “something_new”"


def test_it_is_no_answer_says_so_and_its_end_stands_in_its_thread() -> None:
    of = call("uk")
    words = alarm_words("mailbox_trouble", of)
    first = notice("alarm", words, of, recipient="boss@rada.gov.ua", key="7", now=SINCE)
    assert first == notice("alarm", words, of, recipient="boss@rada.gov.ua", key="7", now=SINCE)
    over = notice("alarm_over", words, of, recipient="boss@rada.gov.ua", key="7", now=SINCE, about="7")
    other = notice("alarm", words, of, recipient="deputy@rada.gov.ua", key="7", now=SINCE)
    assert len({first.message_id, over.message_id, other.message_id}) == 3
    head, end = parsed(first.octets), parsed(over.octets)
    assert head["Auto-Submitted"] == "auto-generated"
    assert head["In-Reply-To"] is None
    assert end["In-Reply-To"] == end["References"] == head["Message-ID"]
    assert (first.letter, first.call_id, first.number) == ("", "", None)


def test_our_own_letters_are_never_answered_by_us() -> None:
    of = call("uk")
    made = notice("digest", BUSY_DAY, of, recipient="boss@rada.gov.ua", key="7", now=SINCE)
    head = parsed(made.octets)
    assert (head["X-Skrynka"], head["X-Auto-Response-Suppress"]) == ("notice", "All")
    findings = automatic(parsing.parse(made.octets, digest="0" * 64), ())
    assert not answerable(findings)
