"""PDF pages, drawn by hand: what was written on them is what is read, wherever lines and pages end."""

import hashlib
import zlib

import pytest

from intake.readers import opening
from intake.readers.guard import Refused, cpu_budget
from rules.application import match
from rules.table import Para, Reading, Table
from tests.forms.applicants import LUHOVA
from tests.forms.call import CALL
from tests.readers.pdfs import WIDTH, Page, assembled, pdf
from tests.readers.test_formats import ROWS


def opened(content: bytes) -> Reading:
    return opening.read(content, "Заявка.pdf", hashlib.sha256(content).hexdigest())


def answers(content: bytes) -> dict[str, str]:
    application = match([opened(content)], CALL)
    assert application is not None
    return {key: " ".join(value.raw.split()) for key, value in application.values.items()}


def cells(content: bytes) -> list[list[str]]:
    (table,) = (block for block in opened(content).blocks if isinstance(block, Table))
    return [[cell.text for cell in row] for row in table.rows]


def paragraphs(content: bytes) -> list[str]:
    return [block.text for block in opened(content).blocks if isinstance(block, Para)]


def wrapped(text: str, width: float, size: float = 10) -> str:
    """Break text into lines as a word processor does: at blanks and hyphens, else anywhere."""
    room = int(width / (WIDTH * size))
    out = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            for piece in word.replace("-", "-\0").split("\0"):
                joined = line + ("" if not line or line.endswith("-") else " ") + piece
                if len(joined) <= room:
                    line = joined
                    continue
                if line:
                    out.append(line)
                *full, line = (piece[at : at + room] for at in range(0, len(piece), room))
                out += full
        out.append(line)
    return "\n".join(out)


def form(xs: list[float], rows: list[tuple[str, ...]] = ROWS) -> list[tuple[str, ...]]:
    """Return rows with every cell broken into the lines that fit between its sides."""
    return [
        tuple(wrapped(text, right - left - 8) for text, left, right in zip(row, xs, xs[1:], strict=False))
        for row in rows
    ]


@pytest.mark.parametrize(
    "xs", [[50, 250, 545], [50, 330, 545], [90, 200, 560]], ids=["usual", "wide labels", "narrow"]
)
def test_a_ruled_form_says_what_was_written(xs: list[float]) -> None:
    page = Page(height=1400)
    page.text(50, 40, "Заявка на участь. Контактна особа: Левицька Марія, тел. (044) 000-00-00")
    page.rows(xs, 60, form(xs))
    reading = opened(pdf(page))
    assert (reading.status, reading.reader) == ("read", "pdf")
    assert answers(pdf(page)) == {key: " ".join(text.split()) for key, text in LUHOVA.items()}


def test_words_are_joined_where_the_line_broke_them() -> None:
    page = Page()
    page.rows(
        [50, 150, 262],
        50,
        [
            ("Посада", "соціально-\nекономічний\nвідділ"),
            ("Пошта", "olena.petrenko@luhov\na-test.gov.ua"),
            ("Пошта", "o.petrenko@\nluhova.gov.ua"),
            ("Телефон", "+38 (067) 123-\n45-67"),
            ("Роки", "2023–\n2024, мета —\nнавчитися"),
        ],
    )
    assert [row[1].replace("\n", " ") for row in cells(pdf(page))] == [
        "соціально-економічний відділ",
        "olena.petrenko@luhova-test.gov.ua",
        "o.petrenko@luhova.gov.ua",
        "+38 (067) 123-45-67",
        "2023–2024, мета — навчитися",
    ]


def test_a_word_that_runs_over_the_border_belongs_where_it_began() -> None:
    page = Page()
    page.rows(
        [50, 150, 250, 350],
        50,
        [("Пошта", "olena.petrenko@luhova.gov.ua", "далі"), ("", "", "o.petrenko@luhova.gov.ua")],
    )
    assert [row[1:] for row in cells(pdf(page))][1] == ["", "o.petrenko@luhova.gov.ua"]
    assert paragraphs(pdf(page)) == []


def test_an_answer_under_its_label_stays_apart_from_it() -> None:
    page = Page()
    page.rows(
        [50, 300],
        50,
        [("Назва громади\nЛугівська міська",), ("Область\nЖитомирська",), ("Район\nЖитомирський",)],
    )
    assert answers(pdf(page)) == {
        "hromada": "Лугівська міська",
        "oblast": "Житомирська",
        "raion": "Житомирський",
    }


def test_a_table_goes_on_over_the_page_and_a_row_cut_in_two_is_one() -> None:
    xs: list[float] = [50, 250, 545]
    first, second = Page(), Page()
    for number, page in enumerate((first, second), start=1):
        page.text(50, 30, "Додаток 1. Електронна адреса: info@example.org")
        page.text(290, 820, f"Сторінка {number}")
    split = next(at for at, row in enumerate(ROWS) if row[0].startswith("Мотивація"))
    label, answer = ROWS[split]
    lines = wrapped(answer, 287).split("\n")
    first.rows(xs, 60, [*form(xs, ROWS[:split]), (wrapped(label, 192), "\n".join(lines[:2]))])
    second.rows(xs, 60, [("", "\n".join(lines[2:])), *form(xs, ROWS[split + 1 :])])
    content = pdf(first, second)
    assert answers(content) == {key: " ".join(text.split()) for key, text in LUHOVA.items()}
    assert paragraphs(content) == []


def test_a_heading_written_upwards_in_a_merged_cell_owns_the_rows_beside_it() -> None:
    page = Page()
    page.rows([50, 250, 545], 60, [("Назва громади", "Лугова"), ("Область", "Житомирська")])
    top = 200.0
    for person, name in (("Учасник 1", "Бойко Тетяна"), ("Учасник 2", "Ґудзь Мар’яна")):
        bottom = page.rows(
            [90, 250, 545], top, [("ПІБ", name), ("Посада", "діловод"), ("Контактний телефон", "0671112233")]
        )
        page.grid([50, 90], [top, bottom])
        page.upward(75, bottom - 5, person)
        top = bottom
    read = answers(pdf(page))
    assert (read["p1_name"], read["p2_name"], read["p2_phone"]) == (
        "Бойко Тетяна",
        "Ґудзь Мар’яна",
        "0671112233",
    )


def test_a_table_without_outer_lines_is_still_a_table() -> None:
    page = Page()
    for y in (80, 100):
        page.line(50, y, 500, y)
    page.line(200, 60, 200, 120)
    for y, (label, text) in zip(
        (75, 95, 115), (("Область", "Сумська"), ("Район", "Сумський"), ("Дата", "1.2.2023")), strict=True
    ):
        page.text(55, y, label)
        page.text(205, y, text)
    assert cells(pdf(page)) == [["Область", "Сумська"], ["Район", "Сумський"], ["Дата", "1.2.2023"]]


def unruled(page: Page, xs: list[float], top: float, rows: list[tuple[str, ...]]) -> float:
    """Write the rows of a table that has no lines; return where it ends."""
    for row in rows:
        for x, text in zip(xs, row, strict=False):
            for at, line in enumerate(text.split("\n")):
                if line:
                    page.text(x, top + 12 * at, line)
        top += 12 * max(len(text.split("\n")) for text in row)
    return top


def test_a_register_without_lines_has_a_row_for_each_number() -> None:
    page = Page()
    unruled(page, [60, 90, 180, 300, 400], 60, [
        ("№", "ПІБ", "Посада", "Телефон", "Пошта"),
        ("1", "Левченко\nОльга\nІванівна", "голова комісії\nз питань\nгласності", "+380974445566", "chudniv.levche\nnko@i-test.ua"),
        ("2", "Козак\nСтепан", "редактор сайту", "0974445577", "kozak@chudniv-\ntest.gov.ua"),
    ])  # fmt: skip
    assert [[" ".join(text.split("\n")) for text in row] for row in cells(pdf(page))] == [
        ["№", "ПІБ", "Посада", "Телефон", "Пошта"],
        ["1", "Левченко Ольга Іванівна", "голова комісії з питань гласності", "+380974445566", "chudniv.levchenko@i-test.ua"],
        ["2", "Козак Степан", "редактор сайту", "0974445577", "kozak@chudniv-test.gov.ua"],
    ]  # fmt: skip


def test_a_second_person_without_a_number_is_no_rest_of_the_first() -> None:
    page = Page()
    unruled(page, [60, 90, 180, 300, 400], 60, [
        ("№", "ПІБ", "Посада", "Телефон", "Пошта"),
        ("1", "Левченко Ольга", "голова комісії", "0974445566", "levchenko@i-test.ua"),
        ("", "Козак Степан", "редактор сайту", "0974445577", "kozak@i-test.ua"),
    ])  # fmt: skip
    assert [row[1] for row in cells(pdf(page))] == ["ПІБ", "Левченко Ольга", "Козак Степан"]


def test_two_people_side_by_side_without_lines_stand_under_their_headings() -> None:
    page = Page()
    unruled(page, [60, 180, 300, 420], 60, [
        ("Назва громади", "", "Лугівська територіальна громада"),
        ("Керівник громади (ПІБ)", "", "Коваль Іван Михайлович"),
        ("Учасник 1", "", "Учасник 2"),
        ("ПІБ", "Петренко Олена", "ПІБ", "Ґудзь Мар’яна"),
        ("Посада", "керуюча справами", "Посада", "спеціалістка"),
        ("Контактний телефон", "0671234567", "Контактний телефон", "0507654321"),
    ])  # fmt: skip
    read = answers(pdf(page))
    assert {key: read[key] for key in ("hromada", "p1_name", "p1_phone", "p2_name", "p2_phone")} == {
        "hromada": "Лугівська територіальна громада",
        "p1_name": "Петренко Олена", "p1_phone": "0671234567",
        "p2_name": "Ґудзь Мар’яна", "p2_phone": "0507654321",
    }  # fmt: skip


def test_an_answer_without_lines_goes_on_over_the_page() -> None:
    first, second = Page(), Page()
    unruled(first, [60, 250], 700, [
        ("Назва громади", "Лугівська територіальна громада"),
        ("Дата заповнення", "07.03.2023"),
        ("Мотивація участі у мережі", "Мешканці дізнаються про рішення ради\nзапізно, тому виникають чутки."),
    ])  # fmt: skip
    unruled(second, [60, 250], 60, [("", "Ми хочемо навчитися планувати."), ("", "Очікуємо підтримки.")])
    assert answers(pdf(first, second))["motivation"] == (
        "Мешканці дізнаються про рішення ради запізно, тому виникають чутки. Ми хочемо навчитися планувати. "
        "Очікуємо підтримки."
    )


def test_a_row_without_lines_that_is_left_for_the_next_page_is_a_row() -> None:
    first, second = Page(), Page()
    unruled(first, [60, 250], 700, [
        ("Назва громади", "Лугівська територіальна громада"), ("Район", "Житомирський"), ("Поштова адреса", "м. Лугове"),
    ])  # fmt: skip
    unruled(second, [60, 250], 60, [("Згода на обробку персональних\nданих", "☒ Так, надаю згоду")])
    assert answers(pdf(first, second))["consent"] == "☒ Так, надаю згоду"


def test_a_label_before_a_dash_begins_a_line_where_all_do() -> None:
    page = Page()
    lines = (
        "Назва громади – Лугівська територіальна громада",
        "Посада – головний спеціаліст відділу інформації та зв’язків із громадськістю",
        "Контактний телефон – 050 765 43 21",
        "Досвід участі у навчальних програмах з комунікацій – ведемо сторінку громади",
        "Яку зміну плануєте впровадити у громаді? – Реорганізація мережі закладів",
    )
    for at, line in enumerate(lines):
        page.text(60, 60 + 12 * at, line)
    assert paragraphs(pdf(page)) == list(lines)


def test_an_address_in_capitals_that_is_cut_where_its_cell_ends_is_one() -> None:
    page = Page()
    page.rows([50, 150, 218], 50, [("Пошта", "IRYNA.KRAVCH\nUK@olevsk.ua")])
    assert cells(pdf(page)) == [["Пошта", "IRYNA.KRAVCHUK@olevsk.ua"]]


def test_a_table_without_any_lines_is_told_by_where_its_columns_begin() -> None:
    page = Page()
    page.text(60, 60, "ЗАЯВКА на участь у Мережі")
    below = unruled(page, [60, 300], 90, [
        ("Назва громади", "Лугова громада"), ("Область", "Житомирська"), ("Район", ""),
        ("Досвід участі у навчальних програмах\nз комунікацій", "Ведемо сторінку у мережі\nЕтап 2: запуск"),
        ("Учасник 1", ""), ("ПІБ", "Мороз Ганна"), ("Посада", "діловод"),
    ])  # fmt: skip
    unruled(page, [60, 130, 340], below + 60, [
        ("ПІБ", "Посада", "Телефон"), ("Шевчук-Барна\nНадія", "керівник відділу\n", "0501112233"), ("Коваль Іван", "секретар", "0671112233"),
    ])  # fmt: skip
    tables = [block for block in opened(pdf(page)).blocks if isinstance(block, Table)]
    assert [[[cell.text for cell in row] for row in table.rows] for table in tables] == [
        [
            ["Назва громади", "Лугова громада"], ["Область", "Житомирська"], ["Район", ""],
            ["Досвід участі у навчальних програмах\nз комунікацій", "Ведемо сторінку у мережі\nЕтап 2: запуск"],
            ["Учасник 1", ""], ["ПІБ", "Мороз Ганна"], ["Посада", "діловод"],
        ],
        [["ПІБ", "Посада", "Телефон"], ["Шевчук-Барна\nНадія", "керівник відділу", "0501112233"], ["Коваль Іван", "секретар", "0671112233"]],
    ]  # fmt: skip


def test_a_signature_and_a_date_side_by_side_are_no_table() -> None:
    page = Page()
    for at, line in enumerate(["Голова громади", "Дата"]):
        page.text(60, 100 + 14 * at, line)
        page.text(400, 100 + 14 * at, ["Іван КОВАЛЬ", "07.03.2023"][at])
    page.text(60, 140, "Підпис засвідчую, бо так заведено у громадах нашої області здавна.")
    assert all(isinstance(block, Para) for block in opened(pdf(page)).blocks)


def test_a_page_turned_by_its_viewer_reads_the_same() -> None:
    page = Page(more="/Rotate 90")
    page.annotations.append("<< /Type /Annot /Subtype /Widget /FT /Tx /V (typed) /Rect [205 765 300 780] >>")
    page.text(55, 75, "Область")
    page.grid([50, 200, 500], [60, 80])
    upright = Page(annotations=page.annotations, parts=page.parts)
    assert cells(pdf(upright)) == [["Область", "typed"]]
    # What is upright in the file is sideways on the turned page, table and all.
    assert "Область" in " ".join(block.text for row in opened(pdf(page)).blocks[0].rows for block in row)


def test_crossed_out_words_are_not_there_and_those_set_off_are_marked() -> None:
    page = Page()
    page.rows([50, 150, 545], 50, [("Участь", "старе так ні можливо")])
    base = 62
    at = 154
    # «старе» is crossed out, «так» underlined.
    page.line(at, base - 3, at + 25, base - 3)
    page.line(at + 30, base + 1, at + 45, base + 1)
    (table,) = opened(pdf(page)).blocks
    (para,) = table.rows[0][1].blocks
    assert (para.text, para.marked) == ("так ні можливо", ("так",))


def test_bold_words_are_marked() -> None:
    page = Page()
    page.text(50, 50, "очно", font="F2")
    page.text(75, 50, "дистанційно")
    assert opened(pdf(page)).blocks[0].marked == ("очно",)


def test_boxes_drawn_by_hand_are_ticked_or_not() -> None:
    page = Page()
    for y, text in ((50, "порожня"), (70, "з хрестиком"), (90, "з літерою")):
        page.box(50, y - 9, 60, y + 1)
        page.text(65, y, text)
    page.line(50, 61, 60, 71)
    page.line(60, 61, 50, 71)
    page.text(52, 89, "х", 8)
    assert paragraphs(pdf(page)) == ["☐ порожня", "☒ з хрестиком", "☒ з літерою"]


def test_places_for_the_digits_of_a_number_are_no_boxes_to_tick() -> None:
    page = Page()
    page.text(50, 50, "ЄДРПОУ")
    for at, digit in enumerate("12345678"):
        page.box(100 + at * 12, 40, 112 + at * 12, 52)
        page.text(104 + at * 12, 50, digit)
    assert paragraphs(pdf(page))[0].replace(" ", "").replace("\t", "") == "ЄДРПОУ12345678"


def test_form_fields_and_text_typed_on_the_page_are_read() -> None:
    def hexed(text: str) -> str:
        return f"<feff{text.encode('utf-16-be').hex()}>"

    page = Page()
    page.rows(
        [50, 200, 545], 50, [("Назва громади", ""), ("Область", ""), ("Згода", "        так"), ("Район", "")]
    )
    page.annotations = [
        f"<< /Subtype /Widget /FT /Tx /V {hexed('Лугова')} /Rect [205 775 400 790] >>",
        f"<< /Subtype /FreeText /Contents {hexed('Сумська')} /Rect [205 758 400 772] >>",
        "<< /Subtype /Widget /FT /Btn /AS /Yes /Rect [206 743 216 753] >>",
        "<< /Subtype /Widget /FT /Tx /V (hidden) /F 2 /Rect [205 722 400 736] >>",
        "<< /Subtype /Link /Contents (a link) /Rect [205 722 400 736] >>",
    ]
    assert cells(pdf(page)) == [
        ["Назва громади", "Лугова"],
        ["Область", "Сумська"],
        ["Згода", "☒ так"],
        ["Район", ""],
    ]


def test_old_cyrillic_fonts_that_call_themselves_western() -> None:
    page = Page()
    page.text(50, 50, "Назва громади: Лугівська".encode("cp1251").decode("cp1252"))
    assert paragraphs(pdf(page)) == ["Назва громади: Лугівська"]


def test_a_password_to_open_is_told_and_one_against_printing_does_not_matter() -> None:
    page = Page()
    page.text(50, 50, "Назва громади: Лугова")
    locked = opened(pdf(page, user_password=True))
    assert (locked.status, locked.reason) == ("unreadable", "password")
    assert paragraphs(pdf(page, owner_password=True)) == ["Назва громади: Лугова"]


PICTURE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n"
    b"stream\n\x80\nendstream"
)


def scan(stamp: str = "") -> bytes:
    """A page that is one picture, with a stamp of a registry in letters on it."""
    page = Page()
    page.text(50, 800, stamp)
    content = pdf(page)
    body = page.content + b"\nq 595 0 0 842 0 0 cm /Im0 Do Q"
    packed = zlib.compress(body)
    objects = [part.split(b" obj\n", 1)[1] for part in content.split(b"\nendobj\n")[:-1]]
    at = next(number for number, part in enumerate(objects) if b"/Type /Page /" in part)
    objects[at - 1] = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    objects[at] = objects[at].replace(
        b"/Resources <<", b"/Resources << /XObject << /Im0 %d 0 R >>" % (len(objects) + 1)
    )
    return assembled([*objects, PICTURE])


@pytest.mark.parametrize(
    "stamp", ["", "Документ СЕД. Підписувач: Коваль Іван Михайлович. Дійсний до 01.01.2025"]
)
def test_pictures_of_pages_are_told_from_a_form(stamp: str) -> None:
    reading = opened(scan(stamp))
    assert (reading.status, reading.reason) == ("unreadable", "scan")


def test_a_blank_page_is_empty() -> None:
    assert opened(pdf(Page())).reason == "empty"


@pytest.mark.parametrize(
    "damage", [lambda c: c[: len(c) // 2], lambda c: c[:9], lambda c: c[:9] + bytes(500)]
)
def test_damage_is_a_fact_about_the_file(damage) -> None:
    page = Page()
    page.text(50, 50, "Назва громади: Лугова")
    assert opened(damage(pdf(page))).status == "unreadable"


def attack(stream: bytes, *, kids: str = "[3 0 R]", loop: bytes = b"") -> bytes:
    """A page with this deflated stream as its content, which may draw the form X, whose own content is `loop`."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids {kids} /Count 1 >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length %d >>\nstream\n%s\nendstream"
        % (len(loop), loop),
    ]
    return assembled(objects)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: attack(zlib.compress(bytes(40_000_000), 9)), "bomb"),
        (lambda: attack(zlib.compress(b"/X Do " * 50), loop=b"/X Do " * 50), "empty"),
        (lambda: attack(b"", kids="[2 0 R 2 0 R]"), "empty"),
        (lambda: attack(zlib.compress(b"[" * 50_000)), "empty"),
        (lambda: attack(zlib.compress(b"0 0 m 9 9 l S " * 25_000)), "bomb"),
        (lambda: attack(b"", loop=b"0 0 m 9 9 l S " * 50_000), "bomb"),
        (lambda: attack(zlib.compress(b"1 2 3 4 " * 500_000)), "bomb"),
    ],
    ids=["stream", "form in itself", "page in itself", "deep", "shapes", "shapes not packed", "numbers"],
)
def test_an_attack_is_refused_before_it_costs(content, reason: str) -> None:
    reading = opened(content())
    assert (reading.status, reading.reason) == ("unreadable", reason)


@pytest.mark.parametrize(
    ("head", "start"),
    [(b"/Length1 9", b""), (b"/Type /EmbeddedFile", b""), (b"", bytes(9)), (b"", b"/CIDInit begincmap ")],
    ids=["font", "attached file", "font that says nothing", "map of characters"],
)
def test_what_is_no_drawing_may_be_long(head: bytes, start: bytes) -> None:
    page = Page()
    page.text(50, 50, "Назва громади: Лугова")
    stream = zlib.compress(start + b"0 0 m " * 800_000)
    more = b"\n99 0 obj\n<< %s /Filter /FlateDecode >>\nstream\n%s\nendstream\nendobj\n" % (head, stream)
    assert opened(pdf(page) + more).status == "read"


def test_pages_beyond_those_of_any_form_are_left() -> None:
    pages = [Page() for _ in range(40)]
    for number, page in enumerate(pages):
        page.text(50, 400, f"Назва громади {number}: так")
    assert len(paragraphs(pdf(*pages))) == 30


def test_a_budget_of_cpu_time_ends_what_does_not_end() -> None:
    def forever() -> None:
        with cpu_budget(0.05):
            while True:
                pass

    with pytest.raises(Refused) as refused:
        forever()
    assert refused.value.reason == "too_slow"
