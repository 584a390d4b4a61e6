"""One answer in a form: the value found for a field, and what may be wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to ask the applicant about one field.

    `code`: `missing`, `bad_email`, `bad_phone`, `bad_code`, `bad_choice`, `shared_email`, `same_person`, `initials`,
    `no_consent`, `not_ready`, `too_long`; `found` is what stood there.
    """

    key: str
    code: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One field as found: raw text, normalised value ("" when empty), where it stood, how sure (0 to 1)."""

    raw: str
    value: str
    where: str = ""
    confidence: float = 1.0
