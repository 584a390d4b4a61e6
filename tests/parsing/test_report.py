"""Delivery reports in the manner of the mail systems that write them: which letter they are about, and what they say."""

import pytest

from intake.parsing import parse
from rules.letter import DeliveryReport, Fate

OURS = "<abc.accepted@fond.example.org>"


def read(text: str) -> DeliveryReport | None:
    return parse(text.replace("\n", "\r\n").encode()).report


POSTFIX = f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Description: Notification

This is the mail system at host mx.example.org.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Fri, 10 Mar 2023 14:05:11 +0200 (EET)

Final-Recipient: rfc822; inbox@rada.example
Original-Recipient: rfc822;zapyt@rada.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.rada.example
Diagnostic-Code: smtp; 550 5.1.1 <inbox@rada.example>: Recipient address
    rejected: User unknown

--b
Content-Type: {{}}

Return-Path: <zayavky@fond.example.org>
Message-ID: {OURS}
Subject: x

--b--
"""


def test_a_report_names_the_letter_that_came_back_and_the_servers_words() -> None:
    wanted = DeliveryReport(
        (OURS,),
        (
            Fate(
                ("zapyt@rada.example", "inbox@rada.example"),
                "failed",
                "550 5.1.1 <inbox@rada.example>: Recipient address rejected: User unknown",
            ),
        ),
        structured=True,
    )
    assert read(POSTFIX.format("message/rfc822")) == wanted
    assert read(POSTFIX.format("text/rfc822-headers")) == wanted


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("head", "foreign"),
    [
        ("From: a@fond.example.org\nDate: Fri, 10 Mar 2023 14:05:11 +0200\nX-Skrynka: kz-2023\n", False),
        ("From: a@fond.example.org\nDate: Fri, 10 Mar 2023 14:05:11 +0200\n", True),
        # A server that sends a few fields back may have left our mark out.
        ("", False),
    ],
    ids=["ours", "by hand", "cut down"],
)
def test_a_letter_of_a_person_that_came_back_is_told_from_ours(kind: str, head: str, foreign: bool) -> None:
    report = read(POSTFIX.format(kind).replace("Message-ID:", f"{head}Message-ID:"))
    assert report is not None
    assert (report.foreign, report.message_ids) == (foreign, (OURS,))


def test_the_status_speaks_where_the_action_is_missing_and_stands_before_the_words() -> None:
    report = read(POSTFIX.format("text/plain").replace("Action: failed\n", "").replace("5.1.1", "4.4.1"))
    assert report is not None
    assert [fate.action for fate in report.fates] == ["delayed"]
    bare = POSTFIX.format("text/plain").replace("Diagnostic-Code: smtp; 550 5.1.1", "Diagnostic-Code: X;")
    report = read(bare)
    assert report is not None
    assert report.fates[0].words.startswith("5.1.1 <inbox@rada.example>")


def test_two_recipients_without_a_blank_line_between_them_are_two() -> None:
    twice = POSTFIX.format("message/rfc822").replace(
        "Action: failed\n", "Action: failed\nFinal-Recipient: rfc822; b@rada.example\nAction: relayed\n"
    )
    report = read(twice)
    assert report is not None
    assert [(fate.recipients[-1], fate.action) for fate in report.fates] == [
        ("inbox@rada.example", "failed"),
        ("b@rada.example", "delivered"),
    ]


def test_the_conversation_of_a_report_counts_after_what_came_back() -> None:
    report = read(f"In-Reply-To: <other@x>\n{POSTFIX.format('message/rfc822')}")
    assert report is not None
    assert report.message_ids == (OURS, "<other@x>")


def test_qmail_writes_for_people_only() -> None:
    report = read(
        f"""Return-Path: <>
From: MAILER-DAEMON@mx.rada.example
Subject: failure notice

Hi. This is the qmail-send program at mx.rada.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<zapyt@rada.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <zayavky@fond.example.org>
Message-ID: {OURS}
Subject: x

text
"""
    )
    assert report == DeliveryReport(
        (OURS,),
        (Fate(("zapyt@rada.example",), "failed", "Sorry, no mailbox here by that name. (#5.1.1)"),),
    )


EXIM = f"""Return-Path: <>
X-Failed-Recipients: zapyt@rada.example
From: Mail Delivery System <Mailer-Daemon@mx.example.org>
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered to one or more of its recipients.

  zapyt@rada.example
    host mx.rada.example [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<zapyt@rada.example>:
    552 5.2.2 Mailbox full

------ This is a copy of the message's headers. ------

Message-Id: {OURS}
"""


def test_exim_names_the_recipient_in_a_field_of_its_own() -> None:
    report = read(EXIM)
    assert report is not None
    assert report.message_ids == (OURS,)
    assert report.fates[0].recipients == ("zapyt@rada.example",)
    assert report.fates[0].words.endswith("552 5.2.2 Mailbox full")


def test_a_warning_of_delay_is_no_failure() -> None:
    late = EXIM.replace("X-Failed-Recipients: zapyt@rada.example\n", "").replace(
        "Mail delivery failed: returning message to sender", "Warning: message 1a delayed 24 hours"
    )
    report = read(late)
    assert report is not None
    assert [fate.action for fate in report.fates] == ["delayed"]


def test_other_letters_are_no_delivery_reports() -> None:
    assert read(f"From: a@b.example\nIn-Reply-To: {OURS}\nSubject: Re: x\n\nMessage-ID: {OURS}\n") is None
    mdn = POSTFIX.format("message/rfc822").replace("delivery-status", "disposition-notification")
    assert read(mdn.replace("From: MAILER-DAEMON", "From: ivan").replace("Return-Path: <>\n", "", 1)) is None


def test_a_report_without_end_stays_small() -> None:
    ids = "".join(f"Message-ID: <{number}@x>\n" for number in range(40_000))
    report = read(EXIM + ids)
    assert report is not None
    assert len(report.message_ids) == 100
    many = "Final-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 5000
    report = read(POSTFIX.format("text/plain").replace("Final-Recipient", f"{many}Final-Recipient"))
    assert report is not None
    assert len(report.fates) == 100


def test_what_no_database_takes_is_left_out() -> None:
    damaged = POSTFIX.format("message/rfc822").replace(OURS, "<a\0b@x>").replace("550 5.1.1", "550\0 5.1.1")
    report = read(damaged)
    assert report is not None
    assert report.message_ids == ("<ab@x>",)
    assert "\0" not in report.fates[0].words


PLAIN = """\
Return-Path: <>
From: {}
To: zayavky@fond.example.org
Subject: {}

{}
"""


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("Postmaster@rada.example", "DELIVERY FAILURE: User inbox not listed", "was not delivered to:\n\n  inbox@rada.example\n\nbecause:"),
        ("Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@rada.example>", "Не доставлено: Заявку отримано", "inbox@rada.example\nНе вдалося знайти"),
        ("mailer-daemon@corp.example", "Mail failure.", "inbox@rada.example\n  user not found\n\n------ Original ------\nCc: b@rada.example"),
    ],
)  # fmt: skip
def test_the_one_address_a_report_in_plain_words_names_is_the_one_that_failed(
    sender: str, subject: str, text: str
) -> None:
    report = read(PLAIN.format(sender, subject, text))
    assert report is not None
    assert [(fate.recipients, fate.action) for fate in report.fates] == [(("inbox@rada.example",), "failed")]


def test_of_several_addresses_in_plain_words_none_is_taken() -> None:
    report = read(PLAIN.format("mailer-daemon@x.example", "Mail failure", "a@rada.example, b@rada.example"))
    assert report is not None
    assert [fate.recipients for fate in report.fates] == [()]
