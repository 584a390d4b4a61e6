"""What our own mail server found out about the sender (RFC 8601): the one door to authres.

Only the topmost Authentication-Results field of the server named in the configuration is believed; all others may be
the sender's own invention. Nothing is looked up, and no signature is verified here.
"""

import re
from collections.abc import Sequence

import authres

from rules.case import Trust
from rules.letter import Letter

# The word of the configuration for Microsoft 365, whose field begins without an authserv-id.
MICROSOFT = "microsoft"
# A longer field is no server's honest word; authres needs more than a second for some hundred kilobytes.
LONGEST = 16 * 1024
_NAME = re.compile(r'\s*(?:\([^()]*\)\s*)*"?([^\s;"()=]+)"?\s*(?:\([^()]*\)\s*)*(?:\d+\s*)?(?:;|$)')
_BAD = frozenset({"fail", "hardfail", "policy"})
# Microsoft's word for a sender without a DMARC record that would have passed one.
_GOOD = frozenset({"pass", "bestguesspass"})


def trust(letter: Letter, authserv_id: str) -> Trust:
    """Return what the server called `authserv_id` says of the sender's domain.

    `pass`: the domain of From is vouched for, by DMARC or by DKIM or SPF aligned with it (RFC 7489, 3.1); `fail`: a check
    of it failed; `none`: nothing speaks for or against it; `unknown`: no server is configured, or it said nothing that
    can be read. `authserv_id` is the server's name (RFC 8601, 2.5), "microsoft" for Microsoft 365, "" for none.
    """
    sender = letter.from_.domain if letter.from_ else ""
    value = _topmost(letter.header_all("authentication-results"), authserv_id.lower())
    if value is None or not sender or len(value) > LONGEST:
        return "unknown"
    try:
        results = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}").results
    # authres raises its own errors and, on some broken comments and versions, others: all say that it cannot be read.
    except Exception:  # noqa: BLE001 - whatever a header makes a library raise is a fact about that header
        return "unknown"
    return _weighed(results, sender)


def _topmost(values: Sequence[str], authserv_id: str) -> str | None:
    """Return the field to believe, beginning with an authserv-id, or None."""
    if authserv_id == MICROSOFT:
        # Theirs is always the topmost; one that names a server was brought along by the sender.
        return f"x; {values[0]}" if values and not _NAME.match(values[0][:500]) else None
    if not authserv_id:
        return None
    named = ((value, _NAME.match(value[:500])) for value in values)
    return next((value for value, name in named if name is not None and name[1].lower() == authserv_id), None)


def _weighed(results: Sequence[authres.AuthenticationResult], sender: str) -> Trust:
    said = [
        (str(result.method).lower(), str(result.result).lower(), _domain(result, sender))
        for result in results
    ]
    # A result about another domain than the one people see in From says nothing about the sender.
    about = [(method, result) for method, result, domain in said if _aligned(domain, sender)]
    dmarc = [result for method, result in about if method == "dmarc"]
    others = [result for method, result in about if method in {"dkim", "spf"}]
    if _GOOD.intersection(dmarc):
        return "pass"
    if _BAD.intersection(dmarc):
        return "fail"
    if "pass" in others:
        return "pass"
    if _BAD.intersection(others):
        return "fail"
    return "unknown" if any(result in {"temperror", "permerror"} for _, result in about) else "none"


def _domain(result: authres.AuthenticationResult, sender: str) -> str:
    """Return the domain a result is about: header.from, header.d or header.i, smtp.mailfrom or smtp.helo."""
    wanted = {"dmarc": ("from",), "dkim": ("d", "i"), "spf": ("mailfrom", "helo")}.get(
        str(result.method).lower(), ()
    )
    named = {str(item.name).lower(): str(item.value) for item in result.properties if item.value}
    value = next((named[name] for name in wanted if name in named), "")
    # DMARC is about From by its nature (RFC 7489, 11.1); some servers do not repeat it.
    if not value and str(result.method).lower() == "dmarc":
        return sender
    return value.strip("<>\"'").rpartition("@")[2].rstrip(".").lower()


def _aligned(domain: str, sender: str) -> bool:
    """Return whether two domains belong together: the same, or one below the other (RFC 7489, 3.1, relaxed)."""
    shorter, longer = sorted((domain, sender), key=len)
    return shorter == longer or ("." in shorter and longer.endswith(f".{shorter}"))
