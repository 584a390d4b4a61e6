"""The door to the gazetteer's package data: reads the files once and hands out the pure values."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from rules.gazetteer import Former, Gazetteer, Oblast, Oblasts
from rules.place import Place

_DATA = files("rules.gazetteer").joinpath("data")
_KYIV_CITY = "UA80000000000093317"


def _lines(name: str) -> Iterator[list[str]]:
    yield from csv.reader(_DATA.joinpath(name).read_text(encoding="utf-8").splitlines())


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(_DATA.joinpath(name).read_text(encoding="utf-8").splitlines())


@cache
def ukraine() -> Gazetteer:
    """Return the 1,469 hromadas and Kyiv city (codifier KATOTTG)."""
    oblasts = tuple(
        Oblast(
            row["name"],
            row["adj"],
            row["centre"],
            (row["colloquial"],),
            row["russian"],
            row["latin"],
            # Short forms that the file does not list.
            (
                *row["aliases"],
                *(("І-Франківська", "Франківська") if row["centre"] == "Івано-Франківськ" else ()),
            ),
        )
        if not row.get("special")
        else Oblast(row["name"], row["adj"], aliases=tuple(row["aliases"]))
        for row in json.loads(_DATA.joinpath("oblasts_uk.json").read_text(encoding="utf-8"))
        # Kyiv city is a place of its own here, not an oblast.
        if row["katottg"] != _KYIV_CITY
    )
    official = {oblast.adjective: oblast.name for oblast in oblasts}
    places, crowded = [], []
    for code, name, type_, centre, alone, raion, oblast in list(_lines("hromadas_uk.csv"))[1:]:
        if code == _KYIV_CITY:
            places.append(Place(code, "Київ", "місто Київ", type_, raion, "місто Київ", centre))
            continue
        full = f"{name} {type_} територіальна громада"
        places.append(Place(code, name, full, type_, raion, official[oblast], centre))
        if alone == "0":
            crowded.append(code)
    formers = tuple(
        Former(
            row["code"],
            row["name"],
            row["centre"],
            date.fromisoformat(row["renamed"]) if row["renamed"] else None,
        )
        for row in _rows("former_names_uk.csv")
    )
    return Gazetteer("ua", tuple(places), Oblasts("ua", oblasts), formers, frozenset(crowded))


# Sofia's municipality is called after the capital, its oblast after the city.
_SOFIA = {"София (област)": "Софийска област", "София (столица)": "област София (столица)"}
_SOFIA_ALIASES = {
    "София (област)": ("Софийска", "София-област", "София"),
    "София (столица)": ("София-град", "Столична"),
}


@cache
def bulgaria() -> Gazetteer:
    """Return the 265 municipalities (EKATTE)."""
    rows = list(_rows("municipalities_bg.csv"))
    full = {name: _SOFIA.get(name, f"област {name}") for name in dict.fromkeys(row["oblast"] for row in rows)}
    oblasts = tuple(Oblast(text, name, aliases=_SOFIA_ALIASES.get(name, ())) for name, text in full.items())
    places = []
    for row in rows:
        name = "Столична община" if row["name"] == "Столична" else f"община {row['name']}"
        places.append(Place(row["code"], row["name"], name, "община", "", full[row["oblast"]], row["name"]))
    return Gazetteer("bg", tuple(places), Oblasts("bg", oblasts))


def gazetteers(aliases: Mapping[str, str] | None = None) -> Mapping[str, Gazetteer]:
    """Return country → gazetteer, for `rules.subject.read`. `aliases` are further names: name → code of the codifier."""
    return _with(tuple((aliases or {}).items()))


@cache
def _with(aliases: tuple[tuple[str, str], ...]) -> Mapping[str, Gazetteer]:
    return {one.country: one.also_called(dict(aliases)) for one in (ukraine(), bulgaria())}
