"""What every reply owes its readers, in each language: agreeing numerals, dates, undeclined names, decodable subjects."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from outbox import texts
from outbox.compose import compose, render
from outbox.plain import NBSP, WIDTH
from outbox.sample import sample, samples
from outbox.texts import template_names
from outbox.words import Language, counted, date_words, days_left_words, demand_words, working_days_words
from tests.config.shipped import SHIPPED
from tests.outbox.samples import CASES, HROMADA, NOW, bare_call, call, letter

LANGUAGES: tuple[Language, ...] = ("uk", "bg", "en")
EVERY = [(language, name) for language in LANGUAGES for name in template_names(language)]
COUNTS = (1, 2, 5, 11, 21)


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("language", "unit", "said"),
    [
        ("uk", "day", ["1 день", "2 дні", "5 днів", "11 днів", "21 день"]),
        ("uk", "hour", ["1 година", "2 години", "5 годин", "11 годин", "21 година"]),
        ("uk", "minute", ["1 хвилина", "2 хвилини", "5 хвилин", "11 хвилин", "21 хвилина"]),
        ("uk", "second", ["1 секунда", "2 секунди", "5 секунд", "11 секунд", "21 секунда"]),
        ("uk", "application", ["1 заявка", "2 заявки", "5 заявок", "11 заявок", "21 заявка"]),
        ("uk", "seat", ["1 місце", "2 місця", "5 місць", "11 місць", "21 місце"]),
        ("bg", "day", ["1 ден", "2 дни", "5 дни", "11 дни", "21 дни"]),
        ("bg", "hour", ["1 час", "2 часа", "5 часа", "11 часа", "21 часа"]),
        ("bg", "minute", ["1 минута", "2 минути", "5 минути", "11 минути", "21 минути"]),
        ("en", "day", ["1 day", "2 days", "5 days", "11 days", "21 days"]),
        ("en", "hour", ["1 hour", "2 hours", "5 hours", "11 hours", "21 hours"]),
        ("en", "minute", ["1 minute", "2 minutes", "5 minutes", "11 minutes", "21 minutes"]),
    ],
)
def test_numerals_agree(language: Language, unit: str, said: list[str]) -> None:
    assert [plain(counted(count, unit, language)) for count in COUNTS] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("uk", ["залишився 1 день", "залишилося 2 дні", "залишилося 5 днів", "залишилося 11 днів", "залишився 21 день"]),
        ("bg", ["остава 1 ден", "остават 2 дни", "остават 5 дни", "остават 11 дни", "остават 21 дни"]),
        ("en", ["1 day left", "2 days left", "5 days left", "11 days left", "21 days left"]),
    ],
)  # fmt: skip
def test_the_verb_agrees_with_the_days_left(language: Language, said: list[str]) -> None:
    assert [plain(days_left_words(count, language)) for count in COUNTS] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("uk", ["", "одного робочого дня", "двох робочих днів", "п’яти робочих днів", "11 робочих днів", "21 робочого дня"]),
        ("bg", ["", "1 работен ден", "2 работни дни", "5 работни дни", "11 работни дни", "21 работни дни"]),
        ("en", ["", "1 working day", "2 working days", "5 working days", "11 working days", "21 working days"]),
    ],
)  # fmt: skip
def test_an_answer_is_promised_within_working_days(language: Language, said: list[str]) -> None:
    assert [plain(working_days_words(count, language)) for count in (0, *COUNTS)] == said


def test_the_competition_is_told_only_when_there_was_one() -> None:
    assert plain(demand_words(87, 25, "uk")) == "87 заявок на 25 місць"
    assert plain(demand_words(22, 21, "uk")) == "22 заявки на 21 місце"
    assert plain(demand_words(87, 25, "bg")) == "87 заявки за 25 места"
    assert plain(demand_words(2, 1, "en")) == "2 applications for 1 place"
    assert [demand_words(*counts, "uk") for counts in ((25, 25), (0, 25), (87, 0))] == ["", "", ""]


@pytest.mark.parametrize("days", COUNTS)
def test_a_reminder_says_how_many_days_are_left(days: int) -> None:
    facts = replace(CASES["reminder"][1], days_left=days)
    subject, text = render("reminder", facts, call())
    left = plain(days_left_words(days, "uk"))
    assert subject.startswith(f"[КЗ-2023-014] Нагадуємо: {left} до завершення прийому")
    # Without a cure period nothing may be completed after the deadline.
    assert f"Нагадуємо: {left} для уточнень" in render("reminder", facts, bare_call())[0]
    assert f"Нагадуємо про вашу заявку: {left} до завершення прийому.\n" in text


def test_places_that_read_alike_are_told_apart_by_their_raion_and_none_is_left_out() -> None:
    facts = CASES["subject_unrecognised"][1]
    twins = tuple(replace(HROMADA, code=raion, raion=raion) for raion in ("Дніпровський", "Синельниківський"))
    elsewhere = replace(HROMADA, oblast="Сумська область", raion="Сумський")
    text = plain(render("subject_unrecognised", replace(facts, candidates=(*twins, elsewhere)), call())[1])
    flat = " ".join(text.split())
    assert f"- {HROMADA.full}, Дніпровський район, {HROMADA.oblast} - " in flat
    assert f"- {HROMADA.full}, Синельниківський район, {HROMADA.oblast} - " in flat
    assert f"- {HROMADA.full}, Сумська область Скопіюйте" in flat
    many = tuple(replace(HROMADA, code=str(at), oblast=f"{at} область") for at in range(13))
    assert "- та ще 3\n" in render("subject_unrecognised", replace(facts, candidates=many), call())[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_promises_no_less_time_than_the_letter_before_it(language: Language) -> None:
    facts = CASES["accepted_incomplete"][1]
    promised = date_words(datetime(2023, 3, 14, 16, tzinfo=UTC), ZoneInfo("Europe/Kyiv"), language)
    for name in ("accepted_incomplete", "reminder"):
        text = " ".join(plain(render(name, replace(facts, days_left=2), call(language))[1]).split())
        assert plain(promised) in text


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_every_text_keeps_the_rules_whatever_is_known(language: str, name: str) -> None:
    for settings in (call(language), call(language, html=True), bare_call(language)):
        for facts in samples(name, settings):
            subject, text = render(name, facts, settings)
            assert [line for line in text.splitlines() if len(line) > WIDTH and " " in line.strip()] == []
            assert (
                re.findall(
                    r"[{}]|None|Undefined|\u00a0|\(\)|«»|„“|“”|,,| ,|\.\.| \.|\[\]", f"{subject}\n{text}"
                )
                == []
            )
            # An empty setting leaves neither a preposition nor a dash before the end of its sentence.
            assert (
                re.findall(
                    r"(?i)\b(?:до|на|by|at|on|з|в)(?=\.|:\n|\n\n|$)|—$|[ \t]\n|\n\n\n", f"{subject}\n\n{text}"
                )
                == []
            )


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_the_name_of_a_place_is_never_declined(language: str, name: str) -> None:
    facts = replace(sample(name, call(language)), place=HROMADA)
    subject, text = render(name, facts, call(language))
    said = plain(f"{subject}\n{text}").replace("Коростенська громада", "")
    assert re.findall(r"Коростенськ(?!а )\w*|громади Коростен\w*", " ".join(said.split())) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_names_its_zone_in_every_text_that_has_a_time(language: str) -> None:
    zone = {"uk": "за київським часом", "bg": "българско време", "en": "Kyiv time"}[language]
    for name in template_names("uk"):
        _, text = render(name, sample(name, call(language)), call(language))
        if re.search(r"\d\d:\d\d", text):
            assert zone in " ".join(text.split()), name


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_old_clients_can_decode_the_subject(language: str, name: str) -> None:
    facts = sample(name, call(language))
    made = compose(
        name,
        facts,
        call(language),
        letter=letter(),
        recipient="iryna@ukr.net",
        now=NOW,
        domain="merezha.org.ua",
    )
    head = made.octets.partition(b"\r\n\r\n")[0].decode("ascii")
    folded = re.search(r"^Subject: ([^\r]*(?:\r\n [^\r]*)*)", head, re.MULTILINE)
    assert folded is not None
    lines = folded[0].split("\r\n")
    assert [line for line in lines if len(line) > 76] == []
    words = folded[1].split()
    if words[0].startswith("=?"):
        assert [
            word for word in words if len(word) > 75 or not re.fullmatch(r"=\?utf-8\?B\?[\w+/=]+\?=", word)
        ] == []
        # Each word is whole characters: a client that decodes them one by one shows no rubbish.
        assert "".join(base64.b64decode(word[10:-2]).decode("utf-8") for word in words) == made.subject


def test_no_text_of_ours_names_anything_of_one_call() -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    told = {
        "decentralization",
        "Мереж",
        "комунікаці",
        "КЗ-2023",
        "київськ",
        "Киев",
        "ULEAD",
        "U-LEAD",
        "березня",
        "2023",
        "@",
        "http",
    }
    assert {word for word in told if word in shipped} >= {"decentralization", "Мереж", "КЗ-2023"}
    folder = Path(texts.__file__).parent / "templates"
    named = [
        (path.name, word) for path in sorted(folder.rglob("*.txt")) for word in told
        if word in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert named == []


def test_a_time_is_said_in_the_calls_zone_on_both_sides_of_summer_time() -> None:
    for month, said in ((2, "12:00"), (7, "13:00")):
        facts = replace(CASES["withdrawn"][1], received_at=datetime(2023, month, 1, 10, tzinfo=UTC))
        assert said in render("withdrawn", facts, call())[1]
