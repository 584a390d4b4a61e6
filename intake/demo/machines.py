"""Letters that no applicant's mail program wrote: automatic answers, delivery reports, spam, a forwarded letter."""

from datetime import datetime
from email.utils import format_datetime

from intake.demo.octets import Headers, attachment, enclosed, entity, mailbox, message, multipart, text, words
from intake.demo.post import OUR_SERVER, File, Sender, delivery, identifier
from rules.call import Call


def out_of_office(call: Call, sender: Sender, title: str, at: datetime) -> bytes:
    """Return what Exchange answers for someone on holiday; the subject it quotes, `title`, is a right one (RFC 3834)."""
    headers: Headers = [
        *delivery(call, "", sender.host, sender.host_address, at),
        ("From", mailbox(sender.name, sender.address)),
        ("To", call.replies.address),
        ("Subject", words(f"Автоматична відповідь: {title}", before="Subject")),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{identifier(f'away {title}')}@{sender.domain}>"),
        ("In-Reply-To", f"<{identifier('asked')}@example.org>"),
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent"),
    ]
    body = "Доброго дня!\nЯ у відпустці до 13 березня. З нагальних питань звертайтеся до приймальні.\n"
    return message(headers, text(body))


def bounce(call: Call, file: File, at: datetime) -> bytes:
    """Return a delivery report (RFC 3464) on a letter of our own, which carried somebody's form."""
    ours = call.replies.address
    original = message(
        [
            ("From", mailbox(call.replies.sender_name, ours)),
            ("To", "expert@example.net"),
            ("Subject", words("На розгляд комісії", before="Subject")),
            ("Date", format_datetime(at)),
            ("Message-ID", f"<{identifier('to the expert')}@example.org>"),
        ],
        multipart(
            "----=_original", text("Пересилаю заявку на розгляд.\n"), attachment(file.content, file.name)
        ),
    )
    status = (
        f"Reporting-MTA: dns; {OUR_SERVER}\r\n\r\nFinal-Recipient: rfc822; expert@example.net\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
    )
    headers: Headers = [
        ("Return-Path", "<>"),
        (
            "Received",
            f"by {OUR_SERVER} (Postfix)\r\n\tid {identifier('bounce', 10).upper()}; {format_datetime(at)}",
        ),
        ("From", f"Mail Delivery System <MAILER-DAEMON@{OUR_SERVER}>"),
        ("To", ours),
        ("Subject", "Undelivered Mail Returned to Sender"),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{identifier('bounce')}@{OUR_SERVER}>"),
        ("Auto-Submitted", "auto-replied"),
    ]
    report = multipart(
        "0A1B2C3D4E.1678347060/mx.example.org",
        text(
            f"This is the mail system at host {OUR_SERVER}.\n\nYour message could not be delivered.\n",
            "us-ascii",
            "7bit",
        ),
        entity([("Content-Type", "message/delivery-status")], status.encode()),
        enclosed(original),
        subtype="report",
        parameter="report-type=delivery-status",
    )
    return message(headers, report)


def spam(call: Call, at: datetime) -> bytes:
    """Return an advertisement that the filter of our server has marked."""
    address = "offers@bulk.example"
    headers: Headers = [
        *delivery(call, address, "host-203-0-113-9.bulk.example", "203.0.113.9", at),
        ("X-Spam-Flag", "YES"),
        ("X-Spam-Status", "Yes, score=14.2 required=5.0 tests=BAYES_99,HTML_MESSAGE,URIBL_BLACK"),
        ("From", f"Digital Growth Partners <{address}>"),
        ("To", call.replies.address),
        ("Subject", "[SPAM] Reach 10,000 new customers this week - limited offer"),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{identifier('offer')}@bulk.example>"),
        ("List-Unsubscribe", "<https://bulk.example/u?id=1>"),
        ("Precedence", "bulk"),
    ]
    html = '<p>Dear friend, <b>grow your audience</b> today. <a href="https://bulk.example/buy">Buy now</a></p>\n'
    return message(headers, text(html, "us-ascii", "7bit", "html"))


def forwarded(call: Call, sender: Sender, title: str, original: bytes, at: datetime) -> bytes:
    """Return a letter of `sender` that encloses another one whole, as Outlook's “forward as attachment” does."""
    headers: Headers = [
        *delivery(call, sender.address, sender.host, sender.host_address, at),
        ("Date", format_datetime(at)),
        ("From", mailbox(sender.name, sender.address)),
        ("To", call.replies.address),
        ("Subject", words(f"Fwd: {title}", before="Subject")),
        ("Message-ID", f"<{identifier(f'forwarded {title}')}@{sender.domain}>"),
        (sender.agent.header, sender.agent.value),
    ]
    note = "Доброго дня!\nПересилаємо заявку громади, що надійшла на адресу районної ради.\n"
    return message(headers, multipart("----=_NextPart_000_0001", text(note), enclosed(original)))
