"""When people are reminded: so many hours before the deadline, in office hours of working days."""

from datetime import date, datetime
from typing import Any

import pytest

from rules.call import Call
from rules.reminders import reminder_due, reminders_at
from tests.rules.cases import CALL, kyiv


def reminding(*hours: int, **changes: Any) -> Call:
    replies = CALL.replies.model_copy(update={"remind_hours_before": hours})
    return CALL.model_copy(update={"replies": replies, **changes})


@pytest.mark.parametrize(
    ("hours", "changes", "moment"),
    [
        (48, {}, "08.03 17:00:00"),
        (50, {}, "08.03 16:00:00"),
        (24, {}, "09.03 17:00:00"),
        (36, {}, "08.03 17:00:00"),
        (48, {"holidays": (date(2023, 3, 8),)}, "07.03 17:00:00"),
        (48, {"deadline": datetime(2023, 3, 13, 18)}, "10.03 17:00:00"),  # noqa: DTZ001 - a deadline is local time
        (48, {"deadline": datetime(2023, 3, 14, 12)}, "10.03 17:00:00"),  # noqa: DTZ001 - as above
        # The clock is put forward in between: the deadline is at six in either time.
        (72, {"deadline": datetime(2023, 3, 28, 12)}, "24.03 17:00:00"),  # noqa: DTZ001 - as above
    ],
)
def test_a_reminder_falls_into_office_hours_of_a_working_day(hours: int, changes: Any, moment: str) -> None:
    assert reminders_at(reminding(hours, **changes)) == (kyiv(moment),)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("08.03 16:59:59", None),
        ("08.03 17:00:00", "08.03 17:00:00"),
        ("08.03 18:00:00", None),
        ("09.03 08:59:59", None),
        ("09.03 09:00:00", "08.03 17:00:00"),
        ("09.03 17:30:00", "09.03 17:00:00"),
        ("10.03 17:59:00", "09.03 17:00:00"),
        ("13.03 10:00:00", None),
    ],
)
def test_the_last_reminder_that_is_over_is_due_while_the_office_and_the_call_are_open(
    now: str, due: str | None
) -> None:
    assert reminder_due(reminding(48, 24), kyiv(now)) == (kyiv(due) if due else None)


def test_without_hours_nobody_is_reminded() -> None:
    assert reminders_at(reminding()) == ()
    assert reminder_due(reminding(), kyiv("08.03 17:00:00")) is None
