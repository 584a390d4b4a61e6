"""Answers to the form's questions that somebody writes into a letter: «телефон: 067…», a line beneath our question.

The labels are the form's own (`rules.lines`). It never decides between two fields or two people, and never takes what
stands in a signature for an answer: what is not sure is a doubt.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rules.answer import Value
from rules.beside import beside
from rules.call import Call, FormField
from rules.completeness import refer
from rules.intents import FULL_NAME, courteous, proper, thankless
from rules.kinds import is_contact, value_of
from rules.labels import Hit, Vocabulary, item_numbers, normalise
from rules.lines import Lines
from rules.quotation import Turn
from rules.spoken import EMAIL, PHONE, Spoken, questions
from rules.table import Table

# Longer lines are wrapped by mail programs: what follows in small letters goes on.
_WRAPPED = 58
# Not asked for in letters: whoever signs, signs the form.
_NEVER = frozenset({"signature"})
_TYPED = frozenset({"phone", "email", "edrpou", "katottg", "number", "date", "name"})
_BARE = re.compile(rf"(?P<email>{EMAIL})|(?P<phone>{PHONE})")
# What in an answer of a kind shows that it says more than that.
_MORE = {"name": re.compile(r"[\d@]"), "phone": re.compile("@"), "email": re.compile(r"\d[\d\s()/-]{7,}\d")}
# Kinds that are told in words: an address or a telephone number belongs to another field.
_WORDS = frozenset({"text", "long", "name", "oblast", "raion", "hromada", "unit", "choice"})
# Somebody's name with their telephone number or address, and nothing else.
_SIGNATURE = re.compile(
    rf"^\W*(?P<name>{FULL_NAME})[\s,;:–—-]+(?:(?:тел|моб|tel)\w*[.:\s]*)?(?:{EMAIL}|{PHONE})\W*$"
)
_NOTHING = re.compile(r"(?!)")
_NEXT = re.compile(r"[,;]\s*|\.\s+(?=[^\W\d_])|\s+(?:та|і|й|и|and)\s+(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Written:
    """The answers in a letter by key, what may be answers but not to which field, and text that is neither."""

    values: dict[str, Value] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    rest: str = ""


def written(
    turns: Sequence[Turn],
    call: Call,
    vocabulary: Vocabulary,
    asked: Collection[str],
    names: Mapping[str, str] | None = None,
    *,
    standing: Mapping[str, str] | None = None,
) -> Written:
    """Return the answers in what somebody wrote. `asked` are the fields our last letter asked for.

    A label that several fields bear means the one that was asked for, if there is but one. `names` are the participants'
    by key: «телефон Бондаря» is theirs. `standing` is what the form says by key: «2.1: учасник 1» means that one's answers.
    """
    letter = _Letter(vocabulary, asked, names or {})
    for turn in turns:
        said = proper(turn.said)
        if said:
            letter.hear(said, turn.under)
    values: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    doubts = [*letter.doubts, *(vocabulary.fields[found.key].label for found in letter.pairs.later)]
    references = refer({key: one.raw for key, one in letter.pairs.found.items()}, call, vocabulary)
    for key, found in letter.pairs.found.items():
        own = vocabulary.fields[key]
        if key in references:
            continue
        value, fault = value_of(found.raw, own, call)
        foreign = own.kind in _WORDS and is_contact(found.raw)
        if own.kind in _NEVER or not value or foreign or _MORE.get(own.kind, _NOTHING).search(found.raw):
            doubts.append(own.label)
            letter.left.append(found.raw)
            continue
        raw = found.raw if own.kind == "long" else " ".join(found.raw.split())
        values[key] = Value(
            raw, value if own.kind == "long" else " ".join(value.split()), found.where, found.confidence
        )
        if fault is not None:
            wrong[key] = fault
        if more := beside(found.raw, own, (names or {}).values()):
            letter.left.append(more)
    for key, source in references.items():
        answer = letter.pairs.found.get(key)
        if answer is None and key not in letter.asked:
            continue
        meant = values[source].value if source in values else (standing or {}).get(source, "")
        if meant:
            where = f"{answer.where if answer else 'letter'} = {source}"
            values[key] = Value(
                answer.raw if answer else "", meant, where, answer.confidence if answer else 0.9
            )
        elif answer is not None:
            doubts.append(vocabulary.fields[key].label)
    return Written(values, wrong, tuple(dict.fromkeys(doubts)), "\n".join(letter.left).strip())


class _Letter(Lines):
    """One pass through the lines of a letter."""

    def __init__(self, vocabulary: Vocabulary, asked: Collection[str], names: Mapping[str, str]) -> None:
        super().__init__(vocabulary)
        self._spoken = Spoken(vocabulary, names)
        self.asked = frozenset(key for key in asked if key in vocabulary.fields)
        self.doubts: list[str] = []
        self.left: list[str] = []
        self._last = ""

    def hear(self, said: str, under: str) -> None:
        """Take the lines of one piece of the letter; `under` are the quoted lines above it."""
        lines = [thankless(line.strip()) for line in said.split("\n")]
        self.person, self.part = "", ""
        self.settle()
        if under and lines:
            lines = self._beneath(lines, under)
        before = len(self.left)
        for line in lines:
            self._number += 1
            for piece in self._pieces(_without_opening(line, self)):
                self.line(piece, f"letter, line {self._number}")
            self._last = line
        self.left[before:] = self._bare(self.left[before:])

    _number = 0

    # --- which field ------------------------------------------------------------------------------------------------------

    def choose(self, hit: Hit, person: str | None = None) -> str | None:
        """Return the one field a label names here; of several the one that was asked for."""
        here = hit.person or (self.person if person is None else person)
        if len(hit.keys) == 1 or here or self.part:
            return super().choose(hit, person)
        wanted = [key for key in hit.keys if key in self.asked]
        if not wanted:
            # «E-mail» is the wording of a person's field; asked for was the office's address.
            kinds = {self.vocabulary.fields[key].kind for key in hit.keys} & _TYPED
            wanted = [key for key in self.asked if self.vocabulary.fields[key].kind in kinds]
        return wanted[0] if len(wanted) == 1 else None

    def orphan(self, hit: Hit, raw: str = "", person: str = "") -> None:
        """Note an answer whose field is not sure."""
        super().orphan(hit, raw, person)
        self.doubts.append(self.vocabulary.fields[hit.keys[0]].label)

    def labelled(self, split: tuple[Hit, str], where: str, marked: tuple[str, ...]) -> None:
        """Take a label with what follows it; «Другий учасник: Бондар Петро, спеціаліст, 067…» is more than a name."""
        hit, value = split
        own = self.vocabulary.fields[hit.keys[0]]
        if len(hit.keys) == 1 and own.kind == "name" and own.person:
            self.person = own.person
            if self.composite(value, where):
                return
        super().labelled(split, where, marked)

    def person_line(self, text: str, where: str) -> None:
        """Take what follows «Учасник 2:» on its line; what is not understood is left over."""
        before = (len(self.pairs.found), len(self.pairs.later), len(self.doubts))
        super().person_line(text, where)
        if before == (len(self.pairs.found), len(self.pairs.later), len(self.doubts)):
            self.left.append(text)

    # --- which words ------------------------------------------------------------------------------------------------------

    def grow(self, line: str, marked: tuple[str, ...]) -> None:
        """Let only long answers, and lines a mail program has broken, go on."""
        answer = self.growing
        if answer is not None and not courteous(line):
            kind = self.vocabulary.fields[answer.key].kind
            broken = len(self._last) >= _WRAPPED and line.strip()[:1].islower()
            if self.waiting or kind == "long" or broken:
                # `Lines` asks whether a short answer still waits; here the answer to that is known.
                self.waiting = True
                super().grow(line, marked)
                return
        self.settle()
        self.left.append(line)

    def split(self, text: str) -> tuple[Hit, str] | None:
        """Return the label a line begins with and what follows it, also where nothing parts them but the value's own look."""
        numbered = self._spoken.numbered(text, super().split, self.asked)
        if numbered is not None:
            return numbered
        found = super().split(text)
        return found if found is not None and found[1] else self._spoken.loose(text) or found

    def _pieces(self, line: str) -> list[str]:
        """Cut a line where a further label with its value begins: «тел. 067…, пошта o@x.ua»."""
        cuts = [0]
        for found in _NEXT.finditer(line):
            tail = line[found.end() :]
            head = line[cuts[-1] : found.start()]
            if self._pair(head) and self._pair(_NEXT.split(tail, maxsplit=1)[0]):
                cuts.append(found.end())
        ends = [*cuts[1:], len(line)]
        return [line[start:end].strip(" ,;") for start, end in zip(cuts, ends, strict=True)]

    def _pair(self, text: str) -> bool:
        found = self.split(text.strip())
        return found is not None and bool(found[1]) and found[0].score >= 90

    # --- under our own question -------------------------------------------------------------------------------------------

    def _beneath(self, lines: list[str], under: str) -> list[str]:
        """Take the first line as the answer to the question quoted right above it; return the lines that are left."""
        named = questions(under, self.vocabulary, self.asked)
        unanswered = [key for key in named if key not in self.pairs.found]
        first = next((at for at, line in enumerate(lines) if line), None)
        if not unanswered or first is None or self._pair(lines[first]):
            return lines
        if self.split(lines[first]) is not None or self.vocabulary.section(lines[first]) is not None:
            return lines
        raw = lines[first]
        last = first + 1
        while last < len(lines) and len(lines[last - 1]) >= _WRAPPED and lines[last][:1].islower():
            raw, last = f"{raw} {lines[last]}", last + 1
        key = self._answered(raw, unanswered)
        if key is None:
            return lines
        self.take(key, raw, f"letter, line {self._number + first + 1}", 90)
        self.person, self.part = "", ""
        self._number += last
        return lines[last:]

    def _answered(self, raw: str, wanted: list[str]) -> str | None:
        fields = self.vocabulary.fields
        fitting = [key for key in wanted if _fits(raw, fields[key], self.vocabulary.call)]
        if fields[wanted[-1]].kind in _TYPED and wanted[-1] in fitting:
            return wanted[-1]
        typed = [key for key in fitting if fields[key].kind in _TYPED - {"name", "number"}]
        if len(typed) == 1:
            return typed[0]
        # Words fit any question: they answer one only when one was asked.
        alone = len(wanted) == 1 and fitting and not courteous(raw) and not re.search(_BARE, raw)
        return wanted[0] if alone else None

    # --- a value alone --------------------------------------------------------------------------------------------------

    def _bare(self, left: list[str]) -> list[str]:
        """Take a telephone number or an address without a label when one such field was asked for and nothing else is said."""
        left = self._unsigned(left)
        text = "\n".join(left)
        found = list(_BARE.finditer(text))
        kinds = {"email" if one["email"] else "phone" for one in found}
        if len(found) != 1 or len(kinds) != 1:
            return left
        kind = kinds.pop()
        fields = self.vocabulary.fields
        wanted = [key for key in self.asked if fields[key].kind == kind and key not in self.pairs.found]
        if len(wanted) != 1:
            return left
        own = fields[wanted[0]]
        around = text[: found[0].start()] + " " + text[found[0].end() :]
        mention = self.vocabulary.mention(around, beyond=True)
        if mention is not None and mention[0] != own.person:
            return left
        known = {word for label in (own.label, *own.aliases) for word in normalise(label).split()}
        others = [word for word in around.split() if not set(normalise(word).split()) <= known]
        if not courteous(" ".join(others), around=True) or not _fits(
            found[0].group(), own, self.vocabulary.call
        ):
            return left
        self.take(own.key, found[0].group().strip(), f"letter, line {self._number}", 85)
        return []

    def _unsigned(self, left: list[str]) -> list[str]:
        """Return the lines without «Оксана Мельник, 067…» at their end, when what was asked for stands alone above it."""
        *above, last = left or [""]
        person = _SIGNATURE.match(last)
        alone = [line for line in above if _BARE.fullmatch(line.strip(" .;,"))]
        # Whoever is still to be named may be that very person.
        unnamed = any(self.vocabulary.fields[key].kind == "name" for key in self.asked)
        if person is None or unnamed or len(alone) != 1 or self._spoken.owners(person["name"]):
            return left
        return above

    def table(self, table: Table) -> None:
        """Letters are read as lines."""
        raise NotImplementedError


def _without_opening(line: str, letter: Lines) -> str:
    """«Уточнюємо: телефон …» → «телефон …»: words before a colon that name no field."""
    head, colon, tail = line.partition(":")
    known = letter.vocabulary
    names = known.label(head) is not None or known.section(head) is not None or bool(item_numbers(head))
    return tail.strip() if colon and tail.strip() and courteous(head, around=True) and not names else line


def _fits(raw: str, own: FormField, call: Call) -> bool:
    value, fault = value_of(raw, own, call)
    return bool(value) and fault is None and len(raw) <= own.limit
