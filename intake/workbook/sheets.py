"""What the workbook says: the ledger's views become sheets of rows. Pure; what people type is no business of this module.

A cell's text is raw here; `values` makes it safe. Rows are named by key: the application's number, number and
participant, or the first twelve hex digits of a letter's digest.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from intake.ledger.orders import Order
from intake.ledger.views import ApplicationView, LetterView, ReplyView
from intake.workbook.applications import applications_sheet, late_sheet, people_sheet
from intake.workbook.calls import admitted_oblasts, attendance_sheet, missing_sheet
from intake.workbook.page import LastRun, Page, Pages, Reference
from intake.workbook.post import attention_sheet, decided_sheet, letters_sheet
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
    orders: Mapping[str, Order] = MappingProxyType({}),
    corrections: Mapping[str, Order] = MappingProxyType({}),
    outlines: Sequence[ApplicationView] | None = None,
) -> tuple[Sheet, ...]:
    """Return every sheet of a call's workbook. `files` and `cards` are the paths from it to attached files and cards, ASCII.

    `places` are all those of the call's country, `orders` what people decided, by row key, `corrections` those that
    stand in place of what the applicant says. `outlines` are all applications, where `applications` and the others are
    only those to be looked at.
    """
    outlines = applications if outlines is None else outlines
    desk = Desk(call, WORDS[call.language], files, cards, many=len(outlines))
    every = [application for application in applications if application.status != "late"]
    on_time = [application for application in every if application.status != "void"]
    late = [application for application in applications if application.status in {"late", "void"}]
    late_numbers = {application.number for application in outlines if application.status == "late"}
    applied = [application for application in outlines if application.status != "void"]
    return (
        applications_sheet(desk, every, orders, corrections),
        people_sheet(desk, on_time, orders, corrections),
        attention_sheet(desk, letters, late_numbers, orders),
        decided_sheet(desk, letters, late_numbers, orders),
        late_sheet(desk, late, letters, orders, corrections),
        missing_sheet(desk, applied, admitted_oblasts(call, outlines, places), places),
        attendance_sheet(desk, on_time),
        letters_sheet(desk, letters, replies),
    )


def pages(
    call: Call,
    applications: Sequence[ApplicationView],
    newest: datetime | None,
    *,
    places: Sequence[Place] = (),
    now: datetime,
    run: LastRun | None = None,
    deleted: Collection[str] = (),
) -> Pages:
    """Return the robot's own pages, to be made when it is known where people have put the columns. `now` is aware.

    `newest` is when the last letter came, `run` the last look at the mail. `deleted` are the applications whose rows people
    had deleted when last all of them were looked at.
    """
    desk = Desk(call, WORDS[call.language], "")
    applications = [application for application in applications if application.status != "void"]
    oblasts = admitted_oblasts(call, applications, places)

    def made(at: Reference, found: Collection[str], partly: bool) -> tuple[Page, ...]:  # noqa: FBT001 as `Pages`
        gone = sorted({*found, *(deleted if partly else ())})
        return (
            summary_page(desk, applications, newest, oblasts, at, now=now, run=run, deleted=gone),
            reference_page(desk),
        )

    return made
