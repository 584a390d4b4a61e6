"""Cards: one static page for each application, beside the workbook, for eyes and paper. A projection, never read back.

A card is written only when its application's story changed; one that somebody deleted is made again.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from intake.archive import Archive
from intake.cards.card import card
from intake.config import Limits
from intake.database import Engine, reading, writing
from intake.ledger import health
from intake.ledger.cells import fingerprint
from intake.ledger.stories import Story, stamps, stories
from intake.parsing import DEFAULT, parse_file
from intake.workbook.card_names import card_name
from rules.call import Call

# To be counted up when cards change their looks: all of them are then made again.
LAYOUT = "1"
INDEX = ".index.json"
# So many are read from the ledger and written at a time.
_PIECE = 50


@dataclass(frozen=True, slots=True)
class Cards:
    """What one look came to: how many cards there are, and how many were written."""

    there: int
    written: int


def update(
    engine: Engine,
    call: Call,
    folder: Path,
    *,
    archive: Archive,
    attachments: Path,
    now: datetime,
    limits: Limits = DEFAULT,
) -> Cards:
    """Bring the cards of a call up to date. `now` is aware. When nothing changed this costs a few counts and one stat.

    Raises `LedgerTrouble` and `OSError`.
    """
    fact, index_path = f"cards {call.id}", folder / f".{call.id}{INDEX}"
    with reading(engine) as tx:
        ledger = f"{LAYOUT} {call.digest} {fingerprint(tx)}"
        known = health.noted(tx, fact)
        if known is not None and known[0]["ledger"] == ledger and index_path.exists():
            return Cards(known[0]["there"], 0)
        wanted = {number: f"{LAYOUT} {call.digest} {stamp}" for number, stamp in stamps(tx, call.id).items()}
    index = _index(index_path)
    present = {entry.name for entry in os.scandir(folder)} if folder.is_dir() else set()
    due = [
        number
        for number, stamp in wanted.items()
        if index.get(number) != stamp or card_name(number) not in present
    ]
    folder.mkdir(parents=True, exist_ok=True)
    attached = quote(
        Path(os.path.relpath(attachments.absolute(), folder.absolute())).as_posix(), safe="/.-_~"
    )
    for start in range(0, len(due), _PIECE):
        with reading(engine) as tx:
            told = stories(tx, due[start : start + _PIECE])
        for story in told:
            number = story.application["number"]
            page = card(call, story, _texts(story, archive, limits), attached=attached)
            _replace(folder / card_name(number), page.encode("utf-8", "replace"))
            index[number] = wanted[number]
    _replace(index_path, json.dumps(index, ensure_ascii=False, indent=0).encode())
    with writing(engine) as tx:
        health.note(tx, fact, {"ledger": ledger, "there": len(wanted)}, now)
    return Cards(len(wanted), len(due))


def _index(path: Path) -> dict[str, str]:
    """Return number → stamp of the cards as they were last written; nothing when the file is lost or torn."""
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return index if isinstance(index, dict) else {}


def _texts(story: Story, archive: Archive, limits: Limits) -> dict[str, str]:
    texts = {}
    for letter in story.letters:
        path = archive.path(letter["digest"])
        if path.is_file():
            texts[letter["digest"]] = parse_file(path, digest=letter["digest"], limits=limits).text
    return texts


def _replace(path: Path, content: bytes) -> None:
    # A card can be made again at any time: it must be whole, but need not be durable.
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
