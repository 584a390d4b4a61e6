"""A small IMAP server that misbehaves as told: it drops the line, stalls, trickles, refuses, and changes under one's feet.

It answers the few commands our client uses, from `letters` (UID → octets). `answers` replaces the answer to a command
by a function of (talk, tag, line); `talk.answer(tag, line)` inside it is the ordinary answer.
"""

import re
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Self

from tests.servers.account import Account

Answer = Callable[["Talk", str, str], None]


class Dropped(Exception):  # It ends a talk; it is not an error.
    """Ends a talk by closing the connection."""


class Talk:
    """One connection, seen from the server."""

    def __init__(self, server: "ScriptedServer", connection: socket.socket) -> None:
        self.server = server
        self._connection = connection
        # Without it each answer of more than one segment waits 40 ms for the client's delayed acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = connection.makefile("rb")

    def say(self, octets: bytes) -> None:
        """Send at once; what is said in two calls goes in two segments."""
        self._connection.sendall(octets)

    def trickle(self, octets: bytes) -> None:
        """Send an octet every 20 ms, each of them well within any read time-out."""
        for position in range(len(octets)):
            self.say(octets[position : position + 1])
            self.pause(0.02)

    def pause(self, seconds: float = 60) -> None:
        """Say nothing for so long, or until the test is over."""
        if self.server.stopping.wait(seconds):
            raise Dropped

    def listen(self) -> str:
        """Return the next line of the client."""
        line = self._lines.readline()
        if not line:
            raise Dropped
        return line.decode(errors="replace").rstrip("\r\n")

    def done(self, tag: str, text: str = "OK done") -> None:
        """Complete the command `tag`."""
        self.say(f"{tag} {text}\r\n".encode())

    def run(self) -> None:
        """Greet, then answer command after command."""
        self.server.greeting(self)
        while True:
            tag, _, line = self.listen().partition(" ")
            self.server.commands.append(line)
            verb = _verb(line)
            self.server.answers.get(verb, Talk.answer)(self, tag, line)
            if verb == "LOGOUT":
                raise Dropped

    def close(self) -> None:
        """Close the connection."""
        self._lines.close()
        self._connection.close()

    def answer(self, tag: str, line: str) -> None:
        """Give the ordinary answer to `line`."""
        letters = self.server.letters
        match _verb(line):
            case "CAPABILITY":
                self.say(f"* CAPABILITY IMAP4rev1 {self.server.capabilities}\r\n".encode())
            case "SELECT" | "EXAMINE":
                self.say(f"* {len(letters)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n".encode())
                self.say(f"* OK [UIDVALIDITY {self.server.uidvalidity}] ok\r\n".encode())
                self.say(b"* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n")
            case "LIST":
                self.say(b'* LIST (\\HasNoChildren) "/" "INBOX"\r\n')
            case "UID SEARCH":
                found = " ".join(str(uid) for uid in _named(line.rpartition(" ")[2], letters))
                self.say(f"* SEARCH {found}\r\n".encode())
            case "UID FETCH":
                for uid in _named(line.split()[2], letters):
                    number = sorted(letters).index(uid) + 1
                    self.say(b"* %d FETCH (UID %d %s)\r\n" % (number, uid, _items(line, letters[uid])))
            case "IDLE":
                self.say(b"+ idling\r\n")
                self.listen()
            case "LOGOUT":
                self.say(b"* BYE\r\n")
        self.done(tag)


class ScriptedServer:
    """Started on entering the context, on a free port. Every command line received is in `commands`."""

    def __init__(
        self,
        letters: Mapping[int, bytes] | None = None,
        answers: Mapping[str, Answer] | None = None,
        *,
        greeting: Callable[[Talk], None] = lambda talk: talk.say(b"* OK ready\r\n"),
        capabilities: str = "IDLE MOVE UIDPLUS",
        uidvalidity: int = 7,
    ) -> None:
        self.letters = dict(letters or {})
        self.answers = dict(answers or {})
        self.greeting = greeting
        self.capabilities = capabilities
        self.uidvalidity = uidvalidity
        self.commands: list[str] = []
        self.stopping = threading.Event()
        self._talks: list[tuple[threading.Thread, socket.socket]] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._listener.getsockname()
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        # Closing a listening socket does not wake the thread that accepts on it; shutting it down does.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        for thread, connection in self._talks:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def account(self) -> Account:
        """Return the one mailbox it has."""
        return Account("scripted", self.host, self.port, "kz@hromada.test", "secret")

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(Talk(self, connection),))
            self._talks.append((thread, connection))
            thread.start()

    def _serve(self, talk: Talk) -> None:
        try:
            talk.run()
        except (Dropped, OSError):
            pass
        finally:
            talk.close()


def _verb(line: str) -> str:
    words = line.upper().split()
    return " ".join(words[:2] if words[:1] == ["UID"] else words[:1])


def _named(uid_set: str, letters: Mapping[int, bytes]) -> list[int]:
    """Return the UIDs that a set such as `1:5,7,9:*` names among `letters` (RFC 3501, 9: `*` is the highest)."""
    highest = max(letters, default=0)
    named: set[int] = set()
    for part in uid_set.split(","):
        ends = [highest if end == "*" else int(end) for end in part.split(":")]
        named.update(uid for uid in letters if min(ends) <= uid <= max(ends))
    return sorted(named)


def _items(line: str, octets: bytes) -> bytes:
    """Return the data items asked for in `line`: the sizes and times, the whole letter, or a window of it."""
    if "RFC822.SIZE" in line:
        return b'RFC822.SIZE %d INTERNALDATE "01-Mar-2023 10:00:00 +0200"' % len(octets)
    window = re.search(r"<(\d+)\.(\d+)>", line)
    if window is None:
        return b"BODY[] {%d}\r\n%s" % (len(octets), octets)
    start, length = int(window[1]), int(window[2])
    piece = octets[start : start + length]
    return b"BODY[]<%d> {%d}\r\n%s" % (start, len(piece), piece)
