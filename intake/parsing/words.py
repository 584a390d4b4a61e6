"""Encoded words (RFC 2047) as mailers really write them: cut in mid-character, glued, quoted, unterminated, with blanks inside, of unknown charset. Takes a raw header body, gives one line of text; control characters never come out."""

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass, field

from intake.parsing.charset import Decoded, decode, standard_name

# charset ? encoding ? text. B text may be folded; Q text may hold blanks and question marks, against the rule, but never "=?":
# so every search ends at the next word and the whole is linear.
_WORD = re.compile(
    r"=\?([^?\s=]{1,60})\?(?:[bB]\?([A-Za-z0-9+/=_\-\s]*)|[qQ]\?((?:[^?=]|\?(?!=)|=(?!\?))*))\?="
    # A word that lost its end, as the last thing in the field.
    r"|=\?([^?\s=]{1,60})\?[bB]\?([A-Za-z0-9+/\s]{4,}=*)\??\s*$"
)
_MARK = re.compile("[\u0300-\u036f]")
_RUN = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
# Longer runs without a blank are no words; composing marks costs the square of their number.
_RUN_LENGTH = 400
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_Q = re.compile(rb"=([0-9A-Fa-f]{2})")
# One field may hold this many words; beyond that the rest stays as it is.
WORDS = 4000


@dataclass(slots=True)
class Notes:
    """What had to be guessed or mended while a letter was read; each code once, in order."""

    codes: dict[str, None] = field(default_factory=dict)

    def add(self, code: str) -> None:
        """Note a defect code."""
        self.codes[code] = None


def decode_raw(body: bytes, where: str, notes: Notes, hint: str | None = None) -> str:
    """Return a header body as text with its encoded words still encoded: raw 8-bit octets are UTF-8 or guessed."""
    if body.isascii():
        return body.decode("ascii")
    decoded = decode(body, "utf-8", hint=hint)
    _note(decoded, where, notes)
    return decoded.text


def decode_field(body: bytes, where: str, notes: Notes, hint: str | None = None) -> str:
    """Return an unstructured header body (RFC 5322, 2.2.1) as one line of NFC text, encoded words decoded."""
    return one_line(decode_words(decode_raw(body, where, notes, hint), where, notes, hint))


def one_line(text: str) -> str:
    """Return text in NFC on one line: runs of control characters become one blank, ends are stripped."""
    return compose(_CONTROLS.sub(" ", text)).strip()


def compose(text: str) -> str:
    """Return text with decomposed letters composed (NFC), as far as the marks of our languages go."""
    if not _MARK.search(text):
        return text
    return _RUN.sub(
        lambda run: unicodedata.normalize("NFC", run[0]) if len(run[0]) <= _RUN_LENGTH else run[0], text
    )


def has_words(text: str) -> bool:
    """Return whether text holds something that looks like an encoded word."""
    return "=?" in text and _WORD.search(text) is not None


def decode_words(text: str, where: str, notes: Notes, hint: str | None = None) -> str:
    """Return `text` with its encoded words decoded; white space between two words goes (RFC 2047, 6.2).

    Neighbours of the same charset are joined as octets first, because mailers cut words in mid-character. A text that
    decodes to one more encoded word (encoded twice) is decoded once more.
    """
    if "=?" not in text:
        return text
    once = _decode_once(text, where, notes, hint)
    if once != text and _WORD.fullmatch(once.strip()):
        notes.add(f"encoded_twice:{where}")
        return _decode_once(once, where, notes, hint)
    return once


def _decode_once(text: str, where: str, notes: Notes, hint: str | None) -> str:
    pieces: list[str] = []
    octets, charset, at = bytearray(), "", 0
    for count, word in enumerate(_WORD.finditer(text)):
        if count >= WORDS:
            notes.add(f"limit_words:{where}")
            break
        between = text[at : word.start()]
        named = (word[1] or word[4]).partition("*")[0].lower()
        if octets and (between.strip() or named != charset):
            pieces.append(_text(bytes(octets), charset, where, notes, hint))
            octets.clear()
        if between.strip() or not count:
            pieces.append(between)
        charset = named
        octets += _octets(word, where, notes)
        at = word.end()
    if octets:
        pieces.append(_text(bytes(octets), charset, where, notes, hint))
    pieces.append(text[at:])
    return "".join(pieces)


def _octets(word: re.Match[str], where: str, notes: Notes) -> bytes:
    """Return the octets one word stands for; base64 is taken as far as it goes."""
    if word[3] is not None:
        quoted = word[3].replace("_", " ").encode("utf-8", "surrogateescape")
        return _Q.sub(lambda hexa: bytes((int(hexa[1], 16),)), quoted)
    if word[4]:
        notes.add(f"encoded_word_cut:{where}")
    bare = re.sub(r"[^A-Za-z0-9+/]", "", (word[2] or word[5] or "").replace("-", "+").replace("_", "/"))
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        # One character alone in the last group carries no octet.
        notes.add(f"bad_encoded_word:{where}")
        return base64.b64decode(bare[: len(bare) // 4 * 4])


def _text(octets: bytes, charset: str, where: str, notes: Notes, hint: str | None) -> str:
    decoded = decode(octets, charset, hint=hint)
    _note(decoded, where, notes)
    return decoded.text


def _note(decoded: Decoded, where: str, notes: Notes) -> None:
    if decoded.guessed and decoded.charset != "utf-8":
        notes.add(f"charset_guessed:{where}:{standard_name(decoded.charset)}")
    elif decoded.guessed:
        notes.add(f"charset_wrong:{where}")
