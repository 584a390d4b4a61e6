"""A reply: the letter we send, as a value. Composing it is pure; keeping and sending it is done elsewhere."""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, ready to be kept. `message_id` is derived, so that the same decision is never answered twice.

    `octets` is the whole message (RFC 5322, CRLF) as it will be sent; `letter` is the digest of what it answers.
    """

    message_id: str
    letter: str
    call_id: str
    template: str
    number: str | None
    recipient: str
    subject: str
    octets: bytes = field(repr=False)


def derive_message_id(letter: str, template: str, recipient: str, domain: str) -> str:
    """Return the Message-ID (RFC 5322, 3.6.4) that belongs to letter + template + recipient, in angle brackets."""
    seed = "\n".join((letter, template, recipient.lower()))
    return f"<{hashlib.sha256(seed.encode()).hexdigest()[:32]}.{template}@{domain}>"
