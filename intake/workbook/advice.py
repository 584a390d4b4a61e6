"""What a person could do about a letter that waits: the place it may mean, or else one sentence for what is gravest. Pure.

The words to choose are quoted as the drop-down list has them.
"""

from collections.abc import Mapping

from intake.ledger.views import LetterView
from intake.workbook.troubles import worded
from intake.workbook.words import WORDS
from outbox.words import Language
from rules.call import Call
from rules.conversation import QUESTION_ASIDE

_NAMES = ("register", "answered", "other_call", "not_ours", "withdraw")
_TALK = "not_an_application"
# Findings that ask for the same.
_SAME: Mapping[str, str] = {
    "place_uncertain": "place_unknown",
    "placeholder": "place_unknown",
    "subject_review": "place_unknown",
    "subject_refused": "place_unknown",
    "late_update": "oblast_not_admitted",
    "clocks_disagree": "oblast_not_admitted",
    "password": "unreadable",
    "encrypted": "unreadable",
    "cloud_link": "unreadable",
    "unknown_form": "unreadable",
    "too_many_people": "several_forms",
    "question": _TALK,
    QUESTION_ASIDE.code: _TALK,
    "conversation": _TALK,
    "automatic_with_file": "spam_flag",
    "limit": "shunted",
}

ADVICE: dict[Language, dict[str, str]] = {
    "uk": {
        "place_unknown": "якщо це заявка, впишіть громаду й оберіть «{register}»",
        "place_conflict": "впишіть правильну громаду: решту програма перевірить сама",
        "oblast_not_admitted": "узяти попри це: «{register}»; ні: «{answered}»",
        "duplicate": "замінити першу: «{register}», а в «{place}» номер {number}; лишити першу: «{answered}»",
        "no_form": "зачекайте на форму; закрити: «{answered}»",
        "unreadable": "зачекайте на новий файл; або впишіть дані в «{sheet}» самі й оберіть «{register}»",
        "draft": "звірте з файлом, виправте в «{sheet}», тоді «{register}»",
        "several_forms": "з’ясуйте в заявника; узяти як є: «{register}»",
        "not_an_application": "дайте відповідь самі, тоді «{answered}»",
        "withdrawal": "підтвердити: «{withdraw}»; ні: «{answered}»",
        "withdrawal_by_other": "з’ясуйте в обох, яка заявка чинна; відповіли: «{answered}»",
        "values_suggested": "усе правильно: «{register}»; ні: впишіть у «{sheet}» самі, тоді «{answered}»",
        "values_and_more": "відомості правильні: «{register}», решту впишіть у «{sheet}» самі; ні: усе впишіть самі, тоді «{answered}»",
        "spam_flag": "справжня заявка: «{register}»; ні: «{not_ours}»",
        "shunted": "покличте адміністратора",
    },
    "bg": {
        "place_unknown": "ако е заявка, впишете общината и изберете „{register}“",
        "place_conflict": "впишете вярната община: останалото програмата ще провери сама",
        "oblast_not_admitted": "да се вземе въпреки това: „{register}“; не: „{answered}“",
        "duplicate": "да замени първата: „{register}“, а в „{place}“ номер {number}; да остане първата: „{answered}“",
        "no_form": "изчакайте формуляра; за приключване: „{answered}“",
        "unreadable": "изчакайте нов файл; или впишете данните в „{sheet}“ сами и изберете „{register}“",
        "draft": "сверете с файла, поправете в „{sheet}“, после „{register}“",
        "several_forms": "изяснете с кандидата; да се вземе както е: „{register}“",
        "not_an_application": "отговорете сами, после „{answered}“",
        "withdrawal": "за потвърждение: „{withdraw}“; не: „{answered}“",
        "withdrawal_by_other": "изяснете с двете страни коя заявка важи; отговорено: „{answered}“",
        "values_suggested": "всичко е вярно: „{register}“; не: впишете в „{sheet}“ сами, после „{answered}“",
        "values_and_more": "данните са верни: „{register}“, останалото впишете в „{sheet}“ сами; не: впишете всичко сами, после „{answered}“",
        "spam_flag": "истинска заявка: „{register}“; не: „{not_ours}“",
        "shunted": "повикайте администратора",
    },
    "en": {
        "place_unknown": "if it is an application, write the place and choose “{register}”",
        "place_conflict": "write the right place: the program checks the rest itself",
        "oblast_not_admitted": "take it all the same: “{register}”; no: “{answered}”",
        "duplicate": "to replace the first one: “{register}”, with {number} in “{place}”; to keep it: “{answered}”",
        "no_form": "wait for the form; to close it: “{answered}”",
        "unreadable": "wait for another file; or write the data into “{sheet}” yourself and choose “{register}”",
        "draft": "compare with the file, correct in “{sheet}”, then “{register}”",
        "several_forms": "ask the applicant; to take it as it is: “{register}”",
        "not_an_application": "answer yourself, then “{answered}”",
        "withdrawal": "to confirm: “{withdraw}”; no: “{answered}”",
        "withdrawal_by_other": "ask both which application counts; once answered: “{answered}”",
        "values_suggested": "all is right: “{register}”; no: write into “{sheet}” yourself, then “{answered}”",
        "values_and_more": "the details are right: “{register}”, write the rest into “{sheet}” yourself; no: write all of it yourself, then “{answered}”",
        "spam_flag": "a real application: “{register}”; no: “{not_ours}”",
        "shunted": "call the administrator",
    },
}  # fmt: skip


def advice(letter: LetterView, call: Call) -> str:
    """Return what could be done about a letter that waits; "" when nothing is known."""
    if letter.suggestion and letter.number is None:
        return letter.suggestion
    words, told = WORDS[call.language], ADVICE[call.language]
    named = dict(zip(_NAMES, words.attention_decisions, strict=True))
    named |= {"place": words.headers["correct_place"], "sheet": words.sheets["applications"]}
    if letter.state == "shunted":
        return told["shunted"]
    # What the letter says besides is worth more than that it is no form.
    for finding in sorted(letter.findings, key=lambda one: _SAME.get(one.code, one.code) == _TALK):
        plain = _SAME.get(finding.code, finding.code)
        template = told.get(worded(finding)) or told.get(plain)
        waits = finding.disposition in {"hold", "reject"} or finding.code == QUESTION_ASIDE.code
        if waits and template is not None:
            return template.format_map({**named, "number": finding.facts.get("number") or letter.number})
    return ""
