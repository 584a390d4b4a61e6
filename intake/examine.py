"""What lies in a letter itself: parsed, its attachments read, its subject and place recognised. Nothing is written.

This is all that `intake judge` needs, and the first half of a letter's way through the pipeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from intake import parsing, scans
from intake.config import Limits
from intake.parsing import newest_text
from intake.readers.pool import ReaderPool
from intake.receipt import receipt
from intake.trust import trust
from rules import eligibility
from rules.application import Application, foreign, match
from rules.call import Call
from rules.case import Case, History, Registered
from rules.forwarded import below_header, forwarded
from rules.gazetteer import Gazetteer
from rules.letter import Letter, Receipt
from rules.place import NOTHING
from rules.several import open_seats
from rules.subject import SubjectReading
from rules.subject import read as read_subject
from rules.table import Para, Reading


@dataclass(frozen=True, slots=True)
class Examiner:
    """The calls and places letters are held against, and the readers of their attachments."""

    calls: tuple[Call, ...]
    gazetteers: Mapping[str, Gazetteer]
    readers: ReaderPool
    limits: Limits
    trusted_hosts: tuple[str, ...] = ()
    own_addresses: tuple[str, ...] = ()
    authserv_id: str = ""

    def parse(self, path: Path, digest: str) -> Letter:
        """Return the letter in a file. Total: whatever the octets are, a letter comes back."""
        return parsing.parse_file(path, digest=digest, limits=self.limits)

    def receipt(
        self,
        letter: Letter,
        internaldate: datetime | None,
        *,
        fallback: datetime,
        given: datetime | None = None,
    ) -> Receipt:
        """Return when the letter was received, by this installation's rules about whose clock counts."""
        return receipt(letter, internaldate, trusted_hosts=self.trusted_hosts, given=given, fallback=fallback)

    def subject(self, letter: Letter) -> SubjectReading:
        """Return what the subject says."""
        return read_subject(letter.subject, self.calls, self.gazetteers)

    def examine(
        self,
        letter: Letter,
        when: Receipt,
        *,
        thread: Registered | None = None,
        proven: bool = False,
        given: Call | None = None,
    ) -> Case:
        """Return the case as far as the letter goes; the ledger's history of the place is added later.

        `given` is the call a person says it is for, whatever the letter says.
        """
        subject = self.subject(letter)
        if given is not None and thread is not None and thread.call_id != given.id:
            thread, proven = None, False
        case = Case(
            letter=letter,
            receipt=when,
            call=None,
            subject=subject,
            readings=tuple(
                self.readers.read(attachment.content, attachment.name or attachment.label, attachment.sha256)
                for attachment in letter.attachments
            ),
            history=History(thread=thread, thread_proven=proven),
            own_addresses=self.own_addresses,
            trust=trust(letter, self.authserv_id),
        )
        # A form inside a bounce or a delivery report is somebody's earlier letter, never an application.
        eligible = [
            reading
            for attachment, reading in zip(letter.attachments, case.readings, strict=True)
            if attachment.via != "bounce"
        ]
        readings = case.readings
        for call in (given,) if given is not None else self._candidates(subject.call_id, thread):
            named = thread is not None or subject.call_id == call.id or given is not None
            application = match(eligible, call)
            written: Reading | None = None
            if application is None and (subject.call_id == call.id or given is not None) and thread is None:
                # In a conversation the text answers our questions; only a first letter's text may be the form itself.
                application, written = self._written(letter, call)
            typed = application
            if application is None or application.blank(call):
                # The dearest comes last, and once for all calls. Beside a scan an empty form is only the blank.
                if readings is case.readings:
                    readings = scans.read(letter, case.readings, self.readers, self.own_addresses)
                typed = application = scans.draft(letter, readings, call) or application
            elif (application.form or written) and open_seats(application.values, call):
                # A scan may be the form of the other participant, and it must not be taken for a signature.
                if readings is case.readings:
                    readings = scans.read(letter, case.readings, self.readers, self.own_addresses)
                application = scans.completed(
                    letter, case.readings, readings, application, call, written=written
                )
            if application is None and not named:
                continue
            if application is not None and not named and subject.alien and foreign(application, call):
                # Another contest by its subject and by what its form asks: the names and telephones in it are in any form.
                continue
            from_form = eligibility.place_in_form(typed, call, self.gazetteers[call.country])
            ours = given is not None or subject.call_id in {call.id, None}
            from_subject = subject.recognition if ours else NOTHING
            draft = application is not None and application.draft
            # What somebody typed counts for more than what a machine read off a picture.
            guessed = typed is not None and typed.draft
            opinion = NOTHING if guessed and from_subject.certain else from_form
            place, by = eligibility.choose_place(thread, opinion, from_subject)
            if place is not None:
                # A call of 2023 knows a hromada by the name it had then, also when it has been renamed since.
                place = self.gazetteers[call.country].named_on(place, call.deadline.date())
            return replace(
                case,
                call=call,
                readings=readings if draft else case.readings,
                application=application,
                from_form=from_form,
                from_subject=from_subject,
                place=place,
                place_by=by,
            )
        return case

    def _written(self, letter: Letter, call: Call) -> tuple[Application | None, Reading | None]:
        """Return the form that some people copy into the letter itself, as lines or as a table; the fuller reading."""
        readings = [_lines(newest_text(letter.text))]
        passed_on = forwarded(letter.text, letter.subject)
        ours = passed_on is not None and passed_on.written_by(self.own_addresses)
        if passed_on is not None and not ours:
            readings.append(_lines(passed_on.text))
        if letter.html and not ours:
            markup = f'<!DOCTYPE html><html><meta charset="utf-8"><body>{letter.html}'
            reading = self.readers.read(markup.encode("utf-8", "replace"), "letter.html", "")
            readings.append(
                replace(reading, blocks=below_header(reading.blocks)) if passed_on is not None else reading
            )
        found = [(application, reading) for reading in readings if (application := match([reading], call))]
        return max(found, key=lambda one: len(one[0].fields), default=(None, None))

    def _candidates(self, call_id: str | None, thread: Registered | None) -> Sequence[Call]:
        """Return the calls a letter may be for: the thread's, else the subject's, else any whose form it holds."""
        wanted = thread.call_id if thread is not None else call_id
        return [call for call in self.calls if call.id == wanted] or self.calls


def _lines(text: str) -> Reading:
    lines = text.splitlines()
    return Reading(
        "", "read", "text", blocks=tuple(Para(line, f"line {at}") for at, line in enumerate(lines, 1))
    )
