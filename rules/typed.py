"""What a person types in place of an applicant's answer: a value of the field's kind, or the code of why it is none. Pure.

Unlike an applicant's, it is not taken when something is wrong with it: whoever typed it is told at once, and nothing changes.
"""

import re

from rules.call import Call, FormField
from rules.kinds import value_of

# Such a text is no value of its kind at all; initials are a name all the same, and «no» is an answer.
_NOT_TAKEN = frozenset({"bad_email", "bad_phone", "bad_code", "bad_choice", "too_long"})
_SAYS_NOTHING = {
    "choice": "bad_choice",
    "choices": "bad_choice",
    "yesno": "bad_answer",
    "consent": "bad_answer",
}
_SHAPES = {"number": re.compile(r"\d+(\.\d+)?"), "date": re.compile(r"\d{4}-\d\d-\d\d")}
_BAD = {"number": "bad_number", "date": "bad_date"}


def typed_value(text: str, field: FormField, call: Call) -> tuple[str, str, str]:
    """Return the value, what is still wrong with it, and why it is not taken: codes of faults, "" for nothing."""
    value, fault = value_of(text, field, call)
    if fault == "several_emails":
        return "", "", "bad_email"
    if fault in _NOT_TAKEN:
        return "", "", fault or ""
    if not value:
        return "", "", _SAYS_NOTHING.get(field.kind, "bad_text")
    shape = _SHAPES.get(field.kind)
    if shape is not None and not shape.fullmatch(value):
        return "", "", _BAD[field.kind]
    if field.kind == "choice" and field.options and value not in field.options:
        return "", "", "bad_choice"
    return value, fault or "", ""
