"""Replies that are only written: each becomes a file that a mail program opens as a letter not yet sent. Nothing is sent here."""

import os
import re
from pathlib import Path

from outbox import store


def write_drafts(engine: store.Database, folder: Path, *, copies: bool = False) -> int:
    """Write the replies of calls in draft mode as .eml files, each once; return how many.

    They open in a mail program as letters not yet sent (`X-Unsent`). A file is complete or not there. With `copies` each
    is also due in the mailbox's drafts folder (`store.copies_due`). Raises `OSError`.
    """
    waiting = store.drafts(engine)
    if waiting:
        folder.mkdir(parents=True, exist_ok=True)
    for draft in waiting:
        token = re.sub(r"\W", "", draft.message_id)[:8]
        name = re.sub(r"[^\w.-]", "-", "_".join(filter(None, (draft.number, draft.template, token))))
        path, part = folder / f"{name}.eml", folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(b"X-Unsent: 1\r\n" + draft.octets)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        store.draft_written(engine, draft.message_id, copy=copies)
    return len(waiting)
