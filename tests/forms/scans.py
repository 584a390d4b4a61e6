"""Forms on paper: pages drawn with a font of the system, then scanned or photographed badly. Tests only."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from tests.require import absent

# Debian's `fonts-dejavu-core`: it has Cyrillic letters and boxes to tick.
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
DPI = 200
Row = tuple[str, ...]


def font(points: float = 11) -> ImageFont.FreeTypeFont:
    """Return the font; without it skip the test, or fail in CI."""
    if not FONT.is_file():
        absent(f"{FONT} is not installed (apt: fonts-dejavu-core)")
    return ImageFont.truetype(str(FONT), round(points * DPI / 72))


def sheet(
    rows: Sequence[Row],
    *,
    title: str = "ЗАЯВКА на участь у Мережі",
    columns: Sequence[float] = (0.1, 0.48, 0.94),
    ruled: bool = True,
    inches: tuple[float, float] = (8.27, 11.69),
) -> Image.Image:
    """Return a page with a table; `columns` are its lines in widths of the page. A row of one cell spans them all."""
    page = Image.new("L", (round(inches[0] * DPI), round(inches[1] * DPI)), 255)
    draw = ImageDraw.Draw(page)
    letters = font()
    high = round(letters.size * 1.25)
    xs = [round(column * page.width) for column in columns]
    y = round(0.6 * DPI)
    draw.text((xs[0], y), title, 0, letters)
    y += 2 * high
    for row in rows:
        sides = xs if len(row) > 1 else [xs[0], xs[-1]]
        texts = [
            _wrapped(text, right - left - 26, letters)
            for text, left, right in zip(row, sides, sides[1:], strict=False)
        ]
        bottom = y + max(len(lines) for lines in texts) * high + 14
        for lines, left, right in zip(texts, sides, sides[1:], strict=False):
            for at, line in enumerate(lines):
                draw.text((left + 13, y + 7 + at * high), line, 0, letters)
            if ruled:
                draw.rectangle((left, y, right, bottom), outline=0, width=2)
        y = bottom
    return page


def _wrapped(text: str, room: float, letters: ImageFont.FreeTypeFont) -> list[str]:
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".strip()
            if line and letters.getlength(longer) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def scanned(page: Image.Image, degrees: float = 0.0) -> Image.Image:
    """Return a page as a scanner gives it: grey paper with grain, a little skewed."""
    grey = page.point(lambda level: 40 + level * 195 // 255)
    grey = grey.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=235)
    return ImageChops.add(grey, Image.effect_noise(grey.size, 10), 1, -128)


def black_and_white(page: Image.Image, level: int) -> Image.Image:
    """Return a page as an old scanner gives it: 150 dots an inch, of one bit; dark and full of specks by a high `level`."""
    coarse = page.rotate(0.4, Image.Resampling.BICUBIC, fillcolor=255).resize(
        (page.width * 150 // DPI, page.height * 150 // DPI), Image.Resampling.LANCZOS
    )
    coarse = coarse.filter(ImageFilter.GaussianBlur(0.6))
    grainy = ImageChops.add(coarse, Image.effect_noise(coarse.size, 25), 1, -128)
    return grainy.point(lambda tone: 255 if tone > level else 0).convert("1")


def photographed(page: Image.Image) -> Image.Image:
    """Return a page as a telephone sees it on a desk: from aside, unevenly lit, a little out of focus."""
    width, height = page.size
    wide, tall = round(width * 1.15), round(height * 1.12)
    corners = [(0.06, 0.05), (0.91, 0.03), (0.95, 0.96), (0.04, 0.93)]
    points = [(x * wide, y * tall) for x, y in corners]
    back = _projection(points, [(0, 0), (width, 0), (width, height), (0, height)])
    size = (wide, tall)
    paper = page.transform(size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC, fillcolor=255)
    there = Image.new("L", page.size, 255).transform(size, Image.Transform.PERSPECTIVE, back, fillcolor=0)
    desk = Image.composite(paper, Image.new("L", size, 70), there)
    light = Image.linear_gradient("L").rotate(20).resize(size).point(lambda level: 255 - level // 3)
    lit = ImageChops.multiply(desk, light).filter(ImageFilter.GaussianBlur(0.7))
    return ImageChops.add(lit, Image.effect_noise(size, 8), 1, -128)


def _projection(
    seen: Sequence[tuple[float, float]], flat: Sequence[tuple[float, float]]
) -> tuple[float, ...]:
    """Return the coefficients by which Pillow finds what is at a point of the picture on the flat page."""
    rows = []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    # Gauss and Jordan, with the largest pivot.
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at and not math.isclose(rows[other][at], 0, abs_tol=1e-15):
                rows[other] = [
                    mine - rows[other][at] * its for mine, its in zip(rows[other], rows[at], strict=True)
                ]
    return tuple(row[8] for row in rows)


def jpeg(page: Image.Image, quality: int = 70) -> bytes:
    """Return a page as a JPEG."""
    return saved(page, "JPEG", quality=quality)


def pdf(*pages: Image.Image) -> bytes:
    """Return pages as the PDF of pictures a scanner makes."""
    return saved(pages[0], "PDF", save_all=True, append_images=list(pages[1:]), resolution=DPI)


def saved(page: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    page.save(out, kind, **options)
    return out.getvalue()
