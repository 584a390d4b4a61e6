"""A measurement and how it is taken: always beside a reference in the same run."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One line: how much of what, beside what reference. `unit` is "/s" (more is better), "MB" or "ms" (less is better)."""

    what: str
    value: float
    reference: str = ""
    reference_value: float = 0.0
    unit: str = "/s"

    @property
    def figure(self) -> str:
        return f"{self.value:,.{2 if self.unit == 'ms' else 0}f} {self.unit}"

    @property
    def ratio(self) -> str:
        return f"{self.value / self.reference_value:.2f}" if self.reference_value else ""


def rate(work: Callable[[], int], rounds: int = 3) -> float:
    """The best of some rounds, in pieces of work a second: noise only ever makes a round slower."""
    return rates((work,), rounds)[0]


def rates(works: Sequence[Callable[[], int]], rounds: int = 3) -> list[float]:
    """The best rounds of several works, taken in turn, so that a slow minute of the machine falls on all of them."""
    best = [0.0] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            start = time.perf_counter()
            done = work()
            best[number] = max(best[number], done / (time.perf_counter() - start))
    return best
