"""One letter, from its octets to its settlement: this module is the page on which a letter can be followed.

The archive comes first; parsing, reading and judging change nothing; one transaction writes all that follows. A bug of
ours shunts the letter, with its traceback, and the line goes on. A trouble of the world (disk, database) is raised to
the job, and the letter is met again at the next tick.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import structlog

from intake import conversations
from intake.archive import Archive, ArchiveTrouble, Kept
from intake.attached import keep_attached
from intake.conversations import Held
from intake.database import Connection, Engine, LedgerTrouble, reading, writing
from intake.examine import Examiner
from intake.filing import file
from intake.ledger import applications, corrections, letters, persons, record, void
from outbox import answers, report, store
from rules import duplicates
from rules.case import Case, History
from rules.hearing import hear
from rules.judge import judge
from rules.letter import RawLetter
from rules.responder import form_addresses, recipient
from rules.units import unit_of
from rules.verdict import Verdict

log = structlog.get_logger()

# The span in which answers to one address are counted against its cap.
DAY = timedelta(days=1)

# Who decided, when an applicant's own answer settled where a letter comes from.
REPLY = "reply"


class Stopped(Exception):
    """The worker was asked to stop in mid-letter; nothing of it was recorded, and it is met again."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one letter: its digest, fate, and, when it was settled just now, case, verdict and number."""

    digest: str
    fate: Literal["settled", "known", "shunted"]
    case: Case | None = None
    verdict: Verdict | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What the way of a letter needs: archive, examiner, ledger, a folder for attached files, a clock."""

    engine: Engine
    archive: Archive
    examiner: Examiner
    attachments: Path
    now: Callable[[], datetime]
    # Asked after the readers ran: a reader that was stopped together with us has found out nothing about its file.
    stopping: Callable[[], bool] = lambda: False

    def settle(self, raw: RawLetter) -> Settled:
        """Take a letter in: archived, judged, recorded, answered. Called again for the same letter, change nothing.

        Raises `ArchiveTrouble`, `LedgerTrouble` and `Stopped`; never anything for what the letter is.
        """
        kept = self.archive.keep(raw.octets)
        if self._known(raw, kept):
            return Settled(kept.digest, "known")
        try:
            case, held = self._examine(raw, kept)
            keep_attached(self.attachments, case.letter, case.readings)
            with writing(self.engine) as tx:
                return self._record(tx, raw, kept, case, held)
        except (ArchiveTrouble, LedgerTrouble, Stopped):
            raise
        except Exception as bug:  # noqa: BLE001 - the one boundary at which our own bugs are caught (law 7)
            # The traceback may quote the letter: it goes to the ledger, the log only names it.
            log.error("letter shunted", digest=kept.digest, error=type(bug).__name__)
            return self._shunt(raw, kept, traceback.format_exc())

    def _known(self, raw: RawLetter, kept: Kept) -> bool:
        with reading(self.engine) as tx:
            if not letters.known(tx, kept.digest):
                return False
        with writing(self.engine) as tx:
            letters.sight(tx, raw.location, kept.digest, raw.internaldate, self.now())
        return True

    def _examine(self, raw: RawLetter, kept: Kept) -> tuple[Case, Held | None]:
        letter = self.examiner.parse(kept.path, kept.digest)
        when = self.examiner.receipt(letter, raw.internaldate, fallback=self.now())
        case, held = conversations.examined(
            lambda: reading(self.engine), self.examiner, self.archive, letter, when
        )
        if self.stopping():
            raise Stopped
        return case, held

    def _record(
        self, tx: Connection, raw: RawLetter, kept: Kept, case: Case, held: Held | None = None
    ) -> Settled:
        """Do all that one letter causes, inside the one transaction it is given (law 2)."""
        now = self.now()
        if held is not None:
            case = self._place(tx, case, held, now)
        case = with_history(tx, case, now)
        verdict = judge(case)
        filing = file(case, verdict)
        number = record.record(tx, case, verdict, filing, now=now)
        if held is not None:
            # The two letters belong together by what their sender said: changed rules do not part them again.
            findings = record.row_of(case, verdict, filing, number=number, now=now)["findings"]
            persons.decided(
                tx,
                kept.digest,
                str(verdict.disposition),
                findings,
                by=REPLY,
                note=held.row["digest"],
                now=now,
            )
        letters.sight(tx, raw.location, kept.digest, raw.internaldate, now)
        for reply in answers.prepare(case, verdict, filing.answers, number=number, now=now):
            store.put(tx, reply, now, mode=case.call.replies.mode if case.call is not None else "send")
        if case.letter.report is not None:
            report.note(tx, case.letter.report, at=case.receipt.at, letter=kept.digest)
        return Settled(kept.digest, "settled", case, verdict, number)

    def _place(self, tx: Connection, case: Case, held: Held, now: datetime) -> Case:
        """Settle the letter that waited for the place this one names, and answer; return this one in its conversation."""
        waiting = with_history(tx, held.case, now)
        verdict = judge(waiting)
        filing = file(waiting, verdict)
        number = persons.rejudged(
            tx, held.row, waiting, verdict, filing, by=REPLY, note=case.letter.digest, now=now
        )
        call = waiting.call
        assert call is not None
        thread = applications.by_number(tx, number) if number is not None else None
        history = replace(case.history, thread=thread, thread_proven=thread is not None)
        if case.application is not None:
            # The form that was sent once more is answered itself.
            return replace(case, history=history)
        # What there is to say is about the letter that waited; it is said to the one that was just written.
        for reply in answers.prepare(
            waiting, verdict, filing.answers, number=number, now=now, to=case.letter
        ):
            store.put(tx, reply, now, mode=call.replies.mode)
        return replace(case, history=history)

    def _shunt(self, raw: RawLetter, kept: Kept, trace: str) -> Settled:
        now = self.now()
        with writing(self.engine) as tx:
            record.shunt(tx, kept, raw, trace, now=now)
            letters.sight(tx, raw.location, kept.digest, raw.internaldate, now)
        return Settled(kept.digest, "shunted")


def with_history(tx: Connection, case: Case, now: datetime, *, anew: bool = False) -> Case:
    """Return the case with what the ledger knows that bears on it; its thread was found before.

    A letter without a form that names no place belongs to the only application its sender, or somebody of the same
    domain, has written for. What a form leaves to the application it follows is taken from there. `anew`: the letter was
    judged before and must not stand in its own way.
    """
    sender = case.letter.from_
    silent = case.application is None and {case.from_form.level, case.from_subject.level} == {"none"}
    silent = silent and not case.history.about
    if case.call is not None and case.place is None and silent and sender is not None:
        place = applications.place_of_sender(tx, case.call.id, sender)
        case = replace(case, place=place, place_by="sender" if place else "")
    if not anew:
        case = _moved(tx, case)
    case = replace(case, history=_history(tx, case, now))
    if anew:
        case = persons.as_if_new(tx, case)
    return _as_corrected(tx, hear(duplicates.continued(case)), anew=anew)


def _moved(tx: Connection, case: Case) -> Case:
    """Return the case in the conversation of the application that people moved to another place than its sender names.

    Whoever goes on naming the wrong place writes for the same application all the same: a person's word stands.
    """
    if case.call is None or case.place is None:
        return case
    thread, sender, call = case.history.thread, case.letter.from_, case.call.id
    if (
        thread is None
        and sender is not None
        and applications.by_place(tx, call, case.place.code, unit_of(case)) is None
    ):
        number = corrections.moved_away(tx, call, case.place.code)
        known = applications.by_number(tx, number) if number is not None else None
        if known is not None and sender.address.lower() in known.senders:
            history = replace(case.history, thread=known)
            case, thread = replace(case, place=known.place, place_by="thread", history=history), known
    if thread is None or thread.call_id != call:
        return case
    history = replace(case.history, moved_from=corrections.moved_from(tx, call, thread.number))
    return replace(case, history=history)


def _as_corrected(tx: Connection, case: Case, *, anew: bool) -> Case:
    """Return the case with what people corrected in the application it bears on; of a letter judged before, in its own."""
    if case.call is None or case.application is None:
        return case
    number = case.known.number if case.known is not None else None
    if number is None and anew:
        number = letters.number_of(tx, case.letter.digest)
    return replace(case, application=corrections.laid_over(tx, case.application, case.call, number))


def _history(tx: Connection, case: Case, now: datetime) -> History:
    to = recipient(case.letter, case.trust)
    prior = None
    if case.call is not None and case.place is not None:
        prior = applications.by_place(tx, case.call.id, case.place.code, unit_of(case))
    own = {one.address.lower() for one in (case.letter.from_, to) if one is not None}
    if prior is not None and prior.status == void.VOID and void.told_to_others(tx, prior.number, own):
        # A number that somebody was told is never given to another applicant.
        prior = None
    known = case.history.thread or prior
    first = known.senders[0] if known is not None and known.senders else ""
    number = known.number if known is not None else None
    return replace(
        case.history,
        prior=prior,
        copy_of=letters.copy_of(tx, case.letter),
        answers_today=store.answers_since(tx, to.address, now - DAY) if to else 0,
        told_today=store.told_since(tx, to.address if to else "", number, now - DAY),
        answers_to_first=store.answers_since(tx, first, now - DAY) if first else 0,
        sated=_sated(tx, case, now),
        selected=number is not None and store.was_told(tx, number, "selected"),
    )


def _sated(tx: Connection, case: Case, now: datetime) -> tuple[str, ...]:
    """Return the addresses in the form that got as many letters today as one address may; nobody asks without copies."""
    if case.call is None or not case.call.replies.copy_to_form:
        return ()
    most = case.call.replies.max_per_day
    return tuple(one for one in form_addresses(case) if store.answers_since(tx, one, now - DAY) >= most)
