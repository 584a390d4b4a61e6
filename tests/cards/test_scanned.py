"""What a scan looks like stands on the card: the file itself where a browser shows it, else the pictures of its pages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from intake.attached import keep_attached
from intake.readers.wire import JPEG, decode, encode
from intake.workbook.card_names import card_name
from rules.letter import Attachment
from rules.table import Para, Reading
from tests.cards.test_cards import ONE, update
from tests.rules.cases import letter
from tests.workbook.desk import Desk

PAGES = tuple(JPEG + f"page {count}".encode() for count in (1, 2))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()


def attachment(kind: str, content: bytes = b"x") -> Attachment:
    return Attachment("2", f"скан.{kind}", f"part.{kind}", kind, "", len(content), "b" * 64, "mime", content)


def draft(pages: tuple[bytes, ...] = PAGES) -> Reading:
    return Reading("b" * 64, "read", reader="ocr", blocks=(Para("x", "page 1"),), draft=True, pages=pages)


def test_of_a_scanned_pdf_every_page_is_shown_and_a_photo_is_shown_itself(desk: Desk) -> None:
    files = [
        {"name": f"скан.{kind}", "sha256": "b" * 64, "size": 1, "type": kind, "status": "read"}
        for kind in ("pdf", "jpg")
    ]
    desk.application(1, files=files)
    with desk.engine.connect() as tx:
        digest = str(tx.exec_driver_sql("SELECT digest FROM letters").scalar())
    sent = replace(letter(), digest=digest, attachments=(attachment("pdf"), attachment("jpg")))
    keep_attached(desk.path.parent / "files", sent, (draft(), draft()))
    update(desk)
    folder = desk.path.parent / "cards"
    shown = re.findall(r'<img src="([^"]+)"', (folder / card_name(ONE)).read_text(encoding="utf-8"))
    assert [one.rpartition("/")[2] for one in shown] == ["01.1.jpg", "01.2.jpg", "02.jpg"]
    assert [(folder / one).read_bytes() for one in shown] == [*PAGES, b"x"]


def test_pages_come_whole_from_the_worker_and_nothing_else_does() -> None:
    assert decode(encode(draft())).pages == PAGES
    for wrong in (b"<svg/>", JPEG + b"x" * 600_000):
        with pytest.raises(ValueError, match="not a small picture"):
            decode(encode(draft((wrong,))))
