"""Exact lookup of one name as typed: Ukrainian first, then look-alikes, Latin, Russian. No likeness here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rules.gazetteer import Gazetteer, Hit
from rules.gazetteer.forms import adjective_stems
from rules.gazetteer.normalise import Word, coarse, lookalike, sound

How = Literal["name", "centre", "former", "homoglyph", "latin", "latin-coarse", "russian", "typo"]


@dataclass(frozen=True, slots=True)
class Match:
    """Places that bear a name. `by`: whether the words are the place's own name or its centre's."""

    hits: tuple[Hit, ...]
    by: Literal["name", "centre"]
    how: How
    problems: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


# The longest name in any case is shorter; three words together need not be looked up.
_LONGEST = 40
_RUSSIAN_ENDINGS = ("ская", "ской", "скую", "цкая", "цкой", "цкую", "зкая", "ная", "ной")
_LATIN_ENDINGS = ("oiu", "ou", "oi", "ai", "a", "i", "u", "o")


def lookup(tokens: Sequence[Word], gazetteer: Gazetteer) -> Match | None:
    """Return the places that the words, written as one name, name exactly; None when there are none."""
    flat = "".join(word.flat for word in tokens)
    if not 3 <= len(flat) <= _LONGEST:
        return None
    if gazetteer.country == "bg":
        return _bulgarian(tokens, flat, gazetteer)
    if all(word.script == "latin" for word in tokens):
        return _latin(tokens, flat, gazetteer)
    match = _ukrainian(flat, gazetteer)
    if match is None and len(tokens) == 1:
        match = _russian(flat, gazetteer)
    return match


def _ukrainian(flat: str, gazetteer: Gazetteer) -> Match | None:
    for stem in adjective_stems(flat):
        if stem in gazetteer.names:
            hits = gazetteer.names[stem]
            # A town may be called like another's adjective: both are kept, the words around decide.
            return Match(hits + gazetteer.centres.get(flat, ()), "name", "name")
    if flat in gazetteer.centres:
        return Match(gazetteer.centres[flat], "centre", "centre")
    return None


def _latin(tokens: Sequence[Word], flat: str, gazetteer: Gazetteer) -> Match | None:
    twin = lookalike("".join(word.text for word in tokens)).replace("-", "")
    if (
        not twin.isascii()
        and (match := _ukrainian(twin, gazetteer))
        and all(char not in "abcdefghijklmnopqrstuvwxyz" for char in twin)
    ):
        return Match(match.hits, match.by, "homoglyph", ("homoglyph",))
    spelt = sound(flat)
    for end in _LATIN_ENDINGS:
        stem = spelt.removesuffix(end)
        if stem != spelt and len(stem) > 3 and stem in gazetteer.sounds:
            return Match(gazetteer.sounds[stem], "name", "latin", ("transliterated",))
    if "=" + spelt in gazetteer.sounds:
        return Match(gazetteer.sounds["=" + spelt], "centre", "latin", ("transliterated",))
    return None


def _russian(flat: str, gazetteer: Gazetteer) -> Match | None:
    adjective = flat.endswith(_RUSSIAN_ENDINGS)
    if not adjective and not any(char in "ыэёъ" for char in flat):
        return None
    spelt = coarse(flat[:-2] if adjective else flat)
    found = gazetteer.coarse.get(spelt if adjective else "=" + spelt)
    return Match(found, "name" if adjective else "centre", "russian", ("russian",)) if found else None


def _bulgarian(tokens: Sequence[Word], flat: str, gazetteer: Gazetteer) -> Match | None:
    if flat in gazetteer.names:
        return Match(gazetteer.names[flat], "name", "name")
    if all(word.script == "latin" for word in tokens):
        found = gazetteer.sounds.get(sound(flat, "bg"))
        return Match(found, "name", "latin", ("transliterated",)) if found else None
    return None
