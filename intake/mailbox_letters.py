"""Reading letters out of an open folder: sizes first, small ones together, large ones window by window.

Part of the door `intake/mailbox.py`. Memory stays bounded whatever the letters weigh. It must never set a flag (PEEK
only), name a message otherwise than by UID, or let one letter that the server cannot hand over stop the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from typing import Any, Protocol

import structlog

from intake.mailbox_trouble import MailboxTrouble
from intake.mailbox_wire import Connection
from rules.letter import Location, RawLetter

MIB = 1_048_576

# Letters up to this size come whole, several at a time; larger ones in windows of this size.
WINDOW = MIB

# A batch of whole letters holds at most so many, and at most so many octets together.
BATCH_LETTERS = 25
BATCH_OCTETS = 4 * MIB

# UIDs named in one command: a command line of about 5 KB (RFC 7162, 4, asks servers for 8 KB).
UIDS_IN_COMMAND = 500

# What the server said of each message, by the name of the data item.
Answer = dict[int, dict[bytes, Any]]

log = structlog.get_logger()


class Talk(Protocol):
    """One exchange with the server: a context in which its connection may be used, and troubles get their name."""

    def __call__(self, doing: str, *, octets: int = 0) -> AbstractContextManager[Connection]:
        """Begin the exchange; `octets` are expected, `doing` begins the message when it fails."""


class Letters:
    """One pass over letters of an open folder; afterwards `gone` and `withheld` tell what could not be had."""

    def __init__(
        self, talk: Talk, account: str, folder: str, uidvalidity: int, still_open: Callable[[], bool]
    ) -> None:
        self.gone: list[int] = []
        self.withheld: list[int] = []
        self._talk = talk
        self._account = account
        self._folder = folder
        self._uidvalidity = uidvalidity
        self._still_open = still_open

    def fetch(self, uids: Sequence[int]) -> Iterator[RawLetter]:
        """Yield the letters `uids`, which are ascending, in that order."""
        for some in portions(uids, UIDS_IN_COMMAND):
            about = self._ask(some, ("RFC822.SIZE", "INTERNALDATE"))
            self.gone += (uid for uid in some if uid not in about and uid not in self.withheld)
            batch: list[int] = []
            octets = 0
            for uid in (uid for uid in some if uid in about):
                size = _size(about[uid])
                if batch and (size > WINDOW or len(batch) == BATCH_LETTERS or octets + size > BATCH_OCTETS):
                    yield from self._whole(batch, about)
                    batch, octets = [], 0
                if size > WINDOW:
                    yield self._letter(uid, about[uid], self._windows(uid, size))
                else:
                    batch.append(uid)
                    octets += size
            if batch:
                yield from self._whole(batch, about)

    def _ask(self, uids: Sequence[int], items: Sequence[str], octets: int = 0) -> Answer:
        """FETCH `items` of `uids`. A refusal is narrowed down by halves to the letters that cause it."""
        try:
            with self._talk("reading letters", octets=octets) as connection:
                answer: Answer = connection.fetch(uids, items)
                return answer
        except MailboxTrouble as trouble:
            if trouble.kind != "refused":
                raise
            if len(uids) == 1:
                self._withhold(uids[0], str(trouble))
                return {}
        middle = len(uids) // 2
        return self._ask(uids[:middle], items, octets) | self._ask(uids[middle:], items, octets)

    def _withhold(self, uid: int, said: str) -> None:
        log.warning("mailbox.letter_withheld", folder=self._folder, uid=uid, said=said)
        self.withheld.append(uid)

    def _whole(self, uids: Sequence[int], about: Answer) -> Iterator[RawLetter]:
        answer = self._ask(uids, ("BODY.PEEK[]",), sum(_size(about[uid]) for uid in uids))
        for uid in uids:
            match answer.pop(uid, {}).get(b"BODY[]"):
                case bytes(body):
                    yield self._letter(uid, about[uid], (body,))
                case None if uid not in self.withheld:
                    self.gone.append(uid)
                case None:
                    pass
                case other:
                    self._withhold(uid, f"octets expected, not {type(other).__name__}")

    def _windows(self, uid: int, size: int) -> Iterator[bytes]:
        doing = f"reading letter {uid} of {self._folder!r}"
        offset = 0
        while True:
            if not self._still_open():
                raise ValueError(f"{doing}: the folder was left before the letter was read")
            with self._talk(doing, octets=WINDOW) as connection:
                answer: Answer = connection.fetch([uid], [f"BODY.PEEK[]<{offset}.{WINDOW}>"])
            if uid not in answer:
                raise MailboxTrouble(f"{doing}: it is no longer there", kind="expunged")
            match answer[uid].get(b"BODY[]<%d>" % offset, False):
                case None | b"":
                    return
                case bytes(piece):
                    yield piece
                case _:
                    raise MailboxTrouble(
                        f"{doing}: the server does not hand it over in parts", kind="refused"
                    )
            offset += len(piece)
            # RFC822.SIZE is an estimate on some servers: only a short window at or after it is the end.
            if len(piece) < WINDOW and offset >= size:
                return

    def _letter(self, uid: int, about: dict[bytes, Any], octets: Iterable[bytes]) -> RawLetter:
        location = Location(self._account, self._folder, self._uidvalidity, uid)
        return RawLetter(location, _aware(about.get(b"INTERNALDATE")), _size(about), octets)


def _size(about: dict[bytes, Any]) -> int:
    return int(about.get(b"RFC822.SIZE", 0))


def _aware(at: datetime | None) -> datetime | None:
    """Return the INTERNALDATE with a zone of the standard library; None when the server's zone is missing or absurd."""
    try:
        offset = at.utcoffset() if at is not None else None
    except ValueError:
        return None
    return at.replace(tzinfo=timezone(offset)) if at is not None and offset is not None else None


def portions(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Yield `uids` in order, `size` at a time."""
    return (uids[start : start + size] for start in range(0, len(uids), size))
