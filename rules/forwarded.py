"""Letters that only pass another one on: a cover line, and below it the letter of somebody else, not attached but copied.

Pure text. A quotation in an answer is never taken for a forwarded letter: that one is ours, or was answered already.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.quotation import newest
from rules.table import Block, Table, text_of

# «Надсилаємо заявку громади, прохання розглянути» is a cover; a page of one's own words is a letter.
_COVER = 400
# What forwarding mail programs write before the subject (Re is what answering ones write).
_SUBJECT = re.compile(
    r"^\s*(?:\[[^\[\]]{1,30}\]\s*)*(?:fwd?|fw|wg|tr|enc|rv|vs|пересл\w*|перес|перенаправлено|пересилання|переадрес\w*|пре|препр|препратено)\.?"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*:",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"^[ \t>*]*(?:[-–—_=]{2,}\s*)?(?:begin\s+)?(?:forwarded\s+message|переслане\s+повідомлення|пересилане\s+повідомлення|пересланий\s+лист"
    r"|пересланное\s+сообщение|пересылаемое\s+сообщение|початок\s+(?:переадресованого|пересланого)\s+повідомлення"
    r"|начало\s+(?:переадресованного|пересланного)\s+сообщения|препратено\s+съобщение|начало\s+на\s+препратеното\s+съобщение)"
    r"\s*:?\s*(?:[-–—_=]{2,}\s*)?$",
    re.IGNORECASE | re.MULTILINE,
)
# Between the cover and the copied letter some write only that the latter is the original, or draw a line.
_ORIGINAL = re.compile(
    r"^[ \t>*]*(?:-{2,}\s*(?:original\s+message|оригінальне\s+повідомлення|вихідне\s+повідомлення|исходное\s+сообщение"
    r"|оригинално\s+съобщение)\s*-{2,}|_{20,}|-{20,})\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_NAMES = (
    r"from|sent|date|to|cc|subject|reply-to|від|від кого|надіслано|відправлено|дата|кому|копія|тема|от|от кого|отправлено|копия"
    r"|изпратено|до|относно|копие"
)
_HEADER = re.compile(rf"^[ \t>*]*(?:{_NAMES})\s*:\*?[ \t]*(.*)$", re.IGNORECASE)
_SENDER = re.compile(r"^[ \t>*]*(?:from|від|від кого|от|от кого)\s*:", re.IGNORECASE)
_QUOTE = re.compile(r"^[ \t]*>[ \t]?")
# A copied header has at least a sender and one field more; nobody's has more lines than this, folded ones counted.
_FIELDS = 2
# No letter with a form in it is longer.
_LONGEST = 100_000
# Letters passed on and on; what lies deeper is read with what lies above it.
_DEEPEST = 8
_LINES = 14


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A letter copied into another: the lines of its header as they stand there, and its text without quotations.

    The text may be empty where the letter is all markup.
    """

    header: str
    text: str

    def written_by(self, addresses: Iterable[str]) -> bool:
        """Whether its header names one of the addr-specs as the sender: then it is a letter of ours that comes back."""
        senders = " ".join(line.lower() for line in self.header.split("\n") if _SENDER.match(line))
        return any(address.strip().lower() in senders for address in addresses if address.strip())


def forwarded(text: str, subject: str) -> Forwarded | None:
    """Return the letter that `text` passes on, or None when it passes none on, or says much itself.

    `subject` is that of the letter which passes it on: a forwarding mail program says so there or above the copy.
    """
    return _forwarded(text[:_LONGEST], subject, _DEEPEST)


def _forwarded(text: str, subject: str, depth: int) -> Forwarded | None:
    begin = _MARK.search(text)
    if begin is None and not _SUBJECT.match(subject):
        return None
    lines = text.split("\n")
    at = text.count("\n", 0, begin.start()) if begin else _first_header(lines)
    if at is None or len("".join(lines[:at]).strip()) > _COVER:
        return None
    return _copied(lines[at:], depth)


def below_header(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks of a passed-on letter's markup without what stands above and in its copied header.

    The date in that header is no date of a form.
    """
    found = False
    for number, block in enumerate(blocks):
        # Thunderbird sets the copied header as a table.
        lines = [line for line in text_of(block).split("\n") if line.strip()]
        fields = sum(bool(_HEADER.match(line)) for line in lines)
        begins = any(_SENDER.match(line) for line in lines)
        if not found and (not begins or (isinstance(block, Table) and fields < len(lines))):
            continue
        if found and fields < len(lines):
            return tuple(blocks[number:])
        found = True
    return tuple(blocks)


def _first_header(lines: list[str]) -> int | None:
    """Return the line at which a copied header, or what stands above it, begins."""
    for number, line in enumerate(lines):
        if (
            _SENDER.match(line)
            and sum(bool(_HEADER.match(other)) for other in lines[number : number + 6]) > _FIELDS - 1
        ):
            above = number - 1
            while above >= 0 and (not lines[above].strip() or _ORIGINAL.match(lines[above])):
                above -= 1
            return above + 1
    return None


def _copied(lines: list[str], depth: int) -> Forwarded | None:
    marked = sum(bool(_QUOTE.match(line)) for line in lines if line.strip()) * 2 > len(
        [line for line in lines if line.strip()]
    )
    if marked:
        lines = [_QUOTE.sub("", line) for line in lines]
    header: list[str] = []
    body = 0
    for number, line in enumerate(lines[:_LINES]):
        if _HEADER.match(line):
            header.append(line)
            body = number + 1
        elif not line.strip() and header:
            # Blank lines stand below the header; one within it is passed over when fields follow.
            if not any(_HEADER.match(other) for other in lines[number + 1 : number + 2]):
                break
        elif _MARK.match(line) or _ORIGINAL.match(line):
            body = number + 1
        elif header and len(header) >= _FIELDS and line.strip() and number == body:
            # The folded rest of a long list of recipients, or the letter itself.
            if not line[:1].isspace():
                break
            body = number + 1
    rest = "\n".join(lines[body:]).strip("\n")
    within = _forwarded(rest, "", depth - 1) if depth and _MARK.search(rest) else None
    if within is not None:
        return Forwarded("\n".join([*header, within.header]), within.text)
    copied = newest(rest) or rest.strip()
    return Forwarded("\n".join(header), copied) if copied or len(header) >= _FIELDS else None
