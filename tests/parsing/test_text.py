"""Octets become text: charsets declared, undeclared and declared wrongly; encoded words; the newest text of a body."""

import pytest

from intake.parsing import newest_text, parse
from intake.parsing.body import html_text
from intake.parsing.charset import codec_name, decode
from intake.parsing.words import Notes, decode_field

SENTENCE = "Комунікація змін / Житомирська міська громада. Щиро, Петро Іваненко, м. Київ"
WORDS = (
    "Заявка на участь",
    "Петро Іваненко",
    "Заявка.docx",
    "Олена ПЕТРЕНКО",
    "Добър ден, изпращам заявление",
    "Форма заявки (Овруч)",
)
CYRILLIC = ("cp1251", "koi8-u", "cp866", "mac-cyrillic", "iso8859-5")


@pytest.mark.parametrize("codec", [*CYRILLIC, "utf-8", "utf-16-le", "utf-16-be"])
def test_undeclared_text_is_recognised_by_its_letters(codec: str) -> None:
    octets = SENTENCE.replace("І", "Л").encode(codec, "replace")
    assert decode(octets).text == octets.decode(codec)


@pytest.mark.parametrize("codec", ["cp1251", "koi8-u", "cp866", "utf-8"])
@pytest.mark.parametrize("text", WORDS)
def test_even_a_few_words_are_enough(codec: str, text: str) -> None:
    octets = text.encode(codec, "replace")
    assert decode(octets).text == octets.decode(codec)


@pytest.mark.parametrize("codec", ["cp1251", "koi8-u", "utf-8", "iso8859-5", "mac-cyrillic"])
@pytest.mark.parametrize(
    "declared", ["us-ascii", "iso-8859-1", "windows-1252", "utf-8", "no-such", "", "koi8-r"]
)
def test_a_wrong_declaration_is_not_believed(codec: str, declared: str) -> None:
    octets = SENTENCE.encode(codec)
    assert decode(octets, declared).text == SENTENCE


@pytest.mark.parametrize(
    ("text", "codec"),
    [("Müller grüßt", "latin-1"), ("Café à la crème, déjà vu", "cp1252"), ("Zażółć gęślą", "iso8859-2")],
)
def test_a_true_western_declaration_is_believed(text: str, codec: str) -> None:
    assert decode(text.encode(codec), codec).text == text


@pytest.mark.parametrize(
    "name",
    ["base64", "rot13", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "zlib", "x" * 500, "\0"],
)
def test_a_declaration_cannot_choose_a_codec_that_is_no_charset(name: str) -> None:
    assert codec_name(name) is None


def test_text_never_holds_surrogates() -> None:
    decode(b"\xed\xa0\x80 \xff", "utf-8").text.encode()
    decode(b"+2AA-", "utf-7").text.encode()


def test_words_of_several_charsets_in_one_field() -> None:
    body = b"=?windows-1251?B?x+D/4uro?= =?utf-8?Q?_=D1=97?= =?koi8-u?B?pw==?="
    assert decode_field(body, "subject", Notes()) == "Заявки її"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b", "a\nb"),
        ("<table><tr><td>Назва</td><td>Овруч</td></tr><tr><td>Посада</td><td>Голова</td></tr></table>", "Назва\tОвруч\n\nПосада\tГолова"),
        ("<style>p{}</style><script>x()</script>a", "a"),
        ("<p>one\n  two</p>", "one two"),
        ("", ""),
        ('<?xml version="1.0" encoding="windows-1251"?><html><body>Ї</body></html>', "Ї"),
    ],
)  # fmt: skip
def test_html_becomes_lines(markup: str, text: str) -> None:
    assert html_text(markup) == text


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("Так.\n\n10.03.2023 17:40, Фонд пише:\n> Чи надіслали?\n> Фонд", "Так."),
        ("Так.\n\nOn Fri, 10 Mar 2023, Fund wrote:\n> Did you?", "Так."),
        ("Так.\n\n-------- Оригінальне повідомлення --------\nВід: Фонд <a@b.example>\nДобрий день", "Так."),
        ("Так.\n\nВід: Фонд <a@b.example>\nНадіслано: п'ятниця\nТема: x\n\nДобрий день", "Так."),
        ("> Чи надіслали?\nТак, вчора.\n> Коли?\nО п'ятій.", "Так, вчора.\nО п'ятій."),
        ("Так.\n-- \nПетро Іваненко", "Так."),
        ("Усе своїми словами.", "Усе своїми словами."),
        ("> лише цитата", "> лише цитата"),
    ],
)
def test_newest_text_is_without_quotation_and_signature(text: str, newest: str) -> None:
    assert newest_text(text) == newest


def test_plain_text_is_preferred_and_html_serves_when_it_is_blank() -> None:
    letter = parse(
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n  \r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>only here</p>\r\n--b--\r\n"
    )
    assert letter.text == "only here"
