"""`intake subject`, `intake place`: what a subject or a name says, as the rules understand it. Nothing is read or written."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table

from intake.commands import DONE, MISTAKE
from intake.commands.output import Console, json_line
from intake.config import Config
from intake.places import gazetteers
from rules.gazetteer import Gazetteer
from rules.gazetteer.find import find
from rules.place import Level, Place, Recognition
from rules.subject import read

# What says more about a place comes first: of several countries the one that knows the name is meant.
_ORDER: tuple[Level, ...] = ("exact", "suggested", "ambiguous", "mismatch", "unknown", "none")


def subjects(config: Config, texts: list[str], *, as_json: bool) -> int:
    """Print what each subject says: its call, level, place, problems. The one text `-` stands for lines of stdin."""
    known = gazetteers(config.places)
    countries = {call.id: call.country for call in config.calls}
    for text in _texts(texts):
        reading = read(text, config.calls, known)
        gazetteer = known[countries.get(reading.call_id or "", _country(reading.recognition, known))]
        facts = {
            "subject": text,
            "call": reading.call_id,
            "level": reading.level,
            **place_facts(reading.recognition, gazetteer),
            "problems": list(reading.problems),
            "number": reading.number,
        }
        _tell(facts, as_json=as_json)
    return DONE


def places(config: Config, texts: list[str], *, oblast: str, raion: str, as_json: bool) -> int:
    """Print which place each text names. `oblast` and `raion` are what other fields of a form would say."""
    known = gazetteers(config.places)
    for text in _texts(texts):
        found = [
            (find(text, known[country], oblast=oblast or None, raion=raion or None), known[country])
            for country in dict.fromkeys(call.country for call in config.calls)
        ]
        recognition, gazetteer = min(found, key=lambda one: _ORDER.index(one[0].level))
        facts = {
            "text": text,
            **place_facts(recognition, gazetteer),
            "problems": list(recognition.problems),
        }
        _tell(facts, as_json=as_json)
    return DONE


def place_facts(recognition: Recognition, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return `place`, `candidates`, `recognition`, `how` and `score` of the documented JSON object.

    The oblast is its bare adjective or name («Житомирська», «Бургас»). `katottg` is set when one place is meant; a
    machine acts on it only when `recognition` is "exact". `name` and `oblast` are given as far as they are sure.
    """
    short = {oblast.name: oblast.adjective for oblast in gazetteer.oblasts.rows}
    place, candidates = recognition.place, recognition.candidates
    names = {candidate.name for candidate in candidates} if recognition.level != "unknown" else set()
    name = place.name if place else names.pop() if len(names) == 1 else None
    oblast = place.oblast if place else recognition.oblast
    facts = {
        "katottg": place.code if place else None,
        "name": name,
        "oblast": short.get(oblast, oblast) if oblast else None,
        "raion": place.raion or None if place else None,
    }
    return {
        "place": facts if any(facts.values()) else None,
        "candidates": [_candidate(candidate, short) for candidate in candidates],
        "recognition": recognition.level,
        "how": recognition.how,
        "score": recognition.score,
    }


def _candidate(place: Place, short: dict[str, str]) -> str:
    parts = (f"{place.name} {place.type}", short.get(place.oblast, place.oblast), place.raion and f"{place.raion} р-н", place.code)  # fmt: skip
    return " / ".join(part for part in parts if part)


def _country(recognition: Recognition, known: Any) -> str:
    """Return the country whose place was recognised, else any."""
    codes = [place.code for place in (recognition.place, *recognition.candidates) if place]
    return next((country for country in known for code in codes if known[country].by_code(code)), "ua")


def _texts(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if text == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin)
        else:
            yield text


def _tell(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        json_line(facts)
        return
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts.items():
        value = fact
        if name == "place" and value:
            value = ", ".join(
                part for part in (value["name"], value["oblast"], value["raion"], value["katottg"]) if part
            )
        elif isinstance(value, list):
            value = "\n".join(value) if name == "candidates" else ", ".join(value)
        table.add_row(name, str(value) if value not in (None, "") else "-")
    console = Console()
    console.print(table, markup=False)
    console.print()


__all__ = ["DONE", "MISTAKE", "place_facts", "places", "subjects"]
