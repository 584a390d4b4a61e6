"""What the workbook says: the ledger's views become sheets of rows. Pure; what people type is no business of this module.

A cell's text is raw here; `values` makes it safe. Rows are named by key: the application's number, number and
participant, or the first twelve hex digits of a letter's digest.
"""

from collections.abc import Sequence

from intake.ledger.views import ApplicationView, LetterView, ReplyView
from intake.workbook.applications import applications_sheet, late_sheet, people_sheet
from intake.workbook.post import attention_sheet, letters_sheet
from intake.workbook.sheet import Desk, Sheet
from intake.workbook.words import WORDS
from rules.call import Call


def sheets(
    call: Call,
    applications: Sequence[ApplicationView],
    letters: Sequence[LetterView],
    replies: Sequence[ReplyView],
    *,
    files: str = "files",
) -> tuple[Sheet, ...]:
    """Return every sheet of a call's workbook. `files` is the path from the workbook to the attached files, ASCII."""
    desk = Desk(call, WORDS[call.language], files)
    on_time = [application for application in applications if application.status != "late"]
    late = [application for application in applications if application.status == "late"]
    return (
        applications_sheet(desk, on_time),
        people_sheet(desk, on_time),
        attention_sheet(desk, letters, {application.number for application in late}),
        late_sheet(desk, late, letters),
        letters_sheet(desk, letters, replies),
    )
