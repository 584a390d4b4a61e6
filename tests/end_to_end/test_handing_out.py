"""The workbook handed out by commands: published, looked at, exported; cards lie beside it."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from intake.demo.servers import ImapServer, SmtpServer
from intake.workbook.locks import copies_beside
from tests.end_to_end.place import Installation, shipped_letters
from tests.servers.account import Account

LETTER = shipped_letters()[0]


@pytest.fixture
def here(tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer) -> Installation:
    server = imap_server
    account = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)
    return Installation(tmp_path, account, smtp_server.port).write()


def test_what_was_typed_is_seen_published_and_exported(here: Installation, tmp_path: Path) -> None:
    letter = tmp_path / "one.eml"
    letter.write_bytes(LETTER.octets)
    assert here.intake("import", str(letter)).returncode == 0
    path = here.config.workbook_path(here.config.calls[0])
    (card,) = (path.parent / "cards").glob("*.html")
    number = "КЗ-2023-001"
    assert (card.name, number in card.read_text(encoding="utf-8")) == ("KZ-2023-001.html", True)

    book = load_workbook(path, rich_text=True)
    sheet = book["Заявки"]
    decision = next(cell.column for cell in sheet[1] if cell.value == "Рішення")
    sheet.cell(2, decision).value = "відібрано"
    book.save(path)
    before = path.read_bytes()

    looked = json.loads(here.intake("workbook", "--check", "--json").stdout)
    assert [(one["row"], one["header"], one["after"]) for one in looked["typed"]] == [
        (number, "Рішення", "s:відібрано")
    ]
    assert (looked["would_write"], path.read_bytes() == before) == ({}, True)

    published = here.intake("publish")
    assert (published.returncode, "'' → 'відібрано'" in published.stdout) == (0, True)

    done = here.intake("export", "-o", str(tmp_path / "out.csv"))
    assert done.returncode == 0
    header, row = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()[:2]
    assert row.split(";")[header.split(";").index("Рішення")] == "відібрано"

    assert (
        here.intake("export", "--format", "xlsx", "--no-contacts", "-o", str(tmp_path / "p.xlsx")).returncode
        == 0
    )
    told = [str(cell.value) for row in load_workbook(tmp_path / "p.xlsx")["Учасники"] for cell in row]
    assert [text for text in told if "@" in text or "+380" in text] == []
    merged = here.intake("export", "--format", "merge", "-o", str(tmp_path / "m.xlsx"))
    assert "Учасники: 2" in merged.stdout


def test_every_export_has_a_name_of_its_own(here: Installation) -> None:
    exports = (
        (),
        ("--sheet", "Учасники"),
        ("--no-contacts",),
        ("--format", "xlsx", "--sheet", "Учасники"),
        ("--format", "xlsx", "--no-contacts"),
        ("--format", "merge"),
    )
    names = [Path(here.intake("export", *asked).stdout.split(": ")[0]).name for asked in exports]
    assert names == [
        "Заявки_КЗ-2023.Заявки.csv",
        "Заявки_КЗ-2023.Учасники.csv",
        "Заявки_КЗ-2023.Заявки.no-contacts.csv",
        "Заявки_КЗ-2023.Учасники.xlsx",
        "Заявки_КЗ-2023.export.no-contacts.xlsx",
        "Заявки_КЗ-2023.mail-merge.xlsx",
    ]
    # None of them looks like a copy of the workbook that a synchronising program made.
    assert copies_beside(here.config.workbook_path(here.config.calls[0])) == ()


def test_an_export_goes_into_no_file_of_another_kind_and_never_over_the_workbook(
    here: Installation, tmp_path: Path
) -> None:
    wrong = here.intake("export", "-o", str(tmp_path / "out.xlsx"))
    assert (wrong.returncode, "--format csv writes a .csv file" in wrong.stderr) == (2, True)
    book = here.config.workbook_path(here.config.calls[0])
    wrong = here.intake("export", "--format", "xlsx", "-o", str(book))
    assert (wrong.returncode, "is the workbook itself" in wrong.stderr) == (2, True)
    assert not (tmp_path / "out.xlsx").exists()


def test_a_call_or_sheet_that_is_not_there_is_named(here: Installation) -> None:
    wrong = here.intake("export", "--call", "x")
    assert (wrong.returncode, "There is no call 'x'; there are: kz-2023" in wrong.stderr) == (2, True)
    wrong = here.intake("export", "--sheet", "Щось")
    assert (wrong.returncode, "there are: Заявки, Учасники" in wrong.stderr) == (2, True)
