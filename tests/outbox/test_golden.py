"""The golden letters were read as a native reader would; `write_golden.py` writes them anew."""

import re
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outbox.compose import render
from outbox.context import Person, ReceivedFile
from outbox.plain import WIDTH
from outbox.texts import OTHER_REPLIES, template_names
from rules import responder
from rules.application import Fault
from tests.outbox.samples import CASES, HROMADA, bare_call, call
from tests.outbox.write_golden import GOLDEN, golden_letters

LETTERS = golden_letters()


def test_no_golden_letter_is_missing_or_left_over() -> None:
    assert sorted(path.name for path in GOLDEN.glob("*.txt")) == sorted(LETTERS)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_what_was_agreed(name: str) -> None:
    assert LETTERS[name] == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_every_reply_that_anything_can_lead_to_has_a_text_and_no_other_has(language: Any) -> None:
    wanted = {name for _, name in responder.LADDER if name}
    wanted |= set(OTHER_REPLIES)
    assert set(template_names(language)) == wanted == {template for template, _, _ in CASES.values()}


@pytest.mark.parametrize("name", LETTERS)
def test_lines_are_short_and_nothing_is_left_unrendered(name: str) -> None:
    text = LETTERS[name].partition("\n\n")[2]
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []
    assert re.findall(r"[{}]|None|Undefined|\u00a0|  \.| ,|\.\.|до \.", text) == []
    assert re.findall(r"«[^»]*«|\n\n\n|[ \t]\n", text) == []


@pytest.mark.parametrize("name", [name for name in LETTERS if name.startswith("uk_")])
def test_the_hromadas_name_stands_only_in_the_nominative(name: str) -> None:
    assert re.findall(r"(?:Коростен|Коростишів|Піщан)ськ(?!а\b)\w*", LETTERS[name]) == []


@pytest.mark.parametrize("name", [name for name in LETTERS if name.startswith("uk_")])
def test_ukrainian_letters_greet_colleagues_and_write_you_small(name: str) -> None:
    text = LETTERS[name].partition("\n\n")[2]
    greeting = (
        "Шановні колеги, вітаємо!" if name.startswith("uk_selected") else "Доброго дня, шановні колеги!"
    )
    assert text.startswith(f"{greeting}\n")
    # A capital is right only where a sentence or a row begins.
    assert re.findall(r"(?<=[а-яіїєґ,] )(?:Ви|Ваш|Вам|Вас|Ваша|Вашу|Вашої)\b", text) == []


@pytest.mark.parametrize("name", [name for name in LETTERS if name.startswith("bg_")])
def test_bulgarian_letters_have_no_letter_that_bulgarian_lacks(name: str) -> None:
    assert re.findall(r"\w*[іїєґыэё]\w*", LETTERS[name], re.IGNORECASE) == []


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
@pytest.mark.parametrize("template", template_names("uk"))
def test_a_letter_with_nothing_known_still_reads(language: str, template: str) -> None:
    _, facts, _ = CASES["subject_empty"]
    subject, text = render(template, facts, bare_call(language))
    assert subject
    assert "[]" not in subject
    assert not subject.endswith("—")
    assert re.findall(r"\(\)|«»|„“|“”|  \.| \.|\bдо \.|:\n\n\S+:$", text) == []


NASTY = st.text(max_size=120) | st.sampled_from(
    ["{{ 7*7 }}", "{% raw %}", "a\r\nBcc: x@y.z", "\u202eexe.docx", "{contact_name}"]
)


@settings(max_examples=30, deadline=None)
@given(said=NASTY, name=NASTY, found=NASTY)
def test_what_applicants_write_is_never_a_template_nor_a_line_of_its_own(
    said: str, name: str, found: str
) -> None:
    for template, facts, _ in CASES.values():
        nasty = replace(
            facts,
            subject_received=said,
            files=(ReceivedFile(name),),
            file=name,
            people=(Person(name, said),),
            missing=(Fault("contact_phone", "bad_phone", found), Fault("brand_new", "brand_new", found)),
            other_address=found,
            link_host=name,
        )
        subject, text = render(template, nasty, call())
        (subject + text).encode()
        assert subject.splitlines() == [subject]
        assert re.findall(r"^Bcc:|\u202e|Олена ПЕТРЕНКО.*Олена ПЕТРЕНКО", text, re.MULTILINE) == []
        if "Тема вашого листа:" in text and said == "{{ 7*7 }}":
            assert "«{{ 7*7 }}»" in text


def test_facts_are_immutable_values() -> None:
    _, facts, _ = CASES["accepted"]
    assert {field.name for field in fields(facts)} >= {"number", "place", "missing"}
    assert hash(replace(facts, place=HROMADA)) == hash(facts)
