"""What a verdict causes to be written: which number, which standing, whose receipt time, which answers."""

from dataclasses import replace

import pytest

from intake.filing import Answer, Filing, file
from rules.case import Case, History, Trust
from rules.judge import judge
from rules.letter import Address
from rules.place import Recognition
from tests.rules.cases import (
    IN_TIME,
    KOROSTEN,
    LATE,
    OLEVSK,
    application,
    case,
    kyiv,
    letter,
    registered,
    with_policy,
)

SENDER, OTHER = "rada@olevsk.example", "other@olevsk.example"


def filed(made: Case) -> Filing:
    return file(made, judge(made))


def test_a_first_application_is_registered_and_answered() -> None:
    assert filed(case()) == Filing(
        register=True, status="complete", revise=True, speaks=True, answers=(Answer("accepted", SENDER),)
    )


def test_a_letter_without_a_form_gets_a_number_but_no_standing() -> None:
    made = case(application=None, from_form=Recognition("none"))
    assert filed(made) == Filing(
        register=True, status="no_form", speaks=True, answers=(Answer("no_form", SENDER),)
    )


def test_the_form_that_follows_starts_the_application_with_its_own_receipt_time() -> None:
    made = case(history=History(prior=registered(status="no_form")))
    assert filed(made) == Filing(
        number="КЗ-2023-001",
        status="complete",
        revise=True,
        restart=IN_TIME,
        speaks=True,
        answers=(Answer("accepted", SENDER),),
    )


def test_a_corrected_form_is_a_revision_and_keeps_the_first_receipt_time() -> None:
    made = case(history=History(prior=registered(status="incomplete")))
    assert filed(made) == Filing(
        number="КЗ-2023-001",
        status="complete",
        revise=True,
        speaks=True,
        answers=(Answer("corrected", SENDER),),
    )


@pytest.mark.parametrize(
    ("policy", "revise", "status"), [("keep_first", False, "complete"), ("keep_last", True, "held")]
)
def test_a_second_sender_changes_nothing_unless_the_call_keeps_the_last(
    policy: str, revise: bool, status: str
) -> None:
    made = case(call=with_policy(duplicate=policy), history=History(prior=registered()), letter=letter(OTHER))
    assert filed(made) == Filing(
        number="КЗ-2023-001",
        status=status,
        revise=revise,
        speaks=False,
        answers=(Answer("duplicate_new", OTHER), Answer("duplicate_first", SENDER)),
    )


def test_a_late_update_leaves_the_application_as_it_is() -> None:
    made = case(LATE, history=History(prior=registered()))
    assert filed(made) == Filing(
        number="КЗ-2023-001", status="complete", speaks=True, answers=(Answer("replaced", SENDER),)
    )


def test_a_late_letter_of_a_stranger_does_not_touch_an_application_in_time() -> None:
    made = case(LATE, history=History(prior=registered()), letter=letter(OTHER, date=LATE))
    assert filed(made) == Filing(
        number="КЗ-2023-001", status="complete", speaks=False, answers=(Answer("late", OTHER),)
    )


def test_a_form_for_another_place_does_not_overwrite_the_conversation_it_came_in() -> None:
    thread = registered(place=KOROSTEN)
    made = case(place=KOROSTEN, place_by="thread", history=History(thread=thread, thread_proven=True))
    filing = filed(made)
    assert (filing.number, filing.revise, filing.status) == ("КЗ-2023-001", False, "complete")


def test_a_form_whose_place_is_contradicted_is_registered_and_held() -> None:
    filing = filed(case(from_subject=Recognition("exact", KOROSTEN)))
    assert (filing.register, filing.revise, filing.status) == (True, True, "held")


def test_what_is_sent_in_time_and_arrives_late_waits_on_the_late_sheet_unanswered() -> None:
    filing = filed(case(LATE))
    assert (filing.register, filing.status, filing.answers) == (True, "late", ())


def test_a_copy_writes_nothing() -> None:
    assert filed(case(history=History(copy_of="c" * 64))) == Filing()


def test_without_a_place_nothing_is_registered_but_the_sender_is_told() -> None:
    nowhere = case(
        place=None, place_by="", from_form=Recognition("unknown"), from_subject=Recognition("none")
    )
    assert filed(nowhere) == Filing(answers=(Answer("subject_unrecognised", SENDER),))


def test_the_answer_goes_to_a_reply_to_of_another_domain_only_if_our_server_vouches_for_the_sender() -> None:
    def to(address: str, trust: Trust = "unknown") -> tuple[str, ...]:
        made = case(letter=letter(reply_to=(Address("", address),)), trust=trust)
        return tuple(answer.recipient for answer in filed(made).answers)

    assert to("press@olevsk.example") == ("press@olevsk.example",)
    for trust in ("unknown", "none", "fail"):
        assert to("clerk@elsewhere.example", trust) == (SENDER,)  # type: ignore[arg-type]
    assert to("clerk@elsewhere.example", "pass") == ("clerk@elsewhere.example",)
    assert to("noreply@olevsk.example") == ()


def test_the_addresses_of_the_form_get_a_copy_only_where_the_call_says_so() -> None:
    emails = {
        "hromada_email": "Rada@official.example",
        "contact_email": SENDER,
        "p1_email": "second@olevsk.example",
    }

    def to(*, copies: bool = True, trust: Trust = "unknown", sated: tuple[str, ...] = ()) -> tuple[str, ...]:
        made = case(application=application(**emails), trust=trust, history=History(sated=sated))
        assert made.call is not None
        replies = made.call.replies.model_copy(update={"copy_to_form": copies})
        copied = replace(made, call=made.call.model_copy(update={"replies": replies}))
        return tuple(answer.recipient for answer in filed(copied).answers)

    assert to(copies=False) == (SENDER,)
    assert to() == (SENDER, "rada@official.example")
    assert to(trust="fail") == to(sated=("rada@official.example",)) == (SENDER,)


def test_a_new_revision_may_come_late_within_the_cure_time() -> None:
    made = case(kyiv("13.03 10:00:00"), history=History(prior=registered(status="incomplete")))
    assert made.call is not None
    replies = made.call.replies.model_copy(update={"cure_until": kyiv("14.03 18:00:00").replace(tzinfo=None)})
    cured = replace(
        made, call=made.call.model_copy(update={"replies": replies}), application=application(hromada="О")
    )
    filing = filed(cured)
    assert (filing.number, filing.revise, filing.restart) == ("КЗ-2023-001", True, None)
    assert cured.place == OLEVSK
