"""Files that are only the wrapping of other files, opened one like the other: winmail.dat, letters saved by Outlook, opaque S/MIME, AppleSingle. Documents are not opened here, and what cannot be opened is told by a defect, never raised."""

from dataclasses import dataclass

from intake.parsing.charset import decode
from intake.parsing.containers import PKCS7_TYPES, open_apple, open_cms
from intake.parsing.kinds import DEEPEST, Leaf
from intake.parsing.msg import read_msg
from intake.parsing.structure import looks_like_entity
from intake.parsing.tnef import SIGNATURE, Tnef, read_tnef


@dataclass(frozen=True, slots=True)
class Inside:
    """One file in an envelope: its name as UTF-8, perhaps empty, and its content; or `letter`, an envelope in the envelope."""

    name: bytes
    content: bytes
    letter: "Opened | None" = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in an envelope: files, texts (octets, subtype, charset), or one MIME `entity`.

    `via` is "" when what is inside counts as reached like the envelope itself. With a `defect` alone the envelope could
    not be opened and stays a file.
    """

    via: str
    files: tuple[Inside, ...] = ()
    texts: tuple[tuple[bytes, str, str], ...] = ()
    entity: bytes = b""
    defect: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was found inside."""
        return not (self.files or self.texts or self.entity)


def open_envelope(leaf: Leaf, *, budget: int, hint: str | None) -> Opened | None:
    """Return what is in a leaf, at most `budget` octets of it where it is compressed or shared; None when it is no envelope."""
    lower = (leaf.name or "").lower()
    if leaf.octets.startswith(SIGNATURE):
        opened = read_tnef(leaf.octets)
        return _tnef(opened, hint, 0) if opened is not None else Opened("tnef", defect="bad_tnef")
    if leaf.found == "msg" or (leaf.found == "ole" and lower.endswith(".msg")):
        return _msg(leaf.octets, budget)
    if leaf.kind in PKCS7_TYPES or lower.endswith(".p7m"):
        return _cms(leaf.octets, budget)
    if leaf.found == "applefile" and (apple := open_apple(leaf.octets)) is not None:
        return Opened("", (Inside(apple[0] or lower.encode(), apple[1]),))
    return None


def _tnef(opened: Tnef, hint: str | None, depth: int) -> Opened:
    files = []
    for file in opened.files:
        name = decode(file.name, file.charset, hint=hint).text.encode()
        nested = read_tnef(file.content) if file.embedded and depth < DEEPEST else None
        files.append(
            Inside(name, file.content, _tnef(nested, hint, depth + 1) if nested is not None else None)
        )
    texts = tuple(
        (octets, subtype, opened.charset)
        for octets, subtype in ((opened.text, "plain"), (opened.html, "html"))
        if octets
    )
    whole = opened.complete and (files or texts)
    return Opened("tnef", tuple(files), texts, defect="" if whole else "bad_tnef")


def _msg(octets: bytes, budget: int) -> Opened:
    opened = read_msg(octets, budget=budget)
    if opened is None:
        return Opened("msg", defect="bad_msg")
    defect = "" if opened.complete else "bad_msg"
    if not opened.files:
        # A saved letter without files stays the file it is: a person may open it.
        return Opened("msg", defect=defect)
    texts = ((opened.text, "plain", "utf-8"), (opened.html, "html", opened.charset))
    files = tuple(Inside(file.name, file.content) for file in opened.files)
    return Opened("msg", files, tuple(text for text in texts if text[0]), defect=defect)


def _cms(octets: bytes, budget: int) -> Opened | None:
    """Return the entity inside opaque S/MIME; a signed document (no entity) stays an attachment for the readers."""
    opened = open_cms(octets, budget)
    if opened is None:
        return None
    if opened.encrypted:
        return Opened("smime", defect="encrypted")
    return Opened("smime", entity=opened.content) if looks_like_entity(opened.content) else None
