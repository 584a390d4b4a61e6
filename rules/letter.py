"""A letter and how it reached us. Names are those of RFC 5322, 3501, 3834 and 2045; values never change."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Location:
    """Where a message lies on a server (RFC 3501, 2.3.1.1). Only the four together name it for good."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class RawLetter:
    """The octets of a message as fetched, not yet understood.

    `octets` is read once, in pieces of bounded size; `internaldate` is aware (RFC 3501, 2.3.3) and None when
    the letter did not come from a server. `size` is what the server said (RFC822.SIZE), in octets.
    """

    location: Location
    internaldate: datetime | None
    size: int
    octets: Iterable[bytes] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox (RFC 5322, 3.4): display name as text, addr-spec as written, without brackets."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the last @, in lower case; empty when there is none."""
        return self.address.rpartition("@")[2].lower() if "@" in self.address else ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A leaf of the message that is not its text, with the bytes it decodes to.

    `name` is what the sender called it, cleaned of paths, controls and direction overrides, or None when no
    name was given; `label` is never empty and the same each time (`part-3.docx`). `type` is sniffed from the
    content. `via` tells through what it was reached: `mime`, `rfc822`, `eml-file`, `msg`, `tnef`, `smime`, `uu`,
    `bounce`; what lies in a bounce is never an application. `position` is the path of part numbers ("2.1").
    """

    position: str
    name: str | None
    label: str
    type: str
    declared_type: str
    size: int
    sha256: str
    via: str
    content: bytes = field(repr=False, compare=False)
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """One trace line (RFC 5321, 4.4): which host took the message, from which, and when (aware) if readable."""

    by: str
    from_: str
    at: datetime | None


Action = Literal["failed", "delayed", "delivered"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a recipient by a delivery report (RFC 3464, 2.3): addresses, action, the server's words.

    `recipients` holds the original and the final address, where they are told; "relayed" and "expanded" count as delivered.
    """

    recipients: tuple[str, ...]
    action: Action
    words: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A report about a message of ours: the Message-IDs it may have had, surest first, and its recipients' fates.

    There is always at least one fate. Anybody can forge one. `structured`: the fates stood in a part written for
    programs, not only in words. `foreign`: the letter it returns was not written by us, but by a person, say, from the
    same mailbox.
    """

    message_ids: tuple[str, ...]
    fates: tuple[Fate, ...]
    structured: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """The parsed message. Text is always text; what had to be guessed or mended is listed in `defects`.

    `message_id`, `in_reply_to` and `references` keep their angle brackets. `date` is the Date header as an aware
    UTC instant, or None. `return_path` is None when the header is absent and "" for the null path. `headers`
    holds every header of the top level, decoded, in order, names in lower case. `text` is the readable body.
    `report` is what a delivery report says, when the letter is one. `html` is the markup of the body when it holds a
    table, which the text cannot show; it is never rendered.
    """

    digest: str
    size: int
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    subject: str
    from_: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    return_path: str | None
    content_type: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    received: tuple[Received, ...] = field(repr=False)
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...] = ()
    report: DeliveryReport | None = None
    html: str = field(default="", repr=False)

    def header(self, name: str) -> str | None:
        """Return the first header called `name` (case-insensitive), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)

    def header_all(self, name: str) -> tuple[str, ...]:
        """Return every header called `name`, in the order they stand."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)


@dataclass(frozen=True, slots=True)
class Clock:
    """One opinion about when a letter arrived or was sent: whose it is, and the aware instant."""

    name: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """When our side received the letter: the instant that counts, which clock said so, and all the clocks."""

    at: datetime
    clock: str
    clocks: tuple[Clock, ...] = ()
