"""Every kind of attack we know of, in full size: it is answered, the main process does not grow, the next file is read."""

import hashlib
import resource
import zlib
from collections.abc import Iterator

import pytest

from intake.config import Limits
from intake.readers.pool import ReaderPool
from rules.table import Reading
from tests.readers import bombs, hostile
from tests.readers.test_pdf import attack

_GROWTH_KB = 50 * 1024


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(Limits()) as pool:
        yield pool


def read(pool: ReaderPool, content: bytes, *, pictures: bool = False) -> Reading:
    return pool.read(content, "Заявка", hashlib.sha256(content).hexdigest(), pictures=pictures)


KINDS = {
    "docx, a gigabyte of text": (bombs.docx_text, "unreadable", "bomb"),
    "docx, a gigabyte of elements": (bombs.docx_elements, "unreadable", "bomb"),
    "docx, a hundred megabytes of elements": (bombs.docx_elements_dense, "unreadable", "bomb"),
    "docx, a size that is a lie": (bombs.docx_that_lies, "unreadable", "damaged"),
    "docx, a foreign DTD": (bombs.docx_with_a_foreign_dtd, "unreadable", "bomb"),
    "docx, a flipped byte": (bombs.docx_with_a_flipped_byte, "read", ""),
    "docm": (bombs.docm, "read", ""),
    "odt, a gigabyte": (bombs.odt_bomb, "unreadable", "bomb"),
    "odt, a billion laughs": (bombs.odt_laughs, "unreadable", "bomb"),
    "xlsx, a gigabyte of rows": (bombs.xlsx_rows, "unreadable", "bomb"),
    "xlsx, a billion laughs": (bombs.xlsx_laughs, "unreadable", "bomb"),
    "pdf, a gigabyte in a stream": (
        lambda: attack(_zeros()), "unreadable", "bomb",
    ),
    "pdf, three hundred thousand lines": (
        lambda: attack(zlib.compress(b"".join(b"%d 0 m 9 %d l S\n" % (at % 595, at % 842) for at in range(300_000)))),
        "unreadable", "bomb",
    ),
    "pdf, a huge page": (bombs.pdf_of_a_huge_page, "read", ""),
    "pdf, cut short": (lambda: bombs.pdf_of_a_huge_page()[:300], "unreadable", "damaged"),
    "png, a billion pixels": (bombs.png_of_a_billion_pixels, "not_a_form", "picture"),
}  # fmt: skip


def _zeros() -> bytes:
    """A gigabyte as a zlib stream (RFC 1950), without its checksum."""
    return b"x\x9c" + bombs.deflated(bytes(1 << 20), 1024)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_an_attack_in_full_size_is_answered(pool: ReaderPool, kind: str) -> None:
    made, status, reason = KINDS[kind]
    content = made()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = read(pool, content)
    assert (reading.status, reading.reason) == (status, reason)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _GROWTH_KB
    assert read(pool, hostile.honest()).status == "read"


def test_a_picture_of_a_billion_pixels_is_not_opened_when_pictures_are_read(pool: ReaderPool) -> None:
    reading = read(pool, bombs.png_of_a_billion_pixels(), pictures=True)
    assert reading.status != "read"
    assert read(pool, hostile.honest()).status == "read"
