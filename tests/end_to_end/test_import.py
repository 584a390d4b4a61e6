"""`intake import`: a directory of arbitrary mail goes the way of all letters, and the closing count is its own."""

import mailbox
from pathlib import Path

from intake.demo.many import many_letters
from intake.demo.servers import SmtpServer
from intake.ledger.letters import counts
from tests.end_to_end.place import Installation, shipped_call
from tests.servers.account import Account

NOWHERE = Account("none", "127.0.0.1", 9, "kz@hromada.test", "secret", lambda *_: None)


def test_a_directory_of_all_kinds_of_mail_is_taken_in_and_counted(
    tmp_path: Path, smtp_server: SmtpServer
) -> None:
    installation = Installation(tmp_path, NOWHERE, smtp_server.port).write()
    octets = [letter.octets for letter in many_letters(shipped_call(), 6)]
    mail = tmp_path / "mail"
    (mail / "deep" / "deeper").mkdir(parents=True)
    (mail / "deep" / "deeper" / "one.eml").write_bytes(octets[0])
    (mail / "rubbish.bin").write_bytes(bytes(range(256)) * 40)
    (mail / "broken").symlink_to("broken")
    box = mailbox.mbox(mail / "box.mbox")
    for one in octets[1:3]:
        box.add(one)
    box.close()
    maildir = mailbox.Maildir(mail / "maildir")
    for one in octets[3:]:
        maildir.add(one)
    done = installation.intake("import", str(mail))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        1,
        "6 messages: accept 6; not taken in 2",
    )
    assert f"{mail / 'broken'}: not taken in: Too many levels of symbolic links" in done.stderr
    assert f"{mail / 'rubbish.bin'}: not taken in: it is no letter" in done.stderr
    with installation.ledger() as tx:
        assert counts(tx) == {"accept": 6}
    again = installation.intake("import", str(mail))
    assert again.stdout.splitlines()[-1] == "6 messages: known 6; not taken in 2"
