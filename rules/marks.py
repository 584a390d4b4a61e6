"""Ticks: which of the choices in an answer were marked.

People mark by a box, a typed V or plus, a cross, a word, or by leaving only one.

What is not surely marked counts as not marked.
"""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from rules.labels import normalise
from rules.table import LOST_BOX

CHECKED = "☒☑✓✔✗✘🗹🗷🗸■●◉⊠⊗"
UNCHECKED = "☐□○◯◻⬜▢❏❑❒" + LOST_BOX
_BOX = re.compile(f"[{CHECKED}{UNCHECKED}]")
# [x], (v), [ ], ( ) typed in place of a box; ( ) holds at least one blank, so that a call of a function is none.
_TYPED_CHECKED = re.compile(r"[\[(]\s*[xхXХvVнВ+*√]\s*[\])]")
_TYPED_UNCHECKED = re.compile(r"\[\s*\]|\(\s+\)")
_MARK = r"(?:[vVхХxX+*√]|\\/)"
_LEADING = re.compile(rf"^{_MARK}(?=$|[\s.,;–—-])[\s.,;–—-]*")
_TRAILING = re.compile(rf"(?:^|[\s–—-]){_MARK}$")

_YES = ("так", "да", "yes", "є", "згоден", "згодна", "згодні", "згоду надаю", "надаю", "надано", "підтверджую",
        "готові", "готовий", "готова", "согласен", "согласна", "даю согласие", "съгласен", "съгласна", "давам", "oui")  # fmt: skip
_NO = ("ні", "нет", "не", "no", "відмовляюсь", "відмова")
_YES_WORDS = frozenset(normalise(word) for word in _YES)
_NO_WORDS = frozenset(normalise(word) for word in _NO)
# What a form prints for somebody to choose from, besides the words above.
_PRINTED_NO = _NO_WORDS | {normalise(word) for word in ("немає", "нема", "няма", "відсутні", "відсутнє")}
_REFUSED = re.compile(
    r"не (?:надаю|даю|даваме?|давам|згоден|згодна|згодні|соглас\w+|съглас\w+|готов\w+|підтвердж\w+|подтвержд\w+|потвърж\w+)"
    r"|не съм съглас\w+|не сме (?:съглас|готов)\w+|(?:do )?not (?:agree|consent)"
)
_YES_FIRST, _NO_FIRST = (
    re.compile(rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})(?!\w)")
    for words in (_YES_WORDS, _PRINTED_NO)
)
# They may also begin a sentence that says yes: «не заперечуємо», «no objections».
_PARTICLES = frozenset({"не", "no"})
_OPTION_WORDS = 4
_CONNECTING = frozenset({"або", "чи", "или", "or"})
_LONE_MARK = re.compile(r"(?<![\w'’])[vVхХxX+*√](?![\w'’])")
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_PARTS = re.compile(rf"[\n;|\t/]|\s{{2,}}|_+|\s(?:{'|'.join(sorted(_CONNECTING))})\s")
_INSTRUCTION = re.compile(
    r"(?i)підкресл|закресл|викресл|обвед|познач|подчерк|зачерк|вычерк|обвест|отмет|подчерт|зачерт|оградет|отбележ|underlin|circle|tick|delete|strike|cross"
    r"|обер[іи]|вибер|выбер|избер|choose|(?:не)?потрібн|необхідн|(?:не)?нужн|вярно|applicable|appropriate"
)
_INSTRUCTED = re.compile(rf"\w*(?:{_INSTRUCTION.pattern.removeprefix('(?i)')})\w*")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice as it stands in an answer; `checked` tells whether its box is."""

    text: str
    checked: bool


def with_emphasis(raw: str, marked: tuple[str, ...]) -> str:
    """Return the answer with what is underlined, bold or highlighted turned into ticked choices.

    Only when part of the answer is set off: when all of it is, that is the form's style and says nothing.
    """
    pieces = [piece for piece in marked if piece.strip() and len(piece) <= 120]
    if not pieces or _checked_somewhere(raw):
        return raw
    rest = raw
    for piece in pieces:
        rest = rest.replace(piece, "", 1)
    if not any(char.isalpha() for char in rest):
        return raw
    for piece in pieces:
        if any(char.isalpha() for char in piece):
            raw = raw.replace(piece, f"☒ {piece.lstrip(UNCHECKED + ' ')} ☐", 1)
    return raw


def choices(text: str) -> tuple[str, tuple[Choice, ...]]:
    """Return the text before the first box, and each choice that has a box or typed mark ((), when none has)."""
    text = _TYPED_UNCHECKED.sub("☐", _TYPED_CHECKED.sub("☒", text))
    boxes = list(_BOX.finditer(text))
    if not boxes:
        return text, ()
    before = text[: boxes[0].start()].strip()
    ends = [box.start() for box in boxes[1:]] + [len(text)]
    pieces = [text[box.end() : end].strip() for box, end in zip(boxes, ends, strict=True)]
    states = [box.group() in CHECKED for box in boxes]
    if before and not pieces[-1] and not _LEADING.fullmatch(before):
        # The boxes stand after their words: «так ☒ ні ☐».
        pieces = [before, *pieces[:-1]]
        before = ""
    found = []
    for piece, state in zip(pieces, states, strict=True):
        bare = _LEADING.sub("", piece)
        bare = _TRAILING.sub("", bare).strip()
        found.append(Choice(bare.strip(" ;,.\n\t_"), state or bare != piece))
    if before and _LEADING.fullmatch(before):
        found[0] = Choice(found[0].text, checked=True)
        before = ""
    # A ticked box right before an empty one («☒☐ так») is one mark on that choice.
    merged: list[Choice] = []
    for choice in found:
        if merged and not merged[-1].text and merged[-1].checked:
            merged[-1] = Choice(choice.text, checked=True)
        elif merged and not merged[-1].text:
            merged[-1] = choice
        else:
            merged.append(choice)
    if len(merged) > 1 and not merged[-1].text:
        merged.pop()
    return before, tuple(merged)


def chosen(text: str, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was chosen: the options' own wording where it is recognised, else the words as written.

    Empty when nothing is marked, or when all options still stand there unmarked.
    """
    _, boxed = choices(text)
    if boxed:
        picked = [choice.text for choice in boxed if choice.checked]
        return tuple(dict.fromkeys(_wording(pick, options) for pick in picked if pick))
    text = _PARENTHESES.sub(_uninstructed, text)
    pieces = [piece.strip() for piece in re.split(r"[\n;,|\t/]|\s{2,}", text) if piece.strip(" _.")]
    marked = [re.sub(_LEADING, "", _TRAILING.sub("", piece)).strip() for piece in pieces if _has_mark(piece)]
    if marked:
        return tuple(dict.fromkeys(_wording(pick, options) for pick in marked if pick))
    whole = _option(text, options)
    if whole is not None:
        return (whole,)
    if len(options) > 1 and _all_in_turn(text, options):
        return ()
    known = [option for option in (_option(piece, options) for piece in pieces) if option is not None]
    if options and len(options) > 1 and len(set(known)) == len(options):
        return ()
    if known and len(known) == len(pieces):
        return tuple(dict.fromkeys(known))
    return (text.strip(),) if text.strip(" _.\n") else ()


def answer(text: str) -> bool | None:
    """Return yes, no, or None when neither or both are marked."""
    before, boxed = choices(text)
    if boxed:
        if len(_BOX.findall(text)) == 1 and _both(f"{before} / {boxed[0].text}"):
            # «так ☒ ні»: whose box it is, nobody can say.
            return None
        said = {_yes_or_no(choice.text, default=True) for choice in boxed if choice.checked}
        return said.pop() if len(said) == 1 else None
    bare = _PARENTHESES.sub(_uninstructed, text).strip()
    if re.fullmatch(rf"{_MARK}|[1]", bare):
        return True
    pieces = [piece.strip() for piece in re.split(r"[\n;,|\t]|\s/\s|/|\s{2,}", bare) if piece.strip(" _.")]
    marked = {_marked(piece) for piece in pieces if _has_mark(piece)}
    if marked - {None}:
        return marked.pop() if len(marked) == 1 else None
    return None if _both(bare) else _yes_or_no(bare)


def _all_in_turn(text: str, options: tuple[str, ...]) -> bool:
    """Return whether a text is all the options as the form prints them, with nothing but blanks or a stray mark between."""
    printed = [normalise(option) for option in options]
    if not any(_LONE_MARK.fullmatch(option) for option in options):
        text = _LONE_MARK.sub(" ", text)
    words = [word for word in normalise(text).split() if word not in _CONNECTING or word in printed]
    return " ".join(words) == " ".join(printed)


def _marked(piece: str) -> bool | None:
    """Return what a piece with a mark before or after it says."""
    bare = _LEADING.sub("", _TRAILING.sub("", piece))
    return None if _both(bare) else _yes_or_no(bare)


def _uninstructed(found: re.Match[str]) -> str:
    """Return parentheses without what they tell to do: «(потрібне підкреслити)», «(так/ні)»."""
    return " " if _INSTRUCTION.search(found.group()) or _both(found.group(1)) else found.group()


def _both(text: str) -> bool:
    """Return whether a text is the words for yes and for no that a form prints, both still standing there unmarked."""
    text = _LONE_MARK.sub(" ", text)
    parts = [words for part in _PARTS.split(text) if (words := _INSTRUCTED.sub(" ", normalise(part)).split())]
    apart = {_printed(words) for words in parts if len(words) <= _OPTION_WORDS}
    return {True, False} <= (apart | _in_turn([word for words in parts for word in words]))


def _printed(words: list[str]) -> bool | None:
    """Return which of two options some words are that stand apart from the rest."""
    joined = " ".join(words)
    if joined in _PRINTED_NO or _REFUSED.match(joined) or words[0] in _PRINTED_NO - _PARTICLES:
        return False
    return True if words[0] in _YES_WORDS or " ".join(words[:2]) in _YES_WORDS else None


def _in_turn(words: list[str]) -> set[bool]:
    """Return the options that words are which say nothing else: «так ні», «надаю не надаю»; {} when they do."""
    rest, said = " ".join(words), set[bool]()
    while rest:
        no = _REFUSED.match(rest) or _NO_FIRST.match(rest)
        found = no or _YES_FIRST.match(rest)
        if found is None:
            return set()
        said.add(no is None)
        rest = rest[found.end() :].lstrip()
    return said


def unclear(text: str) -> bool:
    """Return whether somebody answered though it is neither yes nor no: other words, or both marked."""
    _, boxed = choices(text)
    if boxed:
        return any(choice.checked for choice in boxed)
    bare = _PARENTHESES.sub(_uninstructed, text)
    return normalise(bare) != "" and (not _both(bare) or _LONE_MARK.search(bare) is not None)


def unmarked_box(text: str) -> bool:
    """Return whether the answer is a single box that nobody ticked: «☐ Так, надаю згоду»."""
    _, boxed = choices(text)
    return len(boxed) == 1 and not boxed[0].checked


def _checked_somewhere(text: str) -> bool:
    return any(choice.checked for choice in choices(text)[1])


def _has_mark(piece: str) -> bool:
    return bool(
        (_LEADING.match(piece) and _LEADING.sub("", piece)) or (_TRAILING.search(piece) and len(piece) > 2)
    )


def _yes_or_no(text: str, *, default: bool | None = None, exact: bool = False) -> bool | None:
    words = normalise(text).split()
    if not words or (exact and len(words) > 1):
        return default
    if words[0] in _NO_WORDS:
        return False
    # Two words make some of the answers: «згоду надаю», «даю согласие».
    if words[0] in _YES_WORDS or " ".join(words[:2]) in _YES_WORDS:
        return True
    joined = " ".join(words)
    if re.search(r"\b(?:не (?:надаю|даю|згод\w+|соглас\w+|съглас\w+|давам|готов\w+)|ні)\b", joined):
        return False
    if re.search(
        r"\b(?:надаю згоду|згоду надаю|згоден|згодна|згодні|надаю|даю согласие|согласен|согласна|давам)\b",
        joined,
    ):
        return True
    return default


def _option(text: str, options: tuple[str, ...]) -> str | None:
    """Return the option a text is, or begins with before its own details («інше: радіо»)."""
    wanted = normalise(text)
    if not wanted:
        return None
    exact = next((option for option in options if normalise(option) == wanted), None)
    if exact is not None:
        return exact
    scored = [
        (fuzz.ratio(wanted, normalise(option)), option) for option in options if len(normalise(option)) > 4
    ]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= 88 else None


def _wording(text: str, options: tuple[str, ...]) -> str:
    option = _option(text, options)
    if option is not None:
        return option
    head, mark, rest = text.partition(":")
    named = _option(re.sub(r"\([^()]*\)", "", head), options) if mark else None
    if named is not None:
        rest = rest.strip(" _.\n")
        return f"{named}: {rest}" if rest else named
    longest = sorted((o for o in options if normalise(text).startswith(normalise(o) + " ")), key=len)
    return longest[-1] + text[len(longest[-1]) :].rstrip() if longest else text
