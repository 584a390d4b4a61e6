"""Invented people of real hromadas, and how they answer a form. Nobody here exists; no address or phone leads anywhere.

Every address is in a domain reserved for examples (RFC 2606); phone numbers are all zeros but the last three digits.
"""

from dataclasses import dataclass
from datetime import timedelta

from rules.call import Call, FormField
from rules.place import Place


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `woman` decides the form of address only."""

    name: str
    position: str
    phone: str
    email: str
    woman: bool = True
    years: int = 3


@dataclass(frozen=True, slots=True)
class Applicant:
    """A hromada that applies: the place, its mail domain, its head and the two who would take part."""

    place: Place
    domain: str
    head: str
    first: Person
    second: Person
    population: int
    change: str
    unit: int = 1
    stage: int = 1

    @property
    def office(self) -> str:
        """The official address of the hromada."""
        return f"rada@{self.domain}"


def place(code: str, name: str, kind: str, centre: str, *, raion: str, oblast: str) -> Place:
    """Return a hromada from a line of the codifier: code, adjective, kind, centre, raion and oblast as adjectives."""
    full = f"{name} {kind} територіальна громада"
    return Place(code, name, full, kind, raion, f"{oblast} область", centre)


def phone(number: int) -> str:
    """Return an invented mobile number, written as people write it."""
    return f"+380 67 000 {number // 10 % 100:02d} {number % 10:02d}"


def signed(name: str) -> str:
    """Return «Прізвище Ім’я По батькові» as it is signed since 2021: «Ім’я ПРІЗВИЩЕ» (ДСТУ 4163:2020)."""
    surname, given, *_ = name.split()
    return f"{given} {surname.upper()}"


def edrpou(serial: int) -> str:
    """Return a code of eight digits with the right check digit, among the lowest, which nobody bears."""
    digits = f"{serial % 10000:07d}"
    control = sum(weight * int(digit) for weight, digit in enumerate(digits, 1)) % 11
    if control == 10:
        control = sum(weight * int(digit) for weight, digit in enumerate(digits, 3)) % 11 % 10
    return f"{digits}{control}"


def answers(call: Call, applicant: Applicant) -> dict[str, str]:
    """Return field key → answer for every field of the call, complete.

    Fields with the usual keys get the applicant's facts; what another call asks besides is answered by its kind.
    """
    facts = _facts(call, applicant)
    return {field.key: facts.get(field.key) or _by_kind(field, applicant) for field in call.fields}


def _facts(call: Call, applicant: Applicant) -> dict[str, str]:
    where = applicant.place
    facts = {
        "oblast": where.oblast,
        "raion": where.raion,
        "hromada": where.full,
        "katottg": where.code,
        "council": f"{where.name} {where.type} рада",
        "edrpou": edrpou(int(where.code[5:9] or "1")),
        "population": str(applicant.population),
        "hromada_email": applicant.office,
        "web": f"https://www.{applicant.domain}",
        "head_name": applicant.head,
        "change": applicant.change,
        "audience": "Стосується жителів старостинських округів; вони побоюються, що послуга стане дальшою і дорожчою.",
        "expectations": "Навчитися пояснювати зміни до того, як вони почнуться, і мати готовий план комунікації.",
        "tech": "є все",
        "accessibility": "не потрібні",
        "past_programmes": "ні",
        "head_signature": f"Голова громади {signed(applicant.head)}",
        "form_date": f"{call.deadline - timedelta(days=10):%d.%m.%Y}",
    }
    for key, person in (("contact", applicant.second), ("p1", applicant.first), ("p2", applicant.second)):
        facts |= {
            f"{key}_name": person.name,
            f"{key}_position": person.position,
            f"{key}_phone": person.phone,
            f"{key}_email": person.email,
            f"{key}_years": str(person.years),
            f"{key}_title": "пані" if person.woman else "пан",
        }
    for key, number in (("comm_unit", applicant.unit), ("change_stage", applicant.stage)):
        field = call.field(key)
        if field is not None and field.options:
            facts[key] = field.options[number % len(field.options)]
    return facts


def _by_kind(field: FormField, applicant: Applicant) -> str:
    if field.options:
        return "; ".join(field.options[:3]) if field.kind == "choices" else field.options[0]
    return {
        "yesno": "так",
        "consent": "так",
        "name": applicant.first.name,
        "phone": applicant.first.phone,
        "email": applicant.office,
        "hromada": applicant.place.full,
        "oblast": applicant.place.oblast,
        "raion": applicant.place.raion,
        "katottg": applicant.place.code,
        "number": "2",
        "date": "01.03.2023",
        "url": f"https://www.{applicant.domain}",
        "edrpou": edrpou(1),
    }.get(field.kind, "Наведено у листі громади.")
