"""The shipped config.toml is the call of the announcement, ready to run once host and user are filled in."""

import re
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
from pydantic import BaseModel

from intake.config import Config, Limits, MailboxSettings, SmtpSettings, StorageSettings, load, reminders
from rules.application import match
from rules.call import Call, FormField, Participant, Policy, Replies, SubjectRule, TitleForms
from rules.contradictions import normalised
from rules.table import Cell, Para, Reading, Table
from tests.config.shipped import SHIPPED, changed


@pytest.fixture(scope="module")
def call() -> Call:
    return load(SHIPPED).calls[0]


def test_the_deadline_is_six_in_the_evening_in_kyiv(call: Call) -> None:
    assert call.deadline_at == datetime(2023, 3, 10, 16, 0, tzinfo=UTC)


def test_the_subject_is_that_of_the_announcement(call: Call) -> None:
    rule = call.subject
    assert f"{rule.topic}{rule.separator}{rule.placeholder}" == "Комунікація змін/Назва громади та область"
    assert rule.example == "Комунікація змін/Коростенська громада, Житомирська область"


def test_nothing_is_sent_before_the_admin_says_so(call: Call) -> None:
    assert call.replies.mode == "draft"


# Item numbers of the announced form: how many there are in each of its seven sections.
ITEMS = {1: 10, 2: 4, 3: 12, 4: 8, 5: 4, 6: 6, 7: 2}


def test_the_fields_are_the_items_of_the_announced_form_in_their_order(call: Call) -> None:
    numbers = [field.number for field in call.fields if field.number]
    wanted = [f"{section}.{item}" for section, count in ITEMS.items() for item in range(1, count + 1)]
    assert sorted(numbers, key=lambda number: tuple(map(int, number.split(".")))) == wanted
    assert set(call.sections) == {str(section) for section in ITEMS}


def test_an_application_is_incomplete_without_these(call: Call) -> None:
    assert [field.number for field in call.fields if field.required == "yes"] == [
        "1.1", "1.3", "1.8", "1.10", "2.1", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4", "3.7", "3.8", "3.9", "3.10",
        "4.1", "4.4", "4.7", "5.1", "5.2", "6.1", "6.2",
    ]  # fmt: skip


def test_two_participants_are_asked_for_the_same(call: Call) -> None:
    def of(person: str) -> list[tuple[str, str, str]]:
        return [
            (field.key.removeprefix(f"{person}_"), field.kind, field.required)
            for field in call.fields
            if field.person == person
        ]

    assert [participant.key for participant in call.participants] == ["p1", "p2"]
    assert of("p1") == of("p2")


def test_no_two_fields_of_a_section_share_a_wording(call: Call) -> None:
    def wordings(field: FormField) -> set[str]:
        return {normalised(text) for text in (field.label, *field.aliases)}

    def section(field: FormField) -> str:
        return field.person or field.number.partition(".")[0]

    shared = [
        (one.key, other.key)
        for one, other in combinations(call.fields, 2)
        if section(one) == section(other) and wordings(one) & wordings(other)
    ]
    assert shared == []


def test_headers_of_the_workbook_are_all_different(call: Call) -> None:
    headers = [field.column or field.label for field in call.fields]
    assert len(set(headers)) == len(headers)


# Labels of blanks that are not ours, as they were seen; outside a participant's part of the form.
FOREIGN = {
    "Назва громади": "hromada",
    "Область": "oblast",
    "Район": "raion",
    "Поштова адреса": "address",
    "Керівник громади (ПІБ)": "head_name",
    "Досвід участі у навчальних програмах з комунікацій": "past_programmes",
    "Яку зміну плануєте впровадити у громаді?": "change",
    "Мотивація участі у мережі": "expectations",
    "Згода на обробку персональних даних": "consent",
    "Дата заповнення": "form_date",
    "Название громады": "hromada",
    "Почтовый адрес": "address",
    "Руководитель громады (ФИО)": "head_name",
    "Мотивация участия в сети": "expectations",
    "Согласие на обработку персональных данных": "consent",
    "Дата заполнения": "form_date",
    "Name of the hromada": "hromada",
    "Nazva hromady": "hromada",
    "Голова ТГ": "head_name",
    "Чисельність населення": "population",
}


@pytest.mark.parametrize("label", FOREIGN)
def test_labels_of_other_blanks_are_known(label: str, call: Call) -> None:
    owners = [
        field.key
        for field in call.fields
        if normalised(label) in {normalised(text) for text in (field.label, *field.aliases)}
    ]
    assert owners == [FOREIGN[label]]


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ("ПІБ", "name"),
        ("ФИО", "name"),
        ("Прізвище, ім’я та по батькові", "name"),
        ("Посада", "position"),
        ("Займана посада", "position"),
        ("Должность", "position"),
        ("Контактний телефон", "phone"),
        ("Телефон", "phone"),
        ("Електронна адреса", "email"),
        ("E-mail", "email"),
        ("Ел. адреса", "email"),
    ],
)
def test_short_labels_belong_to_whoever_the_heading_names(label: str, what: str, call: Call) -> None:
    owners = [
        field.key
        for field in call.fields
        if normalised(label) in {normalised(text) for text in (field.label, *field.aliases)}
    ]
    assert owners == [f"contact_{what}", f"p1_{what}", f"p2_{what}"]


TABLES: dict[str, type[BaseModel]] = {
    "mailbox": MailboxSettings,
    "smtp": SmtpSettings,
    "storage": StorageSettings,
    "limits": Limits,
}


@pytest.mark.parametrize("name", TABLES)
def test_every_option_stands_in_the_shipped_file_and_is_explained(name: str) -> None:
    body = SHIPPED.read_text(encoding="utf-8").split(f"\n[{name}]")[1].split("\n[")[0]
    explained = re.findall(r"^(?:# )?(\w+) = [^#\n]*#? *(.*)$", body, re.MULTILINE)
    assert {key for key, _ in explained} == set(TABLES[name].model_fields)
    plain = {"port"}
    assert {key for key, comment in explained if not comment} <= plain


def test_every_option_of_a_call_stands_in_the_shipped_file() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    for prefix, model in (
        ("", Call),
        ("title_forms.", TitleForms),
        ("subject.", SubjectRule),
        ("policy.", Policy),
        ("replies.", Replies),
    ):
        dotted = {"title_forms", "subject", "policy", "replies"}
        for key in set(model.model_fields) - (dotted if model is Call else set()):
            assert re.search(rf"^(# )?{re.escape(prefix + key)} = ", text, re.MULTILINE), prefix + key
    for model in (FormField, Participant):
        for key in model.model_fields:
            assert re.search(rf"[{{,(·#] +{key}\b", text), key


def test_what_the_shipped_file_says_are_the_defaults_where_there_are_any() -> None:
    config = load(SHIPPED)
    for name, model in TABLES.items():
        for key, info in model.model_fields.items():
            if not info.is_required() and (name, key) != ("smtp", "user"):
                assert getattr(getattr(config, name), key) == info.get_default(call_default_factory=True), (
                    f"{name}.{key}"
                )


def test_the_admin_is_reminded_of_everything_marked_fill_in_and_of_nothing_else(tmp_path: Path) -> None:
    path = changed(tmp_path)
    told = [line.removeprefix(f"{tmp_path}/").split(" is still the placeholder ") for line in reminders(path)]
    assert [key.split(": ")[1] for key, _ in told] == [
        "mailbox.host",
        "mailbox.user",
        "smtp.host",
        "smtp.user",
        "calls[0].replies.address",
        "calls[0].replies.contact_name",
        "calls[0].replies.contact_phone",
    ]
    rows = path.read_text(encoding="utf-8").split("\n")
    marked = [f"config.toml:{number}" for number, row in enumerate(rows, 1) if "FILL IN:" in row]
    assert [key.split(": ")[0] for key, _ in told] == marked


def test_a_filled_in_file_reminds_of_nothing(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("example.org", "hromada.gov.ua")
    text = text.replace("Ім’я ПРІЗВИЩЕ", "Олена ПЕТРЕНКО").replace("+380 00 000 00 00", "+380 44 123 45 67")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    assert reminders(tmp_path / "config.toml") == ()


def test_a_time_without_seconds_is_understood(tmp_path: Path, call: Call) -> None:
    path = changed(tmp_path, ("deadline = 2023-03-10T18:00:00", "deadline = 2023-03-10T18:00"))
    assert load(path).calls[0] == call


def test_paths_start_at_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(tmp_path, ('# ca_file = "our-ca.pem" ', 'ca_file = "our-ca.pem" '))
    monkeypatch.chdir(tmp_path)
    config = load(Path("config.toml"))
    assert config.base == tmp_path
    assert config.database_url == f"sqlite:///{tmp_path}/var/ledger.db"
    assert config.archive_path == tmp_path / "var/archive"
    assert config.attachments_path == tmp_path / "var/files"
    assert config.workbooks_path == tmp_path / "var"
    assert config.drafts_path == tmp_path / "var/drafts"
    assert config.mailbox.ca_file == tmp_path / "our-ca.pem"
    assert config.smtp.ca_file is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:////srv/ledger.db", "sqlite:////srv/ledger.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///ledger.db?timeout=5", "sqlite:////etc/skrynka/ledger.db?timeout=5"),
        ("sqlite+pysqlite:///ledger.db", "sqlite+pysqlite:////etc/skrynka/ledger.db"),
        ("postgresql://intake@localhost/skrynka", "postgresql+psycopg://intake@localhost/skrynka"),
        ("postgresql+psycopg://intake@localhost/skrynka", "postgresql+psycopg://intake@localhost/skrynka"),
    ],
)
def test_the_database_url_is_completed(written: str, meant: str) -> None:
    shipped = load(SHIPPED)
    storage = StorageSettings(database=written)
    config: Config = shipped.model_copy(update={"base": Path("/etc/skrynka"), "storage": storage})
    assert config.database_url == meant


def test_a_path_in_the_home_folder_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    shipped = load(SHIPPED)
    config = shipped.model_copy(update={"storage": StorageSettings(archive=Path("~/letters"))})
    assert config.archive_path == tmp_path / "letters"


def cell(text: str) -> Cell:
    return Cell((Para(text),))


ANSWERS = {
    "oblast": "Житомирська область",
    "raion": "Коростенський",
    "hromada": "Коростенська міська територіальна громада",
    "katottg": "UA18060090000063142",
    "edrpou": "04053625",
    "number": "5",
    "date": "07.03.2023",
    "yesno": "☒ так ☐ ні",
    "consent": "☒ так; 01.03.2023",
    "url": "https://hromada.gov.ua",
    "name": "Петренко Олена {}",
    "phone": "+38 067 123 45 {:02}",
    "email": "a{}@hromada.gov.ua",
}


def filled_in(call: Call, *, numbers: bool) -> tuple[Reading, dict[str, str]]:
    """Return our own form as a table, two columns, and what stands in it: field → answer."""
    rows: list[tuple[Cell, ...]] = []
    answers: dict[str, str] = {}
    part = person = ""
    for place, field in enumerate(call.fields):
        if not field.number:
            continue
        if field.number.partition(".")[0] != part:
            part, person = field.number.partition(".")[0], ""
            rows.append((Cell((Para(f"{part}. {call.sections[part]}"),), colspan=2),))
        if part == "3" and field.person != person:
            person = field.person
            rows.append(
                (Cell((Para(next(one.label for one in call.participants if one.key == person)),), colspan=2),)
            )
        answer = ANSWERS.get(field.kind, f"Відповідь про {field.key}").format(place)
        if field.options:
            answer = " ".join(f"{'☐☒'[option == field.options[0]]} {option}" for option in field.options)
        answers[field.key] = answer
        label = f"{field.number} {field.label}" if numbers else field.label
        rows.append((cell(f"{label}\n{field.hint}".strip()), cell(answer)))
    return Reading("0" * 64, "read", blocks=(Table(tuple(rows)),)), answers


@pytest.mark.parametrize("numbers", [True, False])
def test_our_own_form_is_read_whole_even_when_its_numbers_were_deleted(numbers: bool, call: Call) -> None:
    reading, answers = filled_in(call, numbers=numbers)
    application = match([reading], call)
    assert application is not None
    assert {key: value.raw for key, value in application.values.items()} == answers
    assert application.unknown_labels == ()
