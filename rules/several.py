"""Several files with forms in one letter, or a form that follows another: what they say together, as one application.

The same form twice is one; one form for each participant, or each page in a file of its own, is one application; two
places, or more people than there is room for, are not. Answers that contradict each other are never chosen between: the
fullest form's stands for the time being, and `conflicts` tells people to decide.

What was read off a scan comes after all that was typed. It adds what nobody typed when it names somebody whom nobody typed;
else it is the signed print of what was typed, and nothing in it counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rules.answer import Value
from rules.call import Call
from rules.kinds import value_of
from rules.sameness import TICKED, maybe_misread, said, same, same_person

# Kinds that name the place: two forms that differ in one are two applications.
_PLACE = frozenset({"hromada", "oblast", "katottg"})
# Two people sign on two days, and no contradiction lies in it.
_MAY_DIFFER = frozenset({"date", "signature"})
# A form with this share of the fullest one's answers may be the one that was typed; the fullest is then its signed print.
_NEARLY_ALL = 0.8
# A name on a scan is somebody's when it has two words of so many letters; less may be a signature or a stain.
_WHOLE_WORD = 3
# What people type comes before what is made from it.
_TYPED = ("docx", "odt", "doc", "rtf", "xlsx", "ods", "xls")


@dataclass(frozen=True, slots=True)
class Form:
    """One form: the digest of its file, the reader that read it, its answers and the faults their kinds found."""

    sha256: str
    values: Mapping[str, Value]
    wrong: Mapping[str, str] = field(default_factory=dict)
    reader: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What several forms say together. `main` is the form that was typed; `parts` added answers to it, `copies` none.

    `rivals` are for another place or for more people, and nothing of them was taken. `conflicts` are the fields to which
    forms that were put together give different answers. `draft`: an answer was read off a picture.
    """

    main: Form
    values: dict[str, Value]
    wrong: dict[str, str]
    parts: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    draft: bool = False


def merged(forms: Sequence[Form], call: Call) -> Merged:
    """Return what forms, in the letter's order and at least one of them, say together."""
    sheets = [_Sheet(form, call) for form in forms]
    said_anything = [sheet for sheet in sheets if sheet.says] or sheets[:1]
    by_hand = [sheet for sheet in said_anything if not sheet.form.draft]
    scans = [sheet for sheet in said_anything if sheet.form.draft]
    prints = [sheet for sheet in scans if by_hand and not _names_another(sheet, by_hand)]
    filled = [*by_hand, *(sheet for sheet in scans if sheet not in prints)]
    fullest = max(by_hand or filled, key=lambda sheet: len(sheet.says))
    of_place = [sheet for sheet in filled if not _elsewhere(sheet, fullest, call)]
    seated = _seated(of_place, fullest, call)
    # The fullest form is heard first; the others add to it in the letter's order.
    together = [fullest, *(sheet for sheet in seated if sheet is not fullest)]
    values: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    conflicts: set[str] = set()
    for sheet in together:
        contradicted = _add(sheet, values, wrong, call)
        # A misread letter is no contradiction, and a person compares every answer of a scan.
        conflicts |= set() if by_hand and sheet.form.draft else contradicted
    typed = _typed(together)
    others = [sheet for sheet in together if sheet is not typed]
    parts = [sheet for sheet in others if sheet.says.keys() - typed.says.keys()]
    return Merged(
        typed.form,
        values,
        wrong,
        parts=tuple(sheet.form.sha256 for sheet in parts),
        copies=tuple(
            sheet.form.sha256
            for sheet in (*others, *prints)
            if sheet not in parts and sheet.form.sha256 != typed.form.sha256
        ),
        rivals=tuple(sheet.form.sha256 for sheet in filled if sheet not in together),
        conflicts=tuple(field.key for field in call.fields if field.key in conflicts),
        draft=any(sheet.form.draft for sheet in (typed, *parts)),
    )


@dataclass(slots=True, eq=False)
class _Sheet:
    """A form on the way into the application: its answers under the keys they go to, and what those say."""

    form: Form
    call: Call
    values: dict[str, Value] = field(init=False)
    wrong: dict[str, str] = field(init=False)
    says: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.move({})

    def move(self, seats: Mapping[str, str]) -> None:
        """Put the people of the form in other seats: participant → participant."""
        keys = {
            key: "" if self._unseated(key, seats) else counterpart(key, seats, self.call)
            for key in self.form.values
        }
        self.values = {keys[key]: value for key, value in self.form.values.items() if keys[key]}
        self.wrong = {keys[key]: code for key, code in self.form.wrong.items() if keys.get(key)}
        self.says = {
            field.key: words
            for field in self.call.fields
            if field.key in self.values and (words := said(self.values[field.key], field))
        }

    def _unseated(self, key: str, seats: Mapping[str, str]) -> bool:
        """Return whether a field is of a participant whom the form does not name, and whose seat another one takes."""
        own = self.call.field(key)
        return own is not None and own.person not in seats and own.person in seats.values()

    @property
    def people(self) -> tuple[str, ...]:
        """The participants the form names, in the call's order. A box names nobody."""
        named = {
            field.person for field in self.call.fields if field.key in self.says and field.kind not in TICKED
        }
        return tuple(one.key for one in self.call.participants if one.key in named)

    def tells_of(self, person: str, key: str) -> bool:
        """Return whether a field is a participant's and says something other than a box does."""
        own = self.call.field(key)
        return own is not None and own.person == person and key in self.says and own.kind not in TICKED

    def of(self, person: str, kind: str) -> str:
        """Return what the form says of a participant in the first field of a kind that says anything."""
        words = (
            self.says.get(field.key, "")
            for field in self.call.fields
            if field.person == person and field.kind == kind
        )
        return next((word for word in words if word), "")


def counterpart(key: str, seats: Mapping[str, str], call: Call) -> str:
    """Return the key that stands for `key` when its participant takes another's seat, "" when there is none."""
    own = call.field(key)
    seat = seats.get(own.person, own.person) if own is not None else ""
    if own is None or seat == own.person:
        return key
    theirs = [field for field in call.fields if field.person == seat]
    named = seat + key.removeprefix(own.person) if key.startswith(own.person) else ""
    alike = (field.key for field in theirs if (field.label, field.kind) == (own.label, own.kind))
    return next((field.key for field in theirs if field.key == named), "") or next(alike, "")


def open_seats(values: Mapping[str, Value], call: Call) -> bool:
    """Return whether an application names fewer participants than the call has room for."""
    return len(_Sheet(Form("", values), call).people) < len(call.participants)


def _names_another(scan: _Sheet, typed: Sequence[_Sheet]) -> bool:
    """Return whether a scan tells of a participant who is in none of the typed forms: by a whole name and something more."""
    return any(
        len([word for word in scan.of(person, "name").split() if len(word) >= _WHOLE_WORD]) >= 2
        and sum(scan.tells_of(person, field.key) for field in scan.call.fields) >= 2
        and not any(_same(scan, person, sheet, who) for sheet in typed for who in sheet.people)
        for person in scan.people
    )


def _elsewhere(one: _Sheet, other: _Sheet, call: Call) -> bool:
    """Return whether two forms are for two places, or for two units of one where each may apply."""
    kinds = _PLACE | {"unit"} if call.policy.one_per == "unit" else _PLACE
    return any(
        not same(one.says.get(field.key, ""), other.says.get(field.key, ""), field)
        for field in call.fields
        if field.kind in kinds
        and not field.person
        and field.key not in one.wrong
        and field.key not in other.wrong
    )


def _seated(sheets: Sequence[_Sheet], first: _Sheet, call: Call) -> list[_Sheet]:
    """Return the forms whose people all have a seat, moved to those seats; of the letter's order, if `first` has its own then.

    People keep the seat they were written in; who finds it taken by somebody else takes the next free one.
    """
    for order in (sheets, [first, *(sheet for sheet in sheets if sheet is not first)]):
        taken: list[tuple[str, _Sheet, str]] = []
        waiting: list[tuple[_Sheet, str]] = []
        seats: dict[int, dict[str, str]] = {id(sheet): {} for sheet in order}
        for sheet in order:
            for person in sheet.people:
                known = _seat_of(sheet, person, taken)
                free = all(seat != person for seat, _, _ in taken)
                if known is None and not free:
                    waiting.append((sheet, person))
                    continue
                seat = known or person
                seats[id(sheet)][person] = seat
                taken.append((seat, sheet, person))
        for sheet, person in waiting:
            known = _seat_of(sheet, person, taken)
            free_seats = [
                one.key for one in call.participants if all(seat != one.key for seat, _, _ in taken)
            ]
            if known is None and not free_seats:
                continue
            seat = known or free_seats[0]
            seats[id(sheet)][person] = seat
            taken.append((seat, sheet, person))
        placed = [sheet for sheet in order if set(sheet.people) <= seats[id(sheet)].keys()]
        if first in placed:
            break
    for sheet in placed:
        sheet.move(seats[id(sheet)])
    return [sheet for sheet in sheets if sheet in placed]


def _seat_of(sheet: _Sheet, person: str, taken: Sequence[tuple[str, _Sheet, str]]) -> str | None:
    """Return the seat that somebody has already, the own one before others: two people may have one name."""
    found = [seat for seat, by, who in taken if _same(by, who, sheet, person)]
    return person if person in found else next(iter(found), None)


def _same(one: _Sheet, person: str, other: _Sheet, whom: str) -> bool:
    """Return whether two forms speak of one participant: by name, else by address or telephone, else by the seat."""
    if one is other:
        return person == whom
    names = one.of(person, "name"), other.of(whom, "name")
    if all(names) and one.form.draft != other.form.draft:
        reachable = any(
            one.of(person, kind) and one.of(person, kind) == other.of(whom, kind)
            for kind in ("email", "phone")
        )
        return same_person(*names) or maybe_misread(*names, sure=reachable)
    if all(names):
        return same_person(*names)
    for kind in ("email", "phone"):
        both = one.of(person, kind), other.of(whom, kind)
        if all(both):
            return both[0] == both[1]
    return person == whom


def _add(sheet: _Sheet, values: dict[str, Value], wrong: dict[str, str], call: Call) -> set[str]:
    """Add a form's answers where there are none, and return the keys at which it contradicts what is there."""
    conflicts = set()
    for form_field in call.fields:
        key = form_field.key
        value = sheet.values.get(key)
        if value is None:
            continue
        there = values.get(key)
        words = said(there, form_field) if there is not None else ""
        if there is None or (not words and key in sheet.says):
            values[key] = value
            wrong.pop(key, None)
            if key in sheet.wrong:
                wrong[key] = sheet.wrong[key]
        elif form_field.kind not in _MAY_DIFFER and not same(words, sheet.says.get(key, ""), form_field):
            conflicts.add(key)
    return conflicts


def _typed(together: Sequence[_Sheet]) -> _Sheet:
    """Return the form that people typed: of those that say nearly all, one in a format for typing, else the fullest."""
    most = len(together[0].says)
    near = [
        sheet
        for sheet in together
        if len(sheet.says) >= most * _NEARLY_ALL and sheet.form.draft == together[0].form.draft
    ]
    return min(near, key=lambda sheet: sheet.form.reader not in _TYPED)


def completed(form: Form, earlier: Mapping[str, Value], call: Call) -> Merged | None:
    """Return what a form says together with the application it follows, or None when it says all that is to be said.

    A form for another participant is added to what is there. One that corrects what is there counts before it, and only
    what it does not ask, and people it does not name, are kept. `parts` then holds the keys that were kept. When there is no
    room for all the people, the form itself is a rival: a person decides.
    """
    new, old = _Sheet(form, call), _Sheet(Form("", earlier, _wrong(earlier, call)), call)
    if not old.says or not new.says or _elsewhere(new, old, call):
        return None
    absent = [who for who in old.people if not any(_same(old, who, new, person) for person in new.people)]
    unknown = [who for who in new.people if not any(_same(new, who, old, person) for person in old.people)]
    unasked = [key for key in old.says if key not in new.values and _person(key, call) not in absent]
    # Whoever names some of the people again and others anew has sent the whole list anew.
    listed_anew = bool(unknown) and len(absent) < len(old.people)
    if listed_anew or not (absent or unasked):
        return None
    first, second = (old, new) if unknown and absent else (new, old)
    if len(_seated([first, second], first, call)) < 2:
        if len(new.people) >= len(old.people):
            return None
        return Merged(form, dict(form.values), dict(form.wrong), rivals=(form.sha256,), draft=form.draft)
    if first is new:
        # An answer that was taken out stays out; it is kept only where the new form does not ask for it.
        second.values = {
            key: value
            for key, value in second.values.items()
            if key not in new.values or _person(key, call) in absent
        }
    values: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    _add(first, values, wrong, call)
    conflicts = _add(second, values, wrong, call)
    kept = tuple(key for key, value in values.items() if key in old.says and value is old.values.get(key))
    return Merged(
        form,
        values,
        wrong,
        parts=kept,
        conflicts=tuple(field.key for field in call.fields if field.key in conflicts),
        draft=form.draft,
    )


def _person(key: str, call: Call) -> str:
    own = call.field(key)
    return own.person if own is not None else ""


def _wrong(values: Mapping[str, Value], call: Call) -> dict[str, str]:
    """Return the faults that the kinds of kept answers find in them once more."""
    out: dict[str, str] = {}
    for form_field in call.fields:
        value = values.get(form_field.key)
        if value is None or form_field.kind in TICKED:
            continue
        again, code = value_of(value.raw, form_field, call)
        # The value of «учасник 1» is another field's, and nothing is wrong with it here.
        if code is not None and again == value.value:
            out[form_field.key] = code
    return out
