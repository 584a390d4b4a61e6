"""Whose word a decision is: what somebody typed into the cell for the person in charge, or the workbook's. Pure."""

# What the rules made is theirs, what somebody unknown typed is the workbook's.
UNKNOWN = "workbook"
_OURS = frozenset({"rules", "replay", "reply"})


def whose(who: str) -> str:
    """Return the name under which a decision is kept; nobody can decide in the name of the rules."""
    name = who[:120]
    return UNKNOWN if not name or name in _OURS else name
