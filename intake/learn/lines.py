"""Paragraphs of a blank form: which lines leave a place for an answer, and which are headings."""

import re
from collections.abc import Iterator, Sequence

from intake.learn.asked import (
    AGREED,
    BOX,
    CONSENT,
    FILLER,
    LONGEST_HEADING,
    LONGEST_LABEL,
    Asked,
    Place,
    asked_from,
    heading_of,
    options_in,
)
from rules.kinds import tidy
from rules.marks import choices

# What stands under the place for a signature.
_SIGNING = re.compile(r"(?i)\W*\(\s*(?:власноручний )?(?:підпис|подпис|signature)")
# A line that ends so was left open for an answer.
_OPEN_END = re.compile(r"\t\s*$|\s[–—-]\s*$")


def line_places(lines: Sequence[str], *, loose: bool = False) -> Iterator[Place]:
    """Yield what lines ask. `loose`: a short line above an empty one asks too."""
    at = 0
    while at < len(lines):
        raw, line = lines[at], lines[at].strip()
        at += 1
        if not line:
            continue
        heading = heading_of(line)
        if heading is not None and heading.person and not FILLER.search(line):
            yield heading
            continue
        if _SIGNING.match(lines[at].strip() if at < len(lines) else ""):
            # «Голова ______  ______» above «(підпис)  (ПІБ)»: a place for a hand, not for an answer.
            continue
        several = _several(line)
        if several:
            yield from several
            continue
        until = at
        with_options = not FILLER.search(line) and not BOX.match(line) and not BOX.match(line[-1])
        while with_options and until < len(lines) and BOX.match(lines[until].strip()):
            # A box beside such words is a question of its own, not one more option of the question above.
            if until > at and (CONSENT.search(lines[until]) or AGREED.search(lines[until])):
                break
            until += 1
        below = lines[at].strip() if at < len(lines) else ""
        to_fill = bool(below) and not tidy(below)
        to_fill |= bool(_OPEN_END.search(raw)) or (loose and heading is None and before_empty(lines, at))
        asked = _line(line, "\n".join(lines[at:until]), to_fill=to_fill)
        if asked is not None:
            yield asked
            at = until
        elif heading is not None:
            yield heading


def _several(line: str) -> list[Asked]:
    """Return the questions of a line with more than one: «Телефон: ______ E-mail: ______»."""
    labels = [piece.strip(" \t,;") for piece in FILLER.split(line)[:-1]]
    labels = [label for label in labels if any(map(str.isalpha, label))]
    if len(labels) < 2 or BOX.search(line) or any(len(label) > LONGEST_HEADING for label in labels):
        return []
    return [asked_from(label, "", "") for label in labels]


def before_table(lines: list[str]) -> list[str]:
    """Return the lines, the last one without its colon: it announces the table and asks nothing itself."""
    last = next((at for at in reversed(range(len(lines))) if lines[at].strip()), None)
    if last is not None and not FILLER.search(lines[last]):
        lines[last] = lines[last].rstrip(" :\t")
    return lines


def before_empty(lines: Sequence[str], at: int) -> bool:
    """Return whether the line before `at` is short, and an empty one or nothing stands below it."""
    line = lines[at - 1].strip()
    following = not lines[at].strip() if at < len(lines) else True
    return following and 2 <= len(line) <= LONGEST_HEADING and not line.endswith((".", ";", ","))


def _line(line: str, boxes: str, *, to_fill: bool) -> Asked | None:
    """Return what a line asks: «Назва: ____», «Назва ____», «Назва:», «Назва» above boxes or an empty line to fill."""
    first_box = BOX.search(line)
    head = line[: first_box.start()] if first_box else FILLER.split(line, maxsplit=1)[0]
    place = line[len(head) :]
    if first_box and not head.strip(" \t:"):
        # «☐ Надаю згоду …»: the statement itself is asked for.
        statement = choices(line)[1]
        alone = len(statement) == 1 and len(statement[0].text) > 20
        return asked_from(statement[0].text, "", line) if alone else None
    label, colon, offered = line.partition(":")
    if colon and not place and not boxes and options_in(offered) and _short(label):
        return asked_from(label, offered.strip(), "")
    ends = head.rstrip().endswith((":", "?"))
    if not (place or boxes or to_fill or (ends and _short(head))):
        return None
    if not _short(head) or re.search(r"[@\d]{6,}|https?:", head):
        return None
    return asked_from(head.rstrip(" –—-"), "", (place if first_box else "") + ("\n" + boxes if boxes else ""))


def _short(text: str) -> bool:
    return 2 <= len(text.strip()) <= LONGEST_LABEL and any(char.isalpha() for char in text)
