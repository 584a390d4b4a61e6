"""An open number of participants, and an application for each unit of a place."""

import tomllib
from pathlib import Path

import pytest

from rules.application import Application, match
from rules.call import Call
from rules.repeated import unfolded
from rules.table import Cell, Para, Reading, Table
from rules.units import unit_key

RAW = tomllib.loads(
    (Path(__file__).parents[2] / "examples/burgas.toml")
    .read_text(encoding="utf-8")
    .replace("deadline = 2023-03-10T18:00", "deadline = 2023-03-10T18:00:00")
)["calls"][0]
BURGAS = Call.model_validate(unfolded(RAW))


def row(*cells: str) -> tuple[Cell, ...]:
    return tuple(Cell((Para(text),)) for text in cells)


HEAD = Table((
    row("Област", "Бургас"), row("Община", "Созопол"), row("Дирекция / отдел", "Култура"),
    row("Официален имейл на общината", "info@sozopol.example"), row("Лице за контакт", "Мария Иванова"),
    row("Телефон", "+359 88 812 34 56"), row("Имейл", "maria@sozopol.example"),
))  # fmt: skip


def read(*blocks: Table | Para) -> Application:
    application = match([Reading("0" * 64, "read", blocks=blocks)], BURGAS)
    assert application is not None
    return application


def test_one_participant_written_once_stands_for_twenty() -> None:
    assert [person.key for person in BURGAS.participants] == [f"p{count}" for count in range(1, 21)]
    assert [person.required for person in BURGAS.participants] == [True] + [False] * 19
    third = [(field.key, field.number, field.column) for field in BURGAS.fields if field.person == "p3"]
    assert third == [
        ("p3_name", "3.3", "Участник 3: име"),
        ("p3_position", "3.3.1", "Участник 3: длъжност"),
        ("p3_email", "3.3.2", "Участник 3: имейл"),
        ("p3_phone", "3.3.3", "Участник 3: телефон"),
        ("p3_consent", "5.1", "Участник 3: съгласие"),
        ("p3_photo", "5.2", "Участник 3: снимане"),
    ]


def test_a_call_without_repeated_participants_stays_as_it_is() -> None:
    plain = {"participants": [{"key": "p1", "label": "x"}], "fields": [{"key": "a", "label": "b"}]}
    assert unfolded(plain) == plain


SEVENTEEN = "АБВГДЕЖЗИЙКЛМНОПР"


def test_a_list_of_seventeen_people_is_read_whole() -> None:
    people = [
        row(
            str(count),
            f"Иван Петров {letter}лексиев",
            "експерт",
            "maria@sozopol.example",
            f"+359 88 812 34 {count + 10}",
        )
        for count, letter in enumerate(SEVENTEEN, 1)
    ]
    listed = Table((row("№", "Име, презиме и фамилия", "Длъжност", "Имейл", "Телефон"), *people))
    application = read(HEAD, Para("3. Участници"), listed)
    assert application.get("p17_name") == "Иван Петров Рлексиев"
    assert application.get("p17_phone") == "+359888123427"
    # One address for all of them is allowed in this call; nobody can consent for a colleague.
    assert [(fault.key, fault.code) for fault in application.faults] == [
        (f"p{count}_consent", "no_consent") for count in range(1, 18)
    ]


def test_of_people_nobody_named_nothing_is_kept_and_nothing_asked() -> None:
    boxes = Table((row("Участник 2: съгласие за обработване на лични данни", "☐ да"), row("Участник 3: съгласие за обработване на лични данни", "☒ да")))  # fmt: skip
    application = read(HEAD, Para("Участник 1"), Table((row("Име и фамилия", "Иван Петров"),)), boxes)
    assert {key for key in application.values if key[:2] in {"p2", "p3"}} == set()
    assert {fault.key[:2] for fault in application.faults} == {"p1"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Дирекция „Култура“", "култура", True),
        ("отдел КУЛТУРА", "Дирекция «Култура»", True),
        ("Дирекция Култура", "Дирекция Финанси", False),
        ("Управління культури", "відділ культури", True),
        ("дирекция", "отдел", False),
    ],
)
def test_two_spellings_of_a_unit_are_one_unit(one: str, other: str, same: bool) -> None:
    assert (unit_key(one) == unit_key(other)) is same
