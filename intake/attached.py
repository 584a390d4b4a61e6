"""Attached files as files, for the coordinators' links. Names are ours and ASCII; the applicant's name is shown, never used."""

import mimetypes
from pathlib import Path

from intake.archive import keep_file
from rules.letter import Attachment, Letter


def folder_of(digest: str) -> str:
    """Return the name of the folder that holds the files of a letter."""
    return digest[:16]


def file_name(position: int, attachment: Attachment) -> str:
    """Return an ASCII name: the count from 01 and an ending by the sniffed type, `.bin` when there is none."""
    ending = mimetypes.guess_extension(attachment.type) or ".bin"
    return f"{position:02d}{ending}"


def keep_attached(folder: Path, letter: Letter) -> None:
    """Write the files of a letter below `folder`; what is there already stays. Raises `ArchiveTrouble`."""
    for position, attachment in enumerate(letter.attachments, start=1):
        keep_file(folder / folder_of(letter.digest), file_name(position, attachment), attachment.content)
