"""The gazetteer: every official place of a country and the ways its name is written. A value; it reads no files.

`intake/places.py` fills it from the package data. Recognition is in `find.py`; nothing here decides anything.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal

from rules.gazetteer.forms import settlement_forms
from rules.gazetteer.normalise import coarse, key, latin_spellings, official, sound
from rules.gazetteer.oblasts import Oblast, Oblasts
from rules.place import Place

HitKind = Literal["name", "former", "centre", "alias"]


@dataclass(frozen=True, slots=True)
class Former:
    """A name a place bore before; `name` or `centre` may be empty, `renamed` unknown. `alias`: an admin's own word."""

    code: str
    name: str
    centre: str
    renamed: date | None = None
    alias: bool = False

    @property
    def kind(self) -> HitKind:
        """What a hit of this name is."""
        return "alias" if self.alias else "former"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that bears a name, and by which of its names. `official` is that name as it is spelt."""

    place: Place
    kind: HitKind
    official: str


Index = Mapping[str, tuple[Hit, ...]]


@dataclass(frozen=True)
class Pool:
    """Names to be compared with a misspelt one, each beside its hit. Not slotted: Latin skeletons are made when needed.

    `double` are the keys, hyphens kept, of names that have two parts.
    """

    names: Sequence[str]
    hits: Sequence[Hit]
    double: Sequence[tuple[str, Hit]]
    sounding: Callable[[Sequence[str]], tuple[str, ...]] = field(repr=False, compare=False)

    @cached_property
    def sounds(self) -> tuple[str, ...]:
        """The Latin skeletons of the names."""
        return self.sounding(self.names)


_ADJECTIVE = ("ська", "цька", "зька")


@dataclass(frozen=True)
class Gazetteer:
    """The places of one country. Not slotted: the indexes for rare spellings are made when first needed.

    `crowded` holds the codes of hromadas whose centre shares its name with another settlement of the oblast.
    """

    country: Literal["ua", "bg"]
    rows: tuple[Place, ...]
    oblasts: Oblasts
    formers: tuple[Former, ...] = ()
    crowded: frozenset[str] = frozenset()
    _codes: dict[str, Place] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_codes", {place.code: place for place in self.rows})

    def by_code(self, code: str) -> Place | None:
        """Return the place with this code of the codifier, or None."""
        return self._codes.get(code.strip().upper())

    def places(self, oblast: str | None = None) -> tuple[Place, ...]:
        """Return all places, or those of an oblast («Житомирська область»), in the order of the codifier."""
        return self.rows if oblast is None else self._by_oblast.get(oblast, ())

    def named_on(self, place: Place, day: date) -> Place:
        """Return the place under the name it bore on `day`, as far as the day of its renaming is known."""
        for former in self.formers:
            if former.code == place.code and former.name and former.renamed and day < former.renamed:
                full = place.full.replace(place.name, former.name, 1)
                return replace(place, name=former.name, full=full, centre=former.centre or place.centre)
        return place

    def also_called(self, aliases: Mapping[str, str]) -> "Gazetteer":
        """Return the gazetteer with further names for its places: name → code. Codes of other countries are passed over.

        A Ukrainian name in -ська, -цька or -зька stands for the hromada's, any other for its centre's.
        """
        added = tuple(
            Former(
                code,
                *((name, "") if self.country == "bg" or name.endswith(_ADJECTIVE) else ("", name)),
                alias=True,
            )
            for name, code in aliases.items()
            if self.by_code(code)
        )
        return replace(self, formers=(*self.formers, *added)) if added else self

    @cached_property
    def _by_oblast(self) -> dict[str, tuple[Place, ...]]:
        grouped = defaultdict(list)
        for place in self.rows:
            grouped[place.oblast].append(place)
        return {oblast: tuple(places) for oblast, places in grouped.items()}

    def _name_hits(self) -> Iterable[tuple[str, Hit]]:
        for place in self.rows:
            yield place.name, Hit(place, "name", place.name)
            if place.type == "місто":
                # Kyiv is no hromada, but «Київська міська рада» is what its letters say.
                yield "Київська", Hit(place, "name", place.name)
        for former in self.formers:
            place = self._codes[former.code]
            if former.name:
                yield former.name, Hit(place, former.kind, former.name)

    def _centre_hits(self) -> Iterable[tuple[str, Hit]]:
        for place in self.rows:
            if place.centre:
                yield place.centre, Hit(place, "centre", place.centre)
        for former in self.formers:
            place = self._codes[former.code]
            if former.centre:
                yield former.centre, Hit(place, former.kind, former.centre)

    @cached_property
    def names(self) -> Index:
        """Places by name: for Ukraine the flat adjective without its ending, for Bulgaria the flat name."""
        if self.country == "bg":
            return _index((official(name), hit) for name, hit in self._name_hits())
        index: list[tuple[str, Hit]] = []
        for name, hit in self._name_hits():
            index.append((official(name)[:-1], hit))
            if ("-" in name and not name.endswith(("ська", "цька", "зька"))) or name.startswith("Кам’янка-"):
                # Кам’янка-Бузька and Асканія-Нова decline both parts.
                first, _, second = key(name).partition("-")
                index.extend(
                    (first[:-1] + end + second[:-1], hit) for end in ("и", "і", "у", "о", "ї", "ю", "є")
                )
        return _index(index)

    @cached_property
    def centres(self) -> Index:
        """Hromadas by the flat forms of their centre's name in all cases."""
        return _index(
            (form, hit)
            for name, hit in self._centre_hits()
            for form in settlement_forms(name.lower().replace("’", ""))
        )

    @cached_property
    def sounds(self) -> Index:
        """Places by the Latin skeleton of the adjective without its ending (Bulgaria: of the name)."""
        return self._respelt(
            lambda text: [sound(one, self._language) for one in latin_spellings(text, self.country)]
        )

    @cached_property
    def coarse(self) -> Index:
        """Places by the skeleton that Russian and Ukrainian spelling share."""
        return self._respelt(lambda text: [coarse(text)])

    def _respelt(self, spell: Callable[[str], Iterable[str]]) -> Index:
        cut = 0 if self.country == "bg" else 1
        index = [(one[: -cut or None], hit) for name, hit in self._name_hits() for one in spell(key(name))]
        # A leading mark keeps the names of settlements apart from the adjectives.
        index += [("=" + one, hit) for name, hit in self._centre_hits() for one in spell(key(name))]
        return _index(index)

    @property
    def _language(self) -> str:
        return "bg" if self.country == "bg" else "uk"

    @cached_property
    def nominatives(self) -> "Pool":
        """Flat official names and centres, for the search for misspelt ones."""
        return self._pool((official(name), hit) for name, hit in (*self._name_hits(), *self._centre_hits()))

    @cached_property
    def nominatives_by_oblast(self) -> "Mapping[str, Pool]":
        """The same, by oblast."""
        grouped = defaultdict(list)
        for name, hit in zip(self.nominatives.names, self.nominatives.hits, strict=True):
            grouped[hit.place.oblast].append((name, hit))
        return {oblast: self._pool(hits) for oblast, hits in grouped.items()}

    def _pool(self, pairs: Iterable[tuple[str, Hit]]) -> "Pool":
        names, hits = zip(*pairs, strict=True)
        double = [hit for hit in hits if "-" in hit.official]
        return Pool(names, hits, tuple((key(hit.official), hit) for hit in double), self._sounded)

    def _sounded(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(sound(name, self._language) for name in names)

    @cached_property
    def raions(self) -> Mapping[str, str]:
        """Raions by the flat adjective without its ending."""
        return {official(raion)[:-2]: raion for raion in {place.raion for place in self.rows} if raion}


def _index(pairs: Iterable[tuple[str, Hit]]) -> Index:
    index: dict[str, tuple[Hit, ...]] = {}
    for text, hit in pairs:
        known = index.get(text)
        if known is None:
            index[text] = (hit,)
        elif all(other.place is not hit.place or other.kind != hit.kind for other in known):
            index[text] = (*known, hit)
    return index


__all__ = ["Former", "Gazetteer", "Hit", "HitKind", "Oblast", "Oblasts"]
