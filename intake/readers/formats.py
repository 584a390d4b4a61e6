"""Which reader a type of file goes to, by the type's short name in `intake.sniff`.

To add a format, write its file and add its line here. A reader is loaded when the first file of its kind comes: a worker
process that meets Word files only starts several times faster than one that loads them all.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from intake.readers.containers import Contents
from intake.readers.guard import Refused
from rules.table import Reading

# octets, their SHA-256 -> what the file says; `guard.Refused` for what will not be read
Document = Callable[[bytes, str], Reading]
# octets, their SHA-256, when to stop by `time.monotonic()` -> a draft of what its pictures say; `guard.Refused` likewise
Scan = Callable[[bytes, str, float], Reading]
# octets -> what the file holds; `guard.Refused` likewise
Container = Callable[[bytes], Contents]


def _late(module: str, function: str) -> Callable[..., Any]:
    """Return the function of a reader's module, which is imported when it is first called."""

    def reader(*given: Any) -> Any:
        return getattr(import_module(f"intake.readers.{module}"), function)(*given)

    return reader


DOCUMENTS: tuple[tuple[tuple[str, ...], Document], ...] = (
    (("docx", "docm", "dotx"), _late("docx", "read")),
    (("odt",), _late("odt", "read")),
    (("xlsx", "xlsm"), _late("xlsx", "read")),
    (("html",), _late("html", "read")),
    (("txt",), _late("text", "read")),
    (("pdf",), _late("pdf", "read")),
    (("doc",), _late("office", "read_doc")),
    (("rtf",), _late("office", "read_rtf")),
    (("xls",), _late("office", "read_xls")),
    (("ods",), _late("office", "read_ods")),
)
# Those that are rewritten at once when an archive holds several of them: kinds, and what does it.
TOGETHER = (("doc", "rtf", "xls", "ods"), _late("office", "ahead"))
CONTAINERS: tuple[tuple[tuple[str, ...], Container], ...] = (
    (("zip",), _late("containers", "open_archive")),
    (("asice",), _late("containers", "open_asic")),
    (("p7s",), _late("containers", "open_cms")),
    (("7z",), _late("archives", "open_7z")),
    (("rar",), _late("archives", "open_rar")),
)
# What may be nothing but pictures, and is read as such when nothing else in a letter is the form.
SCANS: tuple[tuple[tuple[str, ...], Scan], ...] = (
    (("png", "jpg", "gif", "tiff", "bmp", "webp", "heic"), _late("ocr", "read_picture")),
    (("pdf",), _late("ocr", "read_pdf")),
    (("docx", "docm", "dotx", "odt"), _late("ocr", "read_package")),
)
# Types that hold no form text whoever reads them, with the reason told.
NOT_FORMS = (
    (("png", "jpg", "gif", "tiff", "bmp", "webp", "heic", "svg", "djvu"), "picture"),
    (("p7m",), "signature"),
    (("mp4", "ics", "vcf", "applefile", "exe"), "not_text"),
)


def document(kind: str) -> Document | None:
    """Return the function that reads a type, or None when there is none."""
    return next((read for kinds, read in DOCUMENTS if kind in kinds), None)


def prepare(files: Sequence[tuple[str, bytes]]) -> None:
    """Do for several files (kind, octets) at once what is cheaper at once."""
    kinds, together = TOGETHER
    of_them = [(kind, content) for kind, content in files if kind in kinds]
    if len(of_them) > 1:
        together(of_them)


def scan(kind: str) -> Scan | None:
    """Return the function that reads a type's pictures, or None when it has none."""
    return next((read for kinds, read in SCANS if kind in kinds), None)


def container(kind: str) -> Container | None:
    """Return the function that opens a type of container, or None when it is none."""
    return next((take_out for kinds, take_out in CONTAINERS if kind in kinds), None)


def refusal(kind: str) -> Refused:
    """Return why a type without a reader is not read."""
    for kinds, reason in NOT_FORMS:
        if kind in kinds:
            return Refused(reason, "not_a_form")
    if kind == "encrypted-office":
        return Refused("password")
    return Refused("empty" if kind == "empty" else "format")
