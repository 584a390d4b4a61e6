"""Cases as the rules see them, made by hand: an ordinary letter with a complete form, and what a test changes in it."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from intake.config import load
from rules.application import Application, Fault, Value
from rules.call import Call
from rules.case import Case, History, Registered
from rules.letter import Address, Clock, Letter, Receipt
from rules.place import Place, Recognition
from rules.subject import SubjectReading

KYIV = ZoneInfo("Europe/Kyiv")
_SHIPPED = load(Path(__file__).parents[2] / "config.toml").calls[0]
# The shipped call, with every reply sent.
CALL: Call = _SHIPPED.model_copy(update={"replies": _SHIPPED.replies.model_copy(update={"off": ()})})
OLEVSK = Place(
    "UA18060190000071101",
    "Олевська",
    "Олевська міська територіальна громада",
    "міська",
    "Коростенський",
    "Житомирська область",
)
KOROSTEN = Place(
    "UA18060090000061708", "Коростенська", "Коростенська міська територіальна громада", "міська", "Коростенський", "Житомирська область"
)  # fmt: skip


def kyiv(text: str) -> datetime:
    """An instant written as people in Kyiv write it: "10.03 17:59:30" of 2023."""
    return datetime.strptime(f"2023 {text}", "%Y %d.%m %H:%M:%S").replace(tzinfo=KYIV)


IN_TIME = kyiv("09.03 12:00:00")
LATE = kyiv("10.03 18:01:00")


def letter(sender: str = "rada@olevsk.example", **changes: Any) -> Letter:
    made = Letter(
        digest="a" * 64,
        size=1000,
        message_id="<1@olevsk.example>",
        in_reply_to=(),
        references=(),
        date=IN_TIME,
        subject="Комунікація змін/Олевська громада, Житомирська область",
        from_=Address("Олевська рада", sender),
        reply_to=(),
        to=(Address("", CALL.replies.address),),
        cc=(),
        return_path=sender,
        content_type="multipart/mixed",
        headers=(),
        received=(),
        text="Надсилаємо заявку.",
        attachments=(),
    )
    return replace(made, **changes)


def received(at: datetime, **clocks: datetime) -> Receipt:
    named = tuple(Clock(name, instant) for name, instant in ({"INTERNALDATE": at} | clocks).items())
    return Receipt(at, "INTERNALDATE", named)


def application(*faults: Fault, **values: str) -> Application:
    return Application("f" * 64, {key: Value(value, value) for key, value in values.items()}, faults)


def registered(**changes: Any) -> Registered:
    made = Registered(
        number="КЗ-2023-001",
        call_id=CALL.id,
        place=OLEVSK,
        first_received_at=kyiv("01.03 10:00:00"),
        received_at=kyiv("01.03 10:00:00"),
        revision=1,
        senders=("rada@olevsk.example",),
        fields={"hromada": "Олевська"},
        status="complete",
    )
    return replace(made, **changes)


def case(at: datetime = IN_TIME, **changes: Any) -> Case:
    exact = Recognition("exact", OLEVSK)
    made = Case(
        letter=letter(),
        receipt=received(at),
        call=CALL,
        subject=SubjectReading("strict", CALL.id, exact),
        application=application(hromada="Олевська"),
        from_form=exact,
        from_subject=exact,
        place=OLEVSK,
        place_by="form",
        history=History(),
    )
    return replace(made, **changes)


def with_policy(**changes: Any) -> Call:
    return CALL.model_copy(update={"policy": CALL.policy.model_copy(update=changes)})
