"""Whether two answers to one question say the same: what a format, a typing slip or a shorter wording changes is no difference.

It never says which of two is right. Where it cannot tell it says that they differ, and a person decides.
"""

import re

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from rules import marks
from rules.answer import Value
from rules.call import FormField
from rules.labels import normalise

# Kinds whose answers are ticks: an empty box says nothing.
TICKED = frozenset({"choice", "choices", "yesno", "consent"})
# From this length on, what a format does to hyphens and line ends is told from another answer.
_LONG = 12
_ALIKE = 94
# How much alike a name and its misreading are at least; two participants may share the telephone of their office.
_MISREAD, _MISREAD_FOR_CERTAIN = 75, 50
# What a place is called besides its name.
_GENERIC = frozenset(
    normalise(word)
    for word in [
        "територіальна",
        "громада",
        "територіальної",
        "громади",
        "об’єднана",
        "об’єднаної",
        "громада",
        "громади",
        "мтг",
        "стг",
        "тг",
        "отг",
        "міська",
        "міської",
        "сільська",
        "сільської",
        "селищна",
        "селищної",
        "рада",
        "ради",
        "область",
        "області",
        "обл",
        "район",
        "району",
        "р-н",
        "м",
        "с",
        "смт",
        "селище",
        "місто",
        "община",
        "общината",
        "област",
        "областта",
        "гр",
        "hromada",
        "oblast",
        "municipality",
    ]
)
_ADJECTIVE = re.compile(r"(?:[сцз]ьк\w{0,3}|щин\w{1,2}|ччин\w{1,2}|ь)$")


def said(value: Value, field: FormField) -> str:
    """Return what an answer says in the form in which two are compared, "" when it says nothing."""
    if field.kind in TICKED and marks.unmarked_box(value.raw):
        return ""
    if field.kind in {"phone", "email"}:
        return (value.value or value.raw).casefold().strip()
    return normalise(value.value)


def same(one: str, other: str, field: FormField) -> bool:
    """Return whether two answers, as `said` gives them, say the same. An empty one says the same as any other."""
    if not one or not other or one == other:
        return True
    if field.kind in {"hromada", "oblast", "raion"}:
        return same_place(one, other)
    if field.kind == "name":
        return same_person(one, other)
    if field.kind in {"phone", "email"}:
        numbers, others = set(one.split(", ")), set(other.split(", "))
        return numbers <= others or others <= numbers
    if field.kind not in {"text", "long", "signature", "url", "unit"}:
        return False
    bare, rest = one.replace(" ", ""), other.replace(" ", "")
    if bare == rest:
        return True
    if re.findall(r"\d+", one) != re.findall(r"\d+", other) or min(len(bare), len(rest)) < _LONG:
        return False
    return fuzz.ratio(bare, rest, score_cutoff=_ALIKE) > 0


def same_place(one: str, other: str) -> bool:
    """Return whether two names, normalised, may be of one place: «Олевська МТГ», «громада Олевської міської ради»."""
    bare, others = _stems(one), _stems(other)
    return not bare or not others or bare <= others or others <= bare


def same_person(one: str, other: str) -> bool:
    """Return whether two names, normalised, may be of one person, whatever their order; initials may stand for names."""
    words, others = sorted(one.split()), sorted(other.split())
    if set(words) <= set(others) or set(others) <= set(words):
        return min(len(words), len(others)) >= 2 or words == others
    if len(words) == len(others) and Levenshtein.distance(" ".join(words), " ".join(others)) <= 1:
        return True
    fewer, more = sorted((words, others), key=lambda name: sum(len(word) > 1 for word in name))
    return _abbreviates(fewer, more)


def maybe_misread(one: str, other: str, *, sure: bool) -> bool:
    """Return whether one of two names may be the other, misread off a picture. `sure`: the two have one address or telephone."""
    alike = fuzz.ratio(" ".join(sorted(one.split())), " ".join(sorted(other.split())))
    return alike >= (_MISREAD_FOR_CERTAIN if sure else _MISREAD)


def _abbreviates(short: list[str], full: list[str]) -> bool:
    """Return whether «петренко о в» is «петренко олена василівна»: one whole word in common, the rest by initials."""
    whole = [word for word in short if len(word) > 1]
    initials = [word for word in short if len(word) == 1]
    left = [word for word in full if word not in whole]
    if not whole or not initials or any(word not in full for word in whole) or len(initials) > len(left):
        return False
    return all(any(word.startswith(letter) for word in left) for letter in initials)


def _stems(text: str) -> frozenset[str]:
    words = (word for word in text.split() if word not in _GENERIC)
    return frozenset(_ADJECTIVE.sub("", word) for word in words)
