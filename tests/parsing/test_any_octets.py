"""parse returns a letter for any octets: random ones, and every species of the museum cut, mixed and damaged."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.parsing import newest_text, parse
from rules.automatic import answerable, automatic
from rules.letter import Letter

LETTERS = Path(__file__).parent.parent / "letters"
SPECIES = [path.read_bytes() for path in sorted(LETTERS.glob("*.eml"))]
# What a damaged letter is made of: the pieces that mean something to a parser.
TOKENS = st.sampled_from(
    (
        b"\r\n", b"\r\n\r\n", b"\n--=_b1\n", b"--=_b1--", b"\0", b"\r", b"=?utf-8?B?", b"?=", b"<", b">", b'"', b"(", b";", b"=",
        b"Content-Type: multipart/mixed; boundary=\"=_b1\"\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"begin 644 a\r\n",
        b"\xff\xfe", b"\xef\xbb\xbf", b"filename*0*=", b"charset=utf-16\r\n", b"charset=idna\r\n", b"\xd0", b"Date: ", b"Received: ",
        b"Subject :", b"\xed\xa0\x80", b"\x78\x9f\x3e\x22", b"\x30\x80",
    )
)  # fmt: skip
PIECES = st.one_of(TOKENS, st.binary(max_size=30))
BOUNDED = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def check(read: Letter) -> None:
    """Assert what holds of every letter: text that can be written, names that are only names."""
    shown = (
        read.subject,
        read.text,
        newest_text(read.text),
        read.content_type,
        *(value for _, value in read.headers),
        *(item.name or "" for item in read.attachments),
        *(item.label for item in read.attachments),
        *((read.from_.name, read.from_.address) if read.from_ else ()),
    )
    for text in shown:
        text.encode("utf-8")
    assert all(code.isascii() and code.isprintable() for code in read.defects)
    for item in read.attachments:
        assert item.size == len(item.content)
        assert item.name != ""
        assert not set(item.name or "") & {"/", "\\", "\x00", "\n", "\r", "\u202e"}
    assert read.date is None or read.date.utcoffset() is not None
    answerable(automatic(read, ("zayavky@fond.example.org",)))


@BOUNDED
@given(st.binary(max_size=600))
def test_any_octets(octets: bytes) -> None:
    check(parse(octets))


@BOUNDED
@given(st.lists(PIECES, max_size=25).map(b"".join))
def test_any_sequence_of_meaningful_pieces(octets: bytes) -> None:
    check(parse(octets))


@BOUNDED
@given(
    st.integers(0, len(SPECIES) - 1),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES), max_size=6),
    st.floats(0.05, 1),
)
def test_any_damaged_letter(number: int, wounds: list[tuple[float, int, bytes]], kept: float) -> None:
    octets = SPECIES[number]
    for where, lost, put in wounds:
        at = int(where * len(octets))
        octets = octets[:at] + put + octets[at + lost :]
    check(parse(octets[: int(kept * len(octets)) + 1]))


def test_the_same_octets_give_the_same_letter() -> None:
    assert [parse(octets) for octets in SPECIES[:40]] == [parse(octets) for octets in SPECIES[:40]]
