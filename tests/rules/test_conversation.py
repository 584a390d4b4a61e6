"""Letters that belong to a conversation, judged: what goes to a person, what is answered, what completes a form."""

from dataclasses import replace
from typing import Any

import pytest

from intake.filing import Filing, file
from outbox.answers import withdrawn
from rules.answer import Fault, Value
from rules.case import Case, History, Registered
from rules.hearing import hear
from rules.judge import judge
from rules.kinds import value_of
from rules.letter import Attachment
from rules.place import NOTHING
from rules.subject import SubjectReading
from rules.table import Reading
from tests.replay.desk import filled
from tests.rules.cases import CALL, IN_TIME, LATE, OLEVSK, application, case, kyiv, letter, registered

LACKS = (Fault("p2_phone", "missing"), Fault("p2_position", "missing"))


def values(*without: str) -> dict[str, Value]:
    """A filled form, but for some fields."""
    given = filled(CALL, "Олевська міська територіальна громада", "Житомирська область")
    fields = {field.key: field for field in CALL.fields}
    return {
        key: Value(raw, value_of(raw, fields[key], CALL)[0])
        for key, raw in given.items()
        if key not in without
    }


STANDING = values("p2_phone", "p2_position")


def known(**changes: Any) -> Registered:
    lacks = {"values": dict(STANDING), "faults": LACKS, "status": "incomplete"}
    if changes.get("faults") == ():
        lacks["values"] = values()
    made = {**lacks, **changes}
    standing: Any = made["values"]
    return registered(**{"fields": {key: value.value for key, value in standing.items()}, **made})


def said(
    text: str,
    *,
    of: Registered | None = None,
    at: Any = IN_TIME,
    proven: bool = True,
    sender: str = "rada@olevsk.example",
    **changes: Any,
) -> Case:
    """A letter without a form in the thread of an application, heard."""
    history = changes.pop("history", {})
    thread = of or known()
    made = case(
        at,
        letter=letter(sender, text=text, date=at),
        application=None,
        from_form=NOTHING,
        place_by="thread",
        history=History(thread=thread, thread_proven=proven, prior=thread, **history),
    )
    return hear(replace(made, **changes))


@pytest.mark.parametrize(
    ("made", "disposition", "codes", "reply"),
    [
        (said("Дякуємо!"), "accept", ("thanks",), None),
        (said("Чи все гаразд?"), "hold", ("question",), "question_ack"),
        (said("Чи все гаразд?", history={"told_today": ("question_ack",)}), "hold", ("question", "told_today"), "question_ack"),
        (said("Відкликаємо заявку"), "hold", ("withdrawal",), None),
        (said("Підтверджуємо участь"), "hold", ("conversation",), None),
        (said("Підтверджуємо участь", history={"selected": True}), "accept", ("confirmed",), "confirmed"),
        (said("Підтверджуємо участь", history={"selected": True}, proven=False, sender="x@y.example"), "hold", ("conversation",), None),
        (said("Фахівець звільнився"), "hold", ("conversation",), None),
        (said("Чи все гаразд?", at=LATE), "hold", ("question",), "question_ack"),
        (said("Дякуємо!", at=LATE, of=known(status="late")), "accept", ("thanks",), None),
        (said("Дякуємо!", of=known(status="no_form", revision=0)), "accept", ("thanks",), None),
        (said("Надсилаємо ще раз", of=known(status="no_form", revision=0)), "reject", ("no_form",), "no_form"),
        (said("3.9 — 067 111 22 33"), "accept", ("incomplete", "corrects"), "corrected"),
        (said("3.9 — 067 111 22 33\n3.8 — спеціаліст"), "accept", ("corrects",), "corrected"),
        (said("3.9 — 067 111 22 33\nДякую!\nОксана"), "accept", ("incomplete", "corrects"), "corrected"),
        (said("3.9 — 067 111 22 33\n\nДякую, Оксана Іваненко"), "accept", ("incomplete", "corrects"), "corrected"),
        (said("3.9 — 067 111 22 33\nДякую, Оксано!\nАле спеціаліст звільнився"), "hold", ("conversation", "values_suggested"), None),
        (said("3.9 — 067 111 22 33. Чи все гаразд?"), "hold", ("question", "values_suggested"), "question_ack"),
        (said("3.9 — 067 111 22 33", proven=False, sender="x@y.example"), "hold", ("conversation", "values_suggested"), None),
        (said("2.3 — 067 111 22 33", of=known(faults=(), status="complete")), "accept", ("corrects",), "corrected"),
        (said("2.3 — 067 111 22 33", of=known(faults=(), status="complete"), proven=False), "hold", ("conversation", "values_suggested"), None),
        (said("2.3 — 067 111 22 33", of=known(faults=(), status="complete"), at=LATE), "hold", ("late_update", "corrects"), "replaced"),
        (said("3.9 — 067 111 22 33", at=kyiv("14.03 17:00:00")), "accept", ("incomplete", "corrects"), "corrected"),
        (said("Олена Петренко, тел. 067 111 22 33", of=known(faults=(), status="complete")), "hold", ("conversation",), None),
        (said("Другий учасник: Коваль Іван Петрович", of=known(faults=(), status="complete")), "hold", ("conversation", "values_suggested"), None),
        (said("5.1 — ні", of=known(faults=(), status="complete")), "hold", ("conversation", "values_suggested"), None),
        (said("Громада: Коростенська"), "hold", ("conversation", "values_suggested"), None),
    ],
)  # fmt: skip
def test_what_follows_from_a_letter_in_a_conversation(
    made: Case, disposition: str, codes: tuple[str, ...], reply: str | None
) -> None:
    verdict = judge(made)
    faults = sorted(verdict.codes) == sorted(codes)
    assert (str(verdict.disposition), faults, verdict.template) == (disposition, True, reply), verdict.codes


@pytest.mark.parametrize("text", ["Дякуємо!", "Чи все гаразд?", "Відкликаємо заявку", "Фахівець звільнився"])
@pytest.mark.parametrize("status", ["complete", "incomplete", "held", "late"])
def test_talk_leaves_an_application_as_it_stands(text: str, status: str) -> None:
    made = said(text, of=known(status=status))
    filing = file(made, judge(made))
    assert replace(filing, answers=()) == Filing(number="КЗ-2023-001", speaks=True)


def test_what_waits_for_a_person_goes_on_waiting_when_a_letter_completes_it() -> None:
    made = said("3.9 — 067 111 22 33\n3.8 — спеціаліст", of=known(status="held"))
    filing = file(made, judge(made))
    assert (filing.revise, filing.status) == (True, "held")


def test_the_completed_form_keeps_what_stood_and_says_where_the_new_value_stood() -> None:
    made = said("Добрий день!\n3.9 — 067 111 22 33")
    assert made.application is not None
    assert made.application.fields == {key: value.value for key, value in STANDING.items()} | {
        "p2_phone": "+380671112233"
    }
    assert made.application.values["p2_phone"].where.startswith("letter")
    assert "p2_position" in {fault.key for fault in made.application.faults}


def test_a_form_with_a_question_is_taken_and_the_question_noted() -> None:
    made = hear(case(letter=letter(text="Надсилаємо заявку. Чи можна онлайн?")))
    assert judge(made).codes == ("question_aside",)
    assert (judge(made).template, str(judge(made).disposition)) == ("accepted", "accept")


def test_a_form_from_people_who_want_out_goes_to_a_person() -> None:
    thread = History(thread=registered(), thread_proven=True)
    out = hear(case(history=thread, letter=letter(text="Ми відмовляємось від участі.")))
    assert (str(judge(out).disposition), judge(out).template) == ("hold", None)
    anew = hear(
        case(history=thread, letter=letter(text="Просимо відкликати попередню заявку, надсилаємо нову."))
    )
    assert judge(anew).codes == ("replaces",)


def test_a_question_without_any_application_is_acknowledged_when_its_call_is_known() -> None:
    asked = case(
        application=None,
        from_form=NOTHING,
        from_subject=NOTHING,
        place=None,
        place_by="",
        subject=SubjectReading("none", CALL.id),
        letter=letter(text="Чи можна подати заявку поштою?"),
    )
    made = hear(asked)
    assert (judge(made).codes[0], judge(made).template) == ("question", "question_ack")
    assert file(made, judge(made)).number is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("3.9: 067 111 22 33, а першого учасника просимо замінити на Мельник Ольгу", "а першого учасника просимо замінити на Мельник Ольгу"),
        ("3.9: 067 111 22 33. По 5.2 так, підготуємо план.", "067 111 22 33. По 5.2 так, підготуємо план."),
        ("3.10: k1@sl2.gov.ua. По 5.2 так, підготуємо план.", "По 5.2 так, підготуємо план"),
        ("3.8: головний спеціаліст. Також прошу змінити телефон", "Також прошу змінити телефон"),
        ("3.8: спеціаліст\nТакож прошу змінити посаду Бондаря на директора", "Також прошу змінити посаду Бондаря на директора"),
        ("3.9: 067 111 22 33 (Viber)", ""),
        ("3.9: 067 111 22 33, вибачте за помилку!", ""),
        ("3.8: відділ освіти. Головний спеціаліст", ""),
    ],
)  # fmt: skip
def test_what_stands_beside_an_answer_is_read_by_a_person(text: str, rest: str) -> None:
    made = said(text)
    verdict = judge(made)
    assert made.said is not None
    assert (made.said.rest, bool(made.said.taken)) == (rest, not rest)
    suggested = [one for one in verdict.findings if one.code == "values_suggested"]
    assert [one.facts.get("rest", "") for one in suggested] == ([rest] if rest else [])


@pytest.mark.parametrize("text", ["2.1: учасник 1", "2.1 — Учасник 1", "Контактна особа: учасник 1"])
def test_a_contact_who_is_a_participant_has_that_ones_answers(text: str) -> None:
    lacks = ("contact_name", "contact_phone")
    made = said(text, of=known(values=values(*lacks), faults=tuple(Fault(key, "missing") for key in lacks)))
    assert judge(made).codes == ("corrects",)
    assert made.application is not None
    assert {key: made.application.get(key) for key in lacks} == {
        "contact_name": STANDING["p1_name"].value,
        "contact_phone": STANDING["p1_phone"].value,
    }


NOT_KNOWN = {"place": None, "place_by": "", "from_subject": NOTHING}


@pytest.mark.parametrize(
    ("text", "at", "place", "expected"),
    [
        ("Добрий день! Чи можуть брати участь депутати?", IN_TIME, {}, ("hold", ("question",), "question_ack")),
        ("Чи продовжать прийом?", IN_TIME, NOT_KNOWN, ("hold", ("question",), "question_ack")),
        ("Форму надішлемо завтра, зараз немає світла. Чи приймете?", IN_TIME, {}, ("hold", ("question",), "question_ack")),
        ("Чи можна надсилати форму у вкладенні?", IN_TIME, {}, ("hold", ("question",), "question_ack")),
        ("Чи можна ще подати заявку?", LATE, {}, ("hold", ("question",), "question_ack")),
        ("Надсилаємо заявку. Чи все гаразд?", IN_TIME, {}, ("reject", ("no_form", "question_aside"), "no_form")),
        ("Заявка у вкладенні.", IN_TIME, {}, ("reject", ("no_form",), "no_form")),
    ],
)  # fmt: skip
def test_a_question_under_the_announced_subject_is_no_forgotten_file(
    text: str, at: Any, place: dict[str, Any], expected: tuple[str, tuple[str, ...], str]
) -> None:
    made = hear(case(at, application=None, from_form=NOTHING, letter=letter(text=text, date=at), **place))
    verdict = judge(made)
    assert (str(verdict.disposition), verdict.codes, verdict.template) == expected
    # A number is given to whoever sends an application, not to whoever asks.
    assert file(made, verdict).register == (verdict.template == "no_form")


def test_a_question_beside_a_file_that_is_no_form_is_noted_and_the_form_is_asked_for() -> None:
    attached = Attachment("2", "лист.docx", "part-2.docx", "application/octet-stream", "", 9_000, "b" * 64, "mime", b"")  # fmt: skip
    asked = letter(text="Чи продовжать прийом?", attachments=(attached,))
    made = hear(
        case(
            application=None,
            from_form=NOTHING,
            letter=asked,
            readings=(Reading("b" * 64, "not_a_form"),),
        )
    )
    assert (judge(made).codes, judge(made).template) == (("no_form", "question_aside"), "no_form")


def test_judging_and_hearing_again_give_the_same() -> None:
    made = said("3.9 — 067 111 22 33")
    assert said("3.9 — 067 111 22 33") == made
    assert judge(made) == judge(made)


def test_a_withdrawal_is_told_only_by_whoever_decided_it() -> None:
    asked = letter(text="Відкликаємо заявку")
    reply = withdrawn(registered(), CALL, letter=asked, trust="unknown", received_at=IN_TIME, now=IN_TIME)
    assert reply is not None
    assert (reply.template, reply.number, reply.recipient) == (
        "withdrawn",
        "КЗ-2023-001",
        "rada@olevsk.example",
    )
    assert reply.subject == f"[КЗ-2023-001] Заявку відкликано — {OLEVSK.full}"
    nobody = letter(from_=None)
    told = withdrawn(registered(), CALL, letter=nobody, trust="unknown", received_at=IN_TIME, now=IN_TIME)
    assert told is None


def test_the_same_form_with_nothing_mended_is_no_correction() -> None:
    thread = History(thread=registered(status="incomplete"), thread_proven=True)
    same = case(history=thread, application=application(Fault("p2_phone", "missing"), hromada="Олевська"))
    assert judge(same).codes == ("incomplete",)
