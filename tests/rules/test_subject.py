"""Subjects as they arrive: which call, which level, which place, and what is said about them."""

import json
import os
from importlib.resources import files

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.places import gazetteers
from rules.call import Call, FormField, Replies, SubjectRule
from rules.subject import SubjectReading, read


def call(
    name: str, topic: str, prefix: str, placeholder: str, *, country: str, aliases: tuple[str, ...] = ()
) -> Call:
    return Call.model_validate(
        {
            "id": name,
            "title": topic,
            "language": "bg" if country == "bg" else "uk",
            "country": country,
            "prefix": prefix,
            "deadline": "2023-03-10T18:00",
            "subject": SubjectRule(
                topic=topic, aliases=aliases, placeholder=placeholder, example=f"{topic}/x"
            ),
            "fields": (FormField(key="hromada", label="Громада"),),
            "replies": Replies(
                address="a@example.org", sender_name="x", contact_name="", contact_phone="", signature="x"
            ),
        }
    )


CI = "CI" in os.environ
CALLS = (
    call(
        "changes",
        "Комунікація змін",
        "КЗ-2023",
        "Назва громади та область",
        country="ua",
        aliases=("Коммуникация изменений",),
    ),
    call("burgas", "Обучение комуникация", "ОК-2020", "Име на община и област", country="bg"),
)
OLEVSK = "Олевська громада, Житомирська область"


def subject(text: str) -> SubjectReading:
    return read(text, CALLS, gazetteers())


def told(reading: SubjectReading) -> tuple[str, str | None, list[str]]:
    place = reading.recognition.place
    return reading.level, place and place.name, sorted(reading.problems)


TABLE = json.loads(files("tests.rules").joinpath("data/subjects.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['kind']}: {row['subject']}")
def test_a_subject_is_understood_as_a_careful_clerk_would(row):
    assert told(subject(row["subject"])) == (row["level"], row["place"], sorted(row["problems"]))


def test_the_subject_picks_the_call():
    assert subject(f"Комунікація змін/{OLEVSK}").call_id == "changes"
    assert subject("Обучение комуникация/Община Бургас, област Бургас").call_id == "burgas"
    assert subject("Запрошення на вебінар").call_id is None
    assert subject(f"Веломережа, {OLEVSK}").call_id is None


def test_an_alias_of_the_topic_is_the_topic():
    assert told(subject(f"Коммуникация изменений/{OLEVSK}")) == ("strict", "Олевська", [])


@pytest.mark.parametrize(
    "text",
    [
        "Re: [КЗ-2023-014] Заявку отримано — Олевська міська територіальна громада",
        "КЗ-2023-14",
        "RE: [K3-2023-014]",
    ],
)
def test_an_application_number_says_the_call_and_the_thread(text):
    reading = subject(text)
    assert (reading.level, reading.call_id, reading.number) == ("tolerant", "changes", "КЗ-2023-014")


def test_the_separator_of_another_call_is_its_own():
    network = CALLS[0].model_copy(
        update={
            "id": "bikes",
            "subject": SubjectRule(topic="Веломережа", separator=",", example="x"),
            "prefix": "ВМ",
        }
    )
    reading = read(f"Веломережа, {OLEVSK}", (*CALLS, network), gazetteers())
    assert (reading.call_id, *told(reading)) == ("bikes", "strict", "Олевська", [])
    assert told(read(f"Веломережа/{OLEVSK}", (*CALLS, network), gazetteers()))[2] == ["separator_slash"]


def test_a_correction_of_a_typo_is_left_to_a_person_when_two_names_are_near():
    reading = subject("Комунікація змін/Андрушкивська громада, Житомирська область")
    assert reading.recognition.level == "suggested"
    assert [place.name for place in reading.recognition.candidates] == ["Андрушківська", "Андрушівська"]


@settings(max_examples=1000 if CI else 60, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("Комунікація змін/Олевська громд,.-«»\"'’[]:?_|\\ RreFw: 0123КЗoіiабв"),
        max_size=60,
    )
)
def test_any_text_has_a_reading(text):
    assert subject(text).level in ("strict", "tolerant", "review", "none")
    assert subject(f"Комунікація змін/{text}").level in ("strict", "tolerant", "review", "none")


@settings(max_examples=500 if CI else 40, deadline=None)
@given(st.text(max_size=80))
@example("\u02ee")
@example("Кам\u02ee")
def test_any_text_at_all_has_a_reading(text):
    assert subject(text).level in ("strict", "tolerant", "review", "none")
