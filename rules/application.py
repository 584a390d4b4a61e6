"""The application: the form's fields as values, and what is missing or wrong with them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to ask the applicant about one field.

    `code`: `missing`, `bad_email`, `bad_phone`, `shared_email`, `same_person`, `initials`, `no_consent`,
    `not_ready`, `bad_code`, `too_long` … ; `found` is what stood there.
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


@dataclass(frozen=True, slots=True)
class Application:
    """The completed form. `form` is the SHA-256 of the file it was read from; `values` has the found fields only."""

    form: str
    values: dict[str, Value] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    unknown_labels: tuple[str, ...] = ()

    def get(self, key: str) -> str:
        """Return the normalised value of a field, "" when it is empty or absent."""
        found = self.values.get(key)
        return found.value if found else ""

    @property
    def fields(self) -> dict[str, str]:
        """Key → normalised value, empty ones left out."""
        return {key: value.value for key, value in self.values.items() if value.value}
