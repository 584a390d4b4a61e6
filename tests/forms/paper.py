"""The museum's form as rows of a table on paper."""

from tests.forms.applicants import Answers
from tests.forms.call import HEAD, LABELS, PERSON_KEYS, PERSON_LABELS, PERSONS, TAIL
from tests.forms.scans import Row

KEYS = (*HEAD, *(f"{person}_{suffix}" for person in PERSONS for suffix in PERSON_KEYS), *TAIL)


def rows(answers: Answers) -> list[Row]:
    """Return label and answer in two columns, «Учасник 1» and «Учасник 2» in rows of their own."""
    out: list[Row] = []
    for key in KEYS:
        if key.endswith("_name"):
            out.append((f"Учасник {key[1]}",))
        out.append((LABELS.get(key) or PERSON_LABELS[key.partition("_")[2]], answers[key]))
    return out
