"""What may become of one attempt to send a letter: five outcomes as values, and the one trouble that is no letter's fault."""

from dataclasses import dataclass


class SmtpTrouble(OSError):
    """The server cannot be reached, trusted or logged in to: no letter is to blame, and all may go later.

    `kind` is "login" when it refused us, "certificate" when nobody vouches for it, "tls" when the port does not speak it
    as configured, "unreachable" when there was no connection, else "". The first will not pass by itself.
    """

    def __init__(self, message: str, *, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken the letter (2yz to the final dot)."""

    response: str


@dataclass(frozen=True, slots=True)
class Again:
    """The letter was surely not taken, and may be later: 4yz, or the line broke before its octets went out."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The letter was refused for good (5yz), or this server cannot carry it."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Barred:
    """The server does not let us send as this author, or no more today: the letter was not taken, and is not to blame."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The line broke after the octets began to go out: the letter may have been taken or not."""

    text: str


Outcome = Sent | Again | Failed | Barred | Uncertain
