"""All that may be considered about one letter, gathered before any rule looks at it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rules.answer import Fault, Value
from rules.application import Application
from rules.call import Call
from rules.letter import Letter, Receipt
from rules.person import Action, Correction
from rules.place import NOTHING, Place, Recognition
from rules.said import Said
from rules.subject import SubjectReading
from rules.table import Reading

# What our own server says of the sender (RFC 8601); "unknown" when it says nothing or none is configured.
Trust = Literal["pass", "fail", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class Registered:
    """An application the ledger already has: for this place and call, or the one a thread belongs to.

    `fields`, `values` and `faults` are those of its newest revision: what each says, all that is known of each, what is
    still to be asked.
    """

    number: str
    call_id: str
    place: Place
    first_received_at: datetime
    received_at: datetime
    revision: int
    senders: tuple[str, ...]
    fields: dict[str, str]
    status: str
    values: dict[str, Value] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def in_time(self) -> bool:
        """Whether it stands as an application that came in time, with a form or what should have been one."""
        return self.status in {"complete", "incomplete", "held"}


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows that bears on this letter.

    `thread`: the application whose conversation this letter continues (In-Reply-To, References, or the number in
    the subject); `thread_proven` when it names a Message-ID of ours, which only the receiver of that reply can know,
    while a number may be written by anybody. `prior`: the application of the same place and call. `copy_of`: digest of a letter with the same
    Message-ID and the same files. `answers_today`: replies to this sender in the last 24 hours; `told_today`: the names of
    those replies and of the ones about the known application; `answers_to_first`: replies in that time to whoever wrote first
    for the application; `sated`: addresses in the form that got as many as one address may. `selected`: its senders have been told that it was selected. `about`: digest of the letter whose
    place we asked for and which this one answers; `settles`: this letter names that place; `narrows`: it leaves these of several, and they are asked about once more. `moved_from`: codes of the
    places that a person put the thread's own in place of, because its letters name the wrong one.
    """

    thread: Registered | None = None
    thread_proven: bool = False
    prior: Registered | None = None
    copy_of: str | None = None
    answers_today: int = 0
    told_today: tuple[str, ...] = ()
    answers_to_first: int = 0
    sated: tuple[str, ...] = ()
    selected: bool = False
    about: str = ""
    settles: bool = False
    narrows: tuple[Place, ...] = ()
    moved_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """All that may be considered. `call` is None when the letter is for no known call.

    `readings` holds what became of each attachment, in the letter's order; `application` is the completed form,
    or None when no attachment holds one. `from_form` and `from_subject` are the two opinions about the place;
    `place` is the one that counts and `place_by` says by which evidence. `correction` is a person's word about this
    letter, which outranks the rules. `said` is what the letter's text says beside or instead of a form.
    """

    letter: Letter
    receipt: Receipt
    call: Call | None
    subject: SubjectReading
    readings: tuple[Reading, ...] = ()
    application: Application | None = None
    from_form: Recognition = NOTHING
    from_subject: Recognition = NOTHING
    place: Place | None = None
    place_by: str = ""
    history: History = field(default_factory=History)
    own_addresses: tuple[str, ...] = ()
    trust: Trust = "unknown"
    correction: Correction | None = None
    said: Said | None = None

    @property
    def known(self) -> Registered | None:
        """The application this letter bears on: of its thread, else of its place."""
        return self.history.thread or self.history.prior

    @property
    def same_sender(self) -> bool:
        """Whether the letter comes from an address that has written for the known application before."""
        sender = self.letter.from_.address.lower() if self.letter.from_ else ""
        return self.known is not None and sender in self.known.senders

    @property
    def same_hands(self) -> bool:
        """Whether the letter may speak for the known application: same sender, an answer to our own letter, a person's word."""
        named = self.correction is not None and self.correction.action is Action.REGISTER
        return self.known is not None and (self.same_sender or self.history.thread_proven or named)

    @property
    def on_topic(self) -> bool:
        """Whether the subject, the thread or a person says that this letter is for the call."""
        return (
            self.history.thread is not None
            or self.correction is not None
            or (self.subject.call_id is not None and self.subject.level != "none")
        )
