"""What one file answers, as it was found: answers, labels nobody bears, people beyond those asked for. It decides nothing."""

from dataclasses import dataclass, field

from rules.kinds import is_empty


@dataclass(slots=True)
class Found:
    """An answer as it stood: its field, raw text, where, how surely (0 to 1), the pieces set off in it."""

    key: str
    raw: str
    where: str
    confidence: float
    marked: tuple[str, ...] = ()
    # Only a label stood there, without even an empty place for its answer.
    unanswered: bool = False


@dataclass(slots=True)
class Pairs:
    """All that one file answers.

    `unknown` are labels nobody bears, and `trail` is the order in which known fields (their keys) and unknown labels (each
    with "?" before it) were met. `later` holds answers to a field that already had one; `orphans`, labels of a person that stood under no person;
    `surplus`, names of people for whom the form has no room.
    """

    found: dict[str, Found] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    later: list[Found] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many fields have an answer that says something."""
        return sum(not is_empty(answer.raw) for answer in self.found.values())
