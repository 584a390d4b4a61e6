"""Misspelt names: what a word may have been meant for. Sure only of one slip in a long word, within a known oblast."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rules.gazetteer import Gazetteer, Hit, Pool
from rules.gazetteer.forms import adjective_stems
from rules.gazetteer.normalise import Word, coarse, sound
from rules.place import Place

_FAR = 9
# No name is longer, misspelt or not.
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Likeness:
    """`place` is the one likely meaning, `certain` whether a machine may act on it; `word` the index it came from."""

    place: Place | None = None
    certain: bool = False
    candidates: tuple[Place, ...] = ()
    tied: tuple[Place, ...] = ()
    problems: tuple[str, ...] = ()
    score: float = 0.0
    word: int = 0


def like(tokens: Sequence[Word], gazetteer: Gazetteer, oblast: str | None) -> Likeness:
    """Return what the likeliest of the words may have been meant for, in `oblast` when that is known."""
    best = Likeness()
    for index, word in enumerate(tokens):
        found = _one(word, gazetteer, oblast, index)
        if (found.place is not None, found.score) > (best.place is not None, best.score):
            best = found
    return best


def _one(word: Word, gazetteer: Gazetteer, oblast: str | None, index: int) -> Likeness:
    pool = gazetteer.nominatives if oblast is None else gazetteer.nominatives_by_oblast.get(oblast)
    if pool is None or len(word.key) > _LONGEST:
        return Likeness(word=index)
    if short := _abbreviated(word, pool):
        only = short[0] if len(short) == 1 else None
        return Likeness(
            only, candidates=short, tied=short, problems=("name_abbreviated",), score=85.0, word=index
        )
    latin = word.script == "latin"
    if latin:
        language = "bg" if gazetteer.country == "bg" else "uk"
        spelt = {sound(word.key, language)}
        choices: Sequence[str] = pool.sounds
    else:
        spelt = {word.flat}
        if gazetteer.country == "ua":
            spelt |= {stem + "а" for stem in adjective_stems(word.flat) if stem.endswith(("к", "н"))}
            spelt |= {word.flat[:-2] + "а"} if word.flat.endswith(("кая", "кой", "кую")) else set()
        choices = pool.names
    near: dict[str, tuple[int, Hit]] = {}
    for text in spelt:
        for _, distance, at in process.extract(
            text, choices, scorer=OSA.distance, score_cutoff=4, limit=8, processor=None
        ):
            hit = pool.hits[at]
            known = near.get(hit.place.code)
            if known is None or distance < known[0]:
                near[hit.place.code] = (int(distance), hit)
    ranked = sorted(near.values(), key=lambda item: (item[0], item[1].place.code))
    if not ranked:
        return Likeness(word=index)
    length = max(len(text) for text in spelt)
    distance, hit = ranked[0]
    places = tuple(item[1].place for item in ranked if item[0] <= distance + 1)[:5]
    tied = tuple(item[1].place for item in ranked if item[0] == distance)
    score = 100.0 * (1 - distance / max(length, 1))
    if not _believable(distance, length, word, hit):
        return Likeness(candidates=places, score=score, word=index)
    codes: tuple[str, ...] = ("transliterated", "typo_hromada") if latin else ("typo_hromada",)
    if len(tied) > 1:
        return Likeness(candidates=places, tied=tied, problems=codes, score=score, word=index)
    following = ranked[1][0] if len(ranked) > 1 else _FAR
    certain = (
        oblast is not None
        and not latin
        and distance == 1
        and length >= 8
        and following >= distance + 2
        and hit.kind == "name"
        and word.flat[0] == hit.official[0].lower()
        and ("-" in word.key) == ("-" in hit.official)
    )
    if hit.kind == "former":
        codes += ("former_name",)
    return Likeness(hit.place, certain, places, tied, codes, score, index)


def _believable(distance: int, length: int, word: Word, hit: Hit) -> bool:
    if _another_beginning(word, hit) and (length < 11 or distance > 1):
        return False
    # «Вересівська» is two letters from «Березівська» and another place: two slips count only in very long words, or
    # when they are of the kind that changes no sound.
    if distance <= 1:
        return length >= 5
    if distance == 2 and length >= 13:
        return True
    if word.script == "latin" or hit.place.type == "община" or distance > 3 or length < 5:
        return False
    apart = OSA.distance(coarse(word.flat), coarse(hit.official.lower().replace("’", "")))
    return apart <= (1 if distance == 2 and length >= 7 else 0)


def _another_beginning(word: Word, hit: Hit) -> bool:
    """Whether the first letter is another one, neither left out nor exchanged: «Калинська» is not «Малинська»."""
    typed, name = word.flat, hit.official.lower()
    if word.script == "latin" or typed[0] == name[0]:
        return False
    return name[0] not in typed[:2] and typed[0] not in name[:2]


def _abbreviated(word: Word, pool: Pool) -> tuple[Place, ...]:
    """Return the places with a double name whose first part is cut short: «Ів-Франківська», «К-Подільська»."""
    first, dash, second = word.key.partition("-")
    if not dash or not first or len(second) < 5:
        return ()
    ends = {second, *(stem + "а" for stem in adjective_stems(second))}
    places = []
    for name, hit in pool.double:
        head, _, tail = name.partition("-")
        if tail in ends and head.startswith(first):
            places.append(hit.place)
    return tuple(dict.fromkeys(places))
