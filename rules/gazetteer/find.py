"""Find the place a text names. Automatic (`exact`) only when certain: it must never guess, nor mend an unknown name.

Policy, DOMAIN of names: exact after normalisation decides; one slip counts only in a long word within a known oblast
whose next likely name is at least two slips farther; a part of a hyphenated name never counts; a name and an oblast
that disagree are never reconciled.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rules.gazetteer import Gazetteer, Hit
from rules.gazetteer.forms import masculine_stems
from rules.gazetteer.likeness import like
from rules.gazetteer.lookup import Match, lookup
from rules.gazetteer.normalise import Word, clean, key, words
from rules.gazetteer.oblasts import OblastFound
from rules.gazetteer.vocabulary import Sense, divide, sense
from rules.place import NOTHING, Place, Recognition

_CODE = re.compile(r"\bUA\d{17}\b")
_JOINED = re.compile(r"^[\s\-‐-―’']*$")


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


@dataclass(frozen=True, slots=True)
class Analysis:
    """A recognition, and where in the words it rests: for the subject to judge order and superfluous words."""

    recognition: Recognition
    name_at: int = -1
    oblast_at: int = -1
    leftover: tuple[Word, ...] = ()
    senses: tuple[Sense | None, ...] = ()


def find(text: str, gazetteer: Gazetteer, *, oblast: str | None = None, raion: str | None = None) -> Recognition:
    """Return what `text` («Олевська МТГ», «м. Трускавець, Львівська обл.») says about a place.

    `oblast` and `raion` are texts from other fields of a form; what stands in `text` itself counts first.
    """
    text = clean(text)
    coded = _CODE.search(text.upper())
    if coded and (place := gazetteer.by_code(coded.group())):
        return Recognition("exact", place, (place,), place.oblast, (), "code", 100.0, text)
    found = find_oblast(oblast, gazetteer) if oblast and oblast.strip() else None
    result = analyse(words(text), gazetteer, oblast=found, raion=raion).recognition
    if oblast and oblast.strip() and found is None and result.level == "exact" and result.oblast is not None:
        result = replace(result, level="suggested", problems=(*result.problems, "unknown_oblast"))
    return replace(result, text=text) if result.level != "none" else NOTHING


def find_oblast(text: str, gazetteer: Gazetteer) -> str | None:
    """Return the oblast («Житомирська область») a text names, or None when it names none for sure."""
    tokens = words(clean(text))
    scan = _scan(tokens, gazetteer)
    _take_oblast(scan)
    if scan.oblast:
        return scan.oblast
    free = [index for index in range(len(tokens)) if scan.free(index)]
    for index in free:
        found = gazetteer.oblasts.by_word(tokens[index].flat, marked=True) or gazetteer.oblasts.by_spelling(tokens[index])
        if found:
            return found.name
    if len(free) == 2:
        joined = gazetteer.oblasts.by_word("".join(tokens[index].flat for index in free), marked=True)
        return joined.name if joined else None
    if len(free) == 1 and (found := gazetteer.oblasts.by_likeness(tokens[free[0]].flat)):
        return found.name
    return None


def analyse(tokens: Sequence[Word], gazetteer: Gazetteer, *, oblast: str | None = None, raion: str | None = None) -> Analysis:
    """Return what the words say about a place. `oblast` is an official name known from elsewhere."""
    scan = _scan(divide(tokens, gazetteer.country), gazetteer)
    _take_oblast(scan)
    _take_raion(scan)
    if raion:
        scan.raion = scan.raion or _raion_of(words(clean(raion)), gazetteer)
    _take_names(scan)
    _take_bare_oblast(scan)
    if scan.oblast is None:
        scan.oblast = oblast
    if scan.matches:
        return _conclude(scan)
    return _unmatched(scan)


def _scan(tokens: Sequence[Word], gazetteer: Gazetteer) -> Scan:
    return Scan(gazetteer, tokens, [sense(word, gazetteer.country) for word in tokens], [""] * len(tokens))


def _take_oblast(scan: Scan) -> None:
    oblasts = scan.gazetteer.oblasts
    for index, mark in enumerate(scan.senses):
        if mark is None or mark.part != "oblast" or scan.taken[index]:
            continue
        scan.taken[index] = "oblast"
        spans = [(index - 2, index), (index - 1, index), (index + 1, index + 3), (index + 1, index + 2)]
        if scan.gazetteer.country == "bg":
            spans = spans[2:] + spans[:2]
        spans = [(a, b) for a, b in spans if a >= 0 and b <= len(scan.words) and all(map(scan.free, range(a, b)))]
        for a, b in spans:
            if b - a == 2 and not _JOINED.match(scan.words[a + 1].gap):
                continue
            flat = "".join(word.flat for word in scan.words[a:b])
            found = oblasts.by_word(flat, marked=True) or (oblasts.by_spelling(scan.words[a]) if b - a == 1 else None)
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


def _take_raion(scan: Scan) -> None:
    for index, mark in enumerate(scan.senses):
        if mark is None or mark.part != "raion":
            continue
        scan.taken[index] = "raion"
        for near in (index - 1, index + 1):
            if 0 <= near < len(scan.words) and scan.free(near) and masculine_stems(scan.words[near].flat):
                # Raions of before 2020 are not known; their names are no hromada's name all the same.
                scan.taken[near] = "raion"
                scan.raion = scan.raion or _raion_of([scan.words[near]], scan.gazetteer)
                scan.note(["extra_raion"])
                break


def _raion_of(tokens: Iterable[Word], gazetteer: Gazetteer) -> str | None:
    for word in tokens:
        for stem in masculine_stems(word.flat):
            if stem in gazetteer.raions:
                return gazetteer.raions[stem]
    return None


def _take_names(scan: Scan) -> None:
    index = 0
    while index < len(scan.words):
        for size in (3, 2, 1):
            end = index + size
            if end > len(scan.words) or not all(map(scan.free, range(index, end))):
                continue
            if not all(_JOINED.match(word.gap) for word in scan.words[index + 1 : end]):
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


def _take_bare_oblast(scan: Scan) -> None:
    # «Олевська громада, Житомирська»: an oblast without the word, beside a hromada.
    if scan.oblast is not None:
        return
    oblasts = scan.gazetteer.oblasts
    held = {index: match for match in scan.matches for index in range(match.start, match.end)}
    order = [index for index in range(len(scan.words)) if scan.free(index)]
    named = [index for index in order if index in held]
    for index in (*reversed(order[1:]), *order[:1]):
        word = scan.words[index]
        found = oblasts.by_word(word.flat, marked=False) or oblasts.by_spelling(word)
        if found is None and index in held and (centre := oblasts.of_centre(word.flat)):
            found = OblastFound(centre, ("oblast_wrong_name",))
        match = held.get(index)
        others = [other for other in scan.matches if other is not match]
        if found is None or not others or (match and match.end - match.start > 1):
            continue
        if _followed(scan, index) in ("hromada", "council") or (index == order[0] and len(named) > 1 and not any(
            hit.place.oblast == found.name for other in others for hit in other.hits
        )):
            continue
        scan.matches = others
        _keep_oblast(scan, found, index, index + 1)
        return


def _followed(scan: Scan, index: int) -> str:
    """Return what the next word is for, types skipped: «Олевська міська рада» gives council."""
    for mark in scan.senses[index + 1 :]:
        if mark is None:
            return ""
        if mark.part != "type":
            return mark.part
    return ""


def _conclude(scan: Scan) -> Analysis:
    matches = scan.matches
    if len(matches) > 1:
        titled = [match for match in matches if _followed(scan, match.end - 1) in ("hromada", "council")]
        matches = titled or matches
    if len({frozenset(hit.place.code for hit in match.hits) for match in matches}) > 1:
        shared = [hit for hit in matches[0].hits if all(hit.place in [h.place for h in m.hits] for m in matches[1:])]
        if not shared:
            candidates = tuple(dict.fromkeys(hit.place for match in matches for hit in match.hits))
            fits = tuple(place for place in candidates if scan.oblast in (None, place.oblast))
            codes = (*scan.problems, "several_hromadas")
            return _analysis(scan, matches[0], Recognition("ambiguous", None, fits or candidates, scan.oblast, codes))
        matches = [replace(matches[0], hits=tuple(shared))]
    match = matches[0]
    for index in range(match.start, match.end):
        scan.note(scan.words[index].slips)
    return _analysis(scan, match, _choose(scan, match))


def _choose(scan: Scan, match: Match) -> Recognition:
    hits = match.hits
    if scan.oblast is not None:
        inside = tuple(hit for hit in hits if hit.place.oblast == scan.oblast)
        if not inside:
            places = tuple(dict.fromkeys(hit.place for hit in hits))
            codes = (*scan.problems, "hromada_oblast_mismatch")
            return Recognition("mismatch", None, places, None, codes, match.how, 0.0)
        hits = inside
    hits = _narrow(scan, match, hits)
    places = tuple(dict.fromkeys(hit.place for hit in hits))
    spelt = _spelling_problems(scan, match, hits)
    whole = len(places) == 1 and places[0].type == "місто"
    if scan.oblast is None and not whole:
        scan.note(["no_oblast"])
    if len(places) > 1:
        scan.note(spelt)
        scan.note(["ambiguous_hromada" if scan.oblast is None else "ambiguous_in_oblast"])
        return Recognition("ambiguous", None, places, scan.oblast, tuple(scan.problems), match.how, 50.0)
    scan.note(spelt)
    place = places[0]
    certain = _certain(scan, match, hits[0])
    score = 100.0 if certain else 90.0
    level = "exact" if certain else "suggested"
    return Recognition(level, place, places, place.oblast, tuple(scan.problems), match.how, score)


def _narrow(scan: Scan, match: Match, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    before = scan.senses[match.start - 1] if match.start else None
    types = [mark.value for mark in scan.senses if mark and mark.part in ("type", "hromada", "council") and mark.value]
    centre_first = before is not None and before.part == "settlement"
    if centre_first and before is not None:
        types = types or [before.value]
    for kinds in (("centre", "former"),) if centre_first else (("name", "former"),):
        kept = tuple(hit for hit in hits if hit.kind in kinds)
        hits = kept or hits
    if len({hit.place.code for hit in hits}) > 1 and scan.raion:
        hits = tuple(hit for hit in hits if hit.place.raion == scan.raion) or hits
    if len({hit.place.code for hit in hits}) > 1 and types:
        hits = tuple(hit for hit in hits if hit.place.type in types) or hits
    return hits


def _spelling_problems(scan: Scan, match: Match, hits: tuple[Hit, ...]) -> list[str]:
    codes = list(match.problems)
    if all(hit.kind == "former" for hit in hits):
        codes.append("former_name")
    if match.by == "centre" and scan.gazetteer.country == "ua" and any(hit.place.type != "місто" for hit in hits):
        codes.append("town_instead_of_hromada")
    typed = "".join(word.text for word in scan.words[match.start : match.end])
    if all("’" in hit.official for hit in hits) and match.how in ("name", "centre") and "transliterated" not in codes:
        if "apostrophe_wrong_char" not in scan.problems and key(typed) == typed.lower().replace("‐", "-").replace("‑", "-"):
            codes.append("apostrophe_missing")
    if any(mark and mark.part == "council" for mark in scan.senses):
        codes.append("council_instead_of_hromada")
    return codes


def _certain(scan: Scan, match: Match, hit: Hit) -> bool:
    if "unknown_oblast" in scan.problems or match.how in ("latin-coarse",):
        return False
    if match.how == "russian" and scan.oblast is None:
        return False
    if scan.raion and hit.place.raion and scan.raion != hit.place.raion:
        scan.note(["raion_mismatch"])
        return False
    if match.by == "centre":
        if hit.place.code in scan.gazetteer.crowded or (scan.oblast is None and hit.place.type not in ("міська", "місто")):
            return False
        before = scan.senses[match.start - 1] if match.start else None
        # «с. Іванків» may be another village than the town that is a hromada's centre.
        if before and before.part == "settlement" and before.value == "сільська" and hit.place.type != "сільська":
            return False
    return not _part_of_more(scan, match)


def _part_of_more(scan: Scan, match: Match) -> bool:
    # «Кчрсунь Шевченківська», «Велика Борова»: an unknown capitalised word beside the name may belong to it.
    for index, gap in ((match.start - 1, match.start), (match.end, match.end)):
        if not 0 <= index < len(scan.words) or not scan.free(index) or not _JOINED.match(scan.words[gap].gap):
            continue
        word = scan.words[index]
        if len(word.flat) > 1 and word.text[0].isupper():
            return True
    return False


def _unmatched(scan: Scan) -> Analysis:
    free = [index for index in range(len(scan.words)) if scan.free(index) and len(scan.words[index].flat) > 2]
    titled = [index for index in free if _followed(scan, index) in ("hromada", "council")]
    capital = [index for index in free if not scan.words[index].text[0].islower()]
    everything = all(word.text.islower() for word in scan.words if word.script != "number")
    tried = titled or capital or (free if everything else [])
    if not tried:
        codes = [*scan.problems, "no_hromada"] if scan.oblast is None else scan.problems
        return _analysis(scan, None, Recognition("none", None, (), scan.oblast, tuple(codes)))
    alike = like([scan.words[index] for index in tried[:4]], scan.gazetteer, scan.oblast)
    if "unknown_oblast" in scan.problems and alike.certain:
        alike = replace(alike, certain=False)
    match = Match((), "name", "typo", (), tried[0], tried[0] + 1)
    scan.note(scan.words[tried[0]].slips)
    if scan.oblast is None:
        scan.note(["no_oblast"])
    if alike.place is None:
        several = len(alike.tied) > 1
        scan.note(["typo_hromada", "ambiguous_hromada"] if several else ["unknown_hromada"])
        level = "ambiguous" if several else "unknown"
        return _analysis(
            scan, match, Recognition(level, None, alike.candidates, scan.oblast, tuple(scan.problems), "typo", alike.score)
        )
    scan.note(alike.problems)
    match = replace(match, start=tried[alike.word], end=tried[alike.word] + 1)
    certain = alike.certain and not _part_of_more(scan, match)
    return _analysis(
        scan,
        match,
        Recognition(
            "exact" if certain else "suggested", alike.place, alike.candidates, alike.place.oblast, tuple(scan.problems), "typo", alike.score
        ),
    )


def _analysis(scan: Scan, match: Match | None, recognition: Recognition) -> Analysis:
    spared = range(match.start, match.end) if match else range(0)
    held = {index for other in scan.matches for index in range(other.start, other.end)}
    leftover = tuple(
        word
        for index, word in enumerate(scan.words)
        if index not in spared and index not in held and not scan.taken[index]
        and (scan.senses[index] is None or getattr(scan.senses[index], "part", "") == "extra")
    )
    return Analysis(recognition, match.start if match else -1, scan.oblast_at, leftover, tuple(scan.senses))


def candidates_text(places: Iterable[Place]) -> tuple[str, ...]:
    """Return one line per place for people to choose from: «Городоцька селищна / Житомирська область / …»."""
    return tuple(
        f"{place.name} {place.type} / {place.oblast} / {place.raion} р-н / {place.code}" for place in places
    )
