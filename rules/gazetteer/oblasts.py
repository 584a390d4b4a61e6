"""Oblasts: from what people write («Житомирської обл.», Тернопільщина, Кропивницька обл.) to the official name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA

from rules.gazetteer.forms import adjective_stems, settlement_forms
from rules.gazetteer.normalise import Word, flat, key, latin_spellings, sound


@dataclass(frozen=True, slots=True)
class Oblast:
    """`name` is what letters show («Житомирська область»), `adjective` the first word of it (Bulgaria: the name)."""

    name: str
    adjective: str
    centre: str = ""
    colloquial: tuple[str, ...] = ()
    russian: str = ""
    latin: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OblastFound:
    """An oblast and the problem codes of how it was written."""

    name: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Oblasts:
    """All oblasts of a country with the ways to write them. Not slotted: its indexes are made when first needed."""

    country: str
    rows: tuple[Oblast, ...]

    def by_word(self, word: str, *, marked: bool) -> OblastFound | None:
        """Return the oblast a flat Cyrillic word names exactly; `marked`: the word «область» stands beside it.

        Without that word only an adjective or a colloquial name counts.
        """
        if self.country == "bg":
            return self._bulgarian(word)
        for stem in adjective_stems(word):
            if stem in self._adjectives:
                return self._adjectives[stem]
        if word in self._adjectives:
            # «Донецьк» is the centre, though it is also what the adjective begins with.
            return OblastFound(self._adjectives[word].name, ("oblast_wrong_name",))
        if word in self._nouns:
            return self._nouns[word]
        if marked:
            for stem in (*adjective_stems(word), word):
                if stem in self._wrong:
                    return self._wrong[stem]
        return None

    def _bulgarian(self, word: str) -> OblastFound | None:
        if word in self._adjectives:
            return self._adjectives[word]
        # «Бургаска област», «Варненска област».
        for end in ("енска", "нска", "ска", "шка"):
            if word.endswith(end):
                stem = word[: -len(end)]
                fits = [
                    found
                    for name, found in self._adjectives.items()
                    if len(stem) > 2 and name.startswith(stem)
                ]
                if len(fits) == 1:
                    return fits[0]
        return None

    def by_spelling(self, word: Word, *, marked: bool = False) -> OblastFound | None:
        """Return the oblast a Russian or Latin word names, or None. `marked`: «oblast» stands beside it."""
        if word.script == "latin":
            spelt = _latin_stem(sound(word.key, "bg" if self.country == "bg" else "uk"))
            if name := self._sounds.get(spelt):
                return OblastFound(name, ("transliterated",))
            if not marked or len(spelt) <= 5:
                return None
            # «Jitomirska»: one sound of a long name written in another country's way.
            near = {
                name
                for other, name in self._sounds.items()
                if OSA.distance(spelt, other, score_cutoff=1) <= 1
            }
            return OblastFound(near.pop(), ("transliterated",)) if len(near) == 1 else None
        if word.flat.endswith(("кая", "кой", "кую")) and word.flat[:-2] in self._russian:
            return OblastFound(self._russian[word.flat[:-2]], ("russian",))
        return None

    def by_abbreviation(self, word: str) -> OblastFound | None:
        """Return the one oblast whose adjective begins with `word` («Жит. обл.»), or None."""
        fits = {
            found.name for stem, found in self._adjectives.items() if len(word) > 2 and stem.startswith(word)
        }
        return OblastFound(fits.pop(), ("oblast_abbreviated",)) if len(fits) == 1 else None

    def by_likeness(self, word: str) -> OblastFound | None:
        """Return the one oblast whose adjective is a slip away from `word`, or None. Only beside «область»."""
        limit = 2 if len(word) > 8 else 1
        if len(word) < 6:
            return None
        near: dict[str, int] = {}
        for stem, found in self._adjectives.items():
            distance = min(OSA.distance(stem, other) for other in (*adjective_stems(word), word)[:2])
            near[found.name] = min(distance, near.get(found.name, 99))
        ranked = sorted((distance, name) for name, distance in near.items())
        if ranked and ranked[0][0] <= limit and (len(ranked) == 1 or ranked[1][0] > ranked[0][0]):
            return OblastFound(ranked[0][1], ("typo_oblast",))
        return None

    def of_centre(self, word: str) -> str | None:
        """Return the oblast whose centre is called `word` (flat, any case), or None."""
        return self._centres.get(word)

    def covers(self, named: str, oblast: str) -> bool:
        """Whether a place of `oblast` may be said to lie in the oblast `named`: Sofia, city and oblast, are mixed up."""
        return named == oblast or (self.country == "bg" and "Соф" in named and "Соф" in oblast)

    def is_also_town(self, word: str) -> bool:
        """Whether a colloquial name of an oblast is also the name of its centre («Запоріжжя»)."""
        return word in self._centres

    @cached_property
    def _adjectives(self) -> Mapping[str, OblastFound]:
        cut = 0 if self.country == "bg" else 1
        index = {flat(oblast.adjective)[: -cut or None]: OblastFound(oblast.name) for oblast in self.rows}
        for oblast in self.rows:
            if self.country == "bg":
                index.update((flat(alias), OblastFound(oblast.name)) for alias in oblast.aliases)
        return index

    @cached_property
    def _nouns(self) -> Mapping[str, OblastFound]:
        return {
            form: OblastFound(oblast.name, ("oblast_colloquial",))
            for oblast in self.rows
            for alias in (*oblast.colloquial, *oblast.aliases)
            if alias and not alias.endswith(("ська", "цька"))
            for form in settlement_forms(key(alias))
        }

    @cached_property
    def _wrong(self) -> Mapping[str, OblastFound]:
        index: dict[str, OblastFound] = {}
        for oblast in self.rows:
            found = OblastFound(oblast.name, ("oblast_wrong_name",))
            for alias in oblast.aliases:
                index[flat(alias).replace(".", "").removesuffix("а")] = found
        index.update(
            (form, OblastFound(name, ("oblast_wrong_name",))) for form, name in self._centres.items()
        )
        return index

    @cached_property
    def _centres(self) -> Mapping[str, str]:
        return {
            form: oblast.name
            for oblast in self.rows
            if oblast.centre
            for form in settlement_forms(key(oblast.centre))
        }

    @cached_property
    def _russian(self) -> Mapping[str, str]:
        return {
            flat(oblast.russian.split(" ")[0])[:-2]: oblast.name for oblast in self.rows if oblast.russian
        }

    @cached_property
    def _sounds(self) -> Mapping[str, str]:
        index: dict[str, str] = {}
        for oblast in self.rows:
            spellings: Iterable[str] = (
                oblast.adjective,
                oblast.russian.split(" ")[0],
                oblast.latin.split(" ")[0],
            )
            for spelling in (*spellings, *oblast.colloquial, oblast.centre):
                if spelling:
                    language = "bg" if self.country == "bg" else "uk"
                    for one in latin_spellings(key(spelling), self.country):
                        index.setdefault(_latin_stem(sound(one, language)), oblast.name)
        return index


def _latin_stem(text: str) -> str:
    for end in ("oiu", "ou", "oi", "a", "i", "u"):
        if text.endswith(end) and len(text) > len(end) + 4:
            return text[: -len(end)]
    return text
