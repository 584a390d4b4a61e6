"""Draws the pictures of the coordinators' guide: sixty applications of the demo kind, the workbook as LibreOffice prints
it, a card as Chromium shows it. Run it when the sheets look different: `.venv/bin/python docs/pictures/draw.py`.

Needs soffice, pdftoppm, pdftotext and chromium; everybody in the pictures is invented.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image, ImageChops
from pydantic import SecretStr

from intake import jobs, logs
from intake.config import Secrets, load
from intake.demo.letters import demo_letters
from intake.demo.many import many_letters
from intake.demo.servers import ImapServer, SmtpServer
from intake.demo.show_case import PASSWORD, USER, settings
from intake.station import open_station

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# What the pictures show as "now": two hours before the deadline of the shipped call.
NOW = datetime(2023, 3, 10, 14, 0, tzinfo=UTC)
APPLICATIONS = 60
DECISIONS = ("відібрано", "перелік очікування", "не відібрано", "відібрано", "")
MAX_HEIGHT = 1000
# The sheets the guide shows, and the names of their pictures.
SHEETS = {
    "Зведення": "summary",
    "Заявки": "applications",
    "Потребують уваги": "attention",
    "Список реєстрації": "attendance",
}
PROGRAMS = ("soffice", "pdftoppm", "pdftotext", "chromium")


def main() -> int:
    """Draw every sheet and one card into this folder; return an exit code."""
    logs.quiet()
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if absent:
        print("absent:", ", ".join(absent))
        return 3
    with tempfile.TemporaryDirectory() as folder:
        workbook = fill(Path(folder))
        draw_sheets(workbook, Path(folder))
        draw_card(min((workbook.parent / "cards").glob("*-001.html")), Path(folder))
    return 0


def fill(folder: Path) -> Path:
    """Run letters through the worker's own code, type some decisions, and return the workbook."""
    config = load(ROOT / "config.toml")
    call = config.calls[0]
    letters = [one for one in demo_letters(call) if one.received_at <= NOW]
    letters += many_letters(call, APPLICATIONS - len(letters) // 2)
    with SmtpServer() as smtp, ImapServer(USER, PASSWORD) as imap:
        for one in sorted(letters, key=lambda one: one.received_at):
            imap.deliver(one.octets, one.received_at)
        here = settings(config, folder, imap.port, smtp.port)
        with open_station(here, Secrets(imap=SecretStr(PASSWORD)), now=lambda: NOW) as station:
            jobs.cycle(station)
            path = here.workbook_path(here.calls[0])
            decide(path)
            jobs.publish(station)
    return path


def decide(path: Path) -> None:
    """Type decisions into the yellow column of «Заявки», as a coordinator would."""
    book = load_workbook(path, rich_text=True)
    sheet = book["Заявки"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Рішення")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column).value = DECISIONS[row % len(DECISIONS)] or None
    book.save(path)


def draw_sheets(workbook: Path, folder: Path) -> None:
    """Print the workbook by LibreOffice and keep the first page of the sheets that the guide shows as a picture."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook))
    pdf = workbook.with_suffix(".pdf")
    pages = run("pdftotext", "-layout", str(pdf), "-").split("\f")
    for name, file in SHEETS.items():
        # The footer's middle is the name of the sheet. Of the totals both pages are shown.
        found = [
            at
            for at, text in enumerate(pages, 1)
            if re.search(rf"  {name}  ", (text.strip().splitlines() or [""])[-1])
        ]
        for count, page in enumerate(found[: 2 if file == "summary" else 1], 1):
            picture = HERE / (file if count == 1 else f"{file}-{count}")
            run(
                "pdftoppm",
                "-png",
                "-r",
                "130",
                "-f",
                f"{page}",
                "-l",
                f"{page}",
                "-singlefile",
                str(pdf),
                str(picture),
            )
            shrink(picture.with_suffix(".png"), MAX_HEIGHT if file == "summary" else MAX_HEIGHT // 2)
            print(picture.with_suffix(".png").name, name)


def draw_card(card: Path, folder: Path) -> None:
    """Open a card in Chromium and keep what it shows."""
    target = HERE / "card.png"
    run(
        "chromium", "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={folder / 'chromium'}",
        "--window-size=1000,1400", f"--screenshot={target}", card.as_uri(),
    )  # fmt: skip
    shrink(target, MAX_HEIGHT)
    print(target.name, card.name)


def shrink(picture: Path, height: int) -> None:
    """Keep 64 colours, no blank margin and no more than fits a screen: the guide is read on phones too."""
    with Image.open(picture) as image:
        plain = image.convert("RGB")
    inked = ImageChops.difference(plain, Image.new("RGB", plain.size, "white")).getbbox()
    left, top, right, bottom = inked or (0, 0, *plain.size)
    plain.crop((left, top, right, min(bottom, top + height))).quantize(64).save(picture, optimize=True)


def run(*command: str) -> str:
    """Run a program to its end and return what it printed."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


if __name__ == "__main__":
    sys.exit(main())
