"""One answer in a form: the value found for a field, and what may be wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to ask the applicant about one field.

    `code`: `missing`, `unclear` (neither yes nor no), `bad_email`, `several_emails`, `bad_phone`, `bad_code`, `bad_number`,
    `bad_name`, `bad_choice`, `shared_email`, `same_person`, `initials`, `no_consent`, `not_ready`, `too_long`; `found` is
    what stood there.
    """

    key: str
    code: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One field as found: raw text, normalised value ("" when empty), where it stood, how sure (0 to 1).

    `stated` is what the applicant's answer comes to where a person put `value` in its place, and `stated_fault` what was
    wrong with it; None where nobody did.
    """

    raw: str
    value: str
    where: str = ""
    confidence: float = 1.0
    stated: str | None = None
    stated_fault: str = ""
