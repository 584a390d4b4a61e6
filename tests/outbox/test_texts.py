"""An admin's own texts: they stand in for ours, run in a sandbox, and are tried before anybody gets them."""

import re

import pytest

from outbox.compose import render
from outbox.context import words_of
from outbox.sample import sample
from outbox.texts import CLOSING, template_names, text_of
from outbox.trial import TextMistake, mistakes_in
from rules.call import OwnText
from tests.config.shipped import SHIPPED
from tests.outbox.samples import CASES, call

CLOSED = "a variable is written {{ number }}; what {% if … %} or {% for … %} opens, {% endif %} or {% endfor %} closes"
ONLY = "only variables, conditions and loops over what is known are wanted"


def own(source: str, name: str = "late") -> OwnText:
    return OwnText(name, source, f"texts/{name}.txt")


def test_an_own_text_stands_in_for_ours_and_the_closing_of_ours_stays_under_it() -> None:
    changed = call().with_texts((own("Subject: {{ tag }}Пізно\n\nЛист надійшов {{ received_at }}.\n"),))
    subject, text = render("late", CASES["late"][1], changed)
    assert subject == "[КЗ-2023-014] Пізно"
    assert text.startswith("Лист надійшов 10 березня 2023 року, 18:07.\n\nЗ повагою\n")
    assert render("accepted", CASES["accepted"][1], changed) == render(
        "accepted", CASES["accepted"][1], call()
    )


def test_an_own_closing_stands_under_every_reply() -> None:
    changed = call().with_texts((own("Дякуємо, {{ contact_name }}", CLOSING),))
    for name in template_names("uk"):
        assert render(name, sample(name, call()), changed)[1].endswith("\n\nДякуємо, Олена ПЕТРЕНКО\n")


def test_other_words_are_other_texts_and_no_other_rules() -> None:
    changed = call().with_texts((own("Subject: а\n\nб"),))
    assert changed != call()
    assert changed.digest == call().digest
    assert render("late", CASES["late"][1], changed.with_texts(())) == render(
        "late", CASES["late"][1], call()
    )


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_our_own_texts_have_no_mistake(language: str) -> None:
    local = call(language)
    for name in (*template_names(local.language), CLOSING):
        assert mistakes_in(text_of(name, local), local) == ()


HEAD = "Subject: {{ tag }}а\n\n"
WRONG: dict[str, tuple[str, TextMistake]] = {
    "unknown variable": (
        HEAD + "б\n{{ numbr }}",
        TextMistake(4, "an unknown variable {{ numbr }}", "did you mean {{ number }}?"),
    ),
    "unknown variable where no sample comes": (
        HEAD + "{% if late_policy == 'x' %}\n{{ hromda }}\n{% endif %}",
        TextMistake(4, "an unknown variable {{ hromda }}", "did you mean {{ hromada }}?"),
    ),
    "unknown filter": (HEAD + "{{ number|shout }}", TextMistake(3, "no filter named 'shout'", CLOSED)),
    "left open": (
        HEAD + "{{ number",
        TextMistake(3, "unexpected end of template, expected 'end of print statement'", CLOSED),
    ),
    "no condition": (HEAD + "б\n\n{% endif %}", TextMistake(5, "encountered unknown tag 'endif'", CLOSED)),
    "no subject": (
        "Доброго дня!\n\nб",
        TextMistake(1, "“Доброго дня!”", "the first line is the subject: Subject: …"),
    ),
    "no text": (
        "Subject: а\n\n",
        TextMistake(1, "an empty text", "a subject, an empty line and the text are wanted"),
    ),
    "no subject when little is known": (
        "Subject: {{ number }}\n\nб",
        TextMistake(1, "an empty subject when little is known", "a subject without conditions is wanted"),
    ),
    "one brace": (HEAD + "№ {number}", TextMistake(3, "{number}", "two braces are wanted: {{ number }}")),
    "a part that is not there": (
        HEAD + "б\n{{ people[0].name }}",
        TextMistake(4, "'str object' has no attribute 'name'", ONLY),
    ),
    "the way out of the sandbox": (
        HEAD + "{{ number.__class__.__mro__ }}",
        TextMistake(3, "access to attribute '__class__' of 'str' object is unsafe", ONLY),
    ),
    "more than a text needs": (
        HEAD + "{{ range(99999999)|list }}",
        TextMistake(3, "range too big. The sandbox blocks ranges larger than MAX_RANGE (100000)", ONLY),
    ),
    "another file": (HEAD + '{% include "../../config" %}', TextMistake(3, "../../config", ONLY)),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_with_its_line_and_its_cure(case: str) -> None:
    source, mistake = WRONG[case]
    assert mistakes_in(own(source), call()) == (mistake,)


def test_all_mistakes_of_a_text_are_told_at_once() -> None:
    found = mistakes_in(own("Тема: а\n\n{{ numbr }} {number}\n{{ latee }}"), call())
    assert [(one.line, one.found) for one in found] == [
        (1, "“Тема: а”"), (3, "an unknown variable {{ numbr }}"), (3, "{number}"), (4, "an unknown variable {{ latee }}"),
    ]  # fmt: skip


def test_the_manual_lists_every_variable_there_is() -> None:
    manual = (SHIPPED.parent / "docs/admin.md").read_text(encoding="utf-8")
    table = manual.partition("These are all the variables:\n\n")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines()[2:]]
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(listed) == sorted(words_of(sample("accepted", call()), call()))


def test_a_closing_needs_no_subject() -> None:
    assert mistakes_in(own("Дякуємо", CLOSING), call()) == ()
