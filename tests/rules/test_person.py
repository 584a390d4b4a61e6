"""A person's word about a letter: what it settles, what it leaves to the rules, and that the findings are still shown."""

from dataclasses import replace

import pytest

from intake.filing import Answer, Filing, file
from rules.answer import Fault
from rules.case import Case, History
from rules.judge import judge
from rules.letter import Attachment
from rules.person import Action, Correction, corrected
from rules.place import NOTHING, Recognition
from rules.table import Reading
from rules.verdict import Disposition, Verdict
from tests.rules.cases import (
    KOROSTEN,
    LATE,
    OLEVSK,
    application,
    case,
    letter,
    registered,
    with_policy,
)

SENDER = "rada@olevsk.example"
UNKNOWN = Recognition("unknown", text="Щось")


def decided(made: Case, action: Action, place: object = None) -> tuple[Verdict, Filing]:
    told = corrected(made, Correction(action, place, "Олена"))  # type: ignore[arg-type]
    verdict = judge(told)
    return verdict, file(told, verdict)


def lost(**changes: object) -> Case:
    """An application whose place nobody recognised."""
    return case(place=None, place_by="", from_form=UNKNOWN, from_subject=NOTHING, **changes)


def test_the_place_a_person_writes_counts_and_the_application_is_registered() -> None:
    verdict, filing = decided(lost(), Action.REGISTER, OLEVSK)
    assert verdict.disposition is Disposition.ACCEPT
    assert "registered_by_hand" in verdict.codes
    assert filing == Filing(
        register=True, status="complete", revise=True, speaks=True, answers=(Answer("accepted", SENDER),)
    )


def test_whoever_registers_without_a_place_agrees_with_the_only_one_suggested() -> None:
    opinion = Recognition("suggested", OLEVSK, text="Олевск")
    made = corrected(replace(lost(), from_form=opinion), Correction(Action.REGISTER))
    assert (made.place, made.place_by) == (OLEVSK, "person")
    assert corrected(lost(), Correction(Action.REGISTER)).place is None


def test_a_place_alone_settles_where_a_letter_comes_from_and_nothing_else() -> None:
    made = case(from_form=Recognition("exact", KOROSTEN), call=with_policy(subject="review"))
    made = replace(made, subject=replace(made.subject, level="tolerant"))
    verdict, _ = decided(made, Action.PLACE, OLEVSK)
    assert verdict.disposition is Disposition.ACCEPT
    assert {"place_conflict", "subject_review"} <= set(verdict.codes)
    assert not verdict.open & {"place_conflict", "subject_review"}
    bare = lost(application=None)
    verdict, filing = decided(bare, Action.PLACE, OLEVSK)
    assert (verdict.disposition, filing.status) == (Disposition.REJECT, "no_form")


def test_whoever_is_registered_is_still_asked_for_what_is_missing() -> None:
    made = lost(application=application(Fault("p1_email", "missing")))
    verdict, filing = decided(made, Action.REGISTER, OLEVSK)
    assert (verdict.template, filing.status) == ("accepted_incomplete", "incomplete")
    verdict, filing = decided(lost(application=None), Action.REGISTER, OLEVSK)
    assert (verdict.disposition, verdict.template, filing.status) == (
        Disposition.ACCEPT,
        "no_form",
        "no_form",
    )


def test_registering_does_not_make_a_late_letter_timely() -> None:
    verdict, filing = decided(
        lost(receipt=case(LATE).receipt, letter=letter(date=LATE)), Action.REGISTER, OLEVSK
    )
    assert (verdict.disposition, verdict.template, filing.status) == (Disposition.REJECT, "late", "late")


@pytest.mark.parametrize("sent", ["late", "sent_in_time"])
def test_an_exception_accepts_a_late_letter_and_shows_that_it_was_late(sent: str) -> None:
    made = case(LATE, letter=letter(date=LATE)) if sent == "late" else case(LATE)
    assert sent in judge(made).codes
    verdict, filing = decided(made, Action.ACCEPT_LATE)
    assert (verdict.disposition, verdict.template) == (Disposition.ACCEPT, "accepted")
    assert sent in verdict.codes
    assert filing.status == "complete"


def test_an_exception_forgives_the_lateness_and_nothing_else() -> None:
    made = case(LATE, application=None, from_form=NOTHING)
    verdict, filing = decided(made, Action.ACCEPT_LATE)
    assert (verdict.disposition, filing.status) == (Disposition.REJECT, "no_form")


@pytest.mark.parametrize("policy", ["reject", "reserve", "hold"])
def test_a_refusal_is_final_whatever_the_policy_or_the_senders_clock(policy: str) -> None:
    made = case(LATE, call=with_policy(late=policy))
    verdict, filing = decided(made, Action.REJECT_LATE)
    assert (verdict.disposition, verdict.template, filing.status) == (Disposition.REJECT, "late", "late")
    assert verdict.codes.count("late") == 1


def test_a_second_senders_form_that_a_person_registers_becomes_the_newest_revision() -> None:
    made = case(letter=letter("other@olevsk.example"), history=History(prior=registered()))
    assert judge(made).disposition is Disposition.HOLD
    verdict, filing = decided(made, Action.REGISTER)
    assert (verdict.disposition, verdict.template) == (Disposition.ACCEPT, "replaced")
    assert (filing.number, filing.revise, filing.status) == ("КЗ-2023-001", True, "complete")


def test_a_place_that_a_person_names_leaves_the_conversation_of_another_place() -> None:
    made = case(history=History(thread=registered(place=KOROSTEN), thread_proven=True))
    told = corrected(made, Correction(Action.REGISTER, OLEVSK))
    assert (told.history.thread, told.place) == (None, OLEVSK)
    same = corrected(made, Correction(Action.REGISTER, KOROSTEN))
    assert same.history.thread is not None


@pytest.mark.parametrize("reason", ["password", "damaged"])
def test_a_letter_whose_file_only_a_person_could_open_is_registered_with_gaps(reason: str) -> None:
    file_ = Attachment("2", "Заявка.docx", "Заявка.docx", "docx", "", 1, "b" * 64, "mime", b"x")
    made = case(
        letter=letter(attachments=(file_,)),
        readings=(Reading("b" * 64, "unreadable", "docx", reason=reason),),
        application=None,
        from_form=NOTHING,
    )
    assert judge(made).disposition is Disposition.HOLD
    verdict, filing = decided(made, Action.REGISTER)
    assert (verdict.disposition, verdict.template, filing.status) == (
        Disposition.ACCEPT,
        "accepted",
        "incomplete",
    )
