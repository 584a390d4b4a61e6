"""Cards: one static page for each application, beside the workbook, for eyes and paper. A projection, never read back.

A letter that belongs to no application has a page of its own: of ours every one, so that everything sent can be read; of
those that came each that waits for a person. A page is written only when its story changed; one that somebody deleted is
made again.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from intake.archive import Archive
from intake.cards.card import card
from intake.cards.letter import letter_page, received_page
from intake.cards.told import Beside
from intake.config import Limits
from intake.database import Engine, reading, writing
from intake.ledger import health
from intake.ledger.cells import fingerprint
from intake.ledger.stories import Facts, answer_stamps, answers, received, received_stamps, stamps, stories
from intake.parsing import DEFAULT, parse_file
from intake.workbook.card_names import card_name, letter_page_name, reply_page_name
from rules.call import Call

# To be counted up when cards change their looks: all of them are then made again.
LAYOUT = "3"
INDEX = ".index.json"
# So many are read from the ledger and written at a time.
_PIECE = 50


@dataclass(frozen=True, slots=True)
class Cards:
    """What one look came to: how many pages there are, cards and letters, and how many were written."""

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
        told = (stamps(tx, call.id), answer_stamps(tx, call.id), received_stamps(tx, call.id))
    numbers, message_ids, digests = ({one: f"{LAYOUT} {call.digest} {of[one]}" for one in of} for of in told)
    names = {number: card_name(number) for number in numbers}
    names |= {message_id: reply_page_name(message_id) for message_id in message_ids}
    names |= {digest: letter_page_name(digest) for digest in digests}
    index = _index(index_path)
    present = {entry.name for entry in os.scandir(folder)} if folder.is_dir() else set()
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(os.path.relpath(attachments.absolute(), folder.absolute())).as_posix()
    beside = Beside(quote(path, safe="/.-_~"), attachments)

    def due(wanted: Mapping[str, str]) -> list[str]:
        return [one for one, stamp in wanted.items() if index.get(one) != stamp or names[one] not in present]

    written = 0
    for wanted, pages in ((numbers, _cards), (message_ids, _letters), (digests, _received)):
        late = due(wanted)
        for start in range(0, len(late), _PIECE):
            piece = late[start : start + _PIECE]
            for one, page in pages(engine, call, piece, _Texts(archive, limits), beside):
                _replace(folder / names[one], page.encode("utf-8", "replace"))
                index[one] = wanted[one]
                written += 1
    _replace(index_path, json.dumps(index, ensure_ascii=False, indent=0).encode())
    with writing(engine) as tx:
        health.note(tx, fact, {"ledger": ledger, "there": len(names)}, now)
    return Cards(len(names), written)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The readable bodies of letters, as far as the archive has them."""

    archive: Archive
    limits: Limits

    def of(self, letter: Facts) -> str | None:
        path = self.archive.path(letter["digest"])
        return parse_file(path, digest=letter["digest"], limits=self.limits).text if path.is_file() else None


def _cards(
    engine: Engine, call: Call, numbers: Sequence[str], texts: _Texts, beside: Beside
) -> Iterator[tuple[str, str]]:
    """Yield number and card of some applications."""
    with reading(engine) as tx:
        told = stories(tx, numbers)
    for story in told:
        found = {letter["digest"]: texts.of(letter) for letter in story.letters}
        at_hand = {digest: text for digest, text in found.items() if text is not None}
        yield story.application["number"], card(call, story, at_hand, beside=beside)


def _letters(
    engine: Engine, call: Call, message_ids: Sequence[str], texts: _Texts, beside: Beside
) -> Iterator[tuple[str, str]]:
    """Yield Message-ID and page of some letters of ours that belong to no application."""
    with reading(engine) as tx:
        told = answers(tx, message_ids)
    for answer in told:
        text = texts.of(answer.letter) if answer.letter is not None else None
        yield answer.reply["message_id"], letter_page(call, answer, text, beside=beside)


def _received(
    engine: Engine, call: Call, digests: Sequence[str], texts: _Texts, beside: Beside
) -> Iterator[tuple[str, str]]:
    """Yield digest and page of some letters that came and belong to no application."""
    with reading(engine) as tx:
        told = received(tx, digests)
    for one in told:
        yield one.letter["digest"], received_page(call, one, texts.of(one.letter), beside=beside)


def _index(path: Path) -> dict[str, str]:
    """Return number, Message-ID or digest → stamp of the pages as they were last written; nothing when the file is lost or torn."""
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return index if isinstance(index, dict) else {}


def _replace(path: Path, content: bytes) -> None:
    # A card can be made again at any time: it must be whole, but need not be durable.
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
