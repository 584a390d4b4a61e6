"""Attached files as files, for the coordinators' links. Names are ours and ASCII; the applicant's name is shown, never used."""

from collections.abc import Sequence
from pathlib import Path

from intake.archive import keep_file
from rules.letter import Attachment, Letter
from rules.table import Reading

# Types (as `intake.sniff` names them) whose names are also the endings under which office programs open them.
OPENED = frozenset({
    "docx", "docm", "dotx", "doc", "odt", "rtf", "xlsx", "xlsm", "xls", "ods", "pdf", "txt", "png", "jpg", "gif", "tiff",
    "bmp", "webp", "heic", "zip", "rar", "7z", "p7s", "asice", "eml", "msg", "ics",
})  # fmt: skip

_PICTURES = frozenset({"png", "jpg", "gif", "webp", "bmp"})
_LARGEST_PICTURE = 8 * 1024 * 1024


def folder_of(digest: str) -> str:
    """Return the name of the folder that holds the files of a letter."""
    return digest[:16]


def file_name(position: int, attachment: Attachment) -> str:
    """Return an ASCII name: the count from 01 and the sniffed type as its ending, so that a click opens it.

    What a click would run instead of show (programs, and pages with scripts in them) is called `.bin`.
    """
    ending = attachment.type if attachment.type in OPENED else "bin"
    return f"{position:02d}.{ending}"


def keep_attached(folder: Path, letter: Letter, readings: Sequence[Reading] = ()) -> None:
    """Write the files of a letter below `folder`, and what scans in them look like; what is there already stays.

    `readings` are those of the files, in order. Raises `ArchiveTrouble`.
    """
    own = folder / folder_of(letter.digest)
    for position, attachment in enumerate(letter.attachments, start=1):
        keep_file(own, file_name(position, attachment), attachment.content)
    for position, (attachment, reading) in enumerate(
        zip(letter.attachments, readings, strict=False), start=1
    ):
        if is_shown(attachment.type, len(attachment.content)):
            continue
        pages = (page for leaf in reading.leaves for page in leaf.pages)
        for count, page in enumerate(pages, start=1):
            keep_file(own, f"{position:02d}.{count}.jpg", page)


def is_shown(kind: str, size: int) -> bool:
    """Return whether a browser shows a file of this type and size in octets as the picture it is."""
    return kind in _PICTURES and size <= _LARGEST_PICTURE


def pages_of(folder: Path, digest: str, position: int) -> tuple[str, ...]:
    """Return the names of the pictures of what stands in a file of a letter, page by page."""
    found = (folder / folder_of(digest)).glob(f"{position:02d}.*.jpg")
    return tuple(sorted(one.name for one in found if one.name.split(".")[1].isdigit()))
