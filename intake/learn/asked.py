"""What a blank form asks, as values, and how a text is told to be a label, a heading or a place for an answer."""

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from rules.kinds import is_empty, tidy
from rules.labels import clean, item_numbers
from rules.marks import UNCHECKED, choices

LONGEST_LABEL = 400
LONGEST_HEADING = 120
ORDINAL = re.compile(r"^\s*(\d{1,2}|[IVXІХ]{1,4})[.)]\s+(?=\D)")
# Places to write in: «____», «......», «|_|_|_|», and «___» ________ 20__ р. for a date.
FILLER = re.compile(
    r"[«\"“]\s*_{2,}\s*[»\"”]\s*_{2,}\s*(?:20\d{0,2}_*\s*(?:р(?:оку|\.)?|г\.?)?)?|_{3,}|\.{4,}|…{2,}|(?:\|_){2,}\|?"
)
BOX = re.compile(f"[{UNCHECKED}]")
# «Згода», «погоджуюсь», «съгласен», “I agree”: the words of who consents, and those of the data that is about.
CONSENT = re.compile(r"(?i)згод(?!ом)|соглас(?:и|ен|на|ны)|съглас(?:и|ен|на|ни)|consent")
AGREED = re.compile(r"(?i)\bпогоджу(?:юс|єм)|\bприймаю\b|\bпринимаю\b|\bприемам\b|\bagree")
_HINT = re.compile(
    r"(?i)^\W*(?:наприклад|напр\.|приклад|оберіть|виберіть|зазначте|вкажіть|якщо |до \d|не більше|так, як|сюди |число|повн|укажите|"
    r"выберите|например|изберете|посочете|попълнете|както |e\.g|for example|please|choose)|^\("
)
_LONGEST_OPTION, _MOST_OPTIONS = 40, 12
# A label shorter than this fits on one line of any form; what is longer, or says this, is no end of a label.
_WRAPPED = 18
_NO_LABEL = re.compile(r"\d|[;:…]|.{41}")
_PERSON = re.compile(
    r"(?i)(?:учасни\w*|участни\w*|служител\w*|представни\w*|participants?)\s*(?:№|#|n\.?)?\s*(\d{1,2})\b"
    r"|\b(\d{1,2})(?:-?(?:й|ий|а|ша|и|ви|ри))?\.?\s+(?:учасни\w*|участни\w*|служител\w*|представни\w*)"
)
_WORD_ORDINALS = (("перш", 1), ("перв", 1), ("първ", 1), ("first", 1), ("друг", 2), ("втор", 2), ("second", 2), ("трет", 3), ("third", 3))  # fmt: skip
_WORD_PERSON = re.compile(
    r"(?i)\b(перш\w*|перв\w*|първ\w*|first|друг\w*|втор\w*|second|трет\w*|third)\s+(?:учасни\w*|участни\w*|служител\w*|представни\w*|participant)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its item number, label, what stands beside it as a hint, and the options that have boxes.

    `choices` is the text with the boxes as it stands. `whole` is the label with the lines under it, when those may be the
    rest of it rather than a hint ("" when they are none). `listed` is what a drop-down list beside it offers.
    """

    label: str
    number: str = ""
    hint: str = ""
    options: tuple[str, ...] = ()
    choices: str = ""
    required: bool = False
    whole: str = ""
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its ordinal ("1"; "" without one), its text, the participant it names (0: none)."""

    text: str
    ordinal: str = ""
    person: int = 0


@dataclass(frozen=True, slots=True)
class People:
    """A table with a row for each participant: what its columns ask, and how many rows it has."""

    columns: tuple[Asked, ...]
    count: int


Place = Asked | Heading | People


def person_named(text: str) -> int:
    """Return which participant a text names by number, 0 when none."""
    if found := _PERSON.search(text):
        return int(found.group(1) or found.group(2))
    if found := _WORD_PERSON.search(text):
        word = found.group(1).casefold()
        return next(number for stem, number in _WORD_ORDINALS if word.startswith(stem))
    return 0


def heading_of(line: str) -> Heading | None:
    """Return the heading a line is, or None for a sentence."""
    ordinal = ORDINAL.match(line)
    text = line[ordinal.end() :] if ordinal else line
    person = person_named(text)
    if item_numbers(line) or len(line) > 3 * LONGEST_HEADING or BOX.search(line):
        return None
    if person and re.match(
        r"(?i)\W*(?:\d|учасни|участни|служител|представни|participant|перш|перв|първ|друг|втор|трет|first|second|third)",
        text,
    ):
        return Heading(text.strip(" :."), ordinal.group(1) if ordinal else "", person)
    if ordinal and len(line) <= LONGEST_HEADING and not line.rstrip().endswith((".", ";", ",")):
        return Heading(text.strip(" :"), ordinal.group(1))
    return None


def beside_label(beside: str) -> tuple[str, str]:
    """Return hint and boxes of the cell beside a label; what an empty blank holds there is no answer, so it is a hint."""
    if BOX.search(beside):
        return "", beside
    return ("" if is_empty(tidy(beside)) else tidy(beside)), ""


def options_in(text: str) -> tuple[str, ...]:
    """Return what a text offers to choose from with nothing but strokes between: «S / M / L / XL», «пан/пані»; () for none."""
    options = tuple(part.strip(" .;") for part in text.split("/"))
    short = all(
        0 < len(option) <= _LONGEST_OPTION and any(map(str.isalpha, option)) and option.count(" ") < 4
        for option in options
    )
    return (
        options
        if short and 2 <= len(set(options)) == len(options) <= _MOST_OPTIONS and ":" not in text
        else ()
    )


def unfilled(cell: str) -> bool:
    """Return whether a cell of a blank is a place for an answer rather than a text."""
    return not cell or bool(BOX.search(cell)) or is_empty(tidy(cell))


def only_place(cell: str) -> bool:
    """Return whether nothing but a place for an answer stands in a cell: no label before its boxes."""
    return unfilled(cell) and not tidy(choices(cell)[0])


def asked_from(text: str, hint: str, boxes: str) -> Asked:
    """Return a question from the text of its label: number, label, hint under it, boxes beside it."""
    text = clean(text).strip()
    numbers = item_numbers(text)
    first, _, rest = text.partition("\n")
    if BOX.search(rest) and not boxes:
        boxes, rest = rest, ""
    if (box := BOX.search(first)) and not boxes and tidy(first[: box.start()]):
        # «Погоджуюсь на обробку даних ☐»: the box is the place for the answer.
        first, boxes = first[: box.start()], first[box.start() :]
    bare = (
        re.sub(r"^\s*(?:п(?:ункт)?\.?\s*)?\d{1,2}(?:\.\d{1,2})+[.)]?\s*", "", first)
        if numbers
        else ORDINAL.sub("", first)
    )
    label = tidy(bare).rstrip(" :*").strip()
    asked = Asked(
        label[:LONGEST_LABEL],
        numbers[0] if numbers else "",
        hint or " ".join(tidy(rest).split()),
        required="*" in text,
        whole=_whole(label, tidy(rest)),
    )
    return _with_boxes(asked, boxes) if boxes else asked


def _whole(label: str, rest: str) -> str:
    """Return a label continued on the lines under it; "" when those are surely none of it, but a hint."""
    lines = list(takewhile(lambda line: not _HINT.match(line), filter(None, rest.split("\n"))))
    more = " ".join(lines)
    unfinished = len(label) >= _WRAPPED and label[-1] not in ".:;?!)"
    return f"{label} {more}" if unfinished and more and not _NO_LABEL.search(more) else ""


def _with_boxes(asked: Asked, boxes: str) -> Asked:
    before, found = choices(boxes)
    options = tuple(tidy(choice.text).strip(" :;,.") for choice in found)
    hint = asked.hint or tidy(before)
    return replace(asked, options=tuple(filter(None, options)), choices=" ".join(boxes.split()), hint=hint)
