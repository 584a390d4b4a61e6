"""A proposal as the lines of config.toml that say it: participants, sections and one field a line."""

import json
from collections.abc import Iterator
from typing import Any

from intake.learn.proposal import Proposal


def written(proposal: Proposal, name: str) -> str:
    """Return the text to put into a `[[calls]]` block, with what is doubtful in comments. `name` is the form's file."""
    return "\n".join((*_lines(proposal, name), ""))


def _lines(proposal: Proposal, name: str) -> Iterator[str]:
    yield f"# Proposed by `intake form --learn` from {_comment(name)}. Look at kind and required, shorten the keys if you"
    yield "# like (never once letters have come), add other wordings of a label as aliases, then say `intake check`."
    if proposal.participants:
        yield "participants = ["
        yield from (f"    {_value(person)}," for person in proposal.participants)
        yield "]"
    if proposal.sections:
        yield f"sections = {_value(proposal.sections)}"
    yield "fields = ["
    for field in proposal.fields:
        yield f"    {_value(field)},"
    yield "]"
    for label in proposal.left_out:
        yield f"# Left out, for another field of its section is called so too: {_comment(label)}"
    if proposal.unfound:
        yield "# The empty blank has no place to find these in; fill in a copy and look what `intake read` makes of it:"
        yield f"# {', '.join(proposal.unfound)}"
    if proposal.answered:
        yield f"# In the blank these seem to have an answer already: {', '.join(proposal.answered)}"


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        # What JSON escapes, TOML reads; a deleted character is the one control JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def _key(key: str) -> str:
    return key if key.isascii() and key.isidentifier() else json.dumps(key, ensure_ascii=False)
