"""Which field a piece of text names.

A label is recognised only when it is surely one: a field left empty costs a question, a field filled from the
wrong label costs trust, so thresholds are those at which no false match was ever measured.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from rules.alike import SHORT, THRESHOLD, similarity
from rules.call import Call, FormField
from rules.usual import ALIKE

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe0e\ufe0f]"
)
_APOSTROPHES = re.compile("(?<=\\w)['`´ʹʼˈ‘’‛′＇\"*](?=\\w)")
_LATIN = str.maketrans("aceiopxykmthbïăv", "асеіорхукмтнвїав")
_NUMBER = r"\d{1,2}(?:\.\d{1,2}){1,3}"
_NUMBERS = re.compile(rf"^\s*(?:п(?:ункт)?\.?\s*)?({_NUMBER}(?:\s*[/,;]\s*{_NUMBER})*)[.)]?(?=$|[^\d.,/])")
_ORDINAL = re.compile(r"^\s*(?:№\s*)?(?:\d{1,2}|[ivxіх]{1,4})[.)]\s*", re.IGNORECASE)
_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_BOXES = "☐☑☒□■✓✔✗✘◻◼⬜🗹🗷⍰"

_PERSON_WORD = r"(?:учасни\w*|участни\w*|представни\w*|представител\w*|participants?)"
_ORDINALS = {
    "перш": 1, "перв": 1, "първ": 1, "first": 1, "друг": 2, "втор": 2, "second": 2, "трет": 3, "third": 3,
    "i": 1, "і": 1, "ii": 2, "іі": 2, "iii": 3, "ііі": 3,
}  # fmt: skip
_WORD_ORDINAL = r"(?:перш|перв|първ|друг|втор|трет|first|second|third)\w*"
_MENTION = re.compile(
    rf"\b{_PERSON_WORD}\s*(?:№|#|n\.?|no\.?)?\s*[-–]?\s*(\d{{1,2}}|[iі]{{1,3}}|{_WORD_ORDINAL})\b(?:-?(?:й|го|а|я|ий|ша))?"
    rf"|\b(\d{{1,2}}|[iі]{{1,3}}|{_WORD_ORDINAL})(?:-?(?:й|го|а|ва|ша|ий|st|nd|rd))?\s+{_PERSON_WORD}\b",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """Return text composed (NFC), without invisible characters, blanks of every kind made plain."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return re.sub(r"[^\S\n\t]", " ", text.replace("\r\n", "\n").replace("\r", "\n"))


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Return the skeleton by which labels are compared: no case, numbering, punctuation or Latin look-alikes."""
    text = _INVISIBLE.sub("", text).replace("№", " ")
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = _NUMBERS.sub("", text)
    text = _ORDINAL.sub("", text)
    text = _APOSTROPHES.sub("", text).translate(_LATIN)
    return re.sub(r"[\W_]+", " ", text).strip()


def item_numbers(text: str) -> tuple[str, ...]:
    """Return the item numbers a text begins with: `1.3`, or several, `3.1 / 3.7`."""
    found = _NUMBERS.match(_INVISIBLE.sub("", text))
    return tuple(re.findall(_NUMBER, found.group(1))) if found else ()


def _spellings(text: str) -> tuple[str, ...]:
    """Return the text as it may be compared: whole, without parentheses, each side of a bilingual " / "."""
    bare = _PARENTHESES.sub(" ", text)
    sides = [side for side in re.split(r"\s[/|]\s", bare) if side.strip()]
    out = [normalise(text), normalise(bare)]
    if len(sides) > 1:
        out.extend(normalise(side) for side in sides)
    return tuple(dict.fromkeys(spelling for spelling in out if spelling))


_ALIKE = tuple(tuple(dict.fromkeys(map(normalise, alike))) for alike in ALIKE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A text recognised as a label: the fields it may name, how surely (0 to 100), the person it mentions."""

    keys: tuple[str, ...]
    score: float
    person: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading: of a participant (`person`), or of a part of the form (`part`, the number before the dot).

    `rest` is what follows the heading on its line.
    """

    person: str = ""
    part: str = ""
    rest: str = ""


# Stands for a participant for whom the form has no room: «Учасник 3» where two are asked for.
BEYOND = "+"


class Vocabulary:
    """The labels and headings of one call."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.fields: dict[str, FormField] = {field.key: field for field in call.fields}
        self.persons = tuple(participant.key for participant in call.participants)
        self._headings: dict[str, Section] = {}
        for part, text in call.sections.items():
            for variant in _spellings(text):
                self._headings.setdefault(variant, Section(part=part))
        for participant in call.participants:
            for text in (participant.label, *participant.aliases):
                self._headings[normalise(text)] = Section(person=participant.key)
        self._labels: dict[str, list[str]] = {}
        for field in call.fields:
            for spelling in (field.label, *field.aliases):
                for place, variant in enumerate(_spellings(spelling)):
                    # «Учасник 1 (ПІБ)» without its parentheses is a heading, no label.
                    heading = self._headings.get(variant)
                    keys = self._labels.setdefault(variant, [])
                    if field.key not in keys and not (place and heading is not None and heading.person):
                        keys.append(field.key)
        self._add_usual()
        self._long = [variant for variant in self._labels if len(variant) > SHORT]
        self._cache: dict[str, Hit | None] = {}

    def _add_usual(self) -> None:
        """Let fields be named by what is usually written for their labels too, where no field claims it."""
        claimed = frozenset(self._labels) | frozenset(self._headings)
        for alike in _ALIKE:
            known = [self._labels[one] for one in alike if one in self._labels]
            named = {key: None for keys in known for key in keys}
            for spelling in alike if named else ():
                if spelling not in claimed:
                    self._labels[spelling] = list(named)

    def part_of(self, key: str) -> str:
        """Return the part of the form a field stands in ("" when it has no number)."""
        return self.fields[key].number.partition(".")[0]

    def label(self, text: str) -> Hit | None:
        """Return what fields a text names, or None when it is not surely a label."""
        if len(text) > 600:
            return None
        if len(self._cache) > 10_000:
            self._cache.clear()
        if text not in self._cache:
            self._cache[text] = self._find(text)
        return self._cache[text]

    def _find(self, text: str) -> Hit | None:
        # A tick box belongs to an answer, never to a label.
        if any(box in text for box in _BOXES) or not any(char.isalpha() for char in text):
            numbers = item_numbers(text)
            keys = self._numbered(numbers) if normalise(text) == "" else ()
            return Hit(keys, 90) if keys else None
        best = self._compare(_spellings(text), tuple(self.fields))
        mention = self.mention(text)
        if mention is not None:
            person, bare = mention
            own = tuple(key for key, field in self.fields.items() if field.person == person)
            meant = tuple(key for key in best.keys if key in own) if best is not None else ()
            if best is not None and meant and len(meant) < len(best.keys):
                # «ПІБ (учасник 1)»: the words in parentheses are no part of the label, but they say whose it is.
                best = Hit(meant, best.score, person)
            elif best is None or best.score < 99:
                named = self._compare(_spellings(bare), own)
                if named is not None and (best is None or named.score > best.score):
                    return Hit(named.keys, named.score, person)
        numbered = self._numbered(item_numbers(text))
        if not numbered:
            return best
        if best is not None:
            both = tuple(key for key in best.keys if key in numbered)
            return Hit(both, best.score) if both else best
        alike = tuple(key for key in numbered if self._resembles(normalise(text), key))
        return Hit(alike, THRESHOLD) if alike else None

    def _compare(self, candidates: tuple[str, ...], keys: tuple[str, ...]) -> Hit | None:
        scores: dict[str, float] = {}
        for place, candidate in enumerate(candidates):
            for variant, likeness in self._near(candidate):
                score = likeness - (0.5 if place else 0)
                for key in self._labels[variant]:
                    if key in keys and score > scores.get(key, 0):
                        scores[key] = score
        if not scores:
            return None
        top = max(scores.values())
        winners = tuple(key for key, score in scores.items() if score > top - 0.25)
        rivals = [score for key, score in scores.items() if key not in winners]
        if top < 99 and rivals and max(rivals) > top - 3:
            return None
        return Hit(winners, top)

    def _near(self, candidate: str) -> Iterator[tuple[str, float]]:
        """Yield the known spellings a normalised text is like, with their similarity."""
        if candidate in self._labels:
            yield candidate, 100.0
        if len(candidate) > SHORT:
            for variant, _, _ in process.extract(
                candidate, self._long, scorer=fuzz.ratio, processor=None, score_cutoff=THRESHOLD, limit=None
            ):
                score = similarity(candidate, variant)
                if score >= THRESHOLD and variant != candidate:
                    yield variant, score

    def _numbered(self, numbers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key for key, field in self.fields.items() if field.number and field.number in numbers)

    def _resembles(self, candidate: str, key: str) -> bool:
        """Return whether an edited label still speaks of the numbered field: half of its longer words occur."""
        words = [word[:5] for word in candidate.split() if len(word) >= 4]
        known = {
            word[:5] for variant, keys in self._labels.items() if key in keys for word in variant.split()
        }
        return bool(words) and sum(word in known for word in words) * 2 >= len(words)

    def begins(self, text: str, key: str) -> bool:
        """Return whether a text is the beginning of a wording of the field's label."""
        start = normalise(text) + " "
        return any(key in keys and variant.startswith(start) for variant, keys in self._labels.items())

    def mention(self, text: str, *, beyond: bool = False) -> tuple[str, str] | None:
        """Return the participant a text mentions by number and the text without the mention, or None.

        With `beyond` a number after the last participant's gives `BEYOND`.
        """
        found = _MENTION.search(text)
        if found is None:
            return None
        index = _index(found)
        if index < 1 or (index > len(self.persons) and not (beyond and self.persons)):
            return None
        person = self.persons[index - 1] if index <= len(self.persons) else BEYOND
        return person, (text[: found.start()] + " " + text[found.end() :]).strip(" :.,–—-")

    def section(self, text: str) -> Section | None:
        """Return the heading a line is, or None. "Учасник 1 координуватиме" is a sentence, not a heading."""
        if len(text) > 400 or any(box in text for box in _BOXES):
            return None
        if not any(char.isalpha() for char in text):
            return None
        whole = self._heading(normalise(text), THRESHOLD)
        if whole is not None:
            return whole
        head, _, rest = _heading_parts(text)
        if head != text:
            named = self._heading(normalise(head), 95)
            if named is not None and named.person:
                return Section(named.person, named.part, rest)
        mention = self.mention(head, beyond=True)
        if mention is not None and normalise(mention[1]) in _HEADING_WORDS:
            return Section(person=mention[0], rest=rest)
        return None

    def _heading(self, candidate: str, threshold: float) -> Section | None:
        found = self._headings.get(candidate)
        if found is not None or len(candidate) <= SHORT:
            return found
        near = process.extract(
            candidate,
            list(self._headings),
            scorer=fuzz.ratio,
            processor=None,
            score_cutoff=threshold,
            limit=None,
        )
        fitting = (variant for variant, _, _ in near if similarity(candidate, variant) >= threshold)
        return next((self._headings[variant] for variant in fitting), None)


def counted_person(text: str) -> int:
    """Return which participant a text names by number and nothing else: 3 of «Учасник 3», «третя учасниця»; else 0."""
    found = _MENTION.fullmatch(text.strip(' «»"().,'))
    return _index(found) if found is not None else 0


def _index(mention: re.Match[str]) -> int:
    """Return the number in a participant's mention, 0 when it is none."""
    word = (mention.group(1) or mention.group(2)).casefold()
    index = int(word) if word.isdigit() else next((n for w, n in _ORDINALS.items() if word == w), 0)
    return index or next((n for w, n in _ORDINALS.items() if len(w) > 3 and word.startswith(w)), 0)


# What may stand beside the person in a heading: «Відомості про учасника 1».
_HEADING_WORDS = frozenset(
    normalise(words)
    for words in (
        "", "відомості про", "дані про", "інформація про", "дані", "відомості", "інформація щодо", "інформація",
        "сведения об", "данные об", "информация об", "сведения о", "данни за", "информация за", "details of", "data of",
    )
)  # fmt: skip


def _heading_parts(text: str) -> tuple[str, str, str]:
    """Split «Учасник 1 — керівник …», «Учасник 1: …», «Учасник 1 (…)» into heading, separator, rest."""
    found = re.search(r"\s*[:(\n]\s*|\s+[–—-]\s+|\.\s+|\s*[–—]\s*", text)
    if found is None or not text[: found.start()].strip():
        return text, "", ""
    if found.group().strip().isdigit():
        return text, "", ""
    return text[: found.start()], found.group(), text[found.end() :].strip()
