"""Was the letter in time? The instant our server received it is compared with the call's deadline, nothing else.

Every clock is kept. When two of ours disagree across the deadline, or the sender's own clock says the letter left in
time, the decision is a person's.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rules.call import Call
from rules.case import Case
from rules.form import asks_only, brings_nothing
from rules.verdict import Disposition, Fact, Finding, Ground, Severity

LATE = Ground("late", Disposition.REJECT, Severity.BAR)
LATE_RESERVE = Ground("late", Disposition.HOLD, Severity.BAR)
LATE_UPDATE = Ground("late_update", Disposition.HOLD, Severity.BAR)
SENT_IN_TIME = Ground("sent_in_time", Disposition.HOLD, Severity.BAR)
CLOCKS_DISAGREE = Ground("clocks_disagree", Disposition.HOLD, Severity.BAR)

OUR_CLOCKS = ("INTERNALDATE", "Received")


def closes_at(call: Call) -> datetime:
    """Return the first instant that is too late, aware. «до 18:00» is commonly read as including 18:00:59."""
    return call.deadline_at + timedelta(minutes=call.grace_minutes + call.deadline_inclusive_minute)


def in_time(instant: datetime, call: Call) -> bool:
    """Return whether an aware instant lies before the close of the call."""
    return instant < closes_at(call)


def may_still_complete(case: Case) -> bool:
    """Return whether this letter may complete, after the deadline, an application that came in time.

    True for an application of the same place that lacks something, until the end of the call's cure period (inclusive
    minute).
    """
    assert case.call is not None
    until = case.call.cure_at
    known = case.known
    asked = known is not None and (known.status in {"incomplete", "held"} or bool(case.history.about))
    if until is None or not asked:
        return False
    return case.receipt.at < until + timedelta(minutes=1)


def late(case: Case) -> Iterable[Finding]:
    """Find a letter that arrived after the deadline, and every doubt about that."""
    if case.call is None:
        return
    call, received = case.call, case.receipt.at
    facts: dict[str, Fact] = {
        "received": received.isoformat(),
        "deadline": call.deadline_at.isoformat(),
        "clock": case.receipt.clock,
    }
    ours = [clock for clock in case.receipt.clocks if clock.name in OUR_CLOCKS]
    verdicts = {in_time(clock.at, call) for clock in ours}
    if len(verdicts) == 2:
        yield CLOCKS_DISAGREE.found(**facts, clocks={clock.name: clock.at.isoformat() for clock in ours})
        return
    if in_time(received, call):
        return
    facts["by_seconds"] = int((received - call.deadline_at).total_seconds())
    known = case.known
    talk = asks_only(case) or (not case.on_topic if known is None else brings_nothing(case))
    if case.application is None and talk:
        # A thank-you or a question after the deadline is no late application: the rule about forms speaks of it.
        return
    if known is not None and known.in_time and case.same_hands:
        if case.application is not None and not may_still_complete(case):
            yield LATE_UPDATE.found(**facts, number=known.number)
        return
    date = case.letter.date
    if date is not None and in_time(date, call):
        yield SENT_IN_TIME.found(**facts, date=date.isoformat())
        return
    yield (LATE if call.policy.late == "reject" else LATE_RESERVE).found(**facts)
