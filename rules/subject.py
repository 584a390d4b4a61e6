"""The subject of a letter: which call it is for, how well it keeps the rule, which place it names.

The subject is a sorting aid: nothing here refuses anything. It must never read a machine's notice as an application,
nor report a place as certain that the gazetteer did not find certain.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rules import subject_prefix
from rules.call import Call
from rules.gazetteer import Gazetteer
from rules.gazetteer.find import Analysis, analyse
from rules.gazetteer.normalise import Word, clean, lookalike, other_layout, words
from rules.gazetteer.vocabulary import divide
from rules.place import NOTHING, Recognition
from rules.subject_topic import TopicFound, find_topic, separator_problem, spoken_words

# strict: the announced form after harmless normalisation · tolerant: understood, one friendly line is due ·
# review: likely an application, the place must come from elsewhere · none: not an application by its subject
SubjectLevel = Literal["strict", "tolerant", "review", "none"]


@dataclass(frozen=True, slots=True)
class SubjectReading:
    """What a subject says. `number` is an application number in brackets: `[КЗ-2023-014]`.

    `problems` are codes as in the samples: `separator_backslash`, `placeholder_literal`, `no_oblast` …;
    `text` is the subject after prefixes were stripped; `alien` are words of one without a call's topic that are neither a
    place nor usual in any application: of another topic, or somebody's name.
    """

    level: SubjectLevel
    call_id: str | None = None
    recognition: Recognition = NOTHING
    problems: tuple[str, ...] = ()
    number: str | None = None
    text: str = ""
    alien: tuple[str, ...] = ()


_NO_SUBJECT = re.compile(
    r"^\W*(без теми|без темы|no subject|без тема|тема відсутня|none|fwd?|re)?\W*$", re.IGNORECASE
)
_ASKED = (
    r"питання|запитання|вопрос\w*|question|въпрос\w*|підкажіть|подскажите|роз['’ʼ]?ясн\w*|чи можна|чи можлив\w+|чи потрібно"
    r"|як подати|як заповнити|коли будуть|запитване|кога ще|може ли|как да|продовжен\w+ (?:строку|терміну)"
)
_QUESTION = re.compile(
    rf"\b(?:{_ASKED}|уточнення щодо|консультаці\w*|(?:прошу|просимо|прохання|моля за) (?:уточн\w+|підказати|роз\w+|раз\w+|допомогти)"
    r"|(?:потрібна|прошу|просимо) допомог\w+)\b|\?\s*$",
    re.IGNORECASE,
)
# Beside topic and place «уточнення щодо учасників» is a word about the application; these are questions even there.
_QUESTION_ANYWAY = re.compile(rf"\b(?:{_ASKED})\b", re.IGNORECASE)
# Words without which a subject that names neither topic nor place is no application.
_VAGUE = re.compile(
    r"заявк|анкет|форм[аиу]|участ|мереж|лист\b|листа\b|вих\.?\s|\W*№|документ|скан|файл|додат|конкурс|громад|подан|відбір|супровід"
    r"|доброго|добрий|вітаю|надсила|заява|application|form\b|участие|заявлен|формуляр|обучени|навчан|тренінг|семінар|учасник|представник",
    re.IGNORECASE,
)
_LONGEST = 300
_LITTLE = 3
_MOST_WORDS = 28
# What our own replies put after the number.
_OUR_WORDS = re.compile(
    r"^\W*(заявку отримано|потрібні уточнення до заявки|до листа не вкладено форми заявки|не вдалося прочитати форму"
    r"|просимо надіслати форму вкладенням|файл захищено паролем|заявка надійшла після завершення прийому|оновлену заявку прийнято"
    r"|від вашої громади вже є заявка|надійшла ще одна заявка від вашої громади|нагадуємо[^—]*)\W*",
    re.IGNORECASE,
)


def read(subject: str, calls: Sequence[Call], gazetteers: Mapping[str, Gazetteer]) -> SubjectReading:
    """Return what the subject says, given the open calls and country → gazetteer.

    `subject` is the decoded Subject header (RFC 5322), possibly empty. The call is None when the subject fits none.
    """
    # A subject of many lines is somebody's attack or accident; the place stands at its beginning.
    text = clean(subject[:_LONGEST])
    if code := subject_prefix.automatic(text):
        return SubjectReading("none", None, problems=(code,), text=text)
    topics = [phrase.lower() for call in calls for phrase in (call.subject.topic, *call.subject.aliases)]
    text, labelled = subject_prefix.strip(text, topics)
    number, owner, text = _take_number(text, calls)
    if number is None and _NO_SUBJECT.match(text):
        return SubjectReading("review", problems=("empty_subject",), text=text)
    meant = [call for call in calls if owner in (None, call)]
    numbered = number is not None
    # A topic as announced beats any likeness to another call's.
    best = (
        _for_calls(text, meant, gazetteers, exactly=True, numbered=numbered)
        or _in_other_layout(text, meant, gazetteers)
        or _for_calls(text, meant, gazetteers, exactly=False, numbered=numbered)
    )
    if best is None:
        best = (
            _without_topic(text, calls, gazetteers) if owner is None else _in_thread(text, owner, gazetteers)
        )
    problems = list(dict.fromkeys((*(("extra_words",) if labelled else ()), *best.problems)))
    level = best.level
    if number is not None:
        level = "tolerant"
        # Our own subject has no topic and names no oblast; that is not the sender's doing.
        problems = []
    elif level == "strict" and problems:
        level = "tolerant"
    call_id = owner.id if owner is not None else best.call_id
    return SubjectReading(level, call_id, best.recognition, tuple(problems), number, text, best.alien)


def _for_calls(
    text: str, calls: Sequence[Call], gazetteers: Mapping[str, Gazetteer], *, exactly: bool, numbered: bool
) -> SubjectReading | None:
    """Return the best reading of the subject as one of the calls', or None."""
    return _best(
        [
            _read_for(text, call, gazetteers[call.country], exactly=exactly, numbered=numbered)
            for call in calls
        ]
    )


def _take_number(text: str, calls: Sequence[Call]) -> tuple[str | None, Call | None, str]:
    """Return (application number, its call, the text without it)."""
    alike = lookalike(text, digits=False)
    for call in calls:
        # «K3-2023-014»: people retype the number by hand.
        prefix = re.escape(lookalike(call.prefix, digits=False)).replace("з", "[з3]").replace("о", "[о0]")
        prefix = prefix.replace(r"\-", r"\s*[-‐-―−]\s*")
        if match := re.search(rf"\[?\s*(?<!\w){prefix}\s*[-‐-―]\s*(\d{{1,6}})(?!\d)\s*\]?", alike):
            rest = (text[: match.start()] + " " + text[match.end() :]).strip()
            rest, _ = subject_prefix.strip(rest)
            return f"{call.prefix}-{match.group(1).zfill(3)}", call, _OUR_WORDS.sub("", rest)
    return None, None, text


def _best(readings: Sequence[SubjectReading | None]) -> SubjectReading | None:
    order = {"strict": 0, "tolerant": 1, "review": 2, "none": 3}
    found = [reading for reading in readings if reading is not None]
    return min(found, key=lambda reading: (order[reading.level], len(reading.problems)), default=None)


def _in_other_layout(
    text: str, calls: Sequence[Call], gazetteers: Mapping[str, Gazetteer]
) -> SubjectReading | None:
    letters = [char for char in text if char.isalpha()]
    if not letters or sum(char.isascii() for char in letters) < len(letters) * 0.7:
        return None
    for call in calls:
        typed = other_layout(text, call.language)
        reading = _read_for(typed, call, gazetteers[call.country], exactly=True, numbered=False)
        if reading is not None:
            # What looks like a wrong separator is the keyboard's doing too.
            codes = [code for code in reading.problems if not code.startswith("separator_")]
            level: SubjectLevel = "tolerant" if reading.level == "strict" else reading.level
            return SubjectReading(level, call.id, reading.recognition, ("wrong_layout", *codes), text=text)
    return None


def _read_for(
    text: str, call: Call, gazetteer: Gazetteer, *, exactly: bool, numbered: bool
) -> SubjectReading | None:
    """Return the reading of the subject as one for `call`, or None when its topic does not stand in it."""
    tokens = _divided(text, call.country, spoken_words(call.subject))
    topic = find_topic(tokens, call.subject, exactly=exactly)
    if topic is None:
        return None
    rest, moved = _rest(tokens, topic)
    placeholder = _is_placeholder(rest, call)
    analysis = analyse(rest, gazetteer)
    recognition = analysis.recognition
    if not numbered and _is_question(text, topic, recognition):
        return SubjectReading("none", call.id, problems=("question",), text=text)
    if placeholder and recognition.place is None:
        return SubjectReading("review", call.id, problems=("placeholder_literal",), text=text)
    codes = list(topic.problems)
    if not moved and rest:
        codes += separator_problem(rest[0].gap if topic.start == 0 else "/", call.subject.separator)
    codes += _order_problem(analysis, moved=moved and analysis.name_at >= 0)
    codes += recognition.problems
    for word in (*tokens[topic.start : topic.end], *_spoken(rest, analysis)):
        codes += word.slips
    if analysis.leftover or (topic.start > 0 and not moved):
        codes.append("extra_words")
    return SubjectReading(
        _level(recognition, codes), call.id, recognition, tuple(dict.fromkeys(codes)), text=text
    )


@lru_cache(maxsize=8)
def _words(text: str) -> tuple[Word, ...]:
    # Each call looks at the same words.
    return words(text)[:_MOST_WORDS]


@lru_cache(maxsize=8)
def _divided(text: str, country: str, spoken: frozenset[str]) -> tuple[Word, ...]:
    return divide(_words(text), country, spoken)


def _is_question(text: str, topic: TopicFound, recognition: Recognition) -> bool:
    if not _QUESTION.search(text):
        return False
    if topic.start == 0 and not topic.inflected and recognition.level not in ("none", "unknown"):
        # KOI8-U has no «» and no ’: a question mark alone may be what became of them.
        return bool(_QUESTION_ANYWAY.search(text.rstrip("? ")))
    return True


def _rest(tokens: Sequence[Word], topic: TopicFound) -> tuple[tuple[Word, ...], bool]:
    """Return the words outside the topic, and whether the place stands before it."""
    before, after = tuple(tokens[: topic.start]), tuple(tokens[topic.end :])
    return (*before, *after), bool(before) and not after


def _spoken(rest: Sequence[Word], analysis: Analysis) -> list[Word]:
    return [
        word
        for word, mark in zip(rest, analysis.senses, strict=False)
        if mark is not None and mark.part != "extra"
    ]


def _order_problem(analysis: Analysis, *, moved: bool) -> list[str]:
    swapped = -1 < analysis.oblast_at < analysis.name_at
    return ["order_swapped"] if moved or swapped else []


def _is_placeholder(rest: Sequence[Word], call: Call) -> bool:
    """Whether the words of the announcement stand where the place should be, all or at least half of them."""
    literal = {word.flat for word in words(clean(call.subject.placeholder))}
    typed = [word.flat for word in rest]
    if not typed or not literal:
        return False
    copied = set(typed) <= literal and len(typed) > 1
    return copied or (typed[0] in ("назва", "име", "назви") and len(literal & set(typed)) * 2 >= len(literal))


def _level(recognition: Recognition, problems: Sequence[str]) -> SubjectLevel:
    if {"unknown_oblast", "hromada_or_oblast"} & set(problems):
        return "review"
    if recognition.place is not None:
        return "tolerant" if problems else "strict"
    if recognition.level == "ambiguous" and "ambiguous_in_oblast" in recognition.problems:
        return "tolerant"
    return "review"


def _in_thread(text: str, call: Call, gazetteers: Mapping[str, Gazetteer]) -> SubjectReading:
    """Return the reading of an answer in a thread: the number says the call, our own subject the place."""
    recognition = analyse(_words(text), gazetteers[call.country]).recognition
    if recognition.place is None:
        recognition = NOTHING
    return SubjectReading("tolerant", call.id, recognition, text=text)


def _without_topic(text: str, calls: Sequence[Call], gazetteers: Mapping[str, Gazetteer]) -> SubjectReading:
    """Return the reading of a subject in which no call's topic stands."""
    if _QUESTION.search(text):
        return SubjectReading("none", problems=("question",), text=text)
    tokens = _words(text)
    for country in dict.fromkeys(call.country for call in calls):
        analysis = analyse(tokens, gazetteers[country])
        recognition = analysis.recognition
        meant = [call for call in calls if call.country == country]
        spoken = any(
            mark and mark.part in ("hromada", "council", "oblast", "settlement") for mark in analysis.senses
        )
        if recognition.place is None or not (spoken or not analysis.leftover):
            continue
        strange = [
            word for word in analysis.leftover if not _VAGUE.match(word.key) and word.script != "number"
        ]
        codes = tuple(
            dict.fromkeys(
                ("no_topic", *recognition.problems, *(("extra_words",) if analysis.leftover else ()))
            )
        )
        if len(meant) == 1 and not strange and spoken:
            return SubjectReading("tolerant", meant[0].id, recognition, codes, text=text)
        alien = _alien(analysis.leftover)
        return SubjectReading("review", None, recognition, codes, text=text, alien=alien)
    vague = any(_VAGUE.match(word.text) for word in tokens) or _VAGUE.match(text)
    level: SubjectLevel = "review" if vague else "none"
    return SubjectReading(level, problems=("no_topic",), text=text, alien=_alien(tokens))


def _alien(tokens: Sequence[Word]) -> tuple[str, ...]:
    """Return the words that no application needs; little ones tell nothing."""
    told = (word for word in tokens if word.script != "number" and not _VAGUE.match(word.key))
    return tuple(word.text for word in told if len(word.flat) > _LITTLE)
