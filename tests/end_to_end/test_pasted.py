"""A form copied into the letter itself is a form: as a table of the HTML body, or as lines of text."""

from email.message import EmailMessage
from functools import cache
from html import escape

import pytest

from intake.config import Limits
from intake.demo.many import many_letters
from intake.examine import Examiner
from intake.parsing import parse
from intake.places import gazetteers
from intake.readers.pool import ReaderPool
from rules.case import Case
from rules.table import Block, Para, Table
from tests.end_to_end.place import shipped_call

CALL = shipped_call()
SENT = next(iter(many_letters(CALL, 1)))


# Starting a reader costs more than a letter.
@cache
def examined(octets: bytes) -> Case:
    with ReaderPool(Limits()) as readers:
        desk = Examiner((CALL,), gazetteers({}), readers, Limits())
        letter = parse(octets)
        return desk.examine(letter, desk.receipt(letter, SENT.received_at, fallback=SENT.received_at))


def blocks() -> tuple[Block, ...]:
    """The filled form as the blocks of its file."""
    case = examined(SENT.octets)
    return case.readings[0].blocks


def markup(block: Block) -> str:
    """A block as a mail program writes it after copying from a word processor."""
    if not isinstance(block, Table):
        return f'<p class="MsoNormal"><span lang="UK">{escape(block.text)}</span></p>'
    rows = (
        "<tr>"
        + "".join(
            f'<td width="300" colspan="{cell.colspan}">{"".join(map(markup, cell.blocks))}</td>'
            for cell in row
        )
        + "</tr>"
        for row in block.rows
    )
    return f'<table border="1">{"".join(rows)}</table>'


def pasted(plain: str | None, before: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = "Рада <rada@rada.example>"
    message["Subject"] = parse(SENT.octets).subject
    form = "".join(map(markup, blocks()))
    html = f"<html><body><p>Добрий день! Ось наша заявка.</p>{before}{form}</body></html>"
    if plain is None:
        message.set_content(html, subtype="html", charset="utf-8", cte="base64")
    else:
        message.set_content(plain)
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize("plain", [None, "Добрий день! Ось наша заявка."])
def test_a_table_in_the_body_is_read_like_the_file_it_was_copied_from(plain: str | None) -> None:
    wanted = examined(SENT.octets)
    got = examined(pasted(plain))
    assert wanted.application is not None
    assert got.application is not None
    assert got.application.fields == wanted.application.fields
    assert got.place == wanted.place


@pytest.mark.parametrize(
    "quotation",
    ['<div class="gmail_quote">', "<blockquote type=cite>", '<div id="divRplyFwdMsg" dir="ltr">'],
)
def test_a_table_in_the_letter_that_is_answered_is_not_the_senders(quotation: str) -> None:
    letter = parse(pasted("Дякуємо, все зрозуміло.", quotation))
    assert letter.html == ""
    assert examined(pasted("Дякуємо, все зрозуміло.", quotation)).application is None


HEADER = (
    "Від: Рада <rada@rada.example>\nДата: 9 березня 2023\nТема: Комунікація змін\nКому: oda@oda.example\n"
)


def lines() -> str:
    """The filled form as lines of label and value."""
    rows = [
        [" ".join(part.text for part in cell.blocks if isinstance(part, Para)).strip() for cell in row]
        for block in blocks()
        if isinstance(block, Table)
        for row in block.rows
    ]
    return "\n".join(": ".join(filter(None, row[-2:])) for row in rows)


def passed_on(text: str, subject: str, table: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = "ОВА <oda@oda.example>"
    message["Subject"] = subject
    message.set_content(text)
    if table:
        message.add_alternative(f"<html><body>{table}</body></html>", subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize(
    "above",
    [
        f"-------- Переслане повідомлення --------\n{HEADER}",
        f"---------- Forwarded message ---------\n{HEADER}",
        f"Початок переадресованого повідомлення:\n\n{HEADER}",
        HEADER,
        f"________________________________\n{HEADER}",
    ],
)
def test_a_form_in_a_letter_that_is_passed_on_with_a_cover_line_is_a_form(above: str) -> None:
    subject = f"FW: {parse(SENT.octets).subject}"
    form = lines()
    direct = examined(passed_on(form, subject)).application
    got = examined(passed_on(f"Колеги, надсилаємо заявку громади.\n\n{above}\n{form}", subject)).application
    assert direct is not None
    assert got is not None
    assert len(direct.fields) > 15
    assert got.fields == direct.fields


def test_a_table_in_a_letter_that_is_passed_on_is_read() -> None:
    subject = f"Fwd: {parse(SENT.octets).subject}"
    mark = "---------- Forwarded message ---------"
    form = "".join(map(markup, blocks()))
    table = f'<p>Прошу розглянути.</p><div class="gmail_quote">{mark}<br>{HEADER.replace(chr(10), "<br>")}{form}</div>'
    got = examined(passed_on(f"Прошу розглянути.\n\n{mark}\n{HEADER}\n", subject, table))
    wanted = examined(SENT.octets)
    assert got.application is not None
    assert wanted.application is not None
    assert got.application.fields == wanted.application.fields


def test_a_letter_of_ours_that_is_passed_on_is_no_application() -> None:
    ours = HEADER.replace("rada@rada.example", CALL.replies.address)
    text = f"Не можемо відкрити.\n\n---- Переслане повідомлення ----\n{ours}\n{lines()}"
    with ReaderPool(Limits()) as readers:
        desk = Examiner((CALL,), gazetteers({}), readers, Limits(), own_addresses=(CALL.replies.address,))
        letter = parse(passed_on(text, f"Fwd: {parse(SENT.octets).subject}"))
        case = desk.examine(letter, desk.receipt(letter, SENT.received_at, fallback=SENT.received_at))
    assert case.application is None
