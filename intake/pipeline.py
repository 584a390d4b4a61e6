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

from intake.archive import Archive, ArchiveTrouble, Kept
from intake.attached import keep_attached
from intake.database import Connection, Engine, LedgerTrouble, reading, writing
from intake.examine import Examiner
from intake.filing import file
from intake.ledger import applications, letters, record
from outbox import answers, report, store
from rules.case import Case, History
from rules.judge import judge
from rules.letter import RawLetter
from rules.units import unit_of
from rules.verdict import Verdict

log = structlog.get_logger()

# The span in which answers to one address are counted against its cap.
DAY = timedelta(days=1)


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
            case = self._examine(raw, kept)
            keep_attached(self.attachments, case.letter)
            with writing(self.engine) as tx:
                return self._record(tx, raw, kept, case)
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

    def _examine(self, raw: RawLetter, kept: Kept) -> Case:
        letter = self.examiner.parse(kept.path, kept.digest)
        when = self.examiner.receipt(letter, raw.internaldate, fallback=self.now())
        with reading(self.engine) as tx:
            thread, proven = applications.thread_of(tx, letter, self.examiner.subject(letter).number)
        case = self.examiner.examine(letter, when, thread=thread, proven=proven)
        if self.stopping():
            raise Stopped
        return case

    def _record(self, tx: Connection, raw: RawLetter, kept: Kept, case: Case) -> Settled:
        """Do all that one letter causes, inside the one transaction it is given (law 2)."""
        now = self.now()
        case = with_history(tx, case, now)
        verdict = judge(case)
        filing = file(case, verdict)
        number = record.record(tx, case, verdict, filing, now=now)
        letters.sight(tx, raw.location, kept.digest, raw.internaldate, now)
        for reply in answers.prepare(case, verdict, filing.answers, number=number, now=now):
            store.put(tx, reply, now, draft=case.call is not None and case.call.replies.mode == "draft")
        if case.letter.report is not None:
            report.note(tx, case.letter.report, at=case.receipt.at, letter=kept.digest)
        return Settled(kept.digest, "settled", case, verdict, number)

    def _shunt(self, raw: RawLetter, kept: Kept, trace: str) -> Settled:
        now = self.now()
        with writing(self.engine) as tx:
            record.shunt(tx, kept, raw, trace, now=now)
            letters.sight(tx, raw.location, kept.digest, raw.internaldate, now)
        return Settled(kept.digest, "shunted")


def with_history(tx: Connection, case: Case, now: datetime) -> Case:
    """Return the case with what the ledger knows that bears on it; its thread was found before.

    A letter without a form that names no place belongs to the only application its sender, or somebody of the same
    domain, has written for.
    """
    sender = case.letter.from_
    silent = case.application is None and {case.from_form.level, case.from_subject.level} == {"none"}
    if case.call is not None and case.place is None and silent and sender is not None:
        place = applications.place_of_sender(tx, case.call.id, sender)
        case = replace(case, place=place, place_by="sender" if place else "")
    return replace(case, history=_history(tx, case, now))


def _history(tx: Connection, case: Case, now: datetime) -> History:
    sender = case.letter.from_
    prior = None
    if case.call is not None and case.place is not None:
        prior = applications.by_place(tx, case.call.id, case.place.code, unit_of(case))
    return replace(
        case.history,
        prior=prior,
        copy_of=letters.copy_of(tx, case.letter),
        answers_today=store.answers_since(tx, sender.address, now - DAY) if sender else 0,
    )
