"""What the ledger tells others: applications, letters and replies as frozen values, newest facts joined in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.place import Place


@dataclass(frozen=True, slots=True)
class FileView:
    """One attached file: its name as sent, its SHA-256, its size in octets, what became of reading it."""

    name: str
    sha256: str
    size: int
    type: str
    status: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding as kept: code, disposition it led to, facts."""

    code: str
    disposition: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """One letter of ours: when it was made and sent (aware UTC), how it stands, the server's last words."""

    message_id: str
    letter: str
    template: str
    number: str | None
    recipient: str
    subject: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    last_response: str


# What reports say of a letter that was sent, as `outbox.store.report` keeps it before their words.
_REPORTED = ("delivered", "delayed")


def delivery(state: str, last_response: str) -> tuple[str, str]:
    """Return how a letter of ours stands, and the words about it: its state and the server's, or those of a report.

    That a server took it is `sent`; only a report makes it `delivered` or `delayed`.
    """
    word, colon, words = last_response.partition(": ")
    return (word, words) if state == "sent" and colon and word in _REPORTED else (state, last_response)


@dataclass(frozen=True, slots=True)
class LetterView:
    """One letter received. Times are aware UTC; `state` is settled or shunted."""

    digest: str
    state: str
    received_at: datetime
    date: datetime | None
    subject: str
    from_name: str
    from_address: str
    call_id: str | None
    number: str | None
    disposition: str | None
    template: str | None
    findings: tuple[FindingView, ...]
    files: tuple[FileView, ...]
    suggestion: str


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """One application as it stands: place, newest revision, faults, files, last reply.

    `status`: complete | incomplete | held | late | no_form. `hours_before` is from first receipt to the deadline.
    `confirmed_at`: when those selected confirmed that they take part. `revision` counts the forms that came. `stated`:
    field → what the applicant's answer comes to, where a person's correction counts in its place. `unit` is the key of
    `rules.units`, "" for the place's only application.
    """

    number: str
    status: str
    place: Place
    place_by: str
    first_received_at: datetime
    received_at: datetime
    revision: int
    letters: int
    subject: str
    subject_level: str
    subject_problems: tuple[str, ...]
    sender_name: str
    sender_address: str
    values: dict[str, str]
    faults: tuple[tuple[str, str, str], ...]
    findings: tuple[FindingView, ...]
    files: tuple[FileView, ...]
    folder: str
    last_reply: ReplyView | None
    confirmed_at: datetime | None = None
    stated: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
