"""Answers in paragraphs.

A label stands before its answer on the line or above it, several pairs on a line, a person's data in one line.

It takes no answer from a label it is not sure of, and a label of a person only under that person's heading.
"""

import re
from collections.abc import Sequence

from rules.found import Found, Pairs
from rules.hints import WRAPPED, Hints, explains
from rules.kinds import is_empty, tidy
from rules.labels import BEYOND, Hit, Section, Vocabulary, clean, normalise
from rules.split import LABEL_REACH, divided
from rules.table import Block, Table

# Mail programs break lines before this width.
_WIDEST = 100
# No form is as long; what follows is somebody's strategy, attached for the record.
MAX_LINES = 6000
# What may stand between a table and its continuation: nothing, or the page's number.
_BETWEEN_PAGES = re.compile(r"(?i)\W*(?:\d{1,3}|продовження[^:]{0,30}|стор\.?\s*\d+)?\W*")
# Kinds whose answer is one short piece: a second paragraph is not part of it.
SHORT_KINDS = frozenset(
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
_UNKNOWN = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?\s*)?([^\W\d_][^:\n]{2,90}?)(?<!\d)\s*:(?!\d|//)\s*(\S.*)?$")
EMAIL = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+\.[^\s,;<>()]+")
PHONE = re.compile(r"\+?\(?\d[\d\s()/-]{7,}\d")
_NAME_WORD = r"(?:[^\W\d_](?:[^\W\d_]|['’ʼ`-])+|[^\W\d_]\.)"
_PATRONYMIC = re.compile(r"(?i)(?:вич|вна|ьич|ович|ична|інічна|лліч)$")
_PERSON_NAME = re.compile(rf"^{_NAME_WORD}(?:\s+{_NAME_WORD}){{1,3}}$")
# «наприклад: Коростенська громада», «(до 600 знаків)» alone on a line.
_HINT = re.compile(
    r"(?i)\s*(?:\(?\s*(?:наприклад|напр\.|например|e\.g\.)\s*:\s|\([^()]*[^\W\d_]{3}[^()]*\)\s*$)"
)
# Between one pair and the next on the same line.
_NEXT_PAIR = re.compile(r"[;,|\t]\s*|\s{2,}|\.\s+")


def _ends_name(name: str, line: str) -> bool:
    """Return whether a line is the rest of a name that did not fit: «Шевчук-Барна Надія», «Василівна»."""
    words, more = name.split(), line.split()
    return (
        1 <= len(words) <= 2
        and len(words) + len(more) == 3
        and all(re.fullmatch(_NAME_WORD, word) and word[0].isupper() for word in more)
        and _PATRONYMIC.search(more[-1]) is not None
    )


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
        # The answer at the end of the table before, which the next table may go on with.
        self.ended: tuple[Found, int] | None = None
        # The label that waits, as it stands on its line.
        self._asked = ""
        self._hints = Hints(vocabulary.call)
        self._introduction: set[str] = set()
        self._lines = 0
        # The line before the one at hand, and that one.
        self._before = self._here = ""

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
        if person == BEYOND and any(fields[key].person for key in keys):
            return None
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
        self.pairs.trail.append(key)
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
        line = self._hints.without(line.strip())
        text = line.strip()
        self._before, self._here = self._here, text
        self._lines += 1
        if not _BETWEEN_PAGES.fullmatch(text):
            self.ended = None
        if self._lines > MAX_LINES or not text.strip("_. "):
            return
        if self._is_option(text):
            self.grow(text, marked)
            return
        columns = [self.vocabulary.label(piece) for piece in text.split("\t")]
        if len(columns) > 1 and all(hit is not None and hit.score == 100 for hit in columns):
            # The header of columns that are nothing but blanks apart: whose answer is whose below it, nobody can say.
            self.settle()
            return
        if (
            len(columns) > 2
            and columns[0] is None
            and (named := columns[1]) is not None
            and named.score == 100
        ):
            # What several lines have in common stands before the first of them: «Контакти | Телефон | 067…».
            text = text.partition("\t")[2]
        section = self.vocabulary.section(text)
        split = self.split(text)
        if split is not None and split[1] == "" and self._goes_on(text):
            self.grow(text, marked)
            return
        if split is not None:
            self._asked = text
        if section is not None and (split is None or split[1] == ""):
            self.enter(section)
            self._beside_heading(section, split, text, where)
            return
        if split is not None:
            self.labelled(split, where, marked)
            return
        if re.match(r"^\s*\(?\d[.)]\s", text) and not self._in_long_answer() and self.composite(text, where):
            return
        if self.person and not self._in_long_answer() and self.composite(text, where):
            return
        self.grow(line.rstrip(), marked)

    def _beside_heading(self, section: Section, split: tuple[Hit, str] | None, text: str, where: str) -> None:
        """Take what a heading has on its line besides: a question, a person's data, or a label it is the wording of."""
        if section.rest and split is not None and self._of_one_person(split[0]):
            # «Учасник 1: згоду надаю» is a question about that person.
            self.labelled(split, where, ())
        elif section.rest and section.person:
            self.person_line(section.rest, where)
        elif split is not None and not section.person and not re.match(r"\s*\d", text):
            self.wait_for(split[0], where)

    def _is_option(self, text: str) -> bool:
        """Return whether a line is a choice the label above it waits for, though a label may be called so too: «пані»."""
        answer = self.growing if self.waiting else None
        options = self.vocabulary.fields[answer.key].options if answer is not None else ()
        return normalise(text) in map(normalise, options)

    def _goes_on(self, text: str) -> bool:
        """Return whether what reads like a label is rather the end of a line that a mail program has broken."""
        wrapped = WRAPPED <= len(self._before) <= _WIDEST and self._before[-1] not in ".:;!?"
        return wrapped and text[:1].islower() and not text.endswith(":")

    def _of_one_person(self, hit: Hit) -> bool:
        return len(hit.keys) == 1 and bool(self.vocabulary.fields[hit.keys[0]].person)

    def _in_long_answer(self) -> bool:
        return self.growing is not None and self.vocabulary.fields[self.growing.key].kind not in SHORT_KINDS

    def labelled(self, split: tuple[Hit, str], where: str, marked: tuple[str, ...]) -> None:
        """Take a label with what follows it on its line."""
        hit, value = split
        self._hints.under(hit.keys)
        self.settle()
        key = self.choose(hit)
        if key is None:
            self.orphan(hit, value)
            return
        value, rest = self.cut(value, key)
        if value == "" and not rest:
            self.wait_for(hit, where)
            return
        self.growing = self.take(key, value, where, hit.score, marked)
        self._stay_with(key)
        for following in rest:
            self.labelled(following, where, ())

    def wait_for(self, hit: Hit, where: str) -> None:
        """Keep a label whose answer should follow on the next line."""
        self._hints.under(hit.keys)
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

    def orphan(self, hit: Hit, raw: str = "", person: str = "") -> None:
        """Note a label of a person that stands under no person, or the name of a person beyond those asked for."""
        if BEYOND not in {person, self.person}:
            self.pairs.orphans.append(self.vocabulary.fields[hit.keys[0]].label)
        elif any(self.vocabulary.fields[key].kind == "name" for key in hit.keys):
            self.too_many(raw)

    def too_many(self, name: str) -> None:
        """Note somebody for whom the form has no room."""
        if not is_empty(name):
            self.pairs.surplus.append(" ".join(tidy(name).split())[:120])

    def unknown(self, label: str) -> None:
        """Note a label nobody bears. What stands before the first question is the form's introduction."""
        label = " ".join(label.split())
        if not self.pairs.found:
            self._introduction.add(label)
        # A page's header repeats the introduction.
        elif label not in self._introduction:
            self.pairs.unknown.append(label)
            self.pairs.trail.append(f"?{label}")

    def _ends_label(self, answer: Found, line: str) -> bool:
        """Return whether a line is the end of a label that did not fit on the line above: both together are more alike."""
        together = f"{self._asked} {line}"
        before, whole = self.vocabulary.label(self._asked), self.vocabulary.label(together)
        if whole is None or answer.key not in whole.keys:
            return False
        if not self.waiting:
            # «Технічні умови: комп’ютер, резервне живлення на» looks like an answer until the label is whole.
            ends = whole.score >= 95 and self._asked.endswith(answer.raw)
        else:
            longer = before is not None and whole.score > before.score
            ends = longer or self.vocabulary.begins(together, answer.key)
        if ends:
            self._asked = together
            answer.raw, answer.unanswered, self.waiting = "", True, True
        return ends

    def grow(self, line: str, marked: tuple[str, ...]) -> None:
        """Add a line without a label to the answer it continues, if any."""
        answer = self.growing
        if answer is not None and self._ends_label(answer, line.strip()):
            return
        if answer is not None and self.waiting and _HINT.match(line):
            # The form's own words between a label and its answer; an example that goes on below is no answer either.
            if line.rstrip().endswith(","):
                self.settle()
            return
        unknown = _UNKNOWN.match(line[:LABEL_REACH])
        if answer is None:
            if unknown and unknown.group(2):
                self.unknown(unknown.group(1))
            return
        kind = self.vocabulary.fields[answer.key].kind
        if self.waiting and kind in SHORT_KINDS and explains(line):
            return
        more = (kind == "name" and _ends_name(answer.raw, line)) or (
            kind == "phone" and not self.waiting and PHONE.fullmatch(line.strip()) is not None
        )
        short = kind in SHORT_KINDS and not more
        pair = unknown is not None and bool(unknown.group(2)) and len(unknown.group(1).split()) <= 6
        # A line like a pair of its own ends an answer, but for a long one, which may say «Етап 2: запуск».
        ends = pair if kind != "long" and (self.waiting or not short) else short
        if ends and not (kind in {"choice", "yesno", "consent"} and line.strip()[:1] in "☐☑☒"):
            if unknown and unknown.group(2):
                self.unknown(unknown.group(1))
            self.settle()
            return
        addition = tidy(line)
        answer.raw = f"{answer.raw}\n{addition}".strip() if answer.raw else addition
        answer.marked += marked
        answer.unanswered = False
        self.waiting = False

    def split(self, text: str) -> tuple[Hit, str] | None:
        """Return the label a line begins with (or is) and what follows it."""
        return divided(text, self.vocabulary)

    def cut(self, value: str, key: str) -> tuple[str, list[tuple[Hit, str]]]:
        """Cut an answer where the next label begins on the same line; return it and the pairs that follow."""
        if self.vocabulary.fields[key].kind == "long":
            return value, []
        for separator in _NEXT_PAIR.finditer(value[:LABEL_REACH]):
            rest = value[separator.end() : separator.end() + LABEL_REACH]
            colon = re.match(r"([^:–—]{2,60}?)\s*(?::|[–—]\s*\S)", rest)
            if colon is None:
                continue
            hit = self.vocabulary.label(colon.group(1))
            if hit is not None and hit.score >= 95:
                following = self.split(value[separator.end() :])
                if following is not None:
                    return value[: separator.start()].strip(), [following]
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
        if not _PERSON_NAME.match(bare) or sum(word[0].isupper() for word in words) < 2:
            return
        if self.person == BEYOND:
            self.too_many(bare)
        elif key := self._own("name"):
            self.take(key, bare, where, 85)

    def composite(self, text: str, where: str) -> bool:
        """Take «Петренко Олена, начальниця відділу, 067…, o@x.ua» apart; return whether it was such a line."""
        if len(text) > LABEL_REACH:
            return False
        numbered = re.match(r"^\s*\(?(\d)[.)]\s*", text)
        person = self.person
        if numbered and person != BEYOND and int(numbered.group(1)) >= 1 and self.vocabulary.persons:
            index = int(numbered.group(1)) - 1
            person = self.vocabulary.persons[index] if index < len(self.vocabulary.persons) else BEYOND
            text = text[numbered.end() :]
        email, phone = EMAIL.search(text), PHONE.search(text)
        pieces = [piece.strip(" .") for piece in re.split(r"[,;\n\t]|\s[–—-]\s", text)]
        pieces = [piece for piece in pieces if piece]
        name = pieces[0] if pieces else ""
        if not person or not (email or phone) or len(pieces) < 3 or not _PERSON_NAME.match(name):
            return False
        if sum(word[0].isupper() for word in name.split()) < 2:
            return False
        self.person = person
        if person == BEYOND:
            self.too_many(name)
            return True
        keys = {kind: self._own(kind) for kind in ("name", "phone", "email", "text")}
        rest = [
            re.sub(r"(?i)^(?:тел(?:ефон)?|моб|e-?mail|пошта|ел\.? ?пошта)\W*$", "", piece)
            for piece in pieces[1:]
            if not EMAIL.search(piece) and not PHONE.search(piece)
        ]
        answers = (
            (keys["name"], name),
            (keys["phone"], ", ".join(found.group().strip() for found in PHONE.finditer(text))),
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
