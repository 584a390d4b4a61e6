"""An official place and how surely it was recognised."""

from dataclasses import dataclass
from typing import Literal

# exact: one place, certain · suggested: one place, a person must agree · ambiguous: several fit ·
# mismatch: name and oblast contradict · unknown: a name was given that no place bears · none: no name given
Level = Literal["exact", "suggested", "ambiguous", "mismatch", "unknown", "none"]

# No name is borne by more places; longer lists are of names that are only alike.
MOST_NAMESAKES = 10


@dataclass(frozen=True, slots=True)
class Place:
    """An official hromada or община. `code` is the codifier's (KATOTTG, EKATTE); `name` is the adjective or name.

    `full` is what a letter shows: «Коростенська міська територіальна громада». `oblast` is «Житомирська область».
    """

    code: str
    name: str
    full: str
    type: str
    raion: str
    oblast: str
    centre: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a text says about a place.

    `place` is set only when `level` is exact or suggested; `candidates` are what else fits, best first;
    `problems` are codes as in the subject samples (`ambiguous_in_oblast`, `hromada_oblast_mismatch` …).
    """

    level: Level
    place: Place | None = None
    candidates: tuple[Place, ...] = ()
    oblast: str | None = None
    problems: tuple[str, ...] = ()
    how: str = ""
    score: float = 0.0
    text: str = ""

    @property
    def certain(self) -> bool:
        """Whether a machine may act on it."""
        return self.level == "exact" and self.place is not None


NOTHING = Recognition("none")
