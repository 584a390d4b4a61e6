"""Scans and photos: what a machine makes out is a draft with every answer beside its own question, or nothing.

Some letters are misread whatever one does, so answers are compared by likeness; that an answer stands under another's
label is never forgiven.
"""

import hashlib
import time
from collections.abc import Sequence
from io import BytesIO

import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from intake.config import Limits
from intake.readers import ocr, opening, tools
from intake.readers.guard import Refused
from intake.readers.pool import ReaderPool
from rules.application import Application, match
from rules.table import Block, Cell, Para, Reading, Table
from tests.forms.applicants import LUHOVA, STEPOVA, Answers
from tests.forms.call import CALL
from tests.forms.paper import KEYS, rows
from tests.forms.scans import black_and_white, jpeg, pdf, photographed, saved, scanned, sheet
from tests.forms.test_museum import plain
from tests.require import require_ocr


@pytest.fixture(autouse=True, scope="module")
def _tesseract() -> None:
    require_ocr()


def opened(content: bytes, seconds: float = 120) -> Reading:
    digest = hashlib.sha256(content).hexdigest()
    return opening.read(content, "scan", digest, pictures_until=time.monotonic() + seconds)


def application(content: bytes) -> Application:
    reading = opened(content)
    assert (reading.status, reading.reader, reading.draft) == ("read", "ocr", True)
    found = match([reading], CALL)
    assert found is not None
    assert found.draft
    return found


def like(one: str, other: str) -> float:
    return Levenshtein.normalized_similarity(one, other)


def right(found: Application, answers: Answers, keys: Sequence[str] = KEYS) -> int:
    """How many answers are exactly right; one that is another's, or has another in it, fails the test."""
    read = {key: plain(found.values[key].raw) if key in found.values else "" for key in keys}
    wanted = {key: plain(answers[key]) for key in keys}
    for key, said in read.items():
        assert said == "" or like(said, wanted[key]) > 0.75, (key, said)
    return sum(read[key] == wanted[key] for key in keys)


def test_a_scan_upside_down_and_skewed() -> None:
    page = scanned(sheet(rows(LUHOVA)), degrees=2.0).rotate(180)
    assert right(application(jpeg(page)), LUHOVA) >= 15


def test_a_photo_from_aside_in_uneven_light() -> None:
    assert right(application(jpeg(photographed(sheet(rows(LUHOVA))), quality=50)), LUHOVA) >= 15


@pytest.mark.parametrize("level", [190, 95], ids=["dark and full of specks", "pale"])
def test_a_coarse_scan_in_black_and_white(level: int) -> None:
    page = black_and_white(sheet(rows(STEPOVA)), level)
    assert right(application(saved(page, "PNG")), STEPOVA, [key for key in KEYS if key != "hromada"]) >= 11


def test_columns_without_lines() -> None:
    # The community and the first participant, without the heading of the second.
    page = scanned(sheet(rows(STEPOVA)[:10], ruled=False, inches=(8.27, 6.0)), degrees=-0.7)
    assert right(application(jpeg(page)), STEPOVA, KEYS[:9]) >= 7


def test_two_pages_in_a_pdf_of_pictures_are_one_form() -> None:
    every = rows(LUHOVA)
    # The page ends among the second participant's data.
    upper, lower = every[:13], every[13:]
    short = (8.27, 6.0)
    content = pdf(scanned(sheet(upper, inches=short)), scanned(sheet(lower, title="2", inches=short)))
    reading = opened(content)
    found = match([reading], CALL)
    assert found is not None
    assert right(found, LUHOVA) >= 15
    # What was read is also kept for eyes, a page a picture.
    assert [Image.open(BytesIO(page)).format for page in reading.pages] == ["JPEG", "JPEG"]


# --- what is no form -------------------------------------------------------------------------------------------------


def test_a_picture_without_text_is_no_form() -> None:
    reading = opened(jpeg(scanned(sheet([], title="", inches=(8.27, 4.0)))))
    assert (reading.status, reading.reason) == ("not_a_form", "picture")


def test_a_small_picture_is_a_logo() -> None:
    reading = opened(jpeg(scanned(sheet([], inches=(2.0, 2.0)))))
    assert (reading.status, reading.reason) == ("not_a_form", "picture")


def test_nothing_is_read_when_the_time_is_over() -> None:
    reading = opened(jpeg(scanned(sheet(rows(LUHOVA)[:4], inches=(8.27, 4.0)))), seconds=0)
    assert (reading.status, reading.reason) == ("unreadable", "too_slow")


def test_a_truncated_picture_is_damaged() -> None:
    whole = jpeg(scanned(sheet(rows(LUHOVA)[:4], inches=(8.27, 4.0))))
    assert opened(whole[: len(whole) // 2]).reason == "damaged"


def test_without_tesseract_a_scan_waits_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SEARCH_PATH", "/nonexistent")
    reading = opened(jpeg(scanned(sheet([]))))
    assert (reading.status, reading.reason) == ("unreadable", "tool")


def test_pictures_are_read_only_when_asked_for() -> None:
    content = jpeg(scanned(sheet([])))
    with ReaderPool(Limits()) as readers:
        reading = readers.read(content, "scan.jpg", hashlib.sha256(content).hexdigest())
    assert (reading.status, reading.reason, reading.blocks) == ("not_a_form", "picture", ())


# --- kinds of pictures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "WEBP", "GIF", "HEIF"])
def test_a_picture_of_any_kind_is_the_same_page(kind: str) -> None:
    from pillow_heif import register_heif_opener

    from intake.readers import ocr_picture

    register_heif_opener()
    page = sheet(rows(LUHOVA)[:3], inches=(4.0, 4.0))
    content = saved(page.convert("L" if kind != "HEIF" else "RGB"), kind)
    (got,) = ocr_picture.pages(content)
    assert got.shape == (page.height, page.width)
    assert int((got < 128).sum()) == pytest.approx(
        page.point(lambda level: level < 128).histogram()[1], rel=0.05
    )


def test_transparent_paper_is_white() -> None:
    from PIL import Image

    from intake.readers import ocr_picture

    page = sheet(rows(LUHOVA)[:3], inches=(4.0, 4.0))
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=page.point(lambda level: 255 - level))
    (got,) = ocr_picture.pages(saved(clear, "PNG"))
    assert (int(got.min()), int(got.max())) == (0, 255)
    assert float((got > 200).mean()) > 0.8


def test_a_telephone_held_aside_says_so_and_the_page_is_turned() -> None:
    from PIL import Image

    from intake.readers import ocr_picture

    page = sheet(rows(LUHOVA)[:3], inches=(4.0, 5.0))
    exif = Image.Exif()
    exif[0x0112] = 6
    (got,) = ocr_picture.pages(saved(page.rotate(90, expand=True), "JPEG", exif=exif))
    assert got.shape == (page.height, page.width)


def test_a_tiff_of_two_pages_has_two() -> None:
    from intake.readers import ocr_picture

    page = sheet(rows(LUHOVA)[:3], inches=(4.0, 4.0))
    content = saved(page, "TIFF", save_all=True, append_images=[page])
    assert len(list(ocr_picture.pages(content))) == 2


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    from PIL import Image

    from intake.readers import ocr_picture

    content = saved(Image.new("1", (12_000, 12_000)), "PNG")
    with pytest.raises(Refused) as refused:
        list(ocr_picture.pages(content))
    assert refused.value.reason == "bomb"


# --- pages that follow each other ------------------------------------------------------------------------------------


def cell(text: str) -> Cell:
    return Cell((Para(text),) if text else ())


def table(*lines: tuple[str, str]) -> Table:
    return Table(tuple((cell(left), cell(right)) for left, right in lines))


def texts(blocks: Sequence[Block]) -> list[list[list[str]]]:
    return [[[one.text for one in row] for row in block.rows] for block in blocks if isinstance(block, Table)]


def test_a_table_cut_by_the_edge_of_the_paper_is_one() -> None:
    joined = ocr.joined_pages(
        [table(("Область", "Житомирська")), Para("Сторінка 1")], [table(("Район", "Коростенський"))]
    )
    assert texts(joined) == [[["Область", "Житомирська"], ["Район", "Коростенський"]]]


def test_a_row_cut_by_the_edge_of_the_paper_is_one() -> None:
    joined = ocr.joined_pages(
        [table(("Мотивація", "Хочемо навчитися"))], [table(("", "планувати зміни"), ("Дата", "1 березня"))]
    )
    assert texts(joined) == [[["Мотивація", "Хочемо навчитися планувати зміни"], ["Дата", "1 березня"]]]


def test_text_between_two_tables_keeps_them_apart() -> None:
    text = Para("Відомості про другого учасника, який представляє громаду на навчанні")
    above: list[Block] = [table(("ПІБ", "Коваль Іван"))]
    below: list[Block] = [text, table(("ПІБ", "Бойко Тетяна"))]
    assert ocr.joined_pages(above, below) == [*above, *below]
