"""A sender our own server could not confirm: the application is taken and answered, and people can see the doubt."""

import json
from pathlib import Path

from intake import jobs
from intake.demo.many import many_letters
from intake.demo.servers import ImapServer, SmtpServer
from tests.end_to_end.place import Installation, shipped_call
from tests.servers.account import Account

DOUBT = b"Authentication-Results: mx.example.org; dmarc=fail (p=NONE)\r\n"


def test_the_doubt_is_shown_and_the_application_accepted(
    tmp_path: Path, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    server = imap_server
    account = Account("pymap", server.host, server.port, server.user, server.password, server.deliver)
    installation = Installation(tmp_path, account, smtp_server.port).write(
        trusted_authserv_id="mx.example.org"
    )
    (letter,) = many_letters(shipped_call(), 1)
    account.deliver(DOUBT + letter.octets, letter.received_at)
    with installation.station() as station:
        polled, *_ = jobs.cycle(station)
    (settled,) = polled.settled
    assert settled.verdict is not None
    assert (str(settled.verdict.disposition), settled.verdict.codes) == ("accept", ("trust_failed",))
    assert len(smtp_server.received) == 1
    path = tmp_path / "letter.eml"
    path.write_bytes(DOUBT + letter.octets)
    judged = json.loads(installation.intake("judge", "--json", str(path)).stdout)
    explained = json.loads(installation.intake("why", "--json", settled.digest).stdout)
    assert (judged["trust"], explained["evidence"]["trust"]) == ("fail", "fail")
    shown = [row["Зауваги"] for row in installation.rows("Листування") if row["Вид"] == "заявка"]
    assert [str(words).startswith("сервер не підтвердив") for words in shown] == [True]
