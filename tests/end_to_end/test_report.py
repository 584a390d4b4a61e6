"""An answer that comes back: the report is read from the mailbox, and the answer shows as not delivered."""

from email import message_from_bytes

from intake import jobs
from intake.demo.many import many_letters
from intake.demo.servers import SmtpServer
from intake.ledger.read import reply_views
from tests.end_to_end.place import Installation, shipped_call

WORDS = "550 5.1.1 <rada@x>: Recipient address rejected: User unknown"


def returned(octets: bytes, recipient: str) -> bytes:
    """The report a mail system makes of an answer it could not deliver."""
    head = f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"

--=_report

I'm sorry to have to inform you that your message could not be delivered.

--=_report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; {WORDS}

--=_report
Content-Type: message/rfc822

"""
    return head.replace("\n", "\r\n").encode() + octets + b"\r\n--=_report--\r\n"


def test_an_answer_that_comes_back_shows_as_not_delivered(
    installation: Installation, smtp_server: SmtpServer
) -> None:
    first, second = many_letters(shipped_call(), 2)
    for letter in (first, second):
        installation.account.deliver(letter.octets, letter.received_at)
    with installation.station() as station:
        jobs.cycle(station)
        answer = smtp_server.received[0]
        report = returned(answer.octets, "alias@elsewhere.example")
        installation.account.deliver(report, second.received_at)
        polled, _, delivered = jobs.cycle(station)
    (settled,) = polled.settled
    assert settled.verdict is not None
    assert (str(settled.verdict.disposition), settled.verdict.codes[0]) == ("discard", "delivery_report")
    assert delivered.counts()["sent"] == 0
    with installation.ledger() as tx:
        replies = {reply.message_id: reply for reply in reply_views(tx)}
    came_back = message_from_bytes(answer.octets)["Message-ID"]
    told = f"{WORDS} (report {settled.digest[:12]})"
    assert {id_: (reply.state, reply.last_response == told) for id_, reply in replies.items()} == {
        id_: ("failed", True) if id_ == came_back else ("sent", False) for id_ in replies
    }
    number = replies[came_back].number
    shown = {row["№ заявки"]: row["Доставлено"] for row in installation.rows("Заявки")}
    assert shown == {number: "не вдалося"} | {other: shown[other] for other in shown if other != number}
    fates = [row["Доля"] for row in installation.rows("Листування")]
    assert fates.count("не доставлено") == 1
