"""How alike two normalised texts are: slips in words are forgiven, another word in the place of one is not. Pure."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

# At 84 no value, place name or label of another question was ever taken for a label; at 80 three were.
THRESHOLD = 84
# A candidate much longer or shorter than the label is another text, whatever its ratio.
LENGTH_GUARD = 0.35
# Labels this short must be equal: one edit would make another word of them.
SHORT = 4
# Words alike enough to be one, misspelt or in another case; little words stand for one another.
_SAME_WORD, _LONGER = 70, 2
_LITTLE = frozenset(
    ("і", "й", "та", "а", "и", "у", "в", "з", "із", "зі", "до", "на", "по", "за", "для", "про", "щодо", "от", "of", "the", "and", "in")
)  # fmt: skip


@lru_cache(maxsize=65536)
def similarity(candidate: str, variant: str) -> float:
    """Return 0 to 100 for two normalised texts; 0 when numbers in them differ or lengths do not fit."""
    if candidate == variant:
        return 100.0
    longer, shorter = max(len(candidate), len(variant)), min(len(candidate), len(variant))
    if shorter <= SHORT or (longer - shorter) / longer > LENGTH_GUARD:
        return 0.0
    score = fuzz.ratio(candidate, variant, score_cutoff=THRESHOLD)
    # «Учасник 1» and «Учасник 2» are one edit apart and two people.
    if score and re.findall(r"\d+", candidate) != re.findall(r"\d+", variant):
        return 0.0
    # «Пошта учасника» and «Посада учасника» share most of their letters and none of their matter.
    return score if score and _same_words(candidate.split(), variant.split()) else 0.0


def _same_words(candidate: list[str], variant: list[str]) -> bool:
    """Return whether each word of two texts has its like in the other: the first always, of six one may be another."""
    others = 0
    for tag, start, end, begin, stop in SequenceMatcher(
        None, candidate, variant, autojunk=False
    ).get_opcodes():
        if tag != "replace":
            continue
        mine, theirs = candidate[start:end], variant[begin:stop]
        if len(mine) != len(theirs):
            # «Електронна пошта» may be written as one word.
            mine, theirs = ["".join(mine)], ["".join(theirs)]
        for place, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            if not _alike(one, other):
                if 0 in {start + place, begin + place}:
                    return False
                others += 1
    return others <= min(len(candidate), len(variant)) // 6


def _alike(one: str, other: str) -> bool:
    if {one, other} <= _LITTLE:
        return True
    if abs(len(one) - len(other)) > _LONGER:
        # «Звання» is no misspelt «звертання».
        return False
    if max(len(one), len(other)) <= SHORT:
        return OSA.distance(one, other, score_cutoff=1) <= 1
    return fuzz.ratio(one, other) >= _SAME_WORD or OSA.distance(one, other, score_cutoff=1) <= 1
