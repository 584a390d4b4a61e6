"""A case with what its letter's text says in it; sure answers to our questions complete the standing form.

Completed is only the application of whoever may speak for it, and a good value is never exchanged silently: a different one
counts when the letter answers a letter of ours, else a person decides. Pure.
"""

from collections.abc import Mapping
from dataclasses import replace

from rules import form, sameness
from rules.answer import Value
from rules.application import amended, vocabulary_of
from rules.call import Call, FormField
from rules.case import Case, Registered
from rules.intents import courteous, intent_of, proper
from rules.kinds import flag
from rules.labels import normalise
from rules.person import Action
from rules.quotation import turns
from rules.said import Intent, Said
from rules.written import Written, written

# A person has not looked yet, or nothing was asked: the text of such a letter is not held against the form.
_STANDING = frozenset({"complete", "incomplete", "held"})
_GRAVE: frozenset[Intent] = frozenset({"withdrawal", "question", "confirmation"})
_MOST = 200
# The confidence of an answer whose label or number is the form's own.
_NAMED = 0.95


def hear(case: Case) -> Case:
    """Return the case with what the sender says in the letter's text, and the standing form completed by it if that is sure."""
    if case.call is None or (case.application is not None and case.application.draft):
        return case
    own = turns(case.letter.text)
    intent, sentence = intent_of("\n\n".join(filter(None, (proper(turn.said) for turn in own))))
    said = Said(intent, sentence[:_MOST])
    known = case.known
    if known is None or case.application is not None or not form.brings_nothing(case):
        return replace(case, said=said)
    found = written(
        own,
        case.call,
        vocabulary_of(case.call),
        [fault.key for fault in known.faults],
        _names(known, case.call),
        standing=known.fields,
    )
    rest = "" if courteous(found.rest, around=True) else " ".join(found.rest.split())[:_MOST]
    said = replace(said, values=found.values, doubts=found.doubts, rest=rest)
    taken = _taken(case, case.call, known, found) if intent not in _GRAVE or _told_to(case) else {}
    if not taken:
        return replace(case, said=said)
    application = amended(known.values, known.faults, taken, case.call)
    return replace(case, said=replace(said, taken=tuple(taken)), application=application)


def _names(known: Registered, call: Call) -> dict[str, str]:
    return {
        field.person: known.fields[field.key]
        for field in reversed(call.fields)
        if field.kind == "name" and field.person and known.fields.get(field.key)
    }


def _taken(case: Case, call: Call, known: Registered, found: Written) -> Mapping[str, Value]:
    """Return the values that complete or correct the standing form; none when anything about them is unsure."""
    if _told_to(case):
        # A person has read the letter and says that it counts; still nobody consents for a colleague.
        return {
            key: value
            for key, value in found.values.items()
            if (field := call.field(key)) is not None and _speaks_for(case, call, known, field, value)
        }
    sure = (
        case.same_hands
        and known.status in _STANDING
        and known.revision > 0
        and not found.doubts
        and not found.wrong
        and courteous(found.rest, around=True)
    )
    if not sure:
        return {}
    asked = {fault.key for fault in known.faults}
    taken: dict[str, Value] = {}
    for key, value in found.values.items():
        field = call.field(key)
        assert field is not None
        if not _speaks_for(case, call, known, field, value):
            return {}
        standing = known.values.get(key)
        before = sameness.said(standing, field) if standing is not None and standing.value else ""
        if before and key not in asked:
            if sameness.same(before, sameness.said(value, field), field):
                continue
            if not case.history.thread_proven or not _exchangeable(field, value):
                return {}
        taken[key] = value
    return taken


def _told_to(case: Case) -> bool:
    """Return whether a person wants this letter registered."""
    return case.correction is not None and case.correction.action is Action.REGISTER


def _exchangeable(field: FormField, value: Value) -> bool:
    """Return whether a good value may give way to another by a line of text.

    Not a person to another one, nothing to a «no», and only when the field was named as the form names it.
    """
    if field.kind in {"name", "consent", "date"} or (field.kind == "yesno" and not flag(value.value)):
        return False
    return value.confidence >= _NAMED


def _speaks_for(case: Case, call: Call, known: Registered, field: FormField, value: Value) -> bool:
    """Return whether the sender may say this: nobody consents for a colleague, nobody moves to another place by letter."""
    if field.kind in {"oblast", "raion", "hromada"}:
        of = {"oblast": known.place.oblast, "raion": known.place.raion, "hromada": known.place.full}[
            field.kind
        ]
        return sameness.same_place(normalise(value.value), normalise(of))
    if field.kind == "katottg":
        return value.value == known.place.code
    if field.kind == "consent":
        sender = case.letter.from_.address.casefold() if case.letter.from_ is not None else ""
        own = {
            known.fields.get(other.key, "").casefold()
            for other in call.fields
            if other.kind == "email" and field.person and other.person == field.person
        }
        return flag(value.value) is True and bool(sender) and sender in own
    return True
