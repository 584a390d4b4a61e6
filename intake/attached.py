"""Attached files as files, for the coordinators' links. Names are ours and ASCII; the applicant's name is shown, never used."""

from pathlib import Path

from intake.archive import keep_file
from rules.letter import Attachment, Letter

# Types (as `intake.sniff` names them) whose names are also the endings under which office programs open them.
OPENED = frozenset({
    "docx", "docm", "dotx", "doc", "odt", "rtf", "xlsx", "xlsm", "xls", "ods", "pdf", "txt", "png", "jpg", "gif", "tiff",
    "bmp", "webp", "heic", "zip", "rar", "7z", "p7s", "asice", "eml", "msg", "ics",
})  # fmt: skip


def folder_of(digest: str) -> str:
    """Return the name of the folder that holds the files of a letter."""
    return digest[:16]


def file_name(position: int, attachment: Attachment) -> str:
    """Return an ASCII name: the count from 01 and the sniffed type as its ending, so that a click opens it.

    What a click would run instead of show (programs, and pages with scripts in them) is called `.bin`.
    """
    ending = attachment.type if attachment.type in OPENED else "bin"
    return f"{position:02d}.{ending}"


def keep_attached(folder: Path, letter: Letter) -> None:
    """Write the files of a letter below `folder`; what is there already stays. Raises `ArchiveTrouble`."""
    for position, attachment in enumerate(letter.attachments, start=1):
        keep_file(folder / folder_of(letter.digest), file_name(position, attachment), attachment.content)
