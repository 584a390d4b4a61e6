"""What worker and parent say to each other survives the way, and nonsense is refused."""

import json

import pytest

from intake.readers.wire import decode, encode
from rules.table import Cell, Para, Reading, Table


def test_a_reading_survives_the_way() -> None:
    inner = Table(((Cell((Para("а", "p 1", ("а",)),), 2), Cell((), continued=True)),), "table 1")
    reading = Reading(
        "abc", "read", reader="zip", container="x.zip", signers=("Хтось", "Інший"),
        members=(Reading("def", "read", reader="docx", blocks=(Para("😀 текст\n"), Table(((Cell((inner,)),),)))),),
    )  # fmt: skip
    assert decode(json.loads(json.dumps(encode(reading)))) == reading


@pytest.mark.parametrize(
    "message",
    [None, [], {}, {"status": "fine"}, {"sha256": 1, "status": "read"},
     {"sha256": "", "status": "read", "reader": "", "reason": "", "container": "", "signature": "", "blocks": [["x"]], "members": []},
     {"sha256": "", "status": "read", "reader": "", "reason": "", "container": "", "signature": "", "members": [],
      "blocks": [["t", "", [[[0, False, []]]]]]}],
)  # fmt: skip
def test_nonsense_is_refused(message: object) -> None:
    with pytest.raises(ValueError, match=r"not|unknown"):
        decode(message)
