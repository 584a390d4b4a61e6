"""The unit of a place: the department whose application it is, where each may have one. Two spellings, one unit."""

import re

from rules.case import Case
from rules.labels import normalise

# What a department is called besides its name: «Дирекция „Култура“», «отдел Култура», «управління культури».
_KINDS = re.compile(
    r"\b(?:дирекция|дирекцията|отдел|отделът|сектор|звено|служба|управление|департамент|відділ|управління"
    r"|department|directorate|unit|office|division)\b"
)
_LONGEST = 120


def unit_of(case: Case) -> str | None:
    """Return the key of the unit a letter's form names: "" when the call has one application for each place.

    None: the call asks for a unit and the letter names none.
    """
    if case.call is None or case.call.policy.one_per == "place":
        return ""
    if case.application is None:
        return None
    named = (case.application.get(field.key) for field in case.call.fields if field.kind == "unit")
    return unit_key(next((text for text in named if text), "")) or None


def unit_key(text: str) -> str:
    """Return what two spellings of a unit have in common: no case, quotes or punctuation, no word like «дирекция»."""
    plain = normalise(text)
    return (" ".join(_KINDS.sub(" ", plain).split()) or plain)[:_LONGEST]
