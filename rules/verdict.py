"""What a rule may say and what follows: grounds known in advance, findings of fact, and the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

# Facts are JSON values, so that they can be kept in the ledger and shown by `intake why`.
Fact = str | int | float | bool | list[str] | dict[str, str] | None


class Disposition(StrEnum):
    """What happens to the letter. Of several, the gravest wins: accept < hold < reject < discard."""

    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"
    DISCARD = "discard"

    @property
    def gravity(self) -> int:
        """The place in the order accept < hold < reject < discard."""
        return tuple(Disposition).index(self)


class Severity(IntEnum):
    """How much a finding matters to the reader. It orders findings of equal disposition."""

    NOTE = 0
    FAULT = 1
    BAR = 2


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason known in advance. A call's policy may map `code` to another disposition."""

    code: str
    disposition: Disposition
    severity: Severity

    def found(self, **facts: Fact) -> "Finding":
        """Return the finding that this ground holds, with the facts that establish it."""
        return Finding(self, facts)


@dataclass(frozen=True, slots=True)
class Finding:
    """A ground with the facts that establish it: `late(received=…, deadline=…, by_seconds=…)`.

    `settled`: a person has decided what it raises; it is shown, and nothing follows from it any more.
    """

    ground: Ground
    facts: Mapping[str, Fact] = field(default_factory=dict)
    settled: bool = False

    @property
    def code(self) -> str:
        """The ground's code."""
        return self.ground.code


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision about one letter.

    `findings` are ordered gravest first. `template` names the reply that fits, or None when nothing is to be
    said; `answerable` is False when the sender must not be answered whatever the template (RFC 3834).
    `rules_digest` identifies the call's settings that led here.
    """

    disposition: Disposition
    findings: tuple[Finding, ...]
    template: str | None
    answerable: bool
    rules_digest: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, gravest first."""
        return tuple(finding.code for finding in self.findings)

    @property
    def open(self) -> frozenset[str]:
        """The codes of the findings that nobody has settled: what follows, follows from these."""
        return frozenset(finding.code for finding in self.findings if not finding.settled)
