"""The application: the form's fields as values, and what is missing or wrong with them.

`match` chooses the file that is the application by what it says, never by its name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rules.answer import Fault, Value
from rules.call import Call
from rules.completeness import faults, refer, unnamed
from rules.copies import copies_in
from rules.found import Found, Pairs
from rules.kinds import flag, is_contact, value_of
from rules.labels import Vocabulary
from rules.marks import with_emphasis
from rules.pairs import pair
from rules.sameness import said
from rules.several import Form, completed, merged
from rules.suggest import suggestions
from rules.table import Para, Reading, Table

__all__ = [
    "Application",
    "Fault",
    "Value",
    "amended",
    "complete",
    "foreign",
    "likely_form",
    "match",
    "mended",
    "vocabulary_of",
]

# A letter or an order may mention one or two of the form's words.
MIN_LABELS = 3
# Kinds of questions that belong to a call, and as many labels of another matter as make a form another's.
_OF_THE_MATTER = frozenset({"long", "choice", "choices", "yesno"})
_OTHERS = 2
# From here a label is the form's own wording.
_SURE = 0.95
_COLON = re.compile(r"^[^\W\d_][^:\n]{2,80}:\s*\S")
_TICKED = frozenset({"choice", "choices", "yesno", "consent"})
# Faults that no single answer has: they are found anew among all the answers.
_OF_ALL = frozenset({"missing", "no_consent", "not_ready", "shared_email", "same_person"})


@dataclass(frozen=True, slots=True)
class Application:
    """The completed form. `form` is the SHA-256 of the file it was read from; `values` has the found fields only.

    `unknown_labels` are labels no field bears; `orphans`, a person's labels that stood under no person. Of a letter with
    several forms, `parts` are other files that gave answers too and `copies` those that say the same; `rivals` are for
    another place or for more people, and gave none; `conflicts` are fields to which the forms give different answers.
    `suggestions` say what unknown labels may mean, by their place alone. `surplus` are people for whom the form has no room. `kept` are fields that an earlier revision answered. `draft`: it was
    read off a scan or photo, and counts only after a person compared it.
    """

    form: str
    values: dict[str, Value] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    unknown_labels: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    draft: bool = False
    conflicts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    suggestions: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    def get(self, key: str) -> str:
        """Return the normalised value of a field, "" when it is empty or absent."""
        found = self.values.get(key)
        return found.value if found else ""

    def flag(self, key: str) -> bool | None:
        """Return what a yes/no or consent field says, None when it says nothing."""
        return flag(self.get(key))

    @property
    def fields(self) -> dict[str, str]:
        """Key → normalised value, empty ones left out."""
        return {key: value.value for key, value in self.values.items() if value.value}

    def blank(self, call: Call) -> bool:
        """Return whether it answers nothing: boxes that nobody marked are no answers."""
        return not any(
            said(self.values[field.key], field) for field in call.fields if field.key in self.values
        )


def match(readings: Sequence[Reading], call: Call) -> Application | None:
    """Return the application among what became of a letter's files, or None when none of them is one.

    A file is a form when it shows at least three of the form's labels; several are put together by `rules.several`. Files
    in containers are looked at one by one; `form` then is the inner file's digest.
    """
    vocabulary = vocabulary_of(call)
    found = _forms([leaf for outer in readings for leaf in outer.leaves], vocabulary)
    if not found:
        return None
    made = [_form(reading, pairs, at, call, vocabulary) for at, (reading, pairs) in enumerate(found)]
    together = merged(made, call)
    values, wrong = together.values, together.wrong
    _follow(values, wrong, call, vocabulary)
    read = [pairs for _, pairs in found]
    return _application(
        Application(
            form=together.main.sha256,
            unknown_labels=tuple(dict.fromkeys(label for pairs in read for label in pairs.unknown)),
            orphans=tuple(dict.fromkeys(label for pairs in read for label in pairs.orphans)),
            suggestions={
                label: title for pairs in read for label, title in suggestions(pairs.trail, call).items()
            },
            surplus=tuple(dict.fromkeys(name for pairs in read for name in pairs.surplus)),
            rivals=together.rivals,
            conflicts=together.conflicts,
            parts=together.parts,
            copies=together.copies,
            draft=together.draft,
        ),
        values,
        wrong,
        call,
    )


def foreign(application: Application, call: Call) -> bool:
    """Return whether a form shares with the call's only what any form asks: who writes, from where, how to reach them.

    It must ask for other things besides; a few labels of the call's own matter make it the call's.
    """
    asked = (field for field in call.fields if field.key in application.values)
    own = any(field.person or field.kind in _OF_THE_MATTER for field in asked)
    return not own and len(application.unknown_labels) >= _OTHERS


def complete(application: Application, known: Mapping[str, Value], call: Call) -> Application:
    """Return the application with what it leaves to the one it follows; unchanged when it says all by itself.

    `known` are the values of the newest revision, by key.
    """
    wrong = _own_faults(application.faults)
    together = completed(Form(application.form, application.values, wrong), known, call)
    if together is None:
        return application
    return _application(
        replace(
            application,
            rivals=(*application.rivals, *together.rivals),
            conflicts=tuple(dict.fromkeys((*application.conflicts, *together.conflicts))),
            kept=together.parts,
        ),
        together.values,
        together.wrong,
        call,
    )


def amended(
    known: Mapping[str, Value], faults: Sequence[Fault], values: Mapping[str, Value], call: Call
) -> Application:
    """Return the application of `known` values and their `faults` with some values put in their place, faults found anew."""
    wrong = {
        fault.key: fault.code for fault in faults if fault.code not in _OF_ALL and fault.key not in values
    }
    return _application(Application(""), {**known, **values}, wrong, call)


def mended(application: Application, people: Mapping[str, tuple[str, str]], call: Call) -> Application:
    """Return the application with a person's values in place of the applicant's, faults found anew.

    `people`: key → value and the code of what is wrong with it all the same, or "". A field that is not among them says
    again what the applicant said; so does one in which both say the same.
    """
    values, wrong = dict(application.values), _own_faults(application.faults)
    for key, value in application.values.items():
        if value.stated is not None:
            values[key] = replace(value, value=value.stated, stated=None, stated_fault="")
            wrong.pop(key, None)
            if value.stated_fault:
                wrong[key] = value.stated_fault
    for key, (theirs, fault) in people.items():
        was = values.get(key, Value("", ""))
        if theirs != was.value:
            values[key] = replace(was, value=theirs, stated=was.value, stated_fault=wrong.pop(key, ""))
            if fault:
                wrong[key] = fault
    if values == application.values:
        return application
    return _application(application, values, wrong, call)


def _own_faults(faults: Sequence[Fault]) -> dict[str, str]:
    """Return key → the fault that its own answer has."""
    return {fault.key: fault.code for fault in faults if fault.code not in _OF_ALL}


def vocabulary_of(call: Call) -> Vocabulary:
    """Return the labels of a call; built once for each."""
    return _vocabulary(_Held(call.digest, call))


def _application(
    bare: Application, values: dict[str, Value], wrong: dict[str, str], call: Call
) -> Application:
    """Return the application with its values in the form's order and what is to be asked about them."""
    absent = unnamed(values, wrong, call)
    values = {
        field.key: values[field.key]
        for field in call.fields
        if field.key in values and field.person not in absent
    }
    return replace(bare, values=values, faults=faults(values, wrong, call))


def _forms(leaves: Sequence[Reading], vocabulary: Vocabulary) -> list[tuple[Reading, Pairs]]:
    """Return the forms among files, with their answers: one file may hold several, and several files one."""
    forms: list[tuple[Reading, Pairs]] = []
    scraps: list[tuple[Reading, Pairs]] = []
    for leaf in leaves:
        if leaf.status != "read":
            continue
        for part in copies_in(leaf.blocks, vocabulary):
            pairs = pair(part, vocabulary)
            if len(pairs.found) >= MIN_LABELS:
                forms.append((replace(leaf, blocks=part), pairs))
            elif len(pairs.found) + len(set(pairs.orphans)) >= MIN_LABELS:
                scraps.append((replace(leaf, blocks=part), pairs))
    for leaf, _ in scraps if forms else ():
        _continue(forms, leaf, vocabulary)
    return forms


def _continue(forms: list[tuple[Reading, Pairs]], leaf: Reading, vocabulary: Vocabulary) -> None:
    """Take a file of a person's labels under no heading for the next page of a form, or else for a further person's form."""
    for at, (reading, pairs) in enumerate(forms):
        if reading.draft != leaf.draft:
            # A page that was read off a picture must not pass for typed.
            continue
        longer = pair((*reading.blocks, *leaf.blocks), vocabulary)
        untouched = all(
            longer.found[key].raw == answer.raw for key, answer in pairs.found.items() if answer.raw
        )
        if untouched and longer.answered > pairs.answered and len(longer.later) == len(pairs.later):
            forms[at] = (reading, longer)
            return
    named = {key for _, pairs in forms for key, answer in pairs.found.items() if answer.raw}
    for person in vocabulary.persons:
        if any(vocabulary.fields[key].person == person for key in named):
            continue
        pairs = pair(leaf.blocks, vocabulary, person=person)
        if len(pairs.found) >= MIN_LABELS and not pairs.orphans and not pairs.later:
            forms.append((leaf, pairs))
        return


def _form(reading: Reading, pairs: Pairs, at: int, call: Call, vocabulary: Vocabulary) -> Form:
    values, wrong = _values(pairs.found, call, vocabulary)
    if at:
        # Of all but the first form it is told that the answer stood elsewhere.
        values = {key: replace(value, where=f"form {at + 1}, {value.where}") for key, value in values.items()}
    return Form(reading.sha256, values, wrong, reading.reader, reading.draft)


def _follow(values: dict[str, Value], wrong: dict[str, str], call: Call, vocabulary: Vocabulary) -> None:
    """Give answers like «учасник 1» the value they mean when that stood in another file."""
    references = refer({key: value.raw for key, value in values.items()}, call, vocabulary)
    for key, source in references.items():
        if key in values and not values[key].value and source in values and values[source].value:
            values[key] = replace(values[key], value=values[source].value)
            wrong.pop(key, None)


def likely_form(readings: Sequence[Reading]) -> str | None:
    """Return the digest of the file that looks most like some filled form, though not this call's, or None.

    For the eyes of a person only: a file that is a form by its looks has at least three answers beside labels.
    """
    best, most = None, MIN_LABELS - 1
    for reading in (leaf for outer in readings for leaf in outer.leaves):
        tables = [block for block in reading.blocks if isinstance(block, Table)]
        pairs = [
            row for table in tables for row in table.rows if sum(bool(cell.text.strip()) for cell in row) == 2
        ]
        colons = [block for block in reading.blocks if isinstance(block, Para) and _COLON.match(block.text)]
        if reading.status == "read" and len(pairs) + len(colons) > most:
            best, most = reading.sha256, len(pairs) + len(colons)
    return best


@dataclass(frozen=True, slots=True)
class _Held:
    """A call under its digest: what makes two calls equal, so that a vocabulary is built once for each."""

    digest: str
    call: Call = field(compare=False)


@lru_cache(maxsize=16)
def _vocabulary(held: _Held) -> Vocabulary:
    return Vocabulary(held.call)


def _values(
    found: dict[str, Found], call: Call, vocabulary: Vocabulary
) -> tuple[dict[str, Value], dict[str, str]]:
    """Return the values of the answers, and the faults their kinds found."""
    references = refer({key: answer.raw for key, answer in found.items()}, call, vocabulary)
    values: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for form_field in call.fields:
        key = form_field.key
        answer = found.get(key)
        source = found.get(references.get(key, ""))
        if answer is None and source is None:
            continue
        read_from = source or answer
        assert read_from is not None
        raw = with_emphasis(read_from.raw, read_from.marked) if form_field.kind in _TICKED else read_from.raw
        value, fault = value_of(raw, form_field, call)
        if form_field.kind == "text" and read_from.confidence < _SURE and is_contact(raw):
            # A label that is only like «Посада» had better be none when an address stands beside it.
            value = ""
        where = answer.where if answer is not None else ""
        if source is not None:
            where = f"{where} = {source.key}".strip()
        values[key] = Value(answer.raw if answer is not None else "", value, where, read_from.confidence)
        if fault is not None:
            wrong[key] = fault
    return values, wrong
