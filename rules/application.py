"""The application: the form's fields as values, and what is missing or wrong with them.

`match` chooses the file that is the application by what it says, never by its name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rules.answer import Fault, Value
from rules.call import Call
from rules.completeness import faults, refer, unnamed
from rules.kinds import flag, value_of
from rules.labels import Vocabulary
from rules.lines import Found, Pairs
from rules.marks import with_emphasis
from rules.pairs import pair
from rules.table import Para, Reading, Table

__all__ = ["Application", "Fault", "Value", "likely_form", "match"]

# A letter or an order may mention one or two of the form's words.
MIN_LABELS = 3
_COLON = re.compile(r"^[^\W\d_][^:\n]{2,80}:\s*\S")
_TICKED = frozenset({"choice", "choices", "yesno", "consent"})


@dataclass(frozen=True, slots=True)
class Application:
    """The completed form. `form` is the SHA-256 of the file it was read from; `values` has the found fields only.

    `unknown_labels` are labels no field bears; `orphans`, a person's labels that stood under no person; `rivals`, other
    files of the same letter that are forms too and say something else: which of them counts, a person must say. `draft`: it
    was read off a scan or photo, and counts only after a person compared it.
    """

    form: str
    values: dict[str, Value] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    unknown_labels: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    draft: bool = False

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


def match(readings: Sequence[Reading], call: Call) -> Application | None:
    """Return the application among what became of a letter's files, or None when none of them is one.

    The file with the most answers counts; a file must show at least three of the form's labels. Files in containers
    are looked at one by one; `form` then is the inner file's digest.
    """
    vocabulary = _vocabulary(_Held(call.digest, call))
    forms: list[tuple[Reading, Pairs]] = []
    for reading in (leaf for outer in readings for leaf in outer.leaves):
        if reading.status != "read":
            continue
        pairs = pair(reading.blocks, vocabulary)
        if len(pairs.found) >= MIN_LABELS:
            forms.append((reading, pairs))
    if not forms:
        return None
    # Of a filled form and its blank the filled one; of equals the first.
    reading, pairs = max(forms, key=lambda form: (form[1].answered, len(form[1].found)))
    values, wrong = _values(pairs.found, call, vocabulary)
    absent = unnamed(values, wrong, call)
    values = {
        field.key: values[field.key]
        for field in call.fields
        if field.key in values and field.person not in absent
    }
    return Application(
        form=reading.sha256,
        values=values,
        faults=faults(values, wrong, call),
        unknown_labels=tuple(dict.fromkeys(pairs.unknown)),
        orphans=tuple(dict.fromkeys(pairs.orphans)),
        rivals=tuple(
            other.sha256
            for other, found in forms
            if other is not reading and found.answered and _differ(found.found, pairs.found)
        ),
        draft=reading.draft,
    )


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
        where = answer.where if answer is not None else ""
        if source is not None:
            where = f"{where} = {source.key}".strip()
        values[key] = Value(answer.raw if answer is not None else "", value, where, read_from.confidence)
        if fault is not None:
            wrong[key] = fault
    return values, wrong


def _differ(one: dict[str, Found], other: dict[str, Found]) -> bool:
    """Return whether two forms contradict each other in any answer both give."""
    shared = (key for key in one if key in other)
    return any(
        one[key].raw and other[key].raw and "".join(one[key].raw.split()) != "".join(other[key].raw.split())
        for key in shared
    )
