"""The mailbox door: the only way letters come from the IMAP server (RFC 3501), and the marks go back to it.

Letters are found by UID and nothing else, and read with PEEK: looking changes nothing. What is written on the server
is a courtesy (keywords, moves, a copy in the Sent folder) and never happens in read-only mode. It must never decide
anything about a letter, hold more than a few of them in memory, or let an exception out that is not MailboxTrouble.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import structlog
from imapclient.exceptions import IMAPClientReadOnlyError

from intake.config import MailboxSettings
from intake.mailbox_letters import UIDS_IN_COMMAND, Answer, Letters, portions
from intake.mailbox_trouble import Backoff, MailboxTrouble, door
from intake.mailbox_wire import Connection, connect, require_privacy
from rules.letter import RawLetter

__all__ = ["Backoff", "FolderStatus", "Mailbox", "MailboxTrouble"]

# UIDs searched for in one command: the answer is one line of at most 11 octets for each.
UIDS_IN_SEARCH = 50_000

# RFC 2177 asks for IDLE to be renewed within 29 minutes; routers forget silent connections after about 5.
LONGEST_IDLE = 240.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """The folder that is open: what the server said when it was opened (RFC 3501, 6.3.1).

    `exists` counts its messages. `keywords` tells whether our mark can be set in it. `read_only` is true when the
    configuration or the server forbids writing.
    """

    folder: str
    uidvalidity: int
    exists: int
    keywords: bool
    read_only: bool


class Mailbox:
    """One logged-in connection, used as a context manager: `with Mailbox(settings, password) as mailbox:`.

    Every method raises MailboxTrouble when the server or the line fails. After trouble of the kind `dropped` the
    connection is gone and every further call raises the same; leave the `with` block and connect again.
    """

    def __init__(self, settings: MailboxSettings, password: str) -> None:
        require_privacy(settings)
        self._settings = settings
        self._password = password
        self._connection: Connection | None = None
        self._status: FolderStatus | None = None
        self._known: set[str] = set()
        self._letters: Letters | None = None

    def __enter__(self) -> Self:
        self._connection = connect(self._settings, self._password)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        # A server that does not answer must not delay the end of the program: two seconds for the goodbye.
        connection.set_deadline_in(2)
        connection.__exit__(None, None, None)

    def abort(self) -> None:
        """Break the connection off, from another thread: whatever waits on it raises MailboxTrouble at once."""
        connection = self._connection
        if connection is not None:
            connection.break_off()

    @property
    def gone(self) -> tuple[int, ...]:
        """UIDs of the last `fetch` that the server no longer had: expunged after they were listed."""
        return tuple(self._letters.gone) if self._letters else ()

    @property
    def withheld(self) -> tuple[int, ...]:
        """UIDs of the last `fetch` that the server lists but refuses to hand over; the others came through."""
        return tuple(self._letters.withheld) if self._letters else ()

    def folders(self) -> tuple[str, ...]:
        """Return the names of the folders that can be opened, as people see them (RFC 3501, 5.1.3 undone), sorted."""
        with self._talk("listing folders") as connection:
            listed = connection.list_folders()
        closed = {b"\\noselect", b"\\nonexistent"}
        return tuple(
            sorted(str(name) for flags, _, name in listed if not closed & {flag.lower() for flag in flags})
        )

    def open(self, folder: str) -> FolderStatus:
        """Open `folder`, read-only when so configured or when the server allows no more.

        Raises MailboxTrouble of the kind `folder` when there is no such folder.
        """
        self._status = None
        said, read_only = self._select(folder, read_only=self._settings.read_only)
        if b"UIDVALIDITY" not in said:
            raise MailboxTrouble(f"opening {folder!r}: the server gives no UIDVALIDITY", kind="refused")
        flags = {flag.lower() for flag in said.get(b"PERMANENTFLAGS", ())}
        keyword = self._settings.mark.lower().encode()
        self._status = FolderStatus(
            folder=folder,
            uidvalidity=said[b"UIDVALIDITY"],
            exists=said.get(b"EXISTS", 0),
            keywords=not read_only and (b"\\*" in flags or (bool(keyword) and keyword in flags)),
            read_only=read_only,
        )
        return self._status

    def uids(self) -> tuple[int, ...]:
        """Return every UID of the open folder, ascending. Flags and contents play no part in it."""
        status = self._opened()
        with self._talk("listing letters") as connection:
            connection.forget_news()
        found: set[int] = set()
        low = 1
        if status.exists > UIDS_IN_SEARCH:
            last = max(self._search("*"), default=0)
            # Once the rest fits into one answer it is asked for at once, however far apart its UIDs lie.
            while low <= last and status.exists - len(found) > UIDS_IN_SEARCH:
                high = low + UIDS_IN_SEARCH - 1
                found.update(uid for uid in self._search(f"{low}:{high}") if low <= uid <= high)
                low = high + 1
        # "n:*" names the last message even when its UID is below n (RFC 3501, 6.4.8): it is in the set already.
        found.update(self._search(f"{low}:*"))
        return tuple(sorted(found))

    def fetch(self, uids: Iterable[int]) -> Iterator[RawLetter]:
        """Yield the letters `uids` of the open folder in ascending order, whatever their size, marking nothing.

        Small letters are held in memory a few at a time; the octets of a large one are read from the server while
        they are consumed, which must happen before another folder is opened. What could not be had is in `gone`
        and `withheld` when the iterator is exhausted. Consuming a large letter raises MailboxTrouble of the kind
        `expunged` when it goes away half-way.
        """
        status = self._opened()
        self._letters = Letters(
            self._talk,
            self._settings.account,
            status.folder,
            status.uidvalidity,
            lambda: self._status is status,
        )
        return self._letters.fetch(sorted(set(uids)))

    def mark(self, uids: Iterable[int], keyword: str) -> None:
        """Set `keyword` on the letters `uids` of the open folder; those that are gone are passed over.

        Raises ValueError when the folder is open read-only: the caller must not come here then.
        """
        self._writable()
        for some in portions(sorted(set(uids)), UIDS_IN_COMMAND):
            with self._talk("marking letters") as connection:
                connection.add_flags(some, [keyword], silent=True)

    def move(self, uids: Iterable[int], folder: str) -> None:
        """Move the letters `uids` of the open folder into `folder`, which is created when missing (RFC 6851).

        A server without MOVE must have UIDPLUS: the letters are then copied, and only they expunged (RFC 4315).
        Raises ValueError when the folder is open read-only: the caller must not come here then.
        """
        self._writable()
        self._ensure(folder)
        for some in portions(sorted(set(uids)), UIDS_IN_COMMAND):
            with self._talk(f"moving letters to {folder!r}") as connection:
                if connection.has_capability("MOVE") or not connection.has_capability("UIDPLUS"):
                    connection.move(some, folder)
                else:
                    connection.copy(some, folder)
                    connection.delete_messages(some, silent=True)
                    connection.uid_expunge(some)

    def append(
        self, folder: str, octets: bytes, flags: Sequence[str] = (), at: datetime | None = None
    ) -> None:
        """Put a message into `folder`, which is created when missing; line ends become CRLF (RFC 3501, 6.3.11).

        `at`, aware, becomes the INTERNALDATE. Raises ValueError in read-only mode.
        """
        if self._settings.read_only:
            raise ValueError("the mailbox is configured read-only")
        if at is not None and at.tzinfo is None:
            raise ValueError("at must have a zone")
        self._ensure(folder)
        with self._talk(f"storing a message in {folder!r}", octets=len(octets)) as connection:
            connection.append(folder, octets, flags, at)

    def find_message_id(self, folder: str, message_id: str) -> bool:
        """Tell whether a message with this Message-ID, angle brackets included, lies in `folder`.

        Nothing is changed in it. Afterwards no folder is open.
        """
        self._status = None
        self._select(folder, read_only=True)
        with self._talk(f"searching {folder!r}") as connection:
            candidates = list(connection.search(["HEADER", "Message-ID", message_id]))
        # HEADER finds substrings, and some servers words (RFC 3501, 6.4.4): each candidate is looked at.
        for some in portions(candidates, UIDS_IN_COMMAND):
            with self._talk(f"searching {folder!r}") as connection:
                answer: Answer = connection.fetch(some, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
            headers = [
                value for items in answer.values() for value in items.values() if isinstance(value, bytes)
            ]
            if any(message_id.encode() in header for header in headers):
                return True
        return False

    def exists(self, folder: str) -> bool:
        """Return whether there is such a folder; asked of the server once, then known while it is there."""
        if folder not in self._known and folder.upper() != "INBOX" and folder in self.folders():
            self._known.add(folder)
        return folder in self._known or folder.upper() == "INBOX"

    def special_folder(self, use: str) -> str | None:
        r"""Return the folder the server itself names for a use, e.g. "\Sent" (RFC 6154, 2), or None.

        No folder is guessed by its name: a copy in the wrong one would be seen by nobody.
        """
        with self._talk("listing folders") as connection:
            listed = connection.list_folders()
        wanted = use.lower().encode()
        return next((str(name) for flags, _, name in listed if wanted in map(bytes.lower, flags)), None)

    def wait(self, seconds: float, wake_fd: int | None = None) -> bool:
        """Wait for new letters in the open folder, at most `seconds` (and 240); return whether some were announced.

        `wake_fd`, the reading end of a pipe, ends the wait at once when something is written to it. The answer is
        only a hint: look at the UIDs after each wait. A server without IDLE (RFC 2177) is asked at the end.
        """
        self._opened()
        seconds = min(seconds, LONGEST_IDLE)
        with self._talk("waiting for letters", extra_seconds=seconds) as connection:
            return connection.wait_for_news(seconds, wake_fd)

    @contextmanager
    def _talk(self, doing: str, *, octets: int = 0, extra_seconds: float = 0) -> Iterator[Connection]:
        if self._connection is None:
            raise MailboxTrouble(f"{doing}: there is no connection", kind="dropped")
        self._connection.set_deadline(octets, extra_seconds)
        try:
            with door(doing):
                yield self._connection
        except MailboxTrouble as trouble:
            if trouble.kind == "dropped":
                self._connection.shutdown()
                self._connection = self._status = None
            raise

    def _opened(self) -> FolderStatus:
        if self._connection is None:
            raise MailboxTrouble("there is no connection", kind="dropped")
        if self._status is None:
            raise ValueError("no folder is open")
        return self._status

    def _writable(self) -> None:
        if self._opened().read_only:
            raise ValueError("the folder is open read-only")

    def _select(self, folder: str, *, read_only: bool) -> tuple[dict[bytes, Any], bool]:
        """Open `folder`; return what the server said, and whether nothing can be written in it."""
        try:
            with self._talk(f"opening {folder!r}") as connection:
                try:
                    said = connection.select_folder(folder, readonly=read_only)
                except IMAPClientReadOnlyError:
                    read_only = True
                    said = connection.select_folder(folder, readonly=True)
                connection.forget_news()
        except MailboxTrouble as trouble:
            if trouble.kind == "refused" and folder not in self.folders():
                raise MailboxTrouble(f"there is no folder {folder!r}", kind="folder") from trouble
            raise
        return said, read_only

    def _ensure(self, folder: str) -> None:
        """Create `folder` unless it exists, and subscribe to it, or mail programs would not show it."""
        if not self.exists(folder):
            with self._talk(f"creating the folder {folder!r}") as connection:
                connection.create_folder(folder)
                connection.subscribe_folder(folder)
            log.info("mailbox.folder_created", folder=folder)
        self._known.add(folder)

    def _search(self, uid_set: str) -> list[int]:
        with self._talk("listing letters") as connection:
            return list(connection.search(["UID", uid_set]))
