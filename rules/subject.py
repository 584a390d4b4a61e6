"""The subject of a letter: which call it is for, how well it keeps the rule, which place it names."""

from dataclasses import dataclass
from typing import Literal

from rules.place import NOTHING, Recognition

# strict: the announced form after harmless normalisation · tolerant: understood, one friendly line is due ·
# review: likely an application, the place must come from elsewhere · none: not an application by its subject
SubjectLevel = Literal["strict", "tolerant", "review", "none"]


@dataclass(frozen=True, slots=True)
class SubjectReading:
    """What a subject says. `number` is an application number in brackets: `[КЗ-2023-014]`.

    `problems` are codes as in the samples: `separator_backslash`, `placeholder_literal`, `no_oblast` …;
    `text` is the subject after prefixes were stripped.
    """

    level: SubjectLevel
    call_id: str | None = None
    recognition: Recognition = NOTHING
    problems: tuple[str, ...] = ()
    number: str | None = None
    text: str = ""
