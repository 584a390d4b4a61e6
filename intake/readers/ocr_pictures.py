"""Octets of a picture as grey pages, upright as its camera says.

Sizes are looked at before a single pixel is unpacked.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from cv2.typing import MatLike as Gray
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from intake.readers.guard import Refused

# The largest a telephone's camera or a scanner makes; as grey octets, so many bytes.
MAX_PIXELS = 64_000_000
MIN_SIDE = 300
FORMATS = ("PNG", "JPEG", "MPO", "TIFF", "BMP", "DIB", "WEBP", "GIF", "HEIF")
# What larger pictures are first brought to: more is not read.
MAX_SIDE = 4000
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, OverflowError, ZeroDivisionError)


def pages(content: bytes) -> Iterator[Gray]:
    """Yield the pages of a picture, most have one. Raises `Refused`: `damaged`, `bomb`, or a picture too small to be a form."""
    with suppress(ImportError):
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - part of an extra

        register_heif_opener(thumbnails=False)
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; the limit here is stricter.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                several = picture.format == "TIFF"
                for frame in ImageSequence.Iterator(picture) if several else (picture,):
                    yield _grey(frame)
    except (Image.DecompressionBombError, MemoryError) as error:
        raise Refused("bomb") from error
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise Refused("damaged") from error


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
