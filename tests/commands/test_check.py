"""`intake check` says everything it can: also without passwords, also what is well-formed and odd."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from intake.cli import app
from intake.commands import ATTENTION, DONE, MISTAKE, checking
from intake.config import load
from intake.config_doubts import doubtful
from outbox.transport import SmtpTrouble, Transport
from tests.config.shipped import SHIPPED, changed, line_of

FILLED_IN = (
    ('host = "imap.example.org"', 'host = "imap.hromada.test"'),
    ('user = "intake@example.org"', 'user = "zayavky@hromada.test"'),
    ('host = "smtp.example.org"', 'host = "smtp.hromada.test"'),
    ('user = "intake@example.org"', 'user = "zayavky@hromada.test"'),
    ('replies.address = "intake@example.org"', 'replies.address = "zayavky@hromada.test"'),
    ("Ім’я ПРІЗВИЩЕ", "Ольга ІВАНЕНКО"),
    ("+380 00 000 00 00", "+380 44 123 45 67"),
)
IN_TIME = datetime(2023, 2, 1, tzinfo=UTC)


def told(path: Path, capsys: pytest.CaptureFixture[str], *, offline: bool = True) -> tuple[int, list[str]]:
    code = checking.run(path, load(path), {}, offline=offline)
    return code, capsys.readouterr().out.splitlines()


def odd(tmp_path: Path, *changes: tuple[str, str], now: datetime = IN_TIME) -> list[str]:
    path = changed(tmp_path, *changes)
    return [line.partition(": ")[2] for line, _ in doubtful(path, load(path), now)]


def test_without_a_password_the_whole_report_stands_beside_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = told(changed(tmp_path), capsys, offline=False)
    assert code == MISTAKE
    assert (
        "  deadline 10.03.2023 18:00 Europe/Kyiv = 2023-03-10 16:00 UTC (that whole minute included)" in lines
    )
    assert sum("is still the placeholder" in line for line in lines) == 7
    assert lines[-3].startswith("✗ environment: SKRYNKA_IMAP_PASSWORD: found nothing; the password of ")


def test_offline_a_missing_password_is_only_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = told(changed(tmp_path, *FILLED_IN), capsys)
    assert code == DONE
    assert lines[-2].startswith("! environment: SKRYNKA_IMAP_PASSWORD: found nothing; ")


def test_a_placeholder_wants_attention(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(changed(tmp_path, *FILLED_IN[1:]), capsys)[0] == ATTENTION


def test_the_mode_in_which_replies_wait_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = told(changed(tmp_path, ('replies.mode = "draft"', 'replies.mode = "review"')), capsys)
    assert (
        '! replies.mode is "review": each answer waits until somebody says `intake outbox approve`' in lines
    )


def test_a_line_number_is_no_picture(tmp_path: Path) -> None:
    path = changed(tmp_path, ("holidays = []", "holidays = 5"))
    text = path.read_text(encoding="utf-8")
    path.write_text("\n" * (100 - line_of(path, "holidays")) + text, encoding="utf-8")
    done = CliRunner().invoke(app, ["check", "--config", str(path)])
    assert "config.toml:100: calls[0].holidays" in re.sub(r"\s+", " ", done.output)


def test_the_shipped_file_is_odd_in_nothing_before_its_deadline() -> None:
    assert doubtful(SHIPPED, load(SHIPPED), IN_TIME) == ()


def test_a_deadline_that_is_over_is_shown_and_may_be_meant() -> None:
    now = datetime(2023, 3, 10, 16, 1, tzinfo=UTC)
    assert [
        (line.partition("calls")[2], serious) for line, serious in doubtful(SHIPPED, load(SHIPPED), now)
    ] == [("[0].deadline: found 2023-03-10T18:00; it is over: letters that come now are late", False)]


ODD = {
    "a course before the deadline": (
        ('start_date = "29 березня 2023 року"', 'start_date = "1 березня 2023 року"'),
        'calls[0].replies.start_date: found "1 березня 2023 року"; that is before the deadline, 10.03.2023',
    ),
    "results of another year": (
        ('results_date = ""', 'results_date = "кінця квітня 2022 року"'),
        'calls[0].replies.results_date: found "кінця квітня 2022 року"; that is before the deadline, 10.03.2023',
    ),
    "a form that does not ask for the place": (
        ('kind = "hromada"', 'kind = "text"'),
        'calls[0].fields: no field is of kind "hromada": the place is known from the subject alone',
    ),
    "an example without the oblast": (
        ("Коростенська громада, Житомирська область", "Коростенська громада"),
        (
            'calls[0].subject.example: found "Комунікація змін/Коростенська громада"; applicants who copy it are asked:'
            " no_oblast"
        ),
    ),
    "an address without a dot": (
        ("to = []", 'to = ["boss@rada"]'),
        'alarms.to[0]: found "boss@rada"; the part after @ has no dot, as in rada.gov.ua',
    ),
    "an address in two alphabets": (
        ('envelope_from = ""', 'envelope_from = "bоss@rada.gov.ua"'),
        'smtp.envelope_from: found "bоss@rada.gov.ua"; Latin and Cyrillic letters stand in one word of it',
    ),
    "alarms to the mailbox itself": (
        ("to = []", 'to = ["Intake@example.org"]'),
        (
            'alarms.to[0]: found "Intake@example.org"; that is the mailbox applicants write to; an alarm would be lost in it'
        ),
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_is_told_with_what_follows(case: str, tmp_path: Path) -> None:
    change, line = ODD[case]
    assert odd(tmp_path, change) == [line]


def test_a_workbook_with_macros_must_be_there(tmp_path: Path) -> None:
    change = ('workbook = "Заявки_КЗ-2023.xlsx"', 'workbook = "Заявки.xlsm"')
    (told,) = odd(tmp_path, change)
    assert told.startswith('calls[0].workbook: found "Заявки.xlsm"; no file with macros is there')
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "Заявки.xlsm").touch()
    assert odd(tmp_path, change) == []


def test_texts_in_a_folder_within_the_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "texts" / "uk").mkdir(parents=True)
    told = odd(tmp_path, ('templates_dir = ""', 'templates_dir = "texts"'))
    here = 'calls[0].replies.templates_dir: found "texts"'
    assert told == [
        f"{here}; texts in uk/ are not read; only those directly in the folder are",
        f"{here}; no text lies in it: ours are sent",
    ]


def test_a_subject_without_the_number_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "texts").mkdir()
    for name, subject in (("accepted", "Вітаємо"), ("late", "{{ tag }}Запізно"), ("question_ack", "Дякуємо")):
        (tmp_path / "texts" / f"{name}.txt").write_text(f"Subject: {subject}\n\nТекст\n", encoding="utf-8")
    path = changed(tmp_path, *FILLED_IN, ('templates_dir = ""', 'templates_dir = "texts"'))
    code, lines = told(path, capsys)
    assert code == ATTENTION
    assert [line.partition("texts/")[2].partition(":")[0] for line in lines if "{{ tag }}" in line] == [
        "accepted.txt"
    ]


def test_a_mail_server_that_cannot_be_reached_is_told_apart(tmp_path: Path) -> None:
    path = changed(tmp_path, ('host = "smtp.example.org"', 'host = "127.0.0.1"'), ("port = 587", "port = 1"))
    with Transport(load(path).smtp, "") as transport, pytest.raises(SmtpTrouble) as caught:
        transport.check()
    assert (caught.value.kind, str(caught.value).startswith("SMTP connect: ")) == ("unreachable", True)
