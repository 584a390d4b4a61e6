"""From what a blank form asks to the participants, sections and fields of a call.

The proposal is consistent (two fields that could not be told apart are not both proposed) and is held against the blank
itself: what would not be found again in it is told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from intake.learn.asked import Asked, Place, person_named
from intake.learn.gather import PARTICIPANT, Draft, Form, gathered, numbered
from intake.learn.names import key_of, language_of, unique
from intake.learn.places import places
from rules.call import Call
from rules.contradictions import contradictions, normalised
from rules.kinds import is_empty, tidy
from rules.labels import Vocabulary
from rules.marks import choices
from rules.pairs import pair
from rules.repeated import unfolded
from rules.table import Block, text_of

_OF_CONTACT = frozenset({"name", "position", "phone", "email", "consent"})
_CONTACT = re.compile(
    r"(?i)контактн\w* ос[оі]б|відповідальн\w* ос[оі]б|лице за контакт|контактн\w+ лиц|contact person"
)
# What people write instead when they make a table of their own out of a form; under a participant's heading it is sure.
_USUAL = {
    "uk": {
        "name": ("ПІБ", "Прізвище, ім’я, по батькові", "ФИО"),
        "position": ("Посада", "Должность"),
        "phone": ("Телефон", "Контактний телефон", "Мобільний телефон"),
        "email": ("Електронна пошта", "Електронна адреса", "E-mail", "Email"),
    },
    "bg": {
        "name": ("Име и фамилия", "Име, презиме и фамилия", "Имена"),
        "position": ("Длъжност",),
        "phone": ("Телефон", "Мобилен телефон", "GSM"),
        "email": ("Имейл", "Електронна поща", "E-mail", "Email"),
    },
    "en": {
        "name": ("Name", "Full name"),
        "position": ("Position", "Job title"),
        "phone": ("Phone", "Telephone", "Mobile phone"),
        "email": ("E-mail", "Email"),
    },
}
_MEMBERS = (
    "key",
    "number",
    "label",
    "kind",
    "required",
    "person",
    "options",
    "limit",
    "hint",
    "column",
    "aliases",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What config.toml would say of a form, as plain mappings, and what the admin should know of it.

    `left_out` are questions that could not be told apart from others; `unfound`, keys whose field the blank itself does
    not show under its label again; `answered`, keys for which the blank already seems to hold an answer.
    """

    participants: tuple[dict[str, Any], ...]
    sections: dict[str, str]
    fields: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...] = ()
    unfound: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


def learn(
    blocks: Sequence[Block],
    like: Call | None = None,
    *,
    wrapped: bool = False,
    lists: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Proposal:
    """Return the fields a blank form asks for. With `like`, fields that call knows keep their keys, kinds and options.

    `wrapped`: the form came from a file whose lines end where the page did (PDF), so that the line under a label may be
    the rest of it. `lists` are the entries of drop-down lists by their label.
    """
    language = like.language if like is not None else language_of("\n".join(map(text_of, blocks)))
    form = gathered([_with_list(place, lists) for place in places(blocks)], language)
    numbered(form)
    vocabulary = Vocabulary(like) if like is not None else None
    taken: set[str] = set()
    fields = [_field(draft, language, taken, vocabulary) for draft in form.drafts]
    if wrapped:
        fields = [_unwrapped(one, draft.asked) for one, draft in zip(fields, form.drafts, strict=True)]
    fields, left_out = _consistent(fields, form)
    _consent_asked(fields)
    proposal = Proposal(tuple(form.people.values()), form.sections, tuple(fields), tuple(left_out))
    return _compared(proposal, blocks, language)


def _consent_asked(fields: list[dict[str, Any]]) -> None:
    """Let the only consent of a form be asked for, though the other call has it beside consents of its own."""
    consents = [one for one in fields if one.get("kind") == "consent"]
    if consents and all(one.get("required") == "no" for one in consents):
        for one in consents:
            one["required"] = "yes"


def _with_list(place: Place, lists: Mapping[str, tuple[str, ...]]) -> Place:
    return replace(place, listed=lists.get(place.label, ())) if isinstance(place, Asked) else place


def call_of(proposal: Proposal, language: str) -> Call:
    """Return a call that has the proposed fields, and elsewhere only what a call must have."""
    keys: Mapping[str, Any] = {
        "id": "proposal",
        "title": "-",
        "prefix": "P",
        "language": language,
        "deadline": "2000-01-01T00:00",
        "subject": {"topic": "-", "example": "-/-"},
        "replies": {
            "address": "a@b",
            "sender_name": "-",
            "contact_name": "",
            "contact_phone": "",
            "signature": "-",
        },
        "participants": list(proposal.participants),
        "sections": proposal.sections,
        "fields": list(proposal.fields),
    }
    return Call.model_validate(unfolded(keys))


def _unwrapped(one: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Return a field whose label goes on in the line under it; the label as far as its own line is another wording."""
    if not asked.whole:
        return one
    hint = str(one.get("hint", "")).removeprefix(asked.whole.removeprefix(asked.label).strip()).strip()
    changed = one | {"label": asked.whole, "hint": hint, "aliases": [asked.label, *one.get("aliases", ())]}
    return {name: value for name, value in changed.items() if value}


# --- fields --------------------------------------------------------------------------------------------------------------


def _field(draft: Draft, language: str, taken: set[str], vocabulary: Vocabulary | None) -> dict[str, Any]:
    """Return a field as config.toml writes it: only what differs from the defaults."""
    asked, found = draft.asked, draft.guess
    known = _known(draft, vocabulary, taken)
    if known is not None:
        taken.add(known["key"])
        own = known | {"number": draft.aside or asked.number, "label": asked.label, "hint": found.hint}
        wordings = [known["label"], *known.get("aliases", ())]
        own["aliases"] = [one for one in wordings if normalised(one) != normalised(asked.label)]
        own["person"] = draft.person
    else:
        own = {
            "key": unique(_key(draft, language), taken),
            "number": draft.aside or asked.number,
            "label": asked.label,
            "kind": found.kind,
            "required": found.required,
            "person": draft.person,
            "options": list(found.options),
            "hint": found.hint,
        }
        if found.limit != 5000:
            own["limit"] = found.limit
        if draft.person:
            usual = _USUAL.get(language, {}).get(found.name, ())
            own["aliases"] = [one for one in usual if normalised(one) != normalised(asked.label)]
            column = (
                asked.label
                if person_named(asked.label)
                else f"{_short_name(draft.person, language)}: {asked.label}"
            )
            own["column"] = column
    return {name: own[name] for name in _MEMBERS if own.get(name)}


def _short_name(person: str, language: str) -> str:
    return PARTICIPANT[language].replace("{n}", person.removeprefix("p") or "{n}")


def _key(draft: Draft, language: str) -> str:
    name, label = draft.guess.name, draft.asked.label.casefold()
    if draft.person:
        bare = name or key_of(label, language)
        return f"{draft.person}_{bare}"
    of_hromada = any(word in label for word in ("громад", "общин", "hromada"))
    if name in _OF_CONTACT and not of_hromada and (_CONTACT.search(draft.heading) or _CONTACT.search(label)):
        return f"contact_{name}"
    if name in {"email", "phone"} and any(
        word in label for word in ("громад", "общин", "hromada", "офіційн", "официал")
    ):
        return f"hromada_{name}"
    if name in {"signature", "phone", "email"} and any(
        word in label for word in ("голов", "керівник", "кмет", "head")
    ):
        return f"head_{name}"
    return name or key_of(label, language)


def _known(draft: Draft, vocabulary: Vocabulary | None, taken: set[str]) -> dict[str, Any] | None:
    """Return the field of another call that a question is, or None when that is not sure."""
    hit = vocabulary.label(draft.asked.label) if vocabulary is not None and not draft.repeated else None
    if vocabulary is None or hit is None:
        return None
    fields = [vocabulary.fields[key] for key in hit.keys if key not in taken]
    own = [one for one in fields if one.person == draft.person]
    if len(own) > 1:
        part = vocabulary.section(draft.heading)
        own = [one for one in own if part is not None and vocabulary.part_of(one.key) == part.part]
    if len(own) != 1:
        return None
    written = own[0].model_dump(exclude_defaults=True)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in written.items()} | {
        "required": own[0].required
    }


# --- consistency ---------------------------------------------------------------------------------------------------------


def _consistent(fields: list[dict[str, Any]], form: Form) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the fields without what contradicts: aliases that another field bears, questions asked twice."""
    left_out: list[str] = []
    while True:
        written = {"fields": fields, "participants": list(form.people.values())}
        wrong = next(iter(contradictions(written)), None)
        if wrong is None:
            return fields, left_out
        at, name = int(wrong.path[1]), wrong.path[2] if len(wrong.path) > 2 else ""
        if name == "aliases":
            fields[at]["aliases"].pop(int(wrong.path[3]))
            if not fields[at]["aliases"]:
                del fields[at]["aliases"]
        elif name == "number":
            del fields[at]["number"]
        elif name == "kind":
            fields[at]["kind"] = "text"
        elif name == "column":
            del fields[at]["column"]
        else:
            left_out.append(fields.pop(at)["label"])


def _compared(proposal: Proposal, blocks: Sequence[Block], language: str) -> Proposal:
    """Return the proposal with what comes of reading the blank by it."""
    if not proposal.fields:
        return proposal
    call = call_of(proposal, language)
    found = pair(blocks, Vocabulary(call)).found
    answered = [
        one.key
        for one in call.fields
        if one.key in found
        and not choices(found[one.key].raw)[1]
        and not is_empty(tidy(found[one.key].raw), one)
    ]
    unfound = [one.key for one in call.fields if one.key not in found]
    return Proposal(
        proposal.participants,
        proposal.sections,
        proposal.fields,
        proposal.left_out,
        tuple(unfound),
        tuple(answered),
    )
