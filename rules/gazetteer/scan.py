"""Reading a text word by word: which words name the oblast, the raion, a place. It finds; `find.py` concludes."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from rules.gazetteer import Gazetteer
from rules.gazetteer.forms import masculine_stems
from rules.gazetteer.lookup import Match, lookup
from rules.gazetteer.normalise import Word
from rules.gazetteer.oblasts import OblastFound
from rules.gazetteer.vocabulary import Sense, sense

# Between two words of one name stands nothing but a space or a dash.
JOINED = re.compile(r"^[\s\-‐-―’']*$")

# Words on the two sides of these are said of different things.
_APART = re.compile(r"[,;/|\\(]")


@dataclass(slots=True)
class Scan:
    """One text being read: its words, what each is for, and what has been found. Lives only inside one call."""

    gazetteer: Gazetteer
    words: Sequence[Word]
    senses: list[Sense | None]
    taken: list[str]
    oblast: str | None = None
    oblast_at: int = -1
    raion: str | None = None
    problems: list[str] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)

    def free(self, index: int) -> bool:
        """Whether the word may still be (part of) a name."""
        return not self.taken[index] and self.senses[index] is None and self.words[index].script != "number"

    def note(self, codes: Iterable[str]) -> None:
        """Add problem codes, each once."""
        for code in codes:
            if code not in self.problems:
                self.problems.append(code)


def begin(tokens: Sequence[Word], gazetteer: Gazetteer) -> Scan:
    """Return the words with what each is for, nothing found yet."""
    senses = [sense(word, gazetteer.country) for word in tokens]
    for index, mark in enumerate(senses):
        if (
            mark is not None
            and mark.part == "settlement"
            and index
            and _is_named(tokens, index, senses, gazetteer)
        ):
            senses[index] = None
    return Scan(gazetteer, tokens, senses, [""] * len(tokens))


def _is_named(
    tokens: Sequence[Word], index: int, senses: Sequence[Sense | None], gazetteer: Gazetteer
) -> bool:
    """Whether a word for a kind of settlement is the name itself or its end: «Ново село», «с. Селище»."""
    names = (gazetteer.names, gazetteer.centres)
    before, word = tokens[index - 1], tokens[index]
    if senses[index - 1] is None and JOINED.match(word.gap):
        return any(before.flat + word.flat in known for known in names)
    mark = senses[index - 1]
    return mark is not None and mark.part == "settlement" and any(word.flat in known for known in names)


def take_oblast(scan: Scan) -> None:
    """Find the oblast by the word «область» or by a colloquial name."""
    oblasts = scan.gazetteer.oblasts
    for index, mark in enumerate(scan.senses):
        if mark is None or mark.part != "oblast" or scan.taken[index]:
            continue
        scan.taken[index] = "oblast"
        spans = [(index - 2, index), (index - 1, index), (index + 1, index + 3), (index + 1, index + 2)]
        if scan.gazetteer.country == "bg":
            spans = spans[2:] + spans[:2]
        spans = [
            (a, b) for a, b in spans if a >= 0 and b <= len(scan.words) and all(map(scan.free, range(a, b)))
        ]
        # «Хмельницька, область Хмельницька»: the word beside which only a space stands is the one meant.
        spans.sort(
            key=lambda span: scan.words[index if span[1] <= index else index + 1].gap.strip(" .") != ""
        )
        for a, b in spans:
            if b - a == 2 and not JOINED.match(scan.words[a + 1].gap):
                continue
            flat = "".join(word.flat for word in scan.words[a:b])
            found = oblasts.by_word(flat, marked=True) or oblasts.by_spelling(
                replace(scan.words[a], key=flat), marked=True
            )
            if found:
                _keep_oblast(scan, found, a, b)
                break
        else:
            _guess_oblast(scan, [a for a, b in spans if b - a == 1], index)
    if scan.oblast is None:
        for index, word in enumerate(scan.words):
            found = oblasts.by_word(word.flat, marked=False) if scan.free(index) else None
            if found and found.problems == ("oblast_colloquial",) and not oblasts.is_also_town(word.flat):
                _keep_oblast(scan, found, index, index + 1)
                break


def _guess_oblast(scan: Scan, near: list[int], marker: int) -> None:
    oblasts = scan.gazetteer.oblasts
    for index in near:
        flat = scan.words[index].flat
        found = oblasts.by_abbreviation(flat) or oblasts.by_likeness(flat)
        if found and not lookup(scan.words[index : index + 1], scan.gazetteer):
            _keep_oblast(scan, found, index, index + 1)
            return
    if near:
        scan.note(["unknown_oblast"])
        # The words «Гданська область» name no oblast of ours; they are no hromada's name either.
        if not lookup(scan.words[near[0] : near[0] + 1], scan.gazetteer):
            scan.taken[near[0]] = "unknown oblast"
    elif marker == 0 or scan.words[marker - 1].script == "number":
        return


def _keep_oblast(scan: Scan, found: OblastFound, start: int, end: int) -> None:
    for index in range(start, end):
        scan.taken[index] = "oblast"
        scan.note(scan.words[index].slips)
    if scan.oblast is None:
        scan.oblast, scan.oblast_at = found.name, start
        scan.note(found.problems)
    elif scan.oblast != found.name:
        scan.note(["unknown_oblast"])


def take_raion(scan: Scan) -> None:
    """Find the raion; raions of before 2020 are passed over."""
    for index, mark in enumerate(scan.senses):
        if mark is None or mark.part != "raion":
            continue
        scan.taken[index] = "raion"
        for near in (index - 1, index + 1):
            if 0 <= near < len(scan.words) and scan.free(near) and masculine_stems(scan.words[near].flat):
                # Raions of before 2020 are not known; their names are no hromada's name all the same.
                scan.taken[near] = "raion"
                scan.raion = scan.raion or raion_of([scan.words[near]], scan.gazetteer)
                scan.note(["extra_raion"])
                break


def take_authorities(scan: Scan) -> None:
    """Pass over councils of raions and oblasts: «Житомирська обласна рада» names no hromada."""
    for index, mark in enumerate(scan.senses):
        if mark is None or mark.part != "authority":
            continue
        before = index - 1
        while (
            before >= 0
            and not scan.free(before)
            and not scan.taken[before]
            and scan.words[before + 1].gap == " "
        ):
            before -= 1
        for near in (before, index + 1):
            if 0 <= near < len(scan.words) and scan.free(near) and scan.words[max(near, index)].gap.isspace():
                scan.taken[near] = "authority"
                break


def raion_of(tokens: Iterable[Word], gazetteer: Gazetteer) -> str | None:
    """Return the raion one of the words names, or None."""
    for word in tokens:
        for stem in masculine_stems(word.flat):
            if stem in gazetteer.raions:
                return gazetteer.raions[stem]
    return None


def take_names(scan: Scan) -> None:
    """Find all names of places, the longest first at each word."""
    index = 0
    while index < len(scan.words):
        for size in (3, 2, 1):
            end = index + size
            if end > len(scan.words) or not all(map(scan.free, range(index, end))):
                continue
            if not all(JOINED.match(word.gap) for word in scan.words[index + 1 : end]):
                continue
            match = lookup(scan.words[index:end], scan.gazetteer)
            if match and _plausible(scan, index, match):
                scan.matches.append(replace(match, start=index, end=end))
                index = end - 1
                break
        index += 1


def _plausible(scan: Scan, index: int, match: Match) -> bool:
    # «сума», «гора» in running text are no towns: a town's name is written with a capital, if anything is.
    if match.by != "centre" or not scan.words[index].text[0].islower():
        return True
    return all(word.text.islower() for word in scan.words if word.script != "number")


def take_bare_oblast(scan: Scan) -> None:
    """Find an oblast named without the word: «Олевська громада, Житомирська»."""
    if scan.oblast is not None:
        return
    oblasts = scan.gazetteer.oblasts
    held = {index: match for match in scan.matches for index in range(match.start, match.end)}
    order = [index for index in range(len(scan.words)) if scan.free(index)]
    for index in (*reversed(order[1:]), *order[:1]):
        match = held.get(index)
        # «Стара Загора» is one name.
        whole = range(match.start, match.end) if match else range(index, index + 1)
        flat = "".join(scan.words[at].flat for at in whole)
        word = scan.words[index] if len(whole) == 1 else replace(scan.words[index], key=flat)
        found = oblasts.by_word(flat, marked=False) or oblasts.by_spelling(word)
        if found is None and index in held and (centre := oblasts.of_centre(flat)):
            found = OblastFound(centre, ("oblast_wrong_name",))
        others = [other for other in scan.matches if other is not match]
        if found is None or not (others or _titled_stranger(scan, held)):
            continue
        if followed(scan, whole[-1]) in ("hromada", "council") or (
            whole[0] == order[0]
            and len(scan.matches) > 1
            and not any(hit.place.oblast == found.name for other in others for hit in other.hits)
        ):
            continue
        scan.matches = others
        _keep_oblast(scan, found, whole[0], whole[-1] + 1)
        return


def _titled_stranger(scan: Scan, held: Collection[int]) -> bool:
    """Whether an unknown name is said to be a hromada: «Яришивска громада, Вінницька», «ТГ Яришивска, Вінницька»."""
    titles = ("hromada", "council")
    return any(
        index not in held
        and scan.free(index)
        and (
            followed(scan, index) in titles
            or (index and getattr(scan.senses[index - 1], "part", "") in titles)
        )
        for index in range(len(scan.words))
    )


def followed(scan: Scan, index: int) -> str:
    """Return what the next word is for, types skipped: «Олевська міська рада» gives council, «Рівне, рада» nothing."""
    for word, mark in zip(scan.words[index + 1 :], scan.senses[index + 1 :], strict=True):
        if mark is None or _APART.search(word.gap):
            return ""
        if mark.part != "type":
            return mark.part
    return ""
