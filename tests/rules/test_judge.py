"""What the verdict is, case by case. Table tests: the case on the left, disposition, findings and reply on the right."""

from dataclasses import replace

import pytest

from rules.application import Fault
from rules.case import Case, History
from rules.deadline import closes_at
from rules.eligibility import choose_place
from rules.judge import CODES, judge
from rules.letter import Attachment
from rules.place import NOTHING, Recognition
from rules.subject import SubjectReading
from rules.table import Reading
from rules.verdict import Disposition
from tests.rules.cases import (
    CALL,
    IN_TIME,
    KOROSTEN,
    LATE,
    OLEVSK,
    application,
    case,
    kyiv,
    letter,
    received,
    registered,
    with_policy,
)

ATTACHED = Attachment(
    "2", "Заявка.docx", "part-2.docx", "application/octet-stream", "", 90_000, "b" * 64, "mime", b""
)


def unread(reason: str, **changes: object) -> Case:
    """A letter whose only file gave no form."""
    status = "not_a_form" if reason == "picture" else "unreadable"
    reading = Reading("b" * 64, status, reason=reason)
    attached = replace(ATTACHED, **changes)
    return case(application=None, letter=letter(attachments=(attached,)), readings=(reading,))


NO_FORM = case(application=None, from_form=NOTHING)
TOLERANT = SubjectReading(
    "tolerant", CALL.id, Recognition("exact", OLEVSK), problems=("separator_backslash",)
)
REVIEW = SubjectReading("review", CALL.id, problems=("no_oblast",))
PLACEHOLDER = SubjectReading("review", CALL.id, problems=("placeholder_literal",))
OFF_TOPIC = SubjectReading("none")
NOWHERE = {"place": None, "place_by": "", "from_form": NOTHING, "from_subject": NOTHING}
OTHER_SENDER = letter("other@olevsk.example")
DRAFT = replace(application(), draft=True)
PRIOR = History(prior=registered())


@pytest.mark.parametrize(
    ("made", "disposition", "codes", "reply"),
    [
        (case(), "accept", (), "accepted"),
        (case(subject=TOLERANT), "accept", ("subject_deviates",), "accepted"),
        (case(application=application(Fault("p2_email", "missing"))), "accept", ("incomplete",), "accepted_incomplete"),
        (NO_FORM, "reject", ("no_form",), "no_form"),
        (unread("damaged"), "hold", ("unreadable",), "form_unreadable"),
        (unread("password"), "hold", ("password",), "password_protected"),
        (unread("picture"), "hold", ("unreadable",), "form_unreadable"),
        (case(application=DRAFT), "hold", ("draft",), "scan_received"),
        (case(LATE, application=DRAFT, letter=letter(date=LATE)), "reject", ("late", "draft"), "late"),
        (unread("picture", inline=True), "reject", ("no_form",), "no_form"),
        (unread("picture", size=8_000), "reject", ("no_form",), "no_form"),
        (
            replace(NO_FORM, letter=letter(text="Форма тут: https://docs.google.com/document/d/1")),
            "hold",
            ("cloud_link",),
            "cloud_link",
        ),
        (case(LATE, letter=letter(date=LATE)), "reject", ("late",), "late"),
        (case(LATE, letter=letter(date=None)), "reject", ("late",), "late"),
        (case(LATE), "hold", ("sent_in_time",), None),
        (
            case(LATE, receipt=received(LATE, Received=IN_TIME), letter=letter(date=LATE)),
            "hold",
            ("clocks_disagree",),
            None,
        ),
        (case(call=with_policy(late="reserve"), at=LATE, letter=letter(date=LATE)), "hold", ("late",), "late"),
        (case(subject=PLACEHOLDER, **NOWHERE), "hold", ("placeholder", "subject_deviates"), "subject_placeholder"),
        (case(subject=REVIEW, **NOWHERE), "hold", ("place_unknown", "subject_deviates"), "subject_unrecognised"),
        (
            case(subject=REVIEW, **NOWHERE | {"from_form": Recognition("ambiguous", candidates=(OLEVSK, KOROSTEN))}),
            "hold",
            ("place_uncertain", "subject_deviates"),
            "subject_unrecognised",
        ),
        (case(from_subject=Recognition("exact", KOROSTEN)), "hold", ("place_conflict",), "accepted_incomplete"),
        (
            case(call=with_policy(oblasts=("Полтавська",))),
            "hold",
            ("oblast_not_admitted",),
            None,
        ),
        (case(history=PRIOR), "accept", ("replaces",), "replaced"),
        (case(history=PRIOR, letter=OTHER_SENDER), "hold", ("duplicate",), "duplicate_new"),
        (
            case(history=History(prior=registered(status="no_form")), letter=OTHER_SENDER),
            "accept",
            (),
            "accepted",
        ),
        (case(LATE, history=PRIOR), "hold", ("late_update", "replaces"), "replaced"),
        (
            case(LATE, application=None, history=History(thread=registered(), thread_proven=True)),
            "hold",
            ("conversation",),
            None,
        ),
        (
            case(application=None, subject=OFF_TOPIC, call=None, **NOWHERE),
            "hold",
            ("not_an_application",),
            None,
        ),
        (case(history=History(copy_of="c" * 64)), "discard", ("copy",), None),
        (case(letter=letter(defects=("limit_parts",))), "hold", ("limit",), None),
    ],
)  # fmt: skip
def test_verdict(made: Case, disposition: str, codes: tuple[str, ...], reply: str | None) -> None:
    verdict = judge(made)
    assert (str(verdict.disposition), verdict.codes, verdict.template) == (disposition, codes, reply)


@pytest.mark.parametrize(
    ("clock", "codes"),
    [
        ("10.03 17:59:59", ()),
        ("10.03 18:00:00", ()),
        ("10.03 18:00:59", ()),
        ("10.03 18:01:00", ("late",)),
    ],
)
def test_the_deadline_includes_its_minute(clock: str, codes: tuple[str, ...]) -> None:
    at = kyiv(clock)
    assert judge(case(at, letter=letter(date=at))).codes == codes


def test_without_the_inclusive_minute_the_call_closes_on_the_dot() -> None:
    strict = CALL.model_copy(update={"deadline_inclusive_minute": False})
    at = kyiv("10.03 18:00:00")
    assert closes_at(strict) == at
    assert judge(case(at, call=strict, letter=letter(date=at))).codes == ("late",)


def test_an_incomplete_application_may_be_completed_until_the_cure_date() -> None:
    replies = CALL.replies.model_copy(update={"cure_until": kyiv("14.03 18:00:00").replace(tzinfo=None)})
    call = CALL.model_copy(update={"replies": replies})
    known = History(prior=registered(status="incomplete"))
    made = case(kyiv("13.03 10:00:00"), call=call, history=known)
    assert judge(made).codes == ("corrects",)
    assert judge(replace(made, receipt=received(kyiv("14.03 18:01:00")))).codes == ("late_update", "corrects")


def test_a_number_in_the_subject_does_not_let_a_stranger_replace_an_application() -> None:
    thread = registered()
    claimed = case(history=History(thread=thread, prior=thread), letter=OTHER_SENDER, place_by="thread")
    proven = replace(claimed, history=History(thread=thread, thread_proven=True, prior=thread))
    assert judge(claimed).codes == ("duplicate",)
    assert judge(proven).codes == ("replaces",)


def test_a_policy_gives_a_ground_another_disposition() -> None:
    call = with_policy(dispositions={"incomplete": Disposition.HOLD})
    verdict = judge(case(call=call, application=application(Fault("p1_name", "missing"))))
    assert (verdict.disposition, verdict.template) == (Disposition.HOLD, "accepted_incomplete")


def test_the_daily_cap_withholds_the_answer_and_says_so() -> None:
    verdict = judge(case(history=History(answers_today=CALL.replies.max_per_day)))
    assert (verdict.answerable, verdict.codes, verdict.disposition) == (
        False,
        ("daily_cap",),
        Disposition.ACCEPT,
    )


def test_judging_again_gives_the_same_verdict() -> None:
    made = case(LATE, history=PRIOR)
    assert judge(made) == judge(made)


def test_every_ground_can_be_given_another_disposition_by_its_code() -> None:
    assert {"late", "no_form", "duplicate", "incomplete", "place_unknown", "auto_submitted"} <= CODES


@pytest.mark.parametrize(
    ("form", "subject", "expected"),
    [
        (Recognition("exact", OLEVSK), Recognition("exact", KOROSTEN), (OLEVSK, "form")),
        (NOTHING, Recognition("exact", KOROSTEN), (KOROSTEN, "subject")),
        (NOTHING, Recognition("suggested", KOROSTEN), (None, "")),
        (Recognition("ambiguous", candidates=(OLEVSK, KOROSTEN)), Recognition("exact", KOROSTEN), (KOROSTEN, "form+subject")),
        (Recognition("suggested", OLEVSK), Recognition("exact", KOROSTEN), (None, "")),
        (Recognition("unknown"), Recognition("exact", KOROSTEN), (None, "")),
    ],
)  # fmt: skip
def test_the_order_of_evidence_about_the_place(
    form: Recognition, subject: Recognition, expected: object
) -> None:
    assert choose_place(None, form, subject) == expected
