"""The deadline and the days after it: grace, cure period in working days, what a call may not say of them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.case import History
from rules.contradictions import contradictions
from rules.deadline import closes_at, in_time
from rules.judge import judge
from tests.rules.cases import CALL, case, kyiv, letter, registered

KYIV = ZoneInfo("Europe/Kyiv")


def cured(days: int, *holidays: date, deadline: datetime = CALL.deadline) -> datetime | None:
    replies = CALL.replies.model_copy(update={"cure_until": None, "cure_days": days})
    return CALL.model_copy(update={"replies": replies, "holidays": holidays, "deadline": deadline}).cure_at


def test_minutes_of_grace_are_in_time_and_the_announced_deadline_stays() -> None:
    call = CALL.model_copy(update={"grace_minutes": 15})
    assert closes_at(call) == kyiv("10.03 18:16:00")
    assert in_time(kyiv("10.03 18:15:59"), call)
    assert judge(case(kyiv("10.03 18:10:00"), call=call)).codes == ()
    found = judge(
        case(kyiv("10.03 18:20:00"), call=call, letter=letter(date=kyiv("10.03 18:20:00")))
    ).findings[0]
    assert (found.code, found.facts["by_seconds"]) == ("late", 1200)


@pytest.mark.parametrize(
    ("days", "holidays", "until"),
    [
        (1, (), "13.03 18:00:00"),
        (2, (), "14.03 18:00:00"),
        (2, (date(2023, 3, 13),), "15.03 18:00:00"),
        (5, (date(2023, 3, 11),), "17.03 18:00:00"),
        # The clocks go forward in between: 18:00 stays 18:00.
        (12, (), "28.03 18:00:00"),
    ],
)
def test_the_cure_period_counts_working_days_after_the_deadline(
    days: int, holidays: tuple[date, ...], until: str
) -> None:
    assert cured(days, *holidays) == kyiv(until)


def test_without_a_cure_period_there_is_none() -> None:
    assert cured(0) is None


def test_what_came_in_time_and_lacked_something_may_be_completed_until_then_and_not_later() -> None:
    replies = CALL.replies.model_copy(update={"cure_until": None, "cure_days": 2})
    call = CALL.model_copy(update={"replies": replies})
    history = History(prior=registered(status="incomplete"))
    assert judge(case(kyiv("14.03 18:00:30"), call=call, history=history)).codes == ("corrects",)
    assert "late_update" in judge(case(kyiv("14.03 18:01:00"), call=call, history=history)).codes


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"replies": {"cure_until": datetime(2023, 3, 14, 18), "cure_days": 2}}, ("replies", "cure_days")),  # noqa: DTZ001 - as config.toml says it
        ({"extended_from": [datetime(2023, 3, 10, 18)]}, ("extended_from", 0)),  # noqa: DTZ001 - as above
        ({"policy": {"one_per": "unit"}}, ("policy", "one_per")),
        ({"participants": [{"key": "p", "label": "Участник", "repeat": 3}]}, ("participants", 0, "label")),
        (
            {
                "participants": [{"key": "p", "label": "Участник {n}", "repeat": 3}],
                "fields": [{"key": "name", "label": "Име", "person": "p"}],
            },
            ("fields", 0, "key"),
        ),
        (
            {
                "participants": [{"key": "p", "label": "Участник {n}", "repeat": 3}],
                "fields": [{"key": "p_name", "label": "Име", "person": "p", "column": "Име"}],
            },
            ("fields", 0, "column"),
        ),
    ],
)
def test_a_call_that_contradicts_itself_is_told_where(
    said: dict[str, object], path: tuple[object, ...]
) -> None:
    call = {"deadline": datetime(2023, 3, 10, 18), "fields": []} | said  # noqa: DTZ001 - as above
    assert [one.path for one in contradictions(call)] == [path]
