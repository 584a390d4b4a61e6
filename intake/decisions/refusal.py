"""Why something that a person decided cannot be done: a value, told to that person in the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refused:
    """A code of `intake.workbook.notes`, and what fills its words."""

    note: str
    facts: Mapping[str, Any] = field(default_factory=dict)
