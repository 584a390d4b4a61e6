"""The place a person wrote beside a letter: found for sure, or a refusal that says what else it could be. Pure.

It never guesses: of several places of one name a person must say which. The text of a suggestion, copied whole, names one.
"""

from intake.decisions.refusal import Refused
from intake.workbook.notes import MOST, suggested
from rules.call import Call
from rules.gazetteer import Gazetteer
from rules.gazetteer.find import find
from rules.place import Place, Recognition

# These do not matter where somebody was asked for the name of a place and nothing else.
_HARMLESS = frozenset({"no_oblast", "hromada_or_oblast", "homoglyph"})


def place_of(
    text: str, call: Call, gazetteer: Gazetteer, *, oblast: str = "", typed_oblast: str = ""
) -> Place | Refused:
    """Return the place a text names, under the name it bore at the call's deadline.

    `oblast` is what the letter itself says: of namesakes it means the one there, if there is just one. `typed_oblast` is
    what the person said beside the name.
    """
    found = find(text, gazetteer, oblast=typed_oblast or None)
    if found.level == "ambiguous" and oblast and "no_oblast" in found.problems:
        there = find(text, gazetteer, oblast=oblast)
        found = there if there.certain else found
    place = found.place if found.certain or _plain(found) else _only_admitted(found, call)
    if place is not None:
        return gazetteer.named_on(place, call.deadline.date())
    options = suggested(found.candidates[:MOST])
    code = "place_ambiguous" if found.level in {"ambiguous", "mismatch"} else "place_unknown"
    return Refused(code, {"text": text[:80], "candidates": options})


def _plain(found: Recognition) -> bool:
    return found.level == "suggested" and set(found.problems) <= _HARMLESS


def _only_admitted(found: Recognition, call: Call) -> Place | None:
    """Return the only one of several namesakes that may apply at all, if the call says which oblasts may."""
    admitted = [
        place
        for place in found.candidates
        if any(place.oblast.casefold().startswith(name.casefold()) for name in call.policy.oblasts)
    ]
    return admitted[0] if found.level == "ambiguous" and len(admitted) == 1 else None
