"""The commands as an admin meets them: what they print, what they leave alone, how they end."""

import json
from pathlib import Path

import pytest

from intake.demo.servers import ImapServer, SmtpServer
from tests.end_to_end.place import Installation, shipped_letters
from tests.servers.account import Account

LETTERS = shipped_letters()


@pytest.fixture
def here(tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer) -> Installation:
    server = imap_server
    account = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)
    return Installation(tmp_path, account, smtp_server.port).write()


def test_check_connects_to_both_servers_and_changes_nothing(
    here: Installation, smtp_server: SmtpServer
) -> None:
    here.account.deliver(LETTERS[0].octets, LETTERS[0].received_at)
    done = here.intake("check")
    assert "deadline 10.03.2023 18:00 Europe/Kyiv = 2023-03-10 16:00 UTC" in done.stdout
    assert "✓ IMAP 127.0.0.1: folder 'INBOX', 1 letter" in done.stdout
    assert "✓ SMTP 127.0.0.1" in done.stdout
    # The shipped contact is still a placeholder: that deserves a look.
    assert done.returncode == 1
    assert smtp_server.received == []
    assert json.loads(here.intake("status", "--json").stdout)["letters"] == {}


def test_check_names_the_folders_there_are(here: Installation) -> None:
    text = here.config_file.read_text(encoding="utf-8").replace('folders = ["INBOX"]', 'folders = ["Вхідні"]')
    here.config_file.write_text(text, encoding="utf-8")
    done = here.intake("check")
    assert "there is no folder 'Вхідні'; there are: \"INBOX\"" in done.stdout
    assert done.returncode == 3


def test_a_mistake_in_the_configuration_is_told_with_its_line(here: Installation) -> None:
    text = here.config_file.read_text(encoding="utf-8").replace("poll_seconds = 60", 'poll_seconds = "often"')
    here.config_file.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("poll_seconds")].count("\n")
    done = here.intake("status")
    assert done.returncode == 2
    assert f'config.toml:{line}: mailbox.poll_seconds: found "often" (text)' in done.stderr


def test_a_form_is_no_letter_to_be_judged(here: Installation, tmp_path: Path) -> None:
    here.intake("form", "-o", str(tmp_path / "form.docx"))
    done = here.intake("judge", str(tmp_path / "form.docx"))
    assert (done.returncode, done.stdout, "no letter but a file of kind docx" in done.stderr) == (2, "", True)


def test_judge_prints_one_object_a_line_and_writes_nothing(here: Installation, tmp_path: Path) -> None:
    paths = []
    for count, letter in enumerate(LETTERS[:3]):
        path = tmp_path / f"{count}.eml"
        path.write_bytes(letter.octets)
        paths.append(str(path))
    done = here.intake("judge", *paths, "--received", "2023-03-10T18:01:00", "--json")
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["file"] for one in objects] == paths
    first = objects[0]
    assert first["received"]["at"] == "2023-03-10T16:01:00+00:00"
    assert first["call"] == "kz-2023"
    assert first["place"]["level"] == "exact"
    assert first["form"] == first["attachments"][0]["sha256"]
    assert set(first) >= {
        "digest", "subject", "from", "date", "message_id", "attachments", "disposition", "findings", "answerable",
        "reply", "fields",
    }  # fmt: skip
    assert not (here.folder / "var").exists()


def test_judging_a_file_that_is_not_there_is_a_mistake(here: Installation) -> None:
    done = here.intake("judge", "/no/such/letter.eml")
    assert (done.returncode, done.stderr) == (
        2,
        "/no/such/letter.eml: cannot be read: No such file or directory\n",
    )


def test_why_explains_an_application_and_the_status_counts_it(here: Installation) -> None:
    here.account.deliver(LETTERS[0].octets, LETTERS[0].received_at)
    assert here.intake("once").returncode == 0
    (explained,) = [
        json.loads(line) for line in here.intake("why", "КЗ-2023-001", "--json").stdout.splitlines()
    ]
    assert explained["disposition"] == "accept"
    assert [reply["state"] for reply in explained["replies"]] == ["sent"]
    assert explained["evidence"]["place_by"] == "form"
    by_digest = here.intake("why", explained["digest"][:10], "--json").stdout
    assert json.loads(by_digest)["number"] == "КЗ-2023-001"
    status = json.loads(here.intake("status", "--json").stdout)
    assert (status["applications"], status["replies"], status["attention"]) == (
        {"complete": 1},
        {"sent": 1},
        False,
    )
    assert here.intake("why", explained["digest"][:4], "--json").stdout == by_digest
    wrong = here.intake("why", explained["digest"][:3])
    assert (wrong.returncode, "at least the first 4 characters" in wrong.stderr) == (2, True)
    assert here.intake("why", "КЗ-2023-999").returncode == 2
