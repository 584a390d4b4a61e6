"""Find the place a text names. Automatic (`exact`) only when certain: it must never guess, nor mend an unknown name.

Policy, DOMAIN of names: exact after normalisation decides; one slip counts only in a long word within a known oblast
whose next likely name is at least two slips farther; a part of a hyphenated name never counts; a name and an oblast
that disagree are never reconciled.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rules.gazetteer import Gazetteer, Hit
from rules.gazetteer.certainty import certain, part_of_more, strangers
from rules.gazetteer.likeness import like
from rules.gazetteer.lookup import Match
from rules.gazetteer.normalise import Word, clean, key, words
from rules.gazetteer.scan import (
    Scan,
    begin,
    followed,
    raion_of,
    take_authorities,
    take_bare_oblast,
    take_names,
    take_oblast,
    take_raion,
)
from rules.gazetteer.vocabulary import Sense, divide
from rules.place import NOTHING, Level, Place, Recognition

# A name of a place is never longer; a form may hold a whole page in its place.
_LONGEST = 500
_CODE = re.compile(r"\bUA\d{17}\b")


@dataclass(frozen=True, slots=True)
class Analysis:
    """A recognition, and where in the words it rests: for the subject to judge order and superfluous words."""

    recognition: Recognition
    name_at: int = -1
    oblast_at: int = -1
    leftover: tuple[Word, ...] = ()
    senses: tuple[Sense | None, ...] = ()


def find(
    text: str, gazetteer: Gazetteer, *, oblast: str | None = None, raion: str | None = None
) -> Recognition:
    """Return what `text` («Олевська МТГ», «м. Трускавець, Львівська обл.») says about a place.

    `oblast` and `raion` are texts from other fields of a form; what stands in `text` itself counts first.
    """
    text = clean(text[:_LONGEST])
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
    tokens = words(clean(text[:_LONGEST]))
    scan = begin(tokens, gazetteer)
    take_oblast(scan)
    if scan.oblast:
        return scan.oblast
    free = [index for index in range(len(tokens)) if scan.free(index)]
    for index in free:
        found = gazetteer.oblasts.by_word(tokens[index].flat, marked=True) or gazetteer.oblasts.by_spelling(
            tokens[index]
        )
        if found:
            return found.name
    if len(free) == 2:
        joined = gazetteer.oblasts.by_word("".join(tokens[index].flat for index in free), marked=True)
        return joined.name if joined else None
    if len(free) == 1 and (found := gazetteer.oblasts.by_likeness(tokens[free[0]].flat)):
        return found.name
    return None


def analyse(
    tokens: Sequence[Word], gazetteer: Gazetteer, *, oblast: str | None = None, raion: str | None = None
) -> Analysis:
    """Return what the words say about a place. `oblast` is an official name known from elsewhere."""
    scan = begin(divide(tokens, gazetteer.country), gazetteer)
    take_oblast(scan)
    take_raion(scan)
    take_authorities(scan)
    if raion:
        scan.raion = scan.raion or raion_of(words(clean(raion)), gazetteer)
    take_names(scan)
    take_bare_oblast(scan)
    if scan.oblast is None:
        scan.oblast = oblast
    if scan.matches:
        return _conclude(scan)
    return _unmatched(scan)


def _conclude(scan: Scan) -> Analysis:
    matches = scan.matches
    if len(matches) > 1:
        titled = [match for match in matches if followed(scan, match.end - 1) in ("hromada", "council")]
        matches = titled or matches
    if len({frozenset(hit.place.code for hit in match.hits) for match in matches}) > 1:
        shared = [
            hit for hit in matches[0].hits if all(hit.place in [h.place for h in m.hits] for m in matches[1:])
        ]
        if not shared:
            candidates = tuple(dict.fromkeys(hit.place for match in matches for hit in match.hits))
            fits = tuple(place for place in candidates if scan.oblast in (None, place.oblast))
            codes = (*scan.problems, "several_hromadas")
            return _analysis(
                scan, matches[0], Recognition("ambiguous", None, fits or candidates, scan.oblast, codes)
            )
        matches = [replace(matches[0], hits=tuple(shared))]
    match = matches[0]
    for index in range(match.start, match.end):
        scan.note(scan.words[index].slips)
    if (match.by == "centre" or scan.oblast is None) and (strange := strangers(scan)):
        if match.by == "centre" and any(followed(scan, index) in ("hromada", "council") for index in strange):
            # «Винниківська громада, Львів»: the hromada is the unknown one, the town only says where.
            return _unmatched(scan)
        return _analysis(scan, match, _doubted(_choose(scan, match)))
    return _analysis(scan, match, _choose(scan, match))


def _doubted(recognition: Recognition) -> Recognition:
    return (
        replace(recognition, level="suggested", score=90.0) if recognition.level == "exact" else recognition
    )


def _choose(scan: Scan, match: Match) -> Recognition:
    hits = match.hits
    if scan.oblast is not None:
        inside = tuple(hit for hit in hits if scan.gazetteer.oblasts.covers(scan.oblast, hit.place.oblast))
        if not inside:
            places = tuple(dict.fromkeys(hit.place for hit in hits))
            codes = (*scan.problems, "hromada_oblast_mismatch")
            return Recognition("mismatch", None, places, None, codes, match.how, 0.0)
        hits = inside
    hits = _narrow(scan, match, hits)
    places = tuple(dict.fromkeys(hit.place for hit in sorted(hits, key=_prominence)))
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
    sure = certain(scan, match, hits[0])
    score = 100.0 if sure else 90.0
    level: Level = "exact" if sure else "suggested"
    return Recognition(level, place, places, place.oblast, tuple(scan.problems), match.how, score)


def _prominence(hit: Hit) -> int:
    # A bare «Чернівці» is more likely the city than a village of that name.
    return (
        {"місто": 0, "міська": 0, "селищна": 1, "сільська": 2}.get(hit.place.type, 0)
        if hit.kind == "centre"
        else 0
    )


def _narrow(scan: Scan, match: Match, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    before = scan.senses[match.start - 1] if match.start else None
    types = [
        mark.value
        for mark in scan.senses
        if mark and mark.part in ("type", "hromada", "council") and mark.value
    ]
    centre_first = before is not None and before.part == "settlement"
    if centre_first and before is not None:
        types = types or [before.value]
    for kinds in (("centre", "former", "alias"),) if centre_first else (("name", "former", "alias"),):
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
    if all(hit.kind == "alias" for hit in hits):
        codes.append("alias")
    if (
        (match.by == "centre" or all(hit.kind == "centre" for hit in hits))
        and scan.gazetteer.country == "ua"
        and any(hit.place.type != "місто" for hit in hits)
    ):
        codes.append("town_instead_of_hromada")
    typed = "".join(word.text for word in scan.words[match.start : match.end])
    unmarked = key(typed) == typed.lower().replace("‐", "-").replace("‑", "-")
    if (
        all("’" in hit.official for hit in hits)
        and match.how in ("name", "centre")
        and unmarked
        and "apostrophe_wrong_char" not in scan.problems
    ):
        codes.append("apostrophe_missing")
    if any(mark and mark.part == "council" for mark in scan.senses):
        codes.append("council_instead_of_hromada")
    return codes


def _unmatched(scan: Scan) -> Analysis:
    held = {index for match in scan.matches for index in range(match.start, match.end)}
    free = [
        index
        for index in range(len(scan.words))
        if scan.free(index) and index not in held and len(scan.words[index].flat) > 2
    ]
    titled = [index for index in free if followed(scan, index) in ("hromada", "council")]
    capital = [index for index in free if not scan.words[index].text[0].islower()]
    everything = all(word.text.islower() for word in scan.words if word.script != "number")
    tried = titled or capital or (free if everything else [])
    if not tried:
        codes = [*scan.problems, "no_hromada"]
        return _analysis(scan, None, Recognition("none", None, (), scan.oblast, tuple(codes)))
    alike = like(
        [scan.words[index] for index in tried[: 4 if scan.oblast else 2]], scan.gazetteer, scan.oblast
    )
    if "unknown_oblast" in scan.problems and alike.certain:
        alike = replace(alike, certain=False)
    match = Match((), "name", "typo", (), tried[0], tried[0] + 1)
    scan.note(scan.words[tried[0]].slips)
    if scan.oblast is None:
        scan.note(["no_oblast"])
    if alike.place is None:
        several = len(alike.tied) > 1
        scan.note(["typo_hromada", "ambiguous_hromada"] if several else ["unknown_hromada"])
        level: Level = "ambiguous" if several else "unknown"
        return _analysis(
            scan,
            match,
            Recognition(
                level, None, alike.candidates, scan.oblast, tuple(scan.problems), "typo", alike.score
            ),
        )
    scan.note(alike.problems)
    match = replace(match, start=tried[alike.word], end=tried[alike.word] + 1)
    sure = alike.certain and not part_of_more(scan, match)
    return _analysis(
        scan,
        match,
        Recognition(
            "exact" if sure else "suggested",
            alike.place,
            alike.candidates,
            alike.place.oblast,
            tuple(scan.problems),
            "typo",
            alike.score,
        ),
    )


def _analysis(scan: Scan, match: Match | None, recognition: Recognition) -> Analysis:
    spared = range(match.start, match.end) if match else range(0)
    held = {index for other in scan.matches for index in range(other.start, other.end)}
    leftover = tuple(
        word
        for index, word in enumerate(scan.words)
        if index not in spared
        and index not in held
        and not scan.taken[index]
        and (scan.senses[index] is None or getattr(scan.senses[index], "part", "") == "extra")
    )
    return Analysis(recognition, match.start if match else -1, scan.oblast_at, leftover, tuple(scan.senses))


def candidates_text(places: Iterable[Place]) -> tuple[str, ...]:
    """Return one line per place for people to choose from: «Городоцька селищна / Житомирська область / …»."""
    return tuple(
        f"{place.name} {place.type} / {place.oblast} / {place.raion} р-н / {place.code}" for place in places
    )
