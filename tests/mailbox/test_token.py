"""Logging in with an access token (XOAUTH2), as Microsoft 365 wants it; and special folders (RFC 6154)."""

import base64
from pathlib import Path

import pytest

from intake.mailbox import Mailbox, MailboxTrouble
from tests.servers.account import Account
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.scripted import ScriptedServer, Talk


def test_the_token_of_the_moment_is_read_at_each_login(tmp_path: Path) -> None:
    said = []

    def authenticate(talk: Talk, tag: str, line: str) -> None:
        talk.say(b"+ \r\n")
        said.append(base64.b64decode(talk.listen()).decode())
        talk.done(tag)

    token = tmp_path / "token"
    with ScriptedServer(answers={"AUTHENTICATE": authenticate}, capabilities="AUTH=XOAUTH2") as server:
        settings = server.account().settings(token_file=token)
        for written in ("first", "second"):
            token.write_text(f"{written}\n")
            with Mailbox(settings, "") as mailbox:
                assert mailbox.open("INBOX").exists == 0
    assert said == [f"user=kz@hromada.test\1auth=Bearer {written}\1\1" for written in ("first", "second")]


def test_a_token_that_is_refused_is_a_wrong_login_and_a_missing_one_is_told(tmp_path: Path) -> None:
    def refuse(talk: Talk, tag: str, line: str) -> None:
        talk.done(tag, "NO [AUTHENTICATIONFAILED] Token expired")

    token = tmp_path / "token"
    with ScriptedServer(answers={"AUTHENTICATE": refuse}, capabilities="AUTH=XOAUTH2") as server:
        settings = server.account().settings(token_file=token)
        with pytest.raises(MailboxTrouble, match="No such file"), Mailbox(settings, ""):
            pass
        token.write_text("geheim")
        with pytest.raises(MailboxTrouble) as caught, Mailbox(settings, ""):
            pass
    assert caught.value.kind == "login"
    assert "geheim" not in str(caught.value)


@pytest.mark.dovecot
def test_the_server_names_its_special_folders(dovecot: Dovecot) -> None:
    account = dovecot.account()
    with Mailbox(account.settings(), PASSWORD) as mailbox:
        assert mailbox.special_folder("\\Sent") is None
        mailbox.append("Sent", b"Subject: x\r\n\r\nx\r\n")
        mailbox.append("Drafts", b"Subject: x\r\n\r\nx\r\n")
        assert (mailbox.special_folder("\\Sent"), mailbox.special_folder("\\Drafts")) == ("Sent", "Drafts")
        assert mailbox.special_folder("\\Trash") is None


def test_a_folder_is_there_or_not(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        assert mailbox.exists("INBOX")
        assert not mailbox.exists("Надіслані")
        mailbox.append("Надіслані", b"Subject: x\r\n\r\nx\r\n")
        assert mailbox.exists("Надіслані")
