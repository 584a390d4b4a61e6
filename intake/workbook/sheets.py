"""What the workbook says: the ledger's views become sheets of rows. Pure; what people type is no business of this module.

A cell's text is raw here; `values` makes it safe. Rows are named by key: the application's number, number and
participant, or the first twelve hex digits of a letter's digest.
"""

from collections.abc import Sequence
from datetime import datetime

from intake.ledger.views import ApplicationView, LetterView, ReplyView
from intake.workbook.applications import applications_sheet, late_sheet, people_sheet
from intake.workbook.calls import admitted_oblasts, attendance_sheet, missing_sheet
from intake.workbook.page import Page, Pages, Reference
from intake.workbook.post import attention_sheet, letters_sheet
from intake.workbook.reference import reference_page
from intake.workbook.sheet import Desk, Sheet
from intake.workbook.summary import summary_page
from intake.workbook.words import WORDS
from rules.call import Call
from rules.place import Place


def sheets(
    call: Call,
    applications: Sequence[ApplicationView],
    letters: Sequence[LetterView],
    replies: Sequence[ReplyView],
    *,
    files: str = "files",
    cards: str = "cards",
    places: Sequence[Place] = (),
) -> tuple[Sheet, ...]:
    """Return every sheet of a call's workbook. `files` and `cards` are the paths from it to attached files and cards, ASCII.

    `places` are all those of the call's country.
    """
    desk = Desk(call, WORDS[call.language], files, cards)
    on_time = [application for application in applications if application.status != "late"]
    late = [application for application in applications if application.status == "late"]
    return (
        applications_sheet(desk, on_time),
        people_sheet(desk, on_time),
        attention_sheet(desk, letters, {application.number for application in late}),
        late_sheet(desk, late, letters),
        missing_sheet(desk, applications, admitted_oblasts(call, applications, places), places),
        attendance_sheet(desk, on_time),
        letters_sheet(desk, letters, replies),
    )


def pages(
    call: Call,
    applications: Sequence[ApplicationView],
    letters: Sequence[LetterView],
    *,
    places: Sequence[Place] = (),
    now: datetime,
) -> Pages:
    """Return the robot's own pages, to be made when it is known where people have put the columns. `now` is aware."""
    desk = Desk(call, WORDS[call.language], "")
    oblasts = admitted_oblasts(call, applications, places)

    def made(at: Reference) -> tuple[Page, ...]:
        return (summary_page(desk, applications, letters, oblasts, at, now=now), reference_page(desk))

    return made
