"""Sending what the outbox holds: claim a batch, SMTP, record, one reply after the other.

A reply is never lost: its state is committed before and after every step that could fail. It is never sent twice, but for
one window: between the server's 250 to the final dot and our commit of `sent`. If the power goes in that window, or the
line before the 250 reaches us, the reply is uncertain; it is looked for in the Sent folder and, not found there, repeated
once with the same Message-ID, so that the receiver's mail program can show it as one.

A refusal that blames us and no letter gives up none: see `outbox.refusal`.

The commit that follows a 250 says two things: this one was sent, the next one is about to be. That costs one write to
the disk for a reply, and since no octet of the next goes out before it is done, the window is never wider than one.
"""

from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from outbox import store
from outbox.retry import delay
from outbox.transport import Again, Barred, Failed, Outcome, Sent, SmtpTrouble, Uncertain

log = structlog.get_logger()

# How long an uncertain reply waits before it is looked for: servers file a copy in Sent with some delay.
UNCERTAIN_WAIT = timedelta(minutes=1)

# How many replies are claimed in one commit. What limits allow, and whether a person cancelled, is seen between batches.
BATCH = 50

# After so many letters in a row for which the server blames us it is asked no more: the next run tries again.
BARRED_IN_A_ROW = 3


class Way(Protocol):
    """A way out for replies, such as `outbox.transport.Transport`."""

    def send(self, octets: bytes, recipient: str, *, on_data: Callable[[], None]) -> Outcome:
        """Send one message; call `on_data` right before its octets go out. Raises `SmtpTrouble`."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many replies were sent, found in the Sent folder, put off, failed, left uncertain, written as drafts in one run.

    `refusal` is what the server said last of us, and not of a letter: nothing is lost or used up by it, and it will not
    pass by itself.
    """

    sent: int = 0
    found: int = 0
    put_off: int = 0
    failed: int = 0
    uncertain: int = 0
    drafts: int = 0
    refusal: str = ""

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: count for name, count in asdict(self).items() if name != "refusal"}


@dataclass(slots=True)
class _Run:
    """One run of `deliver`: what it works with, and what it has done so far."""

    engine: store.Database
    way: Way
    now: Callable[[], datetime]
    attempts: int
    copies: bool
    done: Counter[str]
    # What the server said of us, by the letter it was said about; and for how many letters in a row by now.
    barred: dict[str, str] = field(default_factory=dict)
    in_a_row: int = 0

    @property
    def useless(self) -> bool:
        """Whether the server takes nothing of us."""
        return self.in_a_row >= BARRED_IN_A_ROW

    def send(self, batch: tuple[store.Claimed, ...], stop: Callable[[], bool]) -> None:
        """Send a batch until it is done or `stop()` says so; what was not begun is given back."""
        waiting = deque(batch)
        ending: tuple[store.Ending, ...] = ()
        with ThreadPoolExecutor(1, thread_name_prefix="outbox") as clerk:
            while waiting and not self.useless and not stop():
                claimed = waiting.popleft()
                # First of all: from the server's 250 for the one before to this commit lies the window of repetition.
                # The disk works on it while the server is told sender and recipient of the next one; see `_attempt`.
                commit = clerk.submit(store.settle, self.engine, *ending, begin=claimed)
                ending = (self._attempt(claimed, commit, waiting),)
        store.settle(self.engine, *ending, *store.give_back(tuple(waiting)))

    def _attempt(
        self, claimed: store.Claimed, commit: Future[None], waiting: deque[store.Claimed]
    ) -> store.Ending:
        """Send one reply; return how it ended, which the caller commits at once.

        No octet of it goes out before `commit` is done: that it begins, and how the one before it ended. When no server
        can be used, or a bug of ours strikes, everything at hand is given back before it is raised.
        """
        if claimed.attempts > self.attempts:
            # Only interruptions use up tries without an answer of the server.
            commit.result()
            return self._ended("failed", claimed, store.failed(claimed, f"interrupted {self.attempts} times"))
        going = False

        def on_data() -> None:
            nonlocal going
            commit.result()
            going = True

        try:
            outcome = self.way.send(claimed.octets, claimed.recipient, on_data=on_data)
            commit.result()
        except SmtpTrouble as trouble:
            commit.result()
            back = store.release(claimed, self.now(), str(trouble))
            store.settle(self.engine, back, *store.give_back(tuple(waiting)))
            raise
        except store.OutboxTrouble:
            # Nothing can be recorded now; `recover` will find things as they stand.
            raise
        except Exception:
            # Once its octets went out nobody knows, and the stage that was recorded says so.
            mine = () if going or commit.exception() else (store.stumbled(claimed),)
            store.settle(self.engine, *mine, *store.give_back(tuple(waiting)))
            raise
        return self._judged(claimed, outcome)

    def _judged(self, claimed: store.Claimed, outcome: Outcome) -> store.Ending:
        self.in_a_row = self.in_a_row + 1 if isinstance(outcome, Barred) else 0
        match outcome:
            case Sent(response):
                ending = store.sent(claimed, self.now(), response, copy=self.copies)
                return self._ended("sent", claimed, ending)
            case Again(code, text) if claimed.attempts < self.attempts:
                due_at = self.now() + delay(claimed.attempts)
                return self._ended("put_off", claimed, store.again(claimed, due_at, _said(code, text)))
            case Again(code, text) | Failed(code, text):
                return self._ended("failed", claimed, store.failed(claimed, _said(code, text)))
            case Barred(code, text):
                # Due at once, behind all others: what is said of us may be said of one call's address only.
                self.barred[claimed.message_id] = _said(code, text)
                back = store.release(claimed, self.now(), _said(code, text))
                return self._ended("barred", claimed, back)
            case Uncertain(text):
                due_at = self.now() + UNCERTAIN_WAIT
                return self._ended("uncertain", claimed, store.uncertain(claimed, due_at, text))

    def _ended(self, fate: str, claimed: store.Claimed, ending: store.Ending) -> store.Ending:
        self.done[fate] += 1
        log.info(
            "reply",
            fate=fate,
            message_id=claimed.message_id,
            template=claimed.template,
            attempt=claimed.attempts,
        )
        return ending


def deliver(
    engine: store.Database,
    transport: Way,
    *,
    worker: str,
    now: Callable[[], datetime],
    stop: Callable[[], bool],
    attempts: int = 12,
    limits: store.Limits = store.UNLIMITED,
    copies: bool = False,
    found_in_sent: Callable[[str], bool | None] | None = None,
) -> Delivered:
    """Send every reply that is due and may leave, until none is left or `stop()` says so; return what was done.

    The caller holds the lease and has called `store.recover`. After `attempts` tries a reply counts as failed. With
    `copies` a copy of what was sent is due in the Sent folder (`store.copies_due`). `found_in_sent(message_id)` looks
    into that folder; see `store.resolve`. Raises `SmtpTrouble` when there is no usable server (the reply at hand goes
    back untried) and `OutboxTrouble`.
    """
    settled = store.resolve(engine, now(), found_in_sent)
    done = Counter({"found": settled.get("sent", 0), "failed": settled.get("failed", 0)})
    run = _Run(engine, transport, now, attempts, copies, done)
    while not run.useless and not stop():
        batch = store.claim(engine, worker, now(), most=BATCH, limits=limits)
        known = tuple(one for one in batch if one.message_id in run.barred)
        if known:
            store.settle(engine, *store.give_back(known))
        fresh = tuple(one for one in batch if one not in known)
        if not fresh:
            break
        run.send(fresh, stop)
    counts = {one.name: done[one.name] for one in fields(Delivered) if one.name != "refusal"}
    return Delivered(**counts, refusal=next(reversed(run.barred.values()), ""))


def _said(code: int, text: str) -> str:
    return f"{code} {text}" if code else text
