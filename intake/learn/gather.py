"""The questions of a form with its people and sections: whom each concerns, under which number it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from intake.learn.asked import Asked, Heading, People, Place, person_named
from intake.learn.guess import Guess, guess
from rules.contradictions import normalised
from rules.labels import normalise

PARTICIPANT = {"uk": "Учасник {n}", "bg": "Участник {n}", "en": "Participant {n}"}
# The most that `repeat` allows.
_MOST_PEOPLE = 50
# What is asked of a person; the first other question ends the block of a person who has no successor.
_PERSONAL = frozenset({"name", "position", "phone", "email", "years", "title", "unit", "photo", "consent"})
# A heading that goes on to describe the person is found without being an alias.
_LONGEST_ALIAS = 80


@dataclass(slots=True)
class Draft:
    """A question on its way to a field: where it stood, whom it concerns, what it asks for."""

    asked: Asked
    guess: Guess
    section: str
    heading: str
    person: str = ""
    aside: str = ""
    repeated: bool = False


@dataclass(slots=True)
class Form:
    """All questions of a form with its people and sections, while they are gathered."""

    drafts: list[Draft] = field(default_factory=list)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)


def gathered(found: Sequence[Place], language: str) -> Form:
    """Return the questions of a form, each with its section and the participant it concerns."""
    form = Form()
    named_alone = any(_names_person(place) for place in found)
    section, heading, person, count = "", "", 0, 0
    for at, place in enumerate(found):
        if isinstance(place, Heading):
            if place.person:
                person = place.person
                _introduce(form, person, place.text, language)
            else:
                count += 1
                person, heading = 0, place.text
                own = place.ordinal if place.ordinal.isdigit() else str(count)
                section = next(free for free in (own, *map(str, range(1, 1000))) if free not in form.sections)
                form.sections[section] = place.text
        elif isinstance(place, People):
            count_of = min(max(place.count, 2), _MOST_PEOPLE)
            if named_alone:
                # Some questions name a participant by number: then each of them stands for itself.
                people = [f"p{number}" for number in range(1, count_of + 1)]
                for number in range(1, count_of + 1):
                    _introduce(form, number, "", language)
            else:
                people = ["p"]
                form.people.setdefault("p", {"key": "p", "label": PARTICIPANT[language], "repeat": count_of})
            form.drafts += [
                Draft(asked, guess(asked), section, heading, one, repeated=not named_alone)
                for one in people
                for asked in place.columns
            ]
        else:
            named = person or person_named(place.label)
            if person and not _still_of(person, at, found):
                person = named = 0
            if named and not person:
                _introduce(form, named, "", language)
            form.drafts.append(Draft(place, guess(place), section, heading, f"p{named}" if named else ""))
    form.people = dict(sorted(form.people.items(), key=lambda item: (len(item[0]), item[0])))
    return form


def _names_person(place: Place) -> bool:
    if isinstance(place, People):
        return False
    return bool(place.person if isinstance(place, Heading) else person_named(place.label))


def _introduce(form: Form, person: int, heading: str, language: str) -> None:
    """Note a participant: the label is what names the person, the rest of a heading is another wording of it."""
    head = re.split(r"\s*[:(]|\s+[–—-]\s|\.\s", heading, maxsplit=1)[0].strip() if heading else ""
    label = head if person_named(head) == person else PARTICIPANT[language].replace("{n}", str(person))
    own = form.people.setdefault(f"p{person}", {"key": f"p{person}", "label": label})
    known = {normalised(one) for one in (own["label"], *own.get("aliases", ()))}
    if heading and normalised(heading) not in known and len(heading) <= _LONGEST_ALIAS:
        own["aliases"] = [*own.get("aliases", ()), heading]


def _still_of(person: int, at: int, found: Sequence[Place]) -> bool:
    """Return whether the question at a place still concerns the participant whose heading stands above.

    What is asked of one participant is asked of all: their blocks are as long as they are alike.
    """
    starts = [n for n, place in enumerate(found) if isinstance(place, Heading) and place.person]
    start = max(n for n in starts if n < at)
    others = [
        n for n in starts if n != start and isinstance(one := found[n], Heading) and one.person != person
    ]
    own = _labels(found, start)
    alike = max(
        (len(list(takewhile(lambda pair: pair[0] == pair[1], zip(own, _labels(found, n), strict=False)))) for n in others),
        default=0,
    )  # fmt: skip
    if alike:
        return at - start <= alike
    return all(
        isinstance(place, Asked) and guess(place).name in _PERSONAL for place in found[start + 1 : at + 1]
    )


def _labels(found: Sequence[Place], start: int) -> list[str]:
    block = takewhile(lambda place: isinstance(place, Asked), found[start + 1 :])
    return [normalise(place.label) for place in block if isinstance(place, Asked)]


# --- numbers -------------------------------------------------------------------------------------------------------------


def numbered(form: Form) -> None:
    """Give every question a number, when some have one or when only their section tells two of them apart.

    A call whose fields are numbered asks for numbered ones only.
    """
    numbered = any(draft.asked.number for draft in form.drafts)
    common = [normalised(draft.asked.label) for draft in form.drafts if not draft.person]
    if not numbered and (len(set(common)) == len(common) or not form.sections):
        form.sections = {}
        return
    if numbered:
        _follow_numbers(form)
    last, counts = "", dict.fromkeys(("", *form.sections), 0)
    given: set[tuple[str, str]] = {(draft.asked.number, draft.person) for draft in form.drafts}
    for draft in form.drafts:
        if draft.repeated:
            counts[draft.section] = counts.get(draft.section, 0) + 1
            first = counts[draft.section] == 1
            draft.aside = f"{draft.section or '0'}.{{n}}" + ("" if first else f".{counts[draft.section] - 1}")
        elif draft.asked.number:
            last = draft.aside = draft.asked.number
        else:
            before = last or draft.section or "0"
            own = next(
                number
                for count in range(1, 1000)
                if ((number := f"{before}.{count}"), draft.person) not in given
            )
            draft.aside = own
            given.add((own, draft.person))


def _follow_numbers(form: Form) -> None:
    """Name sections as the numbers under them do: «1.3» stands in section 1, whatever its heading is numbered."""
    own: dict[str, str] = {}
    for draft in form.drafts:
        part = draft.asked.number.partition(".")[0]
        if part and draft.heading:
            own.setdefault(part, draft.heading)
    for draft in form.drafts:
        if not draft.asked.number and draft.heading and draft.heading not in own.values():
            own.setdefault(draft.section, draft.heading)
    form.sections = own
