"""Who says what in the text of a letter: the sender's words of today, and the quoted lines they stand under.

Pure text. It never takes a quoted line for the sender's own; where an unmarked quotation begins, the letter ends.
"""

import re
from dataclasses import dataclass

_MARK = re.compile(r"^[ \t]*>[> \t]*")
_SIGNATURE = re.compile(r"^-- ?$")
# "10.03.2023 17:40, Іваненко пише:", "On Fri, 10 Mar 2023, X wrote:", "---- Оригінальне повідомлення ----", in the languages
# of our senders; a line with a time, an address in brackets and a colon at its end is one in any language.
_ATTRIBUTION = re.compile(
    r"^\s*(?:.{0,200}(?:wrote|пише|писав|писала|написал|написала|написав|пишет|написа|schrieb)\s*:\s*"
    r"|(?:ви|вы|you)\s+(?:писали|wrote)\b.{0,80}:\s*"
    r"|.{0,120}\d{1,2}:\d{2}.{0,120}<[^<>\s]{1,120}@[^<>\s]{1,120}>\s*:\s*"
    r"|-{2,}\s*(?:original message|оригінальне повідомлення|вихідне повідомлення|исходное сообщение|пересланное сообщение"
    r"|переслане повідомлення|пересилане повідомлення|forwarded message|оригинално съобщение|препратено съобщение)\s*-{0,}.*"
    r"|_{20,}\s*)$",
    re.IGNORECASE,
)
# Mail programs that break lines at 76 break the attribution too: its first line begins with a day or a date.
_BEGUN = re.compile(
    r"^\s*(?:on\s|на\s|\d{1,2}[.\s]|(?:пн|вт|ср|чт|пт|сб|нд|вс|пон|вів|сер|чет|пят|п.ят|суб|нед|mon|tue|wed|thu|fri|sat|sun)[\w’']*[.,\s])"
    r".{0,200}\d{1,4}",
    re.IGNORECASE,
)
_FIELD = r"from|від|від кого|от|от кого"
_QUOTED_HEADER = re.compile(rf"^\s*\*?(?:{_FIELD})\s*:\*?\s*.*(?:@|<).*$", re.IGNORECASE)
# Outlook shows names without addresses; the next line of its header then says when or to whom.
_QUOTED_NAME = re.compile(rf"^\s*\*?(?:{_FIELD})\s*:\*?\s*\S.*$", re.IGNORECASE)
_NEXT_HEADER = re.compile(
    r"^\s*\*?(?:sent|date|to|subject|надіслано|відправлено|дата|кому|тема|отправлено|изпратено|до|относно)\s*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Some lines the sender wrote, and the quoted lines right above them, without their marks; "" when there are none."""

    said: str
    under: str = ""


def turns(text: str) -> tuple[Turn, ...]:
    """Return what the sender wrote now, piece by piece, in order. Signatures after «-- » are left out."""
    pieces: list[Turn] = []
    said: list[str] = []
    quoted: list[str] = []
    lines = text.split("\n")
    # Whether the sender has said anything, and whether since the last quotation.
    begun = spoken = False
    for number, line in enumerate(lines):
        if _SIGNATURE.match(line):
            break
        if _MARK.match(line):
            if spoken and any(one.strip() for one in said):
                pieces.append(_turn(said, quoted))
                quoted = []
            said, spoken = [], False
            quoted.append(_MARK.sub("", line))
            continue
        if _attributes(lines, number, begun=begun):
            if said and _BEGUN.match(said[-1][:400]) and not "".join(said[-2:-1]).strip():
                # The first half of the line that names the quoted letter's writer.
                said.pop()
            # Quotation marked line by line may have an answer under it; an unmarked one runs to the end.
            below = next((other for other in lines[number + 1 :] if other.strip()), "")
            if not _MARK.match(below):
                break
            continue
        said.append(line)
        if line.strip():
            begun = spoken = True
    if any(one.strip() for one in said):
        pieces.append(_turn(said, quoted))
    return tuple(pieces)


def newest(text: str) -> str:
    """Return what the sender wrote now, without quotations and signature; "" when there is nothing of it."""
    return "\n".join(turn.said for turn in turns(text)).strip()


def _attributes(lines: list[str], number: int, *, begun: bool) -> bool:
    """Return whether a line introduces a quoted letter."""
    line = lines[number][:400]
    if _ATTRIBUTION.match(line):
        return True
    if not begun:
        return False
    if _QUOTED_HEADER.match(line):
        return True
    return bool(_QUOTED_NAME.match(line)) and any(
        _NEXT_HEADER.match(other) for other in lines[number + 1 : number + 3]
    )


def _turn(said: list[str], quoted: list[str]) -> Turn:
    return Turn("\n".join(said).strip("\n"), "\n".join(quoted).strip("\n"))
