"""From words with places to text: columns without lines, rows of several lines, letters of two alphabets."""

import pytest

# In CI `test_ocr` fails without the extra.
cv2 = pytest.importorskip("cv2", reason="the extra ocr is not installed")
np = pytest.importorskip("numpy", reason="the extra ocr is not installed")

from intake.readers import ocr_boxes, ocr_columns, ocr_text  # noqa: E402 - these need the extra
from intake.readers.ocr_tesseract import Gray, Word  # noqa: E402 - and so does this

TALL, LETTER, PITCH = 30, 16, 40


def line(y: int, *pieces: tuple[int, str]) -> list[Word]:
    """A line of text: pieces at their columns, words a blank apart."""
    out = []
    for x, text in pieces:
        at = x
        for word in text.split():
            out.append(Word(word, at, y, LETTER * len(word), TALL))
            at += LETTER * (len(word) + 1)
    return out


def lines(*rows: tuple[str, str]) -> list[list[Word]]:
    """Lines of a page in two columns, at 100 and 700; an empty text is not there."""
    places = (100, 700)
    return [
        line(at * PITCH, *((x, text) for x, text in zip(places, row, strict=True) if text))
        for at, row in enumerate(rows)
    ]


def said(found: list[list[Word]]) -> list[list[str]]:
    """The rows of the one band of columns, as text."""
    (band,) = (band for band in ocr_columns.bands(found) if band.starts)
    split = band.starts[0] - 1
    columns = [
        [[word for word in row if word.left < split] for row in band.lines],
        [[word for word in row if word.left >= split] for row in band.lines],
    ]
    rows = ocr_columns.rows([[row for row in column if row] for column in columns], band.edges(1300), TALL)
    return [[ocr_text.joined(cell, 1300) for cell in row] for row in rows]


def test_columns_in_which_nothing_is_found_again_are_no_rows() -> None:
    assert ocr_columns.rows([[], []], [100.0, 200.0], 20.0) == []


def test_labels_and_answers_without_lines_are_rows() -> None:
    found = lines(
        ("Область", "Житомирська область"),
        ("Район", ""),
        ("Поштова адреса", "12000, м. Лугове"),
        ("Керівник громади", "Коваль Іван"),
    )
    assert said(found) == [
        ["Область", "Житомирська область"],
        ["Район", ""],
        ["Поштова адреса", "12000, м. Лугове"],
        ["Керівник громади", "Коваль Іван"],
    ]


def test_a_label_of_two_lines_is_one_row_with_its_answer() -> None:
    found = lines(
        ("Область", "Житомирська"),
        ("Досвід участі у навчанні", "Немає"),
        ("з комунікацій", ""),
        ("Дата", "1 березня"),
    )
    # «з комунікацій» would have had room above, but it begins small and has no answer of its own.
    assert [row[1] for row in said(found)] == ["Житомирська", "Немає", "1 березня"]


def test_running_text_has_no_columns() -> None:
    found = [line(at * PITCH, (100, "слово " * 12 + "і ще одне довге слово наприкінці")) for at in range(6)]
    assert [band.starts for band in ocr_columns.bands(found)] == [()]


def test_hanging_numbers_are_a_list() -> None:
    found = [line(at * PITCH, (100, f"{at + 1}."), (190, "Навчитися планувати зміни")) for at in range(4)]
    assert [band.starts for band in ocr_columns.bands(found)] == [()]


def test_options_beside_each_other_are_one_answer() -> None:
    found = [line(at * PITCH, (700, "☒ так"), (1000, "☐ ні")) for at in range(4)]
    assert [band.starts for band in ocr_columns.bands(found)] == [()]


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("МаріяI", "МаріяІ"),
        ("NIB учасника", "ПІБ учасника"),
        ("-38 (067) 123-45-67", "+38 (067) 123-45-67"),
        ("5,2 Tuc. підписників", "5,2 тис. підписників"),
        ("5 ММ-менеджерка (0,5 ставки)", "SMM-менеджерка (0,5 ставки)"),
        ("їжак Петро Іванович", "Їжак Петро Іванович"),
        ("ПРОГРАМАХ 3 КОМУНІКАЦІЙ", "ПРОГРАМАХ З КОМУНІКАЦІЙ"),
        ("адреса: rаdа@rada.example", "адреса: rada@rada.example"),
        ("Мар'яна", "Мар’яна"),
        ("сторінка у Facebook", "сторінка у Facebook"),
        ("Степова OTT", "Степова ОТГ"),
        ("Коваль Їван Михайлович", "Коваль Іван Михайлович"),
        ("Ґудзь Мар’яна ігорівна", "Ґудзь Мар’яна Ігорівна"),
        ("Їжак Ївга і інженер Іван", "Їжак Ївга і інженер Іван"),
        # Whether what looks like a letter was ticked is asked for, never guessed.
        ("0) Tak, надаю згоду", "⍰ Так, надаю згоду"),
        ("& Так, надаю згоду", "⍰ Так, надаю згоду"),
        ("☒ Так, надаю згоду", "☒ Так, надаю згоду"),
        ("1. Так, надаю згоду", "1. Так, надаю згоду"),
    ],
)
def test_what_is_known_to_be_mixed_up_is_put_right(read: str, meant: str) -> None:
    assert ocr_text.mended(read) == meant


def page() -> Gray:
    return np.full((300, 600), 255, np.uint8)


def test_boxes_are_found_ticked_and_empty_and_taken_out() -> None:
    picture = page()
    cv2.rectangle(picture, (100, 100), (132, 132), (0,), 2)
    cv2.rectangle(picture, (300, 100), (332, 132), (0,), 2)
    cv2.line(picture, (304, 104), (328, 128), (0,), 3)
    cv2.line(picture, (328, 104), (304, 128), (0,), 3)
    assert sorted((round(word.left / 100), word.text) for word in ocr_boxes.take_out(picture)) == [
        (1, "☐"),
        (3, "☒"),
    ]
    assert int(picture.min()) == 255


def test_a_letter_o_is_no_box() -> None:
    picture = page()
    cv2.ellipse(picture, (120, 120), (12, 13), 0, 0, 360, (0,), 3)
    assert ocr_boxes.take_out(picture) == []
    assert int(picture.min()) == 0
