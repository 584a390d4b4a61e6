"""Pictures as grey pages, upright as their camera says: alone, as the pages of a PDF, or inside a document.

Sizes are looked at before a single pixel is unpacked.
"""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # it has none
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    ImageSequence,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from intake.readers.guard import MAX_UNPACKED, Refused, open_zip, read_entry
from intake.readers.ocr_tesseract import Gray
from intake.readers.wire import MAX_PICTURE
from intake.sniff import sniff

# The largest a telephone's camera or a scanner makes; as grey octets, so many bytes.
MAX_PIXELS = 64_000_000
# On less a form cannot be read; logos are smaller.
MIN_SIDE = 560
# Pillow knows a format once its module is loaded; of some it names two.
FORMATS = (
    BmpImagePlugin.BmpImageFile.format,
    BmpImagePlugin.DibImageFile.format,
    GifImagePlugin.GifImageFile.format,
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    TiffImagePlugin.TiffImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
)
HEIF = "HEIF"
# What larger pictures are first brought to: more is not read.
MAX_SIDE = 4000
MIN_OCTETS = 20_000
# What a person is shown of a page, in pixels.
SEEN = (1000, 1500)
_MEDIA = re.compile(r"(?:^|/)(?:media|Pictures)/[^/]+\.(?:png|jpe?g|tiff?|bmp|webp|gif|heic)$", re.IGNORECASE)
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    ZeroDivisionError,
)


def pages(content: bytes) -> Iterator[Gray]:
    """Yield the pages of a picture, most have one.

    Raises `Refused`: `damaged`, `bomb`, `tool` (an iPhone's picture without pillow-heif), or a picture too small to be a form.
    """
    with suppress(ImportError):
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - part of an extra

        register_heif_opener(thumbnails=False)
    formats = [*FORMATS, HEIF] if HEIF in Image.OPEN else [*FORMATS]
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; the limit here is stricter.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=formats) as picture:
                several = picture.format == "TIFF"
                for frame in ImageSequence.Iterator(picture) if several else (picture,):
                    yield _grey(frame)
    except (Image.DecompressionBombError, MemoryError) as error:
        raise Refused("bomb") from error
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise Refused("tool" if sniff(content) == "heic" and HEIF not in formats else "damaged") from error


def pages_of_pdf(content: bytes) -> Iterator[Gray]:
    """Yield the pages of a PDF as they look, each brought to one size however large it says it is. Raises `Refused`: `damaged`."""
    try:
        with pypdfium2.PdfDocument(content) as document:
            for page in document:
                width, height = page.get_size()
                scale = MAX_SIDE * 0.75 / max(width, height, 1)
                yield np.asarray(
                    page.render(scale=scale, grayscale=True, no_smoothtext=False).to_pil().convert("L")
                )
                page.close()
    except pypdfium2.PdfiumError as error:
        raise Refused("damaged") from error


def pages_in_package(content: bytes) -> Iterator[Gray]:
    """Yield the large pictures in a zipped document, in the order of their names. Raises `Refused`."""
    with open_zip(content) as archive:
        entries = [
            entry
            for entry in archive.infolist()
            if _MEDIA.search(entry.filename) and entry.file_size > MIN_OCTETS
        ]
        for entry in sorted(
            entries,
            key=lambda entry: [
                int(part) if part.isdigit() else part for part in re.split(r"(\d+)", entry.filename)
            ],
        ):
            try:
                yield from pages(read_entry(archive, entry, MAX_UNPACKED))
            except Refused as refusal:
                # A drawing no reader knows is passed over for the scan beside it.
                if refusal.reason not in {"damaged", "picture"}:
                    raise


def _grey(frame: Image.Image) -> Gray:
    width, height = frame.size
    if width * height > MAX_PIXELS:
        raise Refused("bomb")
    if min(width, height) < MIN_SIDE:
        raise Refused("picture", "not_a_form")
    # A JPEG can be unpacked at half or quarter size at once.
    frame.draft("L", (MAX_SIDE // 2, MAX_SIDE // 2))
    turned = ImageOps.exif_transpose(frame)
    if turned.mode in {"RGBA", "LA", "P", "PA"}:
        turned = turned.convert("RGBA")
        paper = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(paper, turned)
    grey = turned.convert("L")
    grey.thumbnail((MAX_SIDE, MAX_SIDE))
    return np.array(grey)


def small(page: Gray) -> Iterator[bytes]:
    """Yield a page as a small JPEG for eyes, or nothing when it cannot be made small enough."""
    shown = Image.fromarray(page)
    shown.thumbnail(SEEN)
    octets = io.BytesIO()
    shown.save(octets, "JPEG", quality=60)
    if octets.tell() <= MAX_PICTURE:
        yield octets.getvalue()
