"""What is automatic mail, what must only not be answered, and what is neither."""

from dataclasses import replace

import pytest

from rules.automatic import GROUNDS, UNANSWERABLE_CODES, answerable, automatic
from rules.letter import Address, Attachment, Letter
from rules.verdict import Disposition

OWN = ("Zayavky@fond.example.org",)
LETTER = Letter(
    digest="0",
    size=1,
    message_id="<1@example.com.ua>",
    in_reply_to=(),
    references=(),
    date=None,
    subject="Комунікація змін / Овруцька / Житомирська",
    from_=Address("Петро", "petro@example.com.ua"),
    reply_to=(),
    to=(),
    cc=(),
    return_path="petro@example.com.ua",
    content_type="multipart/mixed",
    headers=(),
    received=(),
    text="",
    attachments=(),
)
FORM = Attachment("2", "Заявка.docx", "part-2.docx", "docx", "", 1, "0", "mime", b"x")


def with_headers(*headers: tuple[str, str]) -> Letter:
    return replace(LETTER, headers=headers)


def codes(letter: Letter) -> list[str]:
    return [finding.code for finding in automatic(letter, OWN)]


def dispositions(letter: Letter) -> set[Disposition]:
    return {finding.ground.disposition for finding in automatic(letter, OWN)}


def test_a_letter_of_a_person_has_no_finding_and_is_answered() -> None:
    assert (codes(LETTER), answerable(automatic(LETTER, OWN))) == ([], True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("auto-replied", ["auto_submitted"]),
        ("Auto-Replied; owner-email=x", ["auto_submitted"]),
        ("auto-replied (vacation)", ["auto_submitted"]),
        ("auto-generated", ["auto_generated"]),
        ("auto-notified; owner-email=x", ["auto_generated"]),
        ("no", []),
        (" No (written by hand)", []),
        ("", []),
    ],
)
def test_auto_submitted_is_read_up_to_its_parameters(value: str, expected: list[str]) -> None:
    assert codes(with_headers(("auto-submitted", value))) == expected


@pytest.mark.parametrize("value", ["All", "OOF, AutoReply", "DR, RN, NRN, OOF, AutoReply"])
def test_response_suppression_alone_is_no_sign(value: str) -> None:
    assert codes(with_headers(("x-auto-response-suppress", value))) == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((("precedence", "bulk"),), ["bulk"]),
        ((("precedence", "first-class"),), []),
        ((("list-id", "<a>"), ("list-post", "<b>")), ["mailing_list"]),
        ((("list-unsubscribe", "<b>"),), ["mailing_list"]),
    ],
)
def test_list_and_bulk_marks_withhold_the_answer_but_never_the_application(
    headers: tuple[tuple[str, str], ...], expected: list[str]
) -> None:
    letter = replace(with_headers(*headers), attachments=(FORM,))
    assert codes(letter) == expected
    assert dispositions(letter) <= {Disposition.ACCEPT}
    assert answerable(automatic(letter, OWN)) == (not expected)


def test_a_null_return_path_is_not_answered_and_an_absent_one_is() -> None:
    assert codes(replace(LETTER, return_path="")) == ["null_return_path"]
    assert codes(replace(LETTER, return_path=None)) == []


@pytest.mark.parametrize(
    "subject",
    [
        "Автоматична відповідь: Комунікація змін", "Автовідповідь", "АВТОВІДПОВІДЬ: у відпустці", "Поза офісом", "Відсутня на робочому місці",
        "Автоматический ответ: тема", "Автоответ", "Вне офиса: тема", "Automatic reply: Комунікація", "Auto-Reply: x", "Autoreply",
        "Out of Office: x", "Out of the office Re: x", "OOO: x", "[EXTERNAL] Automatic reply: x", "Автоматичен отговор: тема", "Извън офиса: тема",
        "Vacation reply", "I am out of the office", "У відпустці до 20.03",
    ],
)  # fmt: skip
def test_automatic_replies_are_known_by_their_subject(subject: str) -> None:
    assert codes(replace(LETTER, subject=subject)) == ["auto_reply_subject"]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Прочитано: Комунікація змін", "read_report"), ("Не прочитано: x", "read_report"), ("Прочтено: x", "read_report"), ("Read: x", "read_report"),
        ("Прочетено: x", "read_report"), ("Прийнято: Нарада", "calendar"), ("Попередньо прийнято: Нарада", "calendar"), ("Відхилено: Нарада", "calendar"),
        ("Принято: x", "calendar"), ("Прието: x", "calendar"), ("Accepted: x", "calendar"), ("Declined: x", "calendar"),
        ("Не доставлено: Комунікація", "delivery_report"), ("Недоставено: x", "delivery_report"), ("Undeliverable: x", "delivery_report"),
        ("Undelivered Mail Returned to Sender", "delivery_report"), ("Mail delivery failed: returning message to sender", "delivery_report"),
        ("Delivery Status Notification (Failure)", "delivery_report"), ("Доставлено: x", "delivery_report"), ("Returned mail: see transcript", "delivery_report"),
    ],
)  # fmt: skip
def test_reports_are_known_by_their_subject(subject: str, expected: str) -> None:
    assert codes(replace(LETTER, subject=subject)) == [expected]


@pytest.mark.parametrize(
    "subject",
    [
        "Комунікація змін / Прийнятська громада", "Re: Автоматична відповідь: x", "Заявка (автоматична відповідь не потрібна)", "Прийнято рішення ради",
        "Прочитано вголос", "Read me", "Readiness: high", "Returning to the topic", "Автомат", "Відсутність світла", "Заявка з відпустки",
    ],
)  # fmt: skip
def test_a_subject_that_only_sounds_like_it_is_innocent(subject: str) -> None:
    assert codes(replace(LETTER, subject=subject)) == []


def test_a_subject_of_a_report_over_a_document_is_for_a_person() -> None:
    letter = replace(LETTER, subject="Прийнято: заявка", attachments=(FORM,))
    assert (codes(letter), dispositions(letter)) == (["automatic_with_file"], {Disposition.HOLD})


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("; report-type=delivery-status; boundary=x", "delivery_report"),
        ('; boundary=x; report-type="disposition-notification"', "read_report"),
        ("; report-type=feedback-report", "machine_report"),
        ("", "delivery_report"),
    ],
)
def test_reports_are_known_by_their_structure(parameters: str, expected: str) -> None:
    letter = replace(
        with_headers(("content-type", "multipart/report" + parameters)), content_type="multipart/report"
    )
    bounced = replace(letter, attachments=(replace(FORM, via="bounce"),))
    assert (codes(bounced), dispositions(bounced)) == ([expected], {Disposition.DISCARD})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("no-reply@x.example", ["no_reply_sender"]), ("noreply@x.example", ["no_reply_sender"]), ("NoReply+7@x.example", ["no_reply_sender"]),
        ("do-not-reply@x.example", ["no_reply_sender"]), ("donotreply@x.example", ["no_reply_sender"]), ("drive-shares-dm-noreply@x.example", ["no_reply_sender"]),
        ("owner-list@x.example", ["no_reply_sender"]), ("list-request@x.example", ["no_reply_sender"]), ("postmaster@x.example", ["no_reply_sender"]),
        ("MAILER-DAEMON@x.example", ["delivery_report", "no_reply_sender"]), ("MAILER-DAEMON", ["delivery_report", "no_sender"]),
        ("norely@x.example", []), ("noreplyko.ivan@x.example", []), ("reply@x.example", []), ("rada@x.example", []), ("inbox@ovruch-gromada.gov.ua", []),
    ],
)  # fmt: skip
def test_senders_that_read_no_answer(address: str, expected: list[str]) -> None:
    assert codes(replace(LETTER, from_=Address("", address))) == expected


def test_without_a_sender_there_is_nobody_to_answer() -> None:
    letter = replace(LETTER, from_=None, attachments=(FORM,))
    assert (codes(letter), dispositions(letter)) == (["no_sender"], {Disposition.ACCEPT})


def test_our_own_letter_coming_back_is_discarded() -> None:
    letter = replace(LETTER, from_=Address("", "zayavky@FOND.example.org"))
    assert (codes(letter), dispositions(letter)) == (["own_letter"], {Disposition.DISCARD})


def test_a_colleague_forwarding_an_application_from_our_mailbox_is_for_a_person() -> None:
    letter = replace(LETTER, from_=Address("", "zayavky@fond.example.org"), attachments=(FORM,))
    assert dispositions(letter) == {Disposition.HOLD}


def test_an_answer_that_would_come_back_to_us_is_withheld() -> None:
    assert codes(replace(LETTER, reply_to=(Address("", "zayavky@fond.example.org"),))) == ["reply_to_self"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((("x-spam-flag", "YES"),), ["spam_flag"]),
        ((("x-spam-status", "Yes, score=9.1 required=5.0"),), ["spam_flag"]),
        ((("x-spam-flag", "NO"), ("x-spam-status", "No, score=0.1")), []),
    ],
)
def test_spam_marks_hold_the_letter(headers: tuple[tuple[str, str], ...], expected: list[str]) -> None:
    assert codes(with_headers(*headers)) == expected


def test_a_calendar_answer_is_told_by_its_method() -> None:
    letter = replace(LETTER, defects=("calendar:REPLY",))
    assert [(finding.code, finding.facts["method"]) for finding in automatic(letter, OWN)] == [
        ("calendar", "REPLY")
    ]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((("x-autoreply", "yes"),), ["auto_submitted"]),
        ((("x-autoreply", "no"),), []),
        ((("precedence", "auto_reply"),), ["auto_submitted"]),
        ((("x-failed-recipients", "a@b.example"),), ["delivery_report"]),
        ((("auto-submitted", "auto-replied"), ("x-autoreply", "yes")), ["auto_submitted"]),
    ],
)
def test_older_marks(headers: tuple[tuple[str, str], ...], expected: list[str]) -> None:
    assert codes(with_headers(*headers)) == expected


def test_every_ground_forbids_the_answer_and_codes_are_unique() -> None:
    assert len(UNANSWERABLE_CODES) == len(GROUNDS)
    assert not any(answerable((ground.found(),)) for ground in GROUNDS)
