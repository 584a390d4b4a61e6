"""An admin's own texts: they stand in for ours, run in a sandbox, and are tried before anybody gets them."""

import re

import pytest

from outbox.compose import render
from outbox.context import words_of
from outbox.notice import render_notice
from outbox.notice_words import sample_alarm, sample_digests
from outbox.sample import sample
from outbox.texts import CLOSING, NOTICES, TROUBLES, template_names, text_names, text_of
from outbox.trial import TextMistake, mistakes_in
from rules.call import OwnText
from tests.config.shipped import SHIPPED
from tests.outbox.samples import CASES, call

CLOSED = "a variable is written {{ number }}; what {% if … %} or {% for … %} opens, {% endif %} or {% endfor %} closes"
BOTH = 'names and advice are wanted, each as { "code": "words" }'
ALARM_HAS = "one of code, details, since, subject, until, zone is wanted"
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
    for name in text_names(local.language):
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


def test_letters_to_coordinators_are_texts_like_any_other() -> None:
    alarm = own(
        '{% from "_troubles" import names %}\nSubject: {{ names[code] }}!\n\nДивіться: {{ since }}', "_alarm"
    )
    names = own('{% set names = {"smtp_trouble": "пошта стоїть"} %}\n{% set advice = {} %}', TROUBLES)
    changed = call().with_texts((alarm, names))
    words = sample_alarm("smtp_trouble", changed)
    assert render_notice("alarm", words, changed) == (
        "пошта стоїть!",
        "Дивіться: 8 березня 2023 року, 08:12\n",
    )
    assert (
        render_notice("digest", sample_digests(changed, ("smtp_trouble",))[0], changed)[1].count(
            "- пошта стоїть\n"
        )
        == 1
    )
    assert (
        mistakes_in(names, changed),
        mistakes_in(own("{% set x = 1 %}\nSubject: а\n\nб", "_digest"), call()),
    ) == ((), ())


@pytest.mark.parametrize(
    ("name", "source", "mistake"),
    [
        (
            "_alarm",
            "Subject: а\n\n{{ cod }}",
            TextMistake(3, "an unknown variable {{ cod }}", "did you mean {{ code }}?"),
        ),
        (
            "_alarm_over",
            "Subject: а\n\n{{ number }}",
            TextMistake(3, "an unknown variable {{ number }}", ALARM_HAS),
        ),
        (
            "_digest",
            "{% set x = 1 %}\nДень\n\nб",
            TextMistake(2, "“День”", "the first line is the subject: Subject: …"),
        ),
        (
            "_alarm",
            '{% from "_troubles" import names %}\nSubject: а\n\n{{ names[code] }}',
            TextMistake(4, "'dict object' has no attribute 'a_new_one'", ONLY),
        ),
        (
            TROUBLES,
            '{% set names = {"smtp_troubel": "а"} %}\n{% set advice = {} %}',
            TextMistake(1, "an unknown trouble “smtp_troubel”", "did you mean smtp_trouble?"),
        ),
        (
            TROUBLES,
            '{% set names = {"silent": "а"} %}',
            TextMistake(1, "no advice", BOTH),
        ),
        (
            TROUBLES,
            '{% set names = {"silent": code} %}\n{% set advice = {} %}',
            TextMistake(1, "an unknown variable {{ code }}", "nothing but words is wanted here"),
        ),
    ],
)
def test_a_mistake_in_a_letter_to_coordinators_is_told_with_its_line(
    name: str, source: str, mistake: TextMistake
) -> None:
    assert mistakes_in(own(source, name), call()) == (mistake,)


def test_the_manual_lists_every_variable_of_letters_to_coordinators() -> None:
    manual = (SHIPPED.parent / "docs/admin.md").read_text(encoding="utf-8")
    rows = [row.split("|") for row in manual.splitlines() if row.startswith("| `_")]
    listed = {
        name: set(re.findall(r"`(\w+)`", row[2])) for row in rows for name in re.findall(r"`(\w+)`", row[1])
    }
    alarm = set(sample_alarm("", call()))
    assert listed == {
        "_alarm": alarm, "_alarm_over": alarm, "_digest": set(sample_digests(call(), ())[0]), TROUBLES: {"names", "advice"},
    }  # fmt: skip
    assert {*NOTICES, TROUBLES} == set(listed)
