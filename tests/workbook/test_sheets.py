"""What the workbook says of the ledger: which row stands on which sheet, in whose words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.workbook.answers import answer_columns
from intake.workbook.columns import short, unique
from intake.workbook.phrases import PHRASES
from intake.workbook.sheets import sheets
from intake.workbook.words import counted_files
from rules import person
from rules.call import Call
from rules.judge import CODES
from tests.workbook.desk import CALL, FULL, START, Desk, answers, at

ONE, TWO = "КЗ-2023-001", "КЗ-2023-002"


def test_an_application_is_one_row_with_local_times_numbers_and_text(desk: Desk) -> None:
    form = answers(1) | {"population": "12345", "contact_phone": "+380671112233"}
    desk.application(1, values=form, received=datetime(2023, 3, 10, 15, 59, 30, tzinfo=UTC))
    desk.reply(ONE, minutes=5)
    desk.update()
    (row,) = desk.rows()
    assert row["Надійшла"] == datetime(2023, 3, 10, 17, 59, 30)  # noqa: DTZ001 a spreadsheet knows no zones
    assert row["До строку, год"] == 0
    assert row["Жителів"] == 12345
    assert row["Телефон контактної особи"] == "+380671112233"
    assert row["КАТОТТГ"] == "UA18000000000000001"
    assert row["Область"] == "Житомирська"
    assert (row["Останній автолист"], row["Доставлено"]) == ("прийнято, 06.03 09:36", "надіслано")


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("complete", "Повна"),
        ("incomplete", "Потрібні уточнення"),
        ("held", "На перевірці"),
        ("no_form", "Немає форми"),
    ],
)
def test_statuses_are_words(desk: Desk, status: str, word: str) -> None:
    desk.application(1, status=status)
    desk.update()
    assert desk.column("Статус") == {ONE: word}


def test_a_late_application_stands_on_its_own_sheet_only(desk: Desk) -> None:
    deadline = desk.call.deadline_at
    desk.application(1)
    desk.application(
        2,
        status="late",
        received=deadline + timedelta(minutes=7),
        date=deadline - timedelta(minutes=3),
        disposition="reject",
        findings=[{"code": "late", "disposition": "reject", "facts": {"by_seconds": 420}}],
    )
    desk.update()
    assert list(desk.column("Статус")) == [ONE]
    assert [row["№ заявки"] for row in desk.rows("Учасники")] == [ONE, ONE]
    (row,) = desk.rows("Запізнілі")
    assert (row["№ заявки"], row["Запізнення"], row["Надіслано вчасно?"]) == (TWO, "7 хвилин", "так")
    assert desk.rows("Потребують уваги") == []


def test_sent_in_time_is_what_the_rule_says_the_last_minute_included(desk: Desk) -> None:
    deadline = desk.call.deadline_at
    for count, (seconds, word) in enumerate(((55, "так"), (61, "ні")), start=1):
        sent = deadline + timedelta(seconds=seconds)
        received = deadline + timedelta(minutes=7)
        desk.application(count, status="late", received=received, date=sent, disposition="hold")
        desk.update()
        assert desk.rows("Запізнілі")[count - 1]["Надіслано вчасно?"] == word


def test_letters_that_a_person_must_look_at(desk: Desk) -> None:
    def finding(code: str, disposition: str, **facts: object) -> dict[str, object]:
        return {"code": code, "disposition": disposition, "facts": facts}

    held = desk.letter("held", disposition="hold", findings=[finding("password", "hold", file="Заявка.docx")])
    shunted = desk.letter("shunted", state="shunted", disposition=None)
    refused = desk.letter(
        "refused", disposition="reject", findings=[finding("no_form", "reject", files=["a.pdf", "b.jpg"])]
    )
    nowhere = desk.letter(
        "late, place unknown", disposition="reject", findings=[finding("late", "reject", by_seconds=60)]
    )
    bare = desk.letter(
        "bare", disposition="reject", findings=[finding("no_form", "reject", files=[])], files=[]
    )
    desk.letter("spam", disposition="discard", call_id=None)
    desk.letter("fine", disposition="accept", findings=[finding("subject_deviates", "accept")])
    desk.update()
    assert desk.column("Що не так", "Потребують уваги") == {
        held[:12]: "файл захищено паролем: Заявка.docx",
        shunted[:12]: "збій програми під час обробки: лист збережено, повідомте розробника",
        refused[:12]: "немає заповненої форми; у листі: a.pdf, b.jpg",
        bare[:12]: "немає заповненої форми: лист без файлів",
        nowhere[:12]: "надійшов після строку; запізнення: 1 хвилина",
    }
    assert len(desk.rows("Листування")) == 7


def test_every_ground_of_the_rules_has_a_phrase_in_every_language() -> None:
    codes = CODES | person.CODES | {"shunted"}
    assert {language: codes - phrases.keys() for language, phrases in PHRASES.items()} == {
        "uk": set(),
        "bg": set(),
        "en": set(),
    }


def test_the_correspondence_has_every_letter_in_and_out_by_time(desk: Desk) -> None:
    desk.letter("b", received_at=START + timedelta(minutes=3), number=ONE)
    desk.letter("a", received_at=START)
    desk.reply(ONE, template="no_form", state="failed", minutes=1)
    desk.update()
    found = [(row["Напрям"], row["№ заявки"], row["Вид"], row["Доля"]) for row in desk.rows("Листування")]
    assert found == [
        ("вхідний", None, "заявка", "зараховано"),
        ("вихідний", ONE, "немає форми", "не доставлено"),
        ("вхідний", ONE, "заявка", "зараховано"),
    ]


@pytest.mark.parametrize(
    ("state", "response", "shown"),
    [
        ("sent", "250 2.0.0 Ok: queued as 4711", ("надіслано", "надіслано", None)),
        ("sent", "delivered: 2.0.0 in the box", ("так", "доставлено", "2.0.0 in the box")),
        ("sent", "delayed: 4.4.1 no answer", ("затримується", "надіслано, затримується", "4.4.1 no answer")),
        ("failed", "550 5.1.1 no such user", ("не вдалося", "не доставлено", "550 5.1.1 no such user")),
    ],
)
def test_only_a_report_of_delivery_makes_a_letter_delivered(
    desk: Desk, state: str, response: str, shown: tuple[str | None, ...]
) -> None:
    desk.application(1)
    desk.reply(ONE, state=state, response=response)
    desk.update()
    (row,) = desk.rows()
    (letter,) = (one for one in desk.rows("Листування") if one["Напрям"] == "вихідний")
    assert (row["Доставлено"], letter["Доля"], letter["Зауваги"]) == shown


def test_participants_share_columns_and_have_rows_of_their_own(desk: Desk) -> None:
    form = {"p1_name": "КОВАЛЬ Марта", "p1_phone": "+380501", "p2_name": "ҐУДЗЬ Їжак"}
    desk.application(1, values=form)
    desk.update()
    found = [
        (row["Код учасника"], row["Учасник"], row["ПІБ"], row["Телефон"]) for row in desk.rows("Учасники")
    ]
    assert found == [
        (f"{ONE}/1", "Учасник 1", "КОВАЛЬ Марта", "+380501"),
        (f"{ONE}/2", "Учасник 2", "ҐУДЗЬ Їжак", None),
    ]


def test_what_a_form_lacks_is_named_by_number_and_column(desk: Desk) -> None:
    faults = [
        {"key": "p2_phone", "code": "bad_phone", "found": "067-12"},
        {"key": "contact_name", "code": "missing", "found": ""},
    ]
    desk.application(1, status="incomplete", faults=faults)
    desk.update()
    (row,) = desk.rows()
    assert row["Чого бракує"] == "2.1 Контактна особа\n3.9 Учасник 2: телефон: «067-12»"
    assert row["Повнота %"] == 0.78


@pytest.mark.parametrize(
    ("status", "lacks"),
    [("no_form", "заповненої форми"), ("held", "форми, яку можна прочитати"), ("withdrawn", None)],
)
def test_an_application_without_a_form_lacks_it(desk: Desk, status: str, lacks: str | None) -> None:
    desk.application(1, status=status, values={})
    desk.update()
    assert desk.column("Чого бракує") == {"КЗ-2023-001": lacks}


def test_files_are_linked_by_a_relative_ascii_path(desk: Desk) -> None:
    desk.application(1)
    desk.update(attachments=desk.path.parent / "Файли заявок")
    sheet = desk.open()["Заявки"]
    links = [cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links[0] == "cards/KZ-2023-001.html"
    assert links[1:] == [
        f"%D0%A4%D0%B0%D0%B9%D0%BB%D0%B8%20%D0%B7%D0%B0%D1%8F%D0%B2%D0%BE%D0%BA/{folder(desk)}/"
    ]


def folder(desk: Desk) -> str:
    with desk.engine.connect() as tx:
        return str(tx.exec_driver_sql("SELECT digest FROM letters").scalar())[:16]


def test_every_row_of_an_application_leads_to_its_card(desk: Desk) -> None:
    desk.application(1)
    desk.application(2, status="late")
    desk.letter("held", disposition="hold", number=ONE)
    desk.update()
    book = desk.open()
    leads = {
        name: [
            at(book[name], row, "№ заявки", key).hyperlink.target
            for row in desk.column("№ заявки", name)
        ]
        for name, key in (("Заявки", "№ заявки"), ("Учасники", "Код учасника"), ("Запізнілі", "№ заявки"), ("Потребують уваги", "Код листа"))
    }  # fmt: skip
    first, second = (f"cards/KZ-2023-00{count}.html" for count in (1, 2))
    assert leads == {
        "Заявки": [first],
        "Учасники": [first, first],
        "Запізнілі": [second],
        "Потребують уваги": [first],
    }


def test_hostile_text_is_text_on_every_sheet(desk: Desk) -> None:
    form = {field.key: "=1+1" for field in CALL.fields}
    desk.application(1, values=form, subject="=cmd|'/c calc'!A0", from_name="+SUM(A1)", from_address="@evil")
    desk.application(2, status="late", values=form, subject="#REF!", from_name="-1")
    desk.letter("held", disposition="hold", subject="=1", from_name="\x01=2", findings=[
        {"code": "password", "disposition": "hold", "facts": {"file": "=3"}}
    ])  # fmt: skip
    desk.update()
    # The robot's own formulas are made of our numbers and of references only.
    formulas = {
        cell.value
        for sheet in desk.open()
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert not any(word in formula for formula in formulas for word in ("=1+1", "cmd", "#REF", "SUM(A1)"))
    types = {
        cell.data_type
        for sheet in desk.open()
        if sheet.title in {"Заявки", "Запізнілі", "Потребують уваги", "Листування", "Довідник"}
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert types == {"s", "n", "d"}


def test_another_call_in_another_language_with_another_form(tmp_path: Path) -> None:
    call = Call.model_validate(
        {
            "id": "burgas",
            "title": "Ефективни кампании",
            "language": "bg",
            "country": "bg",
            "prefix": "ОК-2020",
            "time_zone": "Europe/Sofia",
            "deadline": datetime(2020, 7, 14, 12),  # noqa: DTZ001 a call's deadline is local time
            "subject": {"topic": "Обучение", "example": "Обучение/Община Созопол"},
            "fields": [
                {"key": "unit", "label": "Дирекция", "required": "yes"},
                {"key": "unit_again", "label": "Дирекция", "number": "2.1"},
                {"key": "status_field", "label": "Статус"},
                {
                    "key": "staff",
                    "label": "Служители с много дълго наименование на полето, което не се побира",
                    "kind": "number",
                },
            ],
            "replies": {
                "address": "obuchenie@example.org",
                "sender_name": "Работилница",
                "contact_name": "Мария Петрова",
                "contact_phone": "+359 2 000 00 00",
                "signature": "Екипът",
            },
        }
    )
    desk = Desk(tmp_path, call)
    desk.application(1, values={"unit": "Финанси", "staff": "17"})
    desk.update()
    assert desk.path.name == "Заявки_burgas.xlsx"
    assert desk.open().sheetnames == [
        "Обобщение", "Заявки", "Участници", "За преглед", "Решени писма", "Закъснели", "Общини без заявка", "Присъствен списък",
        "Кореспонденция", "Справочник",
    ]  # fmt: skip
    (row,) = desk.rows()
    assert (row["Статус"], row["Дирекция"], row["Дирекция (2.1)"], row["Статус (2)"]) == (
        "Пълна",
        "Финанси",
        None,
        None,
    )
    assert row["Служители с много дълго наименование на полето, което не…"] == 17
    desk.engine.dispose()


def test_headers_are_unique_and_short() -> None:
    for call in (CALL, FULL):
        for sheet in sheets(call, (), (), ()):
            headers = [column.header for column in sheet.columns]
            assert len(set(headers)) == len(headers)
            assert max(len(header) for header in headers) <= 60
            assert max(column.width for column in sheet.columns) <= 45
    assert unique("Посада", "", {"Посада", "Посада (2)"}) == "Посада (3)"
    assert short("слово " * 30).endswith("слово…")


def test_few_columns_are_in_sight_and_the_rest_is_folded() -> None:
    columns = answer_columns(FULL, taken=set())
    assert [key for key, column in columns.items() if not column.folded] == [
        "contact_name",
        "contact_phone",
        "change",
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, ""), (1, "1 файл"), (2, "2 файли"), (5, "5 файлів"), (11, "11 файлів"), (21, "21 файл")],
)
def test_files_are_counted_in_grammar(count: int, words: str) -> None:
    assert counted_files(count, "uk") == words


def test_a_late_letter_with_another_trouble_is_shown_to_people_too(desk: Desk) -> None:
    late = {"code": "sent_in_time", "disposition": "hold", "facts": {}}
    locked = {"code": "password", "disposition": "hold", "facts": {"file": "а.docx"}}
    desk.application(1, status="late", disposition="hold", findings=[late])
    desk.application(2, status="late", disposition="hold", findings=[late, locked])
    desk.update()
    assert [row["№ заявки"] for row in desk.rows("Потребують уваги")] == [TWO]
    assert [row["№ заявки"] for row in desk.rows("Запізнілі")] == [ONE, TWO]
