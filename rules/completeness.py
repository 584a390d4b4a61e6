"""What an application lacks and what in it needs a question.

It sees all the answers at once: who is the same person, whose address is shared, which «той самий» means
whom.
"""

import re
from collections.abc import Mapping

from rules.answer import Fault, Value
from rules.call import Call, FormField
from rules.kinds import flag, is_empty
from rules.labels import Vocabulary, normalise

_SAME = re.compile(
    r"(?i)^[\s(«\"]*(?:див(?:\.|іться)?\s+вище|(?:та\s+)?той\s+(?:же|самий)|т(?:а|е|і)\s+(?:ж|сам[аеі])|він\s+же|вона\s+ж|-\s*//\s*-"
    r"|[—–-]?\s*//\s*[—–-]?|[—–-]?\s*[\"″〃]\s*[—–-]?|так(?:ий|а)\s+(?:ж|самий|сама)|як\s+вище|смотри выше|он же|она же|тот же|та же"
    r"|същ(?:ият|ата|ото|о)|виж по-горе|same(?: as above)?|see above)[\s.»\")]*$"
)


def refer(raw: Mapping[str, str], call: Call, vocabulary: Vocabulary) -> dict[str, str]:
    """Return which field's answer stands for another: the key of an answer like «учасник 1» or «див. вище» → a key.

    Once the contact person is said to be a participant, the contact's empty fields are that participant's too.
    """
    references: dict[str, str] = {}
    for at, field in enumerate(call.fields):
        text = raw.get(field.key, "")
        if not text.strip():
            continue
        person = (
            _mentioned(text, vocabulary)
            if not field.person and field.kind in {"name", "phone", "email"}
            else ""
        )
        if person:
            target = _counterpart(field, person, call)
            if target:
                references[field.key] = target
        elif _SAME.match(text):
            earlier = [
                other for other in call.fields[:at] if _alike(other, field) and raw.get(other.key, "").strip()
            ]
            earlier = [other for other in earlier if other.key not in references or other.key in raw]
            if earlier:
                references[field.key] = earlier[-1].key
    for key, target in tuple(references.items()):
        prefix, person = _prefix(key), _person_of(target, call)
        if not person:
            continue
        for field in call.fields:
            if (
                _prefix(field.key) == prefix
                and field.key not in references
                and is_empty(raw.get(field.key, ""), field)
            ):
                counterpart = _counterpart(field, person, call)
                if counterpart:
                    references[field.key] = counterpart
    return references


def faults(values: Mapping[str, Value], wrong: Mapping[str, str], call: Call) -> tuple[Fault, ...]:
    """Return what to ask, in the form's order. `wrong` holds the fault each value's own kind found."""
    out: list[Fault] = []
    absent = unnamed(values, wrong, call)
    for field in call.fields:
        if field.person in absent:
            continue
        value = values.get(field.key)
        raw = " ".join(value.raw.split())[:200] if value else ""
        code = wrong.get(field.key, "")
        if value is None or not value.value:
            if code in {"", "no_consent"} and field.required == "yes":
                code = "no_consent" if field.kind == "consent" else "missing"
            elif code == "no_consent":
                code = ""
        elif field.kind == "consent":
            code = "no_consent" if field.required == "yes" and flag(value.value) is False else ""
        elif field.kind == "yesno" and field.required == "yes" and flag(value.value) is False:
            code = "not_ready"
        if code == "unclear" and field.required == "no":
            code = ""
        if code == "initials" and not field.person:
            # Only participants get a certificate with their name.
            code = ""
        if code:
            out.append(Fault(field.key, code, "" if code in {"missing", "no_consent"} else raw))
    out.extend(_twice(values, call))
    order = {field.key: at for at, field in enumerate(call.fields)}
    return tuple(sorted(out, key=lambda fault: order[fault.key]))


def unnamed(values: Mapping[str, Value], wrong: Mapping[str, str], call: Call) -> frozenset[str]:
    """Return the participants who need not be named and are not: nothing is asked about them.

    Boxes alone, ticked or not, name nobody: a blank comes with the boxes of every line.
    """
    named = {
        field.person
        for field in call.fields
        if field.kind not in {"consent", "yesno", "choice", "choices"}
        and (field.key in wrong or ((value := values.get(field.key)) is not None and value.value))
    }
    return frozenset(one.key for one in call.participants if not one.required and one.key not in named)


def _twice(values: Mapping[str, Value], call: Call) -> list[Fault]:
    """Return the faults of two participants with one name or one address."""
    out: list[Fault] = []
    kinds = (("name", "same_person"), ("email", "shared_email"))
    for kind, code in kinds:
        if code == "shared_email" and call.policy.shared_email:
            continue
        seen: dict[str, str] = {}
        for field in call.fields:
            value = values.get(field.key)
            if not field.person or field.kind != kind or value is None or not value.value:
                continue
            mark = normalise(value.value) if kind == "name" else value.value.casefold()
            if seen.get(mark, field.person) != field.person:
                out.append(Fault(field.key, code, value.value))
            seen.setdefault(mark, field.person)
    return out


def _mentioned(text: str, vocabulary: Vocabulary) -> str:
    """Return the participant an answer names instead of a value: «учасник 1», «це перша учасниця»."""
    section = vocabulary.section(text.strip(' «»"().'))
    if section is not None and section.person and not section.rest:
        return section.person
    mention = vocabulary.mention(text) if len(text) < 80 else None
    if mention is None:
        return ""
    return (
        mention[0]
        if normalise(mention[1]) in {"", "це", "він же", "вона ж", "див", "той самий що", "див розділ"}
        else ""
    )


def _counterpart(field: FormField, person: str, call: Call) -> str:
    """Return the person's field that corresponds: the same last word of the key, else the same kind."""
    own = [other for other in call.fields if other.person == person]
    suffix = field.key.rpartition("_")[2]
    named = [
        other.key for other in own if other.key.rpartition("_")[2] == suffix and other.kind == field.kind
    ]
    alike = [
        other.key for other in own if other.kind == field.kind and field.kind in {"name", "phone", "email"}
    ]
    return (named or alike or [""])[0]


def _alike(earlier: FormField, later: FormField) -> bool:
    same_group = _prefix(earlier.key) == _prefix(later.key)
    suffix = earlier.key.rpartition("_")[2] == later.key.rpartition("_")[2]
    return (
        not same_group and earlier.kind == later.kind and (suffix or later.kind in {"name", "phone", "email"})
    )


def _prefix(key: str) -> str:
    return key.rpartition("_")[0]


def _person_of(key: str, call: Call) -> str:
    field = call.field(key)
    return field.person if field is not None else ""
