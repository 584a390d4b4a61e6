"""PDF tables without any lines, as programs write them: cell by cell."""

import pytest

from tests.readers.pdfs import Page, pdf
from tests.readers.test_pdf import answers, cells

LABELS, ANSWERS = 50, 250


def written(
    page: Page, top: float, rows: list[tuple[str, ...]], *, pitch: float = 12, gap: float = 0
) -> float:
    """Write rows without lines, each cell to its end before the next one; return where they end."""
    for row in rows:
        cell_lines = [text.split("\n") if text else [] for text in row]
        for x, cell in zip((LABELS, ANSWERS, 400), cell_lines, strict=False):
            for at, line in enumerate(cell):
                page.text(x, top + at * pitch, line)
        top += max(map(len, cell_lines)) * pitch + gap
    return top


HEAD = [
    ("Назва громади", "Лугівська міська територіальна громада"),
    ("Керівник\nгромади (ПІБ)", "Коваль Іван Михайлович"),
]


def test_a_label_in_capitals_without_an_answer_is_no_beginning_of_the_next_one() -> None:
    page = Page()
    written(
        page,
        50,
        [
            ("КЕРІВНИК\nГРОМАДИ (ПІБ)", "Коваль Іван Михайлович"),
            ("НАЗВА ГРОМАДИ", ""),
            ("ОБЛАСТЬ", "Сумська"),
            ("РАЙОН", ""),
            ("ПОШТОВА АДРЕСА", "с. Степове"),
        ],
        gap=4,
    )
    assert cells(pdf(page))[1:] == [
        ["НАЗВА ГРОМАДИ", ""],
        ["ОБЛАСТЬ", "Сумська"],
        ["РАЙОН", ""],
        ["ПОШТОВА АДРЕСА", "с. Степове"],
    ]


def test_a_line_written_before_what_stands_beside_the_line_above_is_of_the_same_row() -> None:
    page = Page()
    written(
        page,
        50,
        [*HEAD, ("Досвід участі у\nНавчальних програмах\nЗ комунікацій", "Не маємо"), ("Район", "Сумський")],
    )
    assert [row[1] for row in cells(pdf(page))] == [
        "Лугівська міська територіальна громада",
        "Коваль Іван Михайлович",
        "Не маємо",
        "Сумський",
    ]


def test_an_answer_under_its_label_in_the_same_narrow_cell_is_told_by_the_space_between_rows() -> None:
    page = Page()
    written(
        page,
        50,
        [
            *HEAD,
            ("Поштова адреса\nСмт Лугове, вул. Сонячна", ""),
            ("Область", "Сумська"),
            ("Район", "Сумський"),
        ],
        gap=6,
    )
    assert answers(pdf(page))["address"] == "Смт Лугове, вул. Сонячна"
    assert answers(pdf(page))["oblast"] == "Сумська"


def test_labels_set_to_the_right_are_one_column() -> None:
    page = Page()
    rows = [
        ("Керівник громади", ""),
        ("(ПІБ)", "Коваль Іван Михайлович"),
        ("Область", "Сумська"),
        ("Район", "Сумський"),
    ]
    for at, (label, answer) in enumerate(rows):
        page.text(200 - 5 * len(label), 50 + at * 12, label)
        # The answer to a label of two lines stands beside the first.
        page.text(ANSWERS, 50 + (at if at > 1 else 0) * 12, answer)
    read = answers(pdf(page))
    assert (read["head"], read["oblast"], read["raion"]) == ("Коваль Іван Михайлович", "Сумська", "Сумський")


def test_a_cell_over_several_columns_is_beside_its_label() -> None:
    page = Page()
    for y, row in (
        (50, [(50, "Керівник громади"), (300, "Коваль Іван Михайлович")]),
        (62, [(50, "(ПІБ)")]),
    ):
        for x, text in row:
            page.text(x, y, text)
    # The label's second line was written before the answer.
    page.parts = [page.parts[0], page.parts[2], page.parts[1]]
    for y, label, answer in ((74, "Область", "Сумська"), (86, "Район", "Сумський")):
        page.text(50, y, label)
        page.text(300, y, answer)
    for person, y in (("1", 98), ("2", 122)):
        page.text(50, y, f"Учасник {person}")
        page.text(150, y, "ПІБ")
        page.text(300, y, f"Петренко Ганна{'' if person == '1' else ' Іванівна'}")
        page.text(150, y + 12, "Посада")
        page.text(300, y + 12, "діловод")
    read = answers(pdf(page))
    assert (read["head"], read["oblast"], read["raion"]) == ("Коваль Іван Михайлович", "Сумська", "Сумський")
    assert (read["p1_name"], read["p2_name"], read["p2_position"]) == (
        "Петренко Ганна",
        "Петренко Ганна Іванівна",
        "діловод",
    )


def test_what_is_crossed_out_keeps_its_place_in_the_column() -> None:
    page = Page()
    rows = [("Назва громади", "Лугівська"), ("Область", "Сумська"), ("Район", "Сумський")]
    for at, (label, answer) in enumerate(rows):
        y = 50 + at * 12
        page.text(50, y, label)
        page.text(250, y, "СТАРЕ" + answer)
        page.line(250, y - 3, 275, y - 3)
    assert cells(pdf(page)) == [list(row) for row in rows]


@pytest.mark.parametrize("hint", ["(до 600 знаків)", "наприклад: Коростенська громада,\n067 123 45 67"])
def test_the_forms_own_words_below_a_label_are_no_answer(hint: str) -> None:
    page = Page()
    page.text(50, 30, "Область: Сумська")
    page.text(50, 50, "Учасник 1")
    page.text(50, 65, "ПІБ: Петренко Ганна Іванівна")
    page.text(50, 80, "Контактний телефон")
    for at, line in enumerate(hint.split("\n")):
        page.text(50, 110 + at * 30, line)
    assert answers(pdf(page)).get("p1_phone", "") == ""
