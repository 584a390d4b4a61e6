"""What the sender says in the text of a letter, as far as a machine may tell. A value; `rules.conversation` hears it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.answer import Value

# Gravest first: withdrawal · question · confirmation (of taking part) · statement (something else is said) ·
# thanks (nothing but courtesy) · nothing
Intent = Literal["withdrawal", "question", "confirmation", "statement", "thanks", "nothing"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a letter without a form says.

    `sentence` shows the intent, in the sender's words. `values` are answers to the form's fields that stand in the text,
    by key, `doubts` what may be one but not for which field. `taken`: the keys by which the standing form was completed;
    empty when a person must look first. `rest`: what the text says besides these answers, "" when that is courtesy.
    """

    intent: Intent = "nothing"
    sentence: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    rest: str = ""
