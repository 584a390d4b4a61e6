"""The text leaves of a letter as they are met on the walk: decoded, and kept with where they stood. Nothing is chosen here."""

from intake.parsing.body import TextPart, meta_charset
from intake.parsing.charset import decode, standard_name
from intake.parsing.kinds import BODY_TYPES, FALLBACK, TEXT_KINDS, TEXT_OCTETS, Place, at_position
from intake.parsing.parameters import Parameterised
from intake.parsing.words import Notes


class Texts:
    """Collects the texts of one letter, in its order; what had to be guessed goes into the notes."""

    def __init__(self, notes: Notes, hint: str | None) -> None:
        self.parts: list[TextPart] = []
        self._notes = notes
        self._hint = hint

    def body(self, place: Place, octets: bytes, kind: str, declared: Parameterised) -> None:
        """Keep a leaf that is the letter's own wording, of media type `kind`."""
        if len(octets) > TEXT_OCTETS:
            self._notes.add(at_position("limit_text", place.position))
        subtype = (
            "html" if kind == "text/html" else "plain" if kind == "text/plain" else kind.partition("/")[2]
        )
        text = self._decoded(place, octets[:TEXT_OCTETS], kind, declared)
        self.parts.append(TextPart(place.position, subtype, text, place.alternative, place.level))

    def named(self, place: Place, octets: bytes, kind: str, declared: Parameterised) -> None:
        """Keep a text that was given the name of a file: it serves when there is no other."""
        text = self._decoded(place, octets[:TEXT_OCTETS], kind, declared)
        self.parts.append(TextPart(place.position, kind[5:], text, "", place.level + FALLBACK))

    def enveloped(self, place: Place, octets: bytes, subtype: str, charset: str) -> None:
        """Keep the text of an envelope: it serves when there is no other."""
        text = decode(octets[:TEXT_OCTETS], charset, hint=self._hint).text
        self.parts.append(TextPart(place.position, subtype, text, "", place.level + FALLBACK))

    def _decoded(self, place: Place, octets: bytes, kind: str, declared: Parameterised) -> str:
        charset = declared.text("charset")
        if kind == "text/html" and not octets.isascii() and (meta := meta_charset(octets)):
            charset = charset or meta
        decoded = decode(octets, charset, hint=self._hint)
        if decoded.guessed:
            self._notes.add(f"charset_guessed:{place.position}:{standard_name(decoded.charset)}")
        return decoded.text


def is_body(kind: str, name: str | None, disposition: Parameterised, found: str) -> bool:
    """Return whether a leaf is the letter's own wording rather than a file."""
    if name is not None or disposition.value == "attachment":
        return False
    if kind in BODY_TYPES:
        return found in TEXT_KINDS
    return kind == "" and found in {"txt", "html"}
