"""Answers in paragraphs.

A label stands before its answer on the line or above it, several pairs on a line, a person's data in one line.

It takes no answer from a label it is not sure of, and a label of a person only under that person's heading.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rules.kinds import is_empty, tidy
from rules.labels import Hit, Section, Vocabulary, clean
from rules.table import Block, Table

# How far into a line a label may reach, in characters: the longest of known forms is half of it.
LABEL_REACH = 600
# No form is as long; what follows is somebody's strategy, attached for the record.
MAX_LINES = 6000
# Between a label and its answer on one line. A box begins an answer without any separator.
_SEPARATOR = re.compile(
    r"\s*[:：]\s*|\s+[–—=-]\s*|\s*[–—]\s*|\t+|\s*_{2,}\s*|\s*\.{4,}\s*|\s{3,}|\s*(?=[☐☑☒□■✓✔])|\?\s+"
)
# Between one pair and the next on the same line.
_NEXT_PAIR = re.compile(r"[;,|\t]\s*|\s{2,}|\.\s+")
# Kinds whose answer is one short piece: a second paragraph is not part of it.
_SHORT = frozenset(
    [
        "name",
        "phone",
        "email",
        "katottg",
        "edrpou",
        "number",
        "date",
        "oblast",
        "raion",
        "hromada",
        "choice",
        "yesno",
        "consent",
        "url",
        "signature",
        "unit",
    ]
)
_UNKNOWN = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?\s*)?([^\W\d_][^:\n]{2,90}?)(?<!\d)\s*:(?!\d)\s*(\S.*)?$")
_EMAIL = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+\.[^\s,;<>()]+")
_PHONE = re.compile(r"\+?\(?\d[\d\s()/-]{7,}\d")
_NAME_WORD = r"(?:[^\W\d_](?:[^\W\d_]|['’ʼ`-])+|[^\W\d_]\.)"
_PERSON_NAME = re.compile(rf"^{_NAME_WORD}(?:\s+{_NAME_WORD}){{1,3}}$")


@dataclass(slots=True)
class Found:
    """An answer as it stood: its field, raw text, where, how surely (0 to 1), the pieces set off in it."""

    key: str
    raw: str
    where: str
    confidence: float
    marked: tuple[str, ...] = ()
    # Only a label stood there, without even an empty place for its answer.
    unanswered: bool = False


@dataclass(slots=True)
class Pairs:
    """All that one file answers.

    `later` holds answers to a field that already had one; `orphans`, labels of a person that stood under no person.
    """

    found: dict[str, Found] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    later: list[Found] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many fields have an answer that says something."""
        return sum(not is_empty(answer.raw) for answer in self.found.values())


class Lines:
    """One pass through a document, remembering under which heading it is and which answer may still grow."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.pairs = Pairs()
        self.person = ""
        self.part = ""
        # The answer a further paragraph may belong to, and whether its label still waits for one.
        self.growing: Found | None = None
        self.waiting = False
        self._lines = 0

    # --- which field -------------------------------------------------------------------------------------------

    def enter(self, section: Section) -> None:
        """Go under a heading."""
        self.person = section.person
        self.part = section.part or (self._part_of_person(section.person) if section.person else "")
        self.settle()

    def _part_of_person(self, person: str) -> str:
        return next(
            (self.vocabulary.part_of(k) for k, f in self.vocabulary.fields.items() if f.person == person), ""
        )

    def settle(self) -> None:
        """Close the answer that was growing."""
        self.growing, self.waiting = None, False

    def choose(self, hit: Hit, person: str | None = None) -> str | None:
        """Return the one field a label names here, or None when that is not sure."""
        fields = self.vocabulary.fields
        person = hit.person or (self.person if person is None else person)
        keys = hit.keys
        if len(keys) == 1:
            return keys[0]
        if person:
            own = [key for key in keys if fields[key].person == person]
            if len(own) == 1:
                return own[0]
            if own:
                keys = tuple(own)
        common = [key for key in keys if not fields[key].person]
        # In a person's own section a shared wording means the person; outside, it means nobody unless a heading says so.
        if self.part:
            here = [key for key in common if self.vocabulary.part_of(key) == self.part]
            return here[0] if len(here) == 1 else None
        headed = [key for key in common if self.vocabulary.part_of(key) in self.vocabulary.call.sections]
        common = [key for key in common if key not in headed]
        return common[0] if len(common) == 1 and not headed else None

    def take(self, key: str, raw: str, where: str, score: float, marked: tuple[str, ...] = ()) -> Found:
        """Keep an answer; the first one to a field stands, unless it was only a label without any."""
        wanted = self.vocabulary.fields[key]
        found = Found(key, tidy(raw), where, round(min(score, 100) / 100, 2), marked)
        first = self.pairs.found.get(key)
        if first is None or first.unanswered:
            self.pairs.found[key] = found
        elif found.raw and found.raw != first.raw:
            self.pairs.later.append(found)
        if not wanted.person:
            # A field of the whole form ends a person's section, but not one laid out in columns.
            self.person = ""
            self.part = self.vocabulary.part_of(key) or self.part
        return found

    def _stay_with(self, key: str) -> None:
        """«Учасник 1 (ПІБ)» opens that person's section as a heading does: «Посада» below it is theirs."""
        person = self.vocabulary.fields[key].person
        if person:
            self.person, self.part = person, self.vocabulary.part_of(key)

    # --- paragraphs ----------------------------------------------------------------------------------------------

    def flow(self, blocks: Sequence[Block]) -> None:
        """Take the answers of a run of blocks, in order."""
        for block in blocks:
            if isinstance(block, Table):
                self.settle()
                self.table(block)
                self.settle()
                continue
            for line in clean(block.text).split("\n"):
                self.line(line, block.where, block.marked)

    def line(self, line: str, where: str, marked: tuple[str, ...] = ()) -> None:
        """Take one line: a heading, a label with or without its answer, a person's data, or more of an answer."""
        text = line.strip()
        self._lines += 1
        if self._lines > MAX_LINES or not text.strip("_. "):
            return
        section = self.vocabulary.section(text)
        split = self.split(text)
        if section is not None and (split is None or split[1] == ""):
            self.enter(section)
            if section.rest and section.person:
                self.person_line(section.rest, where)
            elif split is not None and not section.person and not re.match(r"\s*\d", text):
                self.wait_for(split[0], where)
            return
        if split is not None:
            self.labelled(split, where, marked)
            return
        if re.match(r"^\s*\(?\d[.)]\s", text) and not self._in_long_answer() and self.composite(text, where):
            return
        if self.person and not self._in_long_answer() and self.composite(text, where):
            return
        self.grow(line.rstrip(), marked)

    def _in_long_answer(self) -> bool:
        return self.growing is not None and self.vocabulary.fields[self.growing.key].kind not in _SHORT

    def labelled(self, split: tuple[Hit, str], where: str, marked: tuple[str, ...]) -> None:
        """Take a label with what follows it on its line."""
        hit, value = split
        self.settle()
        key = self.choose(hit)
        if key is None:
            self.orphan(hit)
            return
        value, rest = self.cut(value, key)
        if value == "":
            self.wait_for(hit, where)
            return
        self.growing = self.take(key, value, where, hit.score, marked)
        self._stay_with(key)
        for following in rest:
            self.labelled(following, where, ())

    def wait_for(self, hit: Hit, where: str) -> None:
        """Keep a label whose answer should follow on the next line."""
        key = self.choose(hit)
        if key is None:
            self.settle()
            self.orphan(hit)
            return
        self.settle()
        answer = self.take(key, "", where, hit.score)
        answer.unanswered = True
        if self.pairs.found[key] is answer:
            self.growing, self.waiting = answer, True

    def orphan(self, hit: Hit) -> None:
        """Note a label of a person that stands under no person."""
        self.pairs.orphans.append(self.vocabulary.fields[hit.keys[0]].label)

    def grow(self, line: str, marked: tuple[str, ...]) -> None:
        """Add a line without a label to the answer it continues, if any."""
        answer = self.growing
        unknown = _UNKNOWN.match(line[:LABEL_REACH])
        if answer is None:
            if unknown and unknown.group(2):
                self.pairs.unknown.append(unknown.group(1).strip())
            return
        short = self.vocabulary.fields[answer.key].kind in _SHORT
        if short and (
            not self.waiting or (unknown and unknown.group(2) and len(unknown.group(1).split()) <= 6)
        ):
            ticks = (
                self.vocabulary.fields[answer.key].kind in {"choice", "yesno", "consent"}
                and line.strip()[:1] in "☐☑☒"
            )
            if not ticks:
                if unknown and unknown.group(2):
                    self.pairs.unknown.append(unknown.group(1).strip())
                self.settle()
                return
        addition = tidy(line)
        answer.raw = f"{answer.raw}\n{addition}".strip() if answer.raw else addition
        answer.marked += marked
        answer.unanswered = False
        self.waiting = False

    def split(self, text: str) -> tuple[Hit, str] | None:
        """Return the label a line begins with (or is) and what follows it.

        A separator with text behind it wins over the whole line: a long label would swallow a short answer.
        """
        whole = self.vocabulary.label(text)
        if whole is not None and whole.score >= 99.5:
            return whole, ""
        best: tuple[float, int, Hit, str] | None = None
        # A label stands at the beginning: what a line goes on to say for pages costs nothing.
        beginning = text[:LABEL_REACH]
        empty: tuple[Hit, str] | None = None
        for separator in _SEPARATOR.finditer(beginning):
            left, right = text[: separator.start()], text[separator.end() :]
            if separator.group().startswith("?"):
                left += "?"
            if not left.strip():
                continue
            hit = self.vocabulary.label(left)
            if hit is None:
                continue
            if right.strip(" _.\t"):
                rank = (hit.score, separator.start(), hit, right)
                if best is None or rank[:2] > best[:2]:
                    best = rank
            else:
                empty = (hit, "")
        if best is not None and (whole is None or best[0] >= 90 or best[0] >= whole.score):
            return best[2], best[3].strip()
        if whole is not None:
            return whole, ""
        if empty is not None:
            return empty
        return self._ticked_statement(text)

    def _ticked_statement(self, text: str) -> tuple[Hit, str] | None:
        """«☒ Надаю згоду на обробку персональних даних»: the box before the label is the answer."""
        box = re.match(r"^\s*([☐☑☒□■✓✔])\s*(.+)$", text, re.DOTALL)
        if box is None:
            return None
        hit = self.vocabulary.label(box.group(2))
        if hit is None or any(
            self.vocabulary.fields[key].kind not in {"consent", "yesno"} for key in hit.keys
        ):
            return None
        return hit, box.group(1)

    def cut(self, value: str, key: str) -> tuple[str, list[tuple[Hit, str]]]:
        """Cut an answer where the next label begins on the same line; return it and the pairs that follow."""
        if self.vocabulary.fields[key].kind == "long":
            return value, []
        for separator in _NEXT_PAIR.finditer(value[:LABEL_REACH]):
            rest = value[separator.end() : separator.end() + LABEL_REACH]
            colon = re.match(r"([^:–—]{2,60}?)\s*[:–—]\s*\S", rest)
            if colon is None:
                continue
            hit = self.vocabulary.label(colon.group(1))
            if hit is not None and hit.score >= 95:
                split = self.split(value[separator.end() :])
                if split is not None:
                    return value[: separator.start()].strip(), [split]
        return value, []

    # --- one person's data without labels --------------------------------------------------------------------------

    def person_line(self, text: str, where: str) -> None:
        """Take what follows «Учасник 1:» on its line: a pair, all the person's data, or just the name."""
        split = self.split(text)
        if split is not None:
            self.labelled(split, where, ())
            return
        if self.composite(text, where):
            return
        bare = text.strip(" .;,")
        words = bare.split()
        key = self._own("name")
        if key and _PERSON_NAME.match(bare) and sum(word[0].isupper() for word in words) >= 2:
            self.take(key, bare, where, 85)

    def composite(self, text: str, where: str) -> bool:
        """Take «Петренко Олена, начальниця відділу, 067…, o@x.ua» apart; return whether it was such a line."""
        if len(text) > LABEL_REACH:
            return False
        numbered = re.match(r"^\s*\(?(\d)[.)]\s*", text)
        person = self.person
        if numbered and 1 <= int(numbered.group(1)) <= len(self.vocabulary.persons):
            person = self.vocabulary.persons[int(numbered.group(1)) - 1]
            text = text[numbered.end() :]
        email, phone = _EMAIL.search(text), _PHONE.search(text)
        pieces = [piece.strip(" .") for piece in re.split(r"[,;\n\t]|\s[–—-]\s", text)]
        pieces = [piece for piece in pieces if piece]
        name = pieces[0] if pieces else ""
        if not person or not (email or phone) or len(pieces) < 3 or not _PERSON_NAME.match(name):
            return False
        if sum(word[0].isupper() for word in name.split()) < 2:
            return False
        self.person = person
        keys = {kind: self._own(kind) for kind in ("name", "phone", "email", "text")}
        rest = [
            re.sub(r"(?i)^(?:тел(?:ефон)?|моб|e-?mail|пошта|ел\.? ?пошта)\W*$", "", piece)
            for piece in pieces[1:]
            if not _EMAIL.search(piece) and not _PHONE.search(piece)
        ]
        answers = (
            (keys["name"], name),
            (keys["phone"], ", ".join(found.group().strip() for found in _PHONE.finditer(text))),
            (keys["email"], email.group() if email else ""),
            (keys["text"], ", ".join(piece for piece in rest if piece)),
        )
        for key, raw in answers:
            if key and raw:
                self.take(key, raw, where, 80)
        return True

    def _own(self, kind: str) -> str:
        """Return the first field of a kind that belongs to the person at hand."""
        return next(
            (k for k, f in self.vocabulary.fields.items() if f.person == self.person and f.kind == kind), ""
        )

    # --- tables --------------------------------------------------------------------------------------------------

    def table(self, table: Table) -> None:
        """Take a table's answers. Paragraphs know no tables: `rules.pairs` does."""
        raise NotImplementedError
