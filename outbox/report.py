"""What a delivery report does to the reply it is about: it marks it, and nothing else. Nothing is ever sent because of one, since anybody can forge a report."""

from datetime import datetime, timedelta

from outbox import store
from rules.letter import DeliveryReport, Fate

# Mail systems give up after five days or so; an older reply to the same address is not the one meant.
QUEUED = timedelta(days=8)
_GRAVEST = ("failed", "delayed", "delivered")


def note(tx: store.Transaction, report: DeliveryReport, *, at: datetime, letter: str) -> str | None:
    """Mark the reply a report is about, in the caller's transaction; return its Message-ID, or None when none is found.

    It is found by the Message-ID of what came back, else by the recipient: the newest reply sent there, since some
    servers give letters other ids. What a person wrote to the same address is no reply of ours. `at` (aware) is when the
    report came; `letter` is its digest, by which a person finds it.
    """
    recipients = [address for fate in report.fates if not report.foreign for address in fate.recipients]
    found = store.reported_on(tx, report.message_ids, recipients, since=at - QUEUED, until=at)
    if found is None:
        return None
    fate = _fate_of(report, found.recipient)
    words = f"{fate.words} (report {letter[:12]})".strip()
    store.report(tx, found.message_id, fate.action, words, at)
    return found.message_id


def _fate_of(report: DeliveryReport, recipient: str) -> Fate:
    """Return what became of a recipient: of several, behind an alias, the gravest."""
    own = [
        fate for fate in report.fates if recipient.lower() in {address.lower() for address in fate.recipients}
    ]
    return min(own or report.fates, key=lambda fate: _GRAVEST.index(fate.action))
