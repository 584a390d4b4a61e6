from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from outbox.answers import facts_of, prepare
from outbox.context import Person, ReceivedFile
from outbox.faults import PlaceQuestion
from rules.application import Application, Fault, Value
from rules.case import Case, History, Registered
from rules.letter import Address, Attachment, Receipt
from rules.place import Recognition
from rules.subject import SubjectReading
from rules.verdict import Disposition, Finding, Ground, Severity, Verdict
from tests.outbox.samples import HROMADA, LATE, NOW, PISHCHANA, RECEIVED, call, letter


@dataclass(frozen=True)
class Answer:
    template: str
    recipient: str = "iryna@ukr.net"


def attached(name: str | None, **changes: Any) -> Attachment:
    plain = Attachment("2", name, name or "part-2.docx", "docx", "", 4, "ab" * 32, "mime", b"form")
    return replace(plain, **changes)


KNOWN = Registered(
    number="КЗ-2023-014",
    call_id="kz-2023",
    place=HROMADA,
    first_received_at=RECEIVED - timedelta(days=7),
    received_at=RECEIVED - timedelta(days=3),
    revision=2,
    senders=("olena@ukr.net",),
    fields={"oblast": "Житомирська область", "contact_phone": "+380670000000"},
    status="complete",
)
FORM = Application(
    "ab" * 32,
    {
        "oblast": Value("", "Житомирська область"),
        "contact_phone": Value("", "+380671111111"),
        "p1_name": Value("", "Коваленко Ірина"),
        "p2_name": Value("", "Бондар Петро"),
        "p2_position": Value("", "спеціаліст"),
    },
    (Fault("change", "missing"),),
)


def case(**changes: Any) -> Case:
    plain = Case(
        letter=letter(attachments=(attached("Заявка.docx"), attached(None, position="3"))),
        receipt=Receipt(RECEIVED, "INTERNALDATE"),
        call=call(),
        subject=SubjectReading("strict"),
        application=FORM,
        place=HROMADA,
        place_by="form",
    )
    return replace(plain, **changes)


def verdict(**found: dict[str, Any]) -> Verdict:
    findings = tuple(
        Finding(Ground(code, Disposition.HOLD, Severity.BAR), facts) for code, facts in found.items()
    )
    return Verdict(Disposition.HOLD, findings, "accepted", answerable=True, rules_digest="0" * 16)


def facts(of: Case, about: Verdict, template: str = "accepted") -> Any:
    return facts_of(of, call(), about, template, number="КЗ-2023-014")


def test_an_accepted_form_is_told_whole() -> None:
    told = facts(case(), verdict(subject_deviates={}))
    assert (told.received_at, told.number, told.place, told.subject_deviates) == (
        RECEIVED,
        "КЗ-2023-014",
        HROMADA,
        True,
    )
    assert told.files == (ReceivedFile("Заявка.docx", "ab" * 32), ReceivedFile("part-2.docx", "ab" * 32))
    assert told.people == (Person("Коваленко Ірина"), Person("Бондар Петро", "спеціаліст"))
    assert told.missing == FORM.faults
    assert told.late_by is None


def test_logos_and_what_lay_in_a_bounce_are_no_files_of_the_applicant() -> None:
    files = (attached("logo.png", inline=True), attached("old.docx", via="bounce"), attached("Заявка.docx"))
    assert facts(case(letter=letter(attachments=files)), verdict()).files == (
        ReceivedFile("Заявка.docx", "ab" * 32),
    )


def test_findings_become_what_the_texts_need() -> None:
    assert facts(case(), verdict(late={"by_seconds": 460})).late_by == 460
    assert facts(case(), verdict(late_update={"by_seconds": 460})).after_deadline
    assert facts(case(), verdict(exception={"place": ""})).exception
    unread = facts(case(), verdict(unreadable={"file": "a.pages", "reason": "format"}))
    assert (unread.file, unread.reason) == ("a.pages", "format")
    assert facts(case(), verdict(password={"file": "b.docx"})).file == "b.docx"
    assert facts(case(), verdict(cloud_link={"host": "drive.google.com"})).link_host == "drive.google.com"


def test_what_is_doubtful_about_the_place_is_asked() -> None:
    by_form = verdict(place_conflict={"form": "Олевська", "taken": "Коростенська", "taken_by": "thread"})
    assert facts(case(), by_form).place_question == PlaceQuestion("taken", "Олевська", "Коростенська")
    by_subject = verdict(place_conflict={"subject": "Олевська", "taken": "Коростенська", "taken_by": "form"})
    assert facts(case(), by_subject).place_question == PlaceQuestion("differs", "Олевська", "Коростенська")
    several = case(from_form=Recognition("ambiguous", candidates=PISHCHANA), place=None)
    assert facts(several, verdict(place_uncertain={})).candidates == PISHCHANA
    assert facts(several, verdict()).candidates == ()


def test_a_strict_call_refuses_only_the_subject() -> None:
    assert facts(case(), verdict(subject_refused={})).subject_refused
    assert not facts(case(place=None), verdict(subject_refused={})).subject_refused


def test_a_place_that_does_not_exist_is_told_by_the_name_in_the_form() -> None:
    nowhere = {"text": "Сонячнопільська громада", "level": "unknown"}
    nothing = {"text": "", "level": "none"}
    said = Recognition("unknown", text="Сонячнопільська громада")

    def told(found: dict[str, Any], **changes: Any) -> tuple[bool, str]:
        made = facts(case(place=None, **changes), verdict(place_unknown=found))
        return made.place_unknown, made.place_said

    assert told(nowhere, from_form=said) == (True, "Сонячнопільська громада")
    # What the subject says is quoted anyway.
    assert told(nowhere, from_subject=said) == (True, "")
    assert told(nothing) == (False, "")
    # A person has said since which place it is.
    assert facts(case(), verdict(place_unknown=nowhere)).place_unknown is False


def test_a_replacement_tells_what_changed_since_the_revision_that_stood() -> None:
    told = facts(case(history=History(prior=KNOWN)), verdict(replaces={}), "replaced")
    assert told.previous_received_at == KNOWN.received_at
    assert told.changed_fields == ("contact_phone", "p1_name", "p2_name", "p2_position")


def test_of_two_senders_each_hears_of_the_other_and_never_the_whole_address() -> None:
    of = case(history=History(prior=KNOWN))
    wanted = [Answer("duplicate_new"), Answer("duplicate_first", "olena@ukr.net")]
    new, first = prepare(of, verdict(duplicate={}), wanted, number="КЗ-2023-014", now=NOW)
    assert facts(of, verdict(), "duplicate_new").other_address == "olena@ukr.net"
    assert facts(of, verdict(), "duplicate_new").previous_received_at == KNOWN.first_received_at
    assert facts(of, verdict(), "duplicate_first").other_address == "iryna@ukr.net"
    assert (new.recipient, first.recipient) == ("iryna@ukr.net", "olena@ukr.net")
    assert new.message_id != first.message_id
    assert new.message_id.endswith(".duplicate_new@merezha.org.ua>")


def test_who_cannot_be_reached_gets_no_letter_and_stops_none() -> None:
    wanted = [Answer("late", "iryna@ukr.net, x@y.z"), Answer("late")]
    late = case(receipt=Receipt(LATE, "INTERNALDATE"))
    (only,) = prepare(late, verdict(late={"by_seconds": 460}), wanted, number=None, now=NOW)
    assert (only.recipient, only.number, only.template) == ("iryna@ukr.net", None, "late")


def test_a_letter_for_no_call_is_not_answered() -> None:
    assert list(prepare(case(call=None), verdict(), [Answer("accepted")], number=None, now=NOW)) == []


@pytest.mark.parametrize("sender", [None, Address("", "")])
def test_a_letter_without_a_sender_is_no_trouble(sender: Address | None) -> None:
    assert facts(case(letter=letter(from_=sender)), verdict(), "duplicate_first").other_address == ""
