"""What a reply has to say: the facts of one case, and the words they become in a template. Pure.

Facts are raw, as the case had them; everything an applicant wrote is cleaned here, once. A template sees words,
numbers of lines and yes or no, never an object with behaviour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from outbox.faults import PlaceQuestion, fault_lines, field_words
from outbox.plain import clean, unbroken
from outbox.words import (
    Language,
    date_words,
    days_left_words,
    demand_words,
    duration_words,
    participants_words,
    working_days_words,
    zone_words,
)
from rules import subject_prefix
from rules.application import Fault
from rules.call import Call
from rules.deadline import in_time
from rules.place import MOST_NAMESAKES, Place

# No applicant sends more than this many files to be listed; the rest is counted.
_MOST_FILES = 12
_MORE: dict[Language, str] = {"uk": "та ще {count}", "bg": "и още {count}", "en": "and {count} more"}

# Why a file could not be read, by `rules.table.Reading.reason`; "" for reasons without a wording of their own.
_REASONS: dict[Language, dict[str, str]] = {
    "uk": {
        "damaged": "файл пошкоджено",
        "empty": "файл порожній",
        "picture": "це скан або фото без тексту",
        "scan": "це скан або фото без тексту",
        "format": "формат .{ext} наша система не читає",
        "archive": "архів не відкривається",
        "signature": "файл підписано КЕП, а самого документа всередині немає — надішліть також документ",
        "password": "файл захищено паролем",
        "too_large": "файл завеликий",
        "volume": "це лише частина архіву з кількох файлів — надішліть форму без архіву",
        "tool": "наша система поки не може прочитати цей формат",
        "encrypted": "лист зашифровано",
        "": "файл не відкривається",
    },
    "bg": {
        "damaged": "файлът е повреден",
        "empty": "файлът е празен",
        "picture": "това е сканирано изображение или снимка без текст",
        "scan": "това е сканирано изображение или снимка без текст",
        "format": "нашата система не чете формата .{ext}",
        "archive": "архивът не се отваря",
        "signature": "файлът е само електронен подпис, без самия документ — изпратете и документа",
        "password": "файлът е защитен с парола",
        "too_large": "файлът е твърде голям",
        "volume": "това е само част от архив в няколко файла — изпратете формуляра без архив",
        "tool": "нашата система засега не може да прочете този формат",
        "encrypted": "писмото е шифровано",
        "": "файлът не се отваря",
    },
    "en": {
        "damaged": "the file is damaged",
        "empty": "the file is empty",
        "picture": "it is a scan or a photo without text",
        "scan": "it is a scan or a photo without text",
        "format": "our system cannot read the format .{ext}",
        "archive": "the archive cannot be opened",
        "signature": "it holds an electronic signature without the document itself — please send the document too",
        "password": "the file is protected with a password",
        "too_large": "the file is too large",
        "volume": "it is only a part of an archive in several files — please send the form without an archive",
        "tool": "our system cannot read this format yet",
        "encrypted": "the message is encrypted",
        "": "the file cannot be opened",
    },
}


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """An attached file as the receipt names it: its name, and its SHA-256 in hex when that is to be shown."""

    name: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A participant named in the form."""

    name: str
    position: str = ""


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """The facts of one case that a reply may tell. Instants are aware; what is not known keeps its default.

    `late_by` is in seconds and None when the letter came in time. `after_deadline` marks an update that came too
    late to replace (template `replaced`); `exception`, an application that a person takes in though it came too late; `final`, one that a person refused for that. `other_address` belongs to somebody else: a template gets it masked.
    `reason` is a code of `rules.table.Reading`; `changed_fields` are field keys; `candidates` are places that bear
    a similar name. `place_unknown`: a place is named that is no official one, `place_said` is its name in the form.
    `subject_refused`: the place is known, yet the call insists on the subject's form.
    `days_left` are the days from the reminder's day to that of the deadline in the call's zone, 0 on the day itself.
    `applications` counts those the commission had before it; `comment` is what it wants an applicant to know.
    """

    received_at: datetime
    number: str | None = None
    place: Place | None = None
    late_by: int | None = None
    after_deadline: bool = False
    exception: bool = False
    final: bool = False
    subject_received: str = ""
    subject_deviates: bool = False
    subject_refused: bool = False
    place_unknown: bool = False
    place_said: str = ""
    files: tuple[ReceivedFile, ...] = ()
    people: tuple[Person, ...] = ()
    missing: tuple[Fault, ...] = ()
    place_question: PlaceQuestion | None = None
    candidates: tuple[Place, ...] = ()
    file: str = ""
    reason: str = ""
    link_host: str = ""
    previous_received_at: datetime | None = None
    changed_fields: tuple[str, ...] = ()
    other_address: str = ""
    days_left: int | None = None
    applications: int = 0
    comment: str = ""


def people_of(fields: Mapping[str, str], call: Call) -> tuple[Person, ...]:
    """Return the participants whom a form names. `fields`: key → value."""
    people = []
    for participant in call.participants:
        own = [field for field in call.fields if field.person == participant.key]
        name = next((fields.get(field.key, "") for field in own if field.kind == "name"), "")
        position = next((fields.get(field.key, "") for field in own if field.kind == "text"), "")
        people.append(Person(name, position))
    return tuple(person for person in people if person.name)


def masked(address: str) -> str:
    """Return an address so that its owner knows it and a stranger does not: «ol…@ukr.net»."""
    local, at, domain = clean(address).rpartition("@")
    return f"{local[: 2 if len(local) > 3 else 1]}…{at}{domain}"


def words_of(facts: ReplyFacts, call: Call) -> dict[str, object]:
    """Return the variables of a template. Empty text, an empty tuple or False stand for what is not known."""
    language, replies = call.language, call.replies
    # With less than a minute between them both times would read the same.
    seconds = facts.late_by is not None and facts.late_by < 60

    def at(instant: datetime | None) -> str:
        return "" if instant is None else date_words(instant, call.zone, language, seconds=seconds)

    place = facts.place
    number = unbroken(clean(facts.number)) if facts.number else ""
    return {
        "number": number,
        "tag": f"[{number}] " if number else "",
        "hromada": unbroken(place.full) if place else "",
        "place_name": unbroken(place.name) if place else "",
        "oblast": unbroken(place.oblast) if place else "",
        "of_place": f" — {place.full}" if place else "",
        "received_at": at(facts.received_at),
        "previous_received_at": at(facts.previous_received_at),
        "deadline": at(call.deadline_at),
        "open_until": at(call.deadline_at) if in_time(facts.received_at, call) else "",
        "cure_until": at(_cure_until(facts, call)),
        "zone": zone_words(call.time_zone, language),
        "late_by": "" if facts.late_by is None else duration_words(facts.late_by, language),
        "in_time": facts.late_by is None and in_time(facts.received_at, call),
        "after_deadline": facts.after_deadline,
        "exception": facts.exception,
        "final": facts.final,
        "late_policy": call.policy.late,
        "duplicate_policy": call.policy.duplicate,
        "one_per": call.policy.one_per,
        "days_left": facts.days_left,
        "days_left_text": days_left_words(facts.days_left, language) if facts.days_left else "",
        "subject_received": clean(facts.subject_received, 120),
        "re_subject": _answered(facts.subject_received, call),
        "subject_deviates": facts.subject_deviates,
        "subject_refused": facts.subject_refused,
        "place_unknown": facts.place_unknown,
        "place_said": clean(facts.place_said, 120),
        "subject_example": unbroken(clean(call.subject.example)),
        "subject_form": _subject_form(call),
        "placeholder": clean(call.subject.placeholder),
        "files": _files(facts.files, language),
        "sums": tuple((unbroken(clean(file.name, 72)), file.sha256) for file in facts.files if file.sha256),
        "people": tuple(_person(person) for person in facts.people if person.name.strip()),
        "missing": fault_lines(facts.missing, facts.place_question, call),
        "candidates": _told_apart(facts.candidates[:MOST_NAMESAKES], language),
        "more_candidates": max(0, len(facts.candidates) - MOST_NAMESAKES),
        "namesakes": len(facts.candidates) > 1 and len({place.name for place in facts.candidates}) == 1,
        "file": unbroken(clean(facts.file)),
        "reason": _reason(facts, language),
        "link_host": clean(facts.link_host),
        "changed": tuple(field_words(key, call) for key in facts.changed_fields),
        "masked_email": masked(facts.other_address) if facts.other_address else "",
        "participants": participants_words(_wanted_people(call), language),
        "demand": demand_words(facts.applications, replies.places, language),
        "comment": clean(facts.comment, 1000),
        "call": clean(call.title),
        "call_genitive": clean(call.title_forms.genitive),
        "call_genitive_short": clean(call.title_forms.short_genitive),
        "call_locative_short": clean(call.title_forms.short_locative),
        "address": replies.address,
        "contact_name": unbroken(clean(replies.contact_name)),
        "contact_phone": unbroken(clean(replies.contact_phone)),
        "form_url": clean(replies.form_url),
        "news_url": clean(replies.news_url),
        "results_date": unbroken(clean(replies.results_date)),
        "start_date": unbroken(clean(replies.start_date)),
        "confirm_until": unbroken(clean(replies.confirm_until)),
        "schedule_date": unbroken(clean(replies.schedule_date)),
        "waiting_until": unbroken(clean(replies.waiting_until)),
        "answer_days_text": working_days_words(replies.answer_days, language),
        "signature": replies.signature.strip(),
    }


def _cure_until(facts: ReplyFacts, call: Call) -> datetime | None:
    """Return until when something may be mended: the cure date, else the deadline; None when that is over."""
    until = call.cure_at
    if until is None:
        return call.deadline_at if in_time(facts.received_at, call) else None
    return until if facts.received_at <= until else None


def _wanted_people(call: Call) -> int:
    """Return for how many people an application is; 0 when their number is open."""
    people = call.participants
    return len(people) if all(person.required for person in people) else 0


def _told_apart(places: Sequence[Place], language: Language) -> tuple[str, ...]:
    """Return places to choose from, with the raion where two would read the same without it."""
    told = [_with_oblast(place, language) for place in places]
    raions = [unbroken(f"{place.raion} район") for place in places]
    return tuple(
        f"{unbroken(place.full)}, {raion}, {unbroken(place.oblast)}"
        if told.count(line) > 1 and place.raion
        else line
        for place, raion, line in zip(places, raions, told, strict=True)
    )


def _with_oblast(place: Place, language: Language) -> str:
    """Return a place with its oblast, which the Bulgarian list calls by its name alone: «Община Бяла, област Варна»."""
    alone = language == "bg" and place.oblast and not place.oblast.startswith("област")
    return f"{unbroken(place.full)}, {unbroken(f'област {place.oblast}' if alone else place.oblast)}"


def _subject_form(call: Call) -> str:
    subject = call.subject
    return (
        unbroken(clean(f"{subject.topic}{subject.separator}{subject.placeholder}"))
        if subject.placeholder
        else ""
    )


def _answered(subject: str, call: Call) -> str:
    """Return a subject without the signs of answers and gateways before it: ours follows, and one is enough."""
    topics = (call.subject.topic, *call.subject.aliases)
    return clean(subject_prefix.strip(clean(subject), [topic.lower() for topic in topics])[0], 180)


def _files(files: tuple[ReceivedFile, ...], language: Language) -> str:
    names = [unbroken(clean(file.name, 120)) for file in files[:_MOST_FILES]]
    if len(files) > _MOST_FILES:
        names[-1] += " " + unbroken(_MORE[language].format(count=len(files) - _MOST_FILES))
    return ", ".join(names)


def _person(person: Person) -> str:
    name, position = unbroken(clean(person.name, 120)), clean(person.position)
    return f"{name}, {position}" if position else name


def _reason(facts: ReplyFacts, language: Language) -> str:
    words = _REASONS[language]
    _, dot, extension = clean(facts.file).rpartition(".")
    if facts.reason == "format" and not (dot and extension.isalnum() and len(extension) < 8):
        return words[""]
    return words.get(facts.reason, words[""]).format(ext=extension.lower())
