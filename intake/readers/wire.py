"""Readings as JSON, and frames on a pipe: how worker and parent talk.

What comes from a worker is data that a hostile file may have shaped, so it is rebuilt field by field;
anything unexpected is a ValueError. Never pickle.
"""

import json
import struct
from base64 import b64decode, b64encode
from typing import Any

from rules.table import Block, Cell, Para, Reading, Table

HEADER = struct.Struct(">I")
# A reading larger than this is no form, whatever else it is; the parent must not pay for it.
MAX_FRAME = 8 * 1024 * 1024
JPEG = b"\xff\xd8\xff"
MAX_PICTURE = 512 * 1024
_STATUSES = ("read", "not_a_form", "unreadable")


def frame(message: object) -> bytes:
    """Return a JSON message with its length in front."""
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return HEADER.pack(len(data)) + data


def encode(reading: Reading) -> dict[str, Any]:
    """Return a reading as JSON values."""
    return {
        "sha256": reading.sha256,
        "status": reading.status,
        "reader": reading.reader,
        "reason": reading.reason,
        "container": reading.container,
        "signers": list(reading.signers),
        "draft": reading.draft,
        "pages": [b64encode(page).decode("ascii") for page in reading.pages],
        "blocks": [_encode_block(block) for block in reading.blocks],
        "members": [encode(member) for member in reading.members],
    }


def decode(message: object) -> Reading:
    """Return the reading a message holds; raise ValueError when it holds none."""
    if not isinstance(message, dict):
        raise ValueError("not an object")  # noqa: TRY004 - every fault of a message is one kind of error
    status = message.get("status")
    if status not in _STATUSES:
        raise ValueError("unknown status")
    return Reading(
        sha256=_text(message.get("sha256")),
        status=status,
        reader=_text(message.get("reader")),
        reason=_text(message.get("reason")),
        container=_text(message.get("container")),
        blocks=tuple(_decode_block(block) for block in _list(message.get("blocks"))),
        signers=tuple(_text(name) for name in _list(message.get("signers"))),
        draft=message.get("draft") is True,
        pages=tuple(_picture(page) for page in _list(message.get("pages", []))),
        members=tuple(decode(member) for member in _list(message.get("members"))),
    )


def _encode_block(block: Block) -> list[Any]:
    if isinstance(block, Para):
        return ["p", block.text, block.where, list(block.marked)]
    rows = [
        [[cell.colspan, cell.continued, [_encode_block(inner) for inner in cell.blocks]] for cell in row]
        for row in block.rows
    ]
    return ["t", block.where, rows]


def _decode_block(item: object) -> Block:
    match item:
        case ["p", str(text), str(where), list(marked)]:
            return Para(text, where, tuple(_text(piece) for piece in marked))
        case ["t", str(where), list(rows)]:
            return Table(tuple(tuple(_decode_cell(cell) for cell in _list(row)) for row in rows), where)
    raise ValueError("not a block")


def _decode_cell(item: object) -> Cell:
    match item:
        case [int(colspan), bool(continued), list(blocks)] if colspan >= 1:
            return Cell(tuple(_decode_block(block) for block in blocks), colspan, continued)
    raise ValueError("not a cell")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004 - every fault of a message is one kind of error
    return value


def _picture(value: object) -> bytes:
    """Return a small picture; whoever shows it has to expect anything behind its beginning."""
    octets = b64decode(_text(value), validate=True)
    if not octets.startswith(JPEG) or len(octets) > MAX_PICTURE:
        raise ValueError("not a small picture")
    return octets


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004 - every fault of a message is one kind of error
    return value
