"""The form's fields as columns, whatever the call's form is. Pure; only kinds of fields are known here, no field's key."""

from collections.abc import Mapping
from datetime import datetime

from intake.ledger.views import ApplicationView
from intake.workbook.columns import Column, Kind, short, unique
from intake.workbook.values import Value
from intake.workbook.words import form_lacks
from rules.call import Call, FormField, KindName, Participant

# These say which place it is; the official place has columns of its own. Given a header, they are shown all the same.
_PLACE: frozenset[KindName] = frozenset({"oblast", "raion", "hromada", "katottg"})

# kind of field → kind of column and width
_SHAPES: Mapping[KindName, tuple[Kind, float]] = {
    "text": ("text", 22),
    "oblast": ("text", 16),
    "raion": ("text", 16),
    "hromada": ("text", 26),
    "katottg": ("code", 23),
    "long": ("long", 38),
    "name": ("text", 22),
    "phone": ("code", 16),
    "email": ("text", 28),
    "edrpou": ("code", 12),
    "number": ("number", 10),
    "date": ("day", 12),
    "choice": ("text", 20),
    "choices": ("long", 26),
    "yesno": ("text", 10),
    "consent": ("text", 10),
    "signature": ("text", 22),
    "url": ("long", 26),
    "unit": ("text", 26),
}


def answer_columns(call: Call, *, taken: set[str]) -> dict[str, Column]:
    """Return field key → its column on the sheet of applications, in the form's order.

    In sight are whom to ring up and what it is about; the rest is folded away.
    """
    seen = set(taken)
    in_sight = _in_sight(call)
    columns: dict[str, Column] = {}
    for field in call.fields:
        if field.kind in _PLACE and not field.column:
            continue
        person = next((one for one in call.participants if one.key == field.person), None)
        header = unique(_header(field, person), field.number, seen)
        kind, width = _SHAPES[field.kind]
        columns[field.key] = Column(header, kind, width, folded=field.key not in in_sight)
    return columns


def _in_sight(call: Call) -> set[str]:
    """Return the first required phone that is no participant's, the name before it, and the first required long answer."""
    keys: set[str] = set()
    name = ""
    for field in call.fields:
        if field.required != "yes" or field.person:
            continue
        if field.kind == "name":
            name = field.key
        elif field.kind == "phone":
            keys |= {name, field.key}
            break
    return keys | {next((one.key for one in call.fields if one.kind == "long" and one.required == "yes"), "")}


def participants_columns(call: Call, *, taken: set[str]) -> tuple[tuple[Column, Mapping[str, str]], ...]:
    """Return the columns of the sheet of participants, each with participant key → field key.

    Fields of several participants share a column when their keys differ by the participant's key only.
    """
    seen = set(taken)
    groups: dict[str, list[FormField]] = {}
    for field in call.fields:
        if field.person:
            groups.setdefault(field.key.removeprefix(field.person).removeprefix("_") or field.key, []).append(
                field
            )
    columns: list[tuple[Column, Mapping[str, str]]] = []
    for fields in groups.values():
        first = fields[0]
        person = next((one for one in call.participants if one.key == first.person), None)
        kind, width = _SHAPES.get(first.kind, ("text", 22))
        header = unique(short(_without(first.column or first.label, person)), first.number, seen)
        columns.append((Column(header, kind, width), {field.person: field.key for field in fields}))
    return tuple(columns)


def answer(value: str, column: Column) -> Value:
    """Return a field's value as its column shows it: numbers and dates as such, when they are."""
    match column.kind:
        case "number" if value.isascii() and value.replace(".", "", 1).isdigit() and len(value) < 15:
            return float(value) if "." in value else int(value)
        case "day":
            try:
                return datetime.fromisoformat(value).replace(tzinfo=None)
            except ValueError:
                return value
        case _:
            return value


def share(call: Call, application: ApplicationView) -> float:
    """Return how much of what the form asks for was given well, from 0 to 1."""
    wanted = [field.key for field in call.fields if field.required != "no"]
    faulty = {key for key, _, _ in application.faults}
    given = [key for key in wanted if application.values.get(key) and key not in faulty]
    return round(len(given) / len(wanted), 2) if wanted else 1.0


def lacking(call: Call, application: ApplicationView) -> str:
    """Return what is missing or wrong, one short line for each field; the person in charge sees the rest in the form."""
    if not application.values and not application.faults:
        return form_lacks(application.status, call.language)
    order = {field.key: at for at, field in enumerate(call.fields)}
    lines: dict[str, None] = {}
    for key, _, found in sorted(application.faults, key=lambda fault: order.get(fault[0], len(order))):
        field = call.field(key)
        person = next((one for one in call.participants if one.key == (field.person if field else key)), None)
        name = short(_header(field, person) if field else person.label if person else key, 40)
        number = f"{field.number} " if field and field.number else ""
        lines[f"{number}{name}" + (f": «{short(found, 30)}»" if found else "")] = None
    return "\n".join(lines)


def _header(field: FormField, person: Participant | None) -> str:
    """Return the header of a field: the admin's, else the label, with the participant it belongs to."""
    if person is not None and field.column.casefold().startswith(person.label.casefold()):
        return short(field.column)
    name = _without(field.column or field.label, person)
    return short(f"{person.label}: {name}" if person is not None else name)


def _without(label: str, person: Participant | None) -> str:
    """Return a label without the participant's own name at its beginning: «Учасник 1: згоду надаю»."""
    if person is None or not label.casefold().startswith(person.label.casefold()):
        return label
    rest = label[len(person.label) :].lstrip(" :.,–—-")
    return rest[:1].upper() + rest[1:] if rest else label
