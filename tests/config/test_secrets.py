"""Passwords come from the environment or from files it names, and are shown nowhere."""

from pathlib import Path

import pytest

from intake.config import Config, ConfigMistake, Secrets, SmtpSettings, load, secrets
from tests.config.shipped import SHIPPED


@pytest.fixture(scope="module")
def config() -> Config:
    return load(SHIPPED)


def plain(found: Secrets) -> tuple[str, str]:
    return found.imap.get_secret_value(), found.smtp.get_secret_value()


def with_smtp_user(config: Config, user: str) -> Config:
    return config.model_copy(update={"smtp": SmtpSettings(host="smtp.example.org", user=user)})


def test_both_passwords_are_taken_from_the_environment(config: Config) -> None:
    environ = {"SKRYNKA_IMAP_PASSWORD": "one", "SKRYNKA_SMTP_PASSWORD": "two"}
    assert plain(secrets(config, environ)) == ("one", "two")


def test_one_password_serves_both_doors_of_the_same_user(config: Config) -> None:
    assert plain(secrets(config, {"SKRYNKA_IMAP_PASSWORD": "one"})) == ("one", "one")


def test_another_user_needs_another_password(config: Config) -> None:
    with pytest.raises(ConfigMistake) as caught:
        secrets(with_smtp_user(config, "bot@example.org"), {"SKRYNKA_IMAP_PASSWORD": "one"})
    assert str(caught.value) == (
        "environment: SKRYNKA_SMTP_PASSWORD: found nothing; the password of bot@example.org at smtp.example.org is wanted"
        " here, or in SKRYNKA_SMTP_PASSWORD_FILE the path of a file that holds it"
    )


def test_a_server_without_login_needs_none(config: Config) -> None:
    assert plain(secrets(with_smtp_user(config, ""), {"SKRYNKA_IMAP_PASSWORD": "one"})) == ("one", "")


def test_a_password_is_read_from_a_file_without_its_line_end(config: Config, tmp_path: Path) -> None:
    (tmp_path / "imap").write_bytes(" пароль \r\n".encode())
    assert plain(secrets(config, {"SKRYNKA_IMAP_PASSWORD_FILE": str(tmp_path / "imap")}))[0] == " пароль "


def test_everything_missing_is_told_at_once(config: Config) -> None:
    with pytest.raises(ConfigMistake) as caught:
        secrets(with_smtp_user(config, "bot@example.org"), {"SKRYNKA_IMAP_PASSWORD": ""})
    assert [mistake.key for mistake in caught.value.mistakes] == [
        "SKRYNKA_IMAP_PASSWORD",
        "SKRYNKA_SMTP_PASSWORD",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "the file cannot be read: No such file or directory"),
        (b"", "the file is empty; a password on one line is wanted"),
        (b"\n", "the file is empty; a password on one line is wanted"),
        (b"\xff\xfe", "the file cannot be read: it is no UTF-8 text"),
    ],
)
def test_a_password_file_that_is_of_no_use_is_told(
    content: bytes | None, why: str, config: Config, tmp_path: Path
) -> None:
    file = tmp_path / "imap"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigMistake) as caught:
        secrets(config, {"SKRYNKA_IMAP_PASSWORD_FILE": str(file)})
    assert str(caught.value) == f'environment: SKRYNKA_IMAP_PASSWORD_FILE: found "{file}"; {why}'


def test_both_ways_at_once_leave_open_which_is_meant(config: Config) -> None:
    with pytest.raises(ConfigMistake) as caught:
        secrets(config, {"SKRYNKA_IMAP_PASSWORD": "s3cr3t", "SKRYNKA_IMAP_PASSWORD_FILE": "/run/imap"})
    assert str(caught.value) == (
        "environment: SKRYNKA_IMAP_PASSWORD: SKRYNKA_IMAP_PASSWORD_FILE is set as well; one of them is wanted"
    )


def test_a_password_is_not_shown_by_what_holds_it(config: Config) -> None:
    found = secrets(config, {"SKRYNKA_IMAP_PASSWORD": "s3cr3t"})
    assert "s3cr3t" not in f"{found} {found!r} {found.model_dump()} {found.model_dump_json()}"
