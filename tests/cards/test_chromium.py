"""A card as a browser shows and prints it, from the disk and without a server."""

import subprocess
from pathlib import Path

import pytest

from tests.cards.test_cards import HOSTILE, ONE, update
from tests.require import require
from tests.workbook.desk import Desk

# A4 in points, as pdfinfo tells it.
A4 = "595 x 842"


def chromium(folder: Path, *options: str) -> str:
    """Run Chromium without a window; return what it printed. Root needs it without a sandbox: the page is ours."""
    command = [
        require("chromium", "chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        f"--user-data-dir={folder / 'profile'}", *options,
    ]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.fixture
def card(tmp_path: Path) -> Path:
    require("chromium", "chromium")
    desk = Desk(tmp_path)
    desk.application(1, subject=HOSTILE, from_name=HOSTILE)
    update(desk)
    desk.engine.dispose()
    (made,) = (desk.path.parent / "cards").glob("*.html")
    return made


def test_it_opens_from_the_disk_and_runs_nothing_an_applicant_wrote(card: Path, tmp_path: Path) -> None:
    shown = chromium(tmp_path, "--dump-dom", card.as_uri())
    assert ONE in shown
    # What was typed stands there as text; no element came of it.
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert ("<script" in shown, "<img src=" in shown) == (False, False)


def test_it_prints_on_a4(card: Path, tmp_path: Path) -> None:
    printed = tmp_path / "card.pdf"
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}", card.as_uri())
    told = subprocess.run(
        [require("pdfinfo", "poppler-utils"), str(printed)], check=True, capture_output=True, text=True
    ).stdout
    (size,) = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("Page size")]
    width, _, height = size.split()[:3]
    assert f"{float(width):.0f} x {float(height):.0f}" == A4
