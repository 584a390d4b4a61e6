"""Facts that nobody stated, for looking at a text before it is sent: in time, too late, with nothing known. Pure."""

from dataclasses import replace
from datetime import timedelta

from outbox.context import Person, ReceivedFile, ReplyFacts
from outbox.faults import PlaceQuestion
from rules.application import Fault
from rules.call import Call, FormField
from rules.place import Place

_PLACES = {
    "ua": Place(
        "UA00000000000000000", "Зразкова", "Зразкова міська територіальна громада", "міська", "Зразковий район",
        "Зразкова область",
    ),
    "bg": Place("XXX00", "Образец", "Община Образец", "община", "", "Образец"),
}  # fmt: skip
_PEOPLE = {
    "uk": (Person("Петренко Олена Іванівна", "начальниця відділу"), Person("Бондар Петро", "спеціаліст")),
    "bg": (Person("Мария Иванова", "началник отдел"), Person("Петър Петров", "експерт")),
    "en": (Person("Olena Petrenko", "head of department"), Person("Petro Bondar", "specialist")),
}
_FILES = {
    "uk": ("Заявка.docx", "Скан заявки.pdf"),
    "bg": ("Заявка.docx", "Сканирана заявка.pdf"),
    "en": ("Application.docx", "Scan.pdf"),
}
_COMMENTS = {
    "uk": "радимо назвати одну конкретну зміну.",
    "bg": "препоръчваме да посочите една конкретна промяна.",
    "en": "we suggest naming one specific change.",
}
_LATE = timedelta(minutes=7, seconds=40)
# What may be wrong with a field of a kind; any other was left empty.
_FAULTS = {"email": ("bad_email", "olena@example"), "phone": ("bad_phone", "067-12")}


def sample(template: str, call: Call) -> ReplyFacts:
    """Return facts with which a reply of the call says as much as it can."""
    early = call.deadline_at - timedelta(days=1, hours=5, minutes=19)
    subject = call.subject.example
    facts = ReplyFacts(
        early,
        number=f"{call.prefix}-014",
        place=_PLACES[call.country],
        subject_received=subject,
        subject_deviates=True,
        files=tuple(ReceivedFile(name, "0123456789abcdef" * 4) for name in _FILES[call.language]),
        people=_PEOPLE[call.language][: max(len(call.participants), 1)],
        missing=tuple(_fault(field) for field in call.fields if field.required == "yes")[:3],
        file=_FILES[call.language][0],
        reason="damaged",
        link_host="drive.google.com",
        previous_received_at=early - timedelta(days=3),
        changed_fields=tuple(field.key for field in call.fields)[:2],
        other_address="olena@example.org",
        days_left=2,
        applications=3 * call.replies.places,
        comment=_COMMENTS[call.language],
    )
    if template.startswith("subject_"):
        return replace(facts, number=None, place=None, candidates=(_PLACES[call.country],))
    if template == "late":
        return _late(facts, call)
    if template == "scan_received":
        return replace(facts, file=_FILES[call.language][1], reason="scan")
    return replace(facts, missing=()) if template == "corrected" else facts


def samples(template: str, call: Call) -> tuple[ReplyFacts, ...]:
    """Return facts that lead through the conditions of a text: all of them known, too late, next to nothing known."""
    full = sample(template, call)
    question = PlaceQuestion("differs", said=_PLACES[call.country].full, other=_PLACES[call.country].full)
    asked = replace(
        full,
        place_question=question,
        days_left=0,
        subject_refused=True,
        missing=sample("", call).missing,
        place=_PLACES[call.country],
    )
    nowhere = replace(full, place=None, place_unknown=True, place_said=_PLACES[call.country].full)
    return full, asked, nowhere, _late(full, call), ReplyFacts(full.received_at)


def _late(facts: ReplyFacts, call: Call) -> ReplyFacts:
    return replace(
        facts,
        received_at=call.deadline_at + _LATE,
        late_by=int(_LATE.total_seconds()),
        after_deadline=True,
        previous_received_at=facts.received_at,
    )


def _fault(field: FormField) -> Fault:
    code, found = _FAULTS.get(field.kind, ("missing", ""))
    return Fault(field.key, code, found)
