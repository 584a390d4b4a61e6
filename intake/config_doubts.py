"""What a config.toml may say and probably should not: told by `intake check`, refused by nobody.

A deadline that is over may be meant (the shipped call is one of the past), a form without the place as well; only a
person can tell. Each doubt is a line like a mistake's, with file, line, option, what was found and what follows.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from intake.config import Config
from intake.mistakes import dotted, shown
from intake.places import gazetteers
from intake.toml_file import read_all
from intake.toml_lines import KeyPath
from rules import subject
from rules.call import Call, FormField
from rules.gazetteer import Gazetteer
from rules.kinds import value_of

# Days in words, each of which comes after the deadline.
_LATER: Final = ("start_date", "results_date", "confirm_until", "schedule_date", "waiting_until")
_DAY: Final = FormField(key="day", label="day", kind="date")
_YEAR: Final = re.compile(r"\b(20\d\d)\b")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One of them: where it stands, what was found, what follows from it; whether a person should do something."""

    path: KeyPath
    found: str
    follows: str
    serious: bool = True


def doubtful(path: Path, config: Config, now: datetime) -> tuple[tuple[str, bool], ...]:
    """Return a line for each doubt about a configuration without mistakes, `config.toml:95: calls[0].deadline: …`.

    With each goes whether a person should do something about it. `path` is the file `config` was read from, `now` is
    aware. Raises `ConfigMistake` when the file cannot be read any more.
    """
    file = read_all(path)
    told = [(*file.home(one.path), one) for one in _doubts(config, now)]
    return tuple(
        (
            f"{home.path}:{home.line(key)}: {dotted(key)}: "
            + (f"found {one.found}; {one.follows}" if one.found else one.follows),
            one.serious,
        )
        for home, key, one in told
    )


def _doubts(config: Config, now: datetime) -> Iterator[Doubt]:
    known = gazetteers(config.places)
    own = {call.replies.address.lower() for call in config.calls}
    if config.smtp.envelope_from not in {"", "<>"}:
        yield from _address(("smtp", "envelope_from"), config.smtp.envelope_from)
    for place, address in enumerate(config.alarms.to):
        yield from _address(("alarms", "to", place), address, own)
    for place, call in enumerate(config.calls):
        inside = (
            *_times(call, now),
            *_form(call),
            *_subject(call, known),
            *_address(("replies", "address"), call.replies.address),
            *_folder(call, config.base),
            *_workbook(call, config),
        )
        for one in inside:
            yield Doubt(("calls", place, *one.path), one.found, one.follows, one.serious)


def _times(call: Call, now: datetime) -> Iterator[Doubt]:
    """Yield a deadline that is over, and days that should come after the deadline and do not."""
    deadline = call.deadline
    if now > call.deadline_at:
        yield Doubt(
            ("deadline",),
            f"{deadline:%Y-%m-%dT%H:%M}",
            "it is over: letters that come now are late",
            serious=False,
        )
    for name in _LATER:
        said = getattr(call.replies, name)
        day = _day(said, call)
        years = [int(year) for year in _YEAR.findall(said)]
        if (day is not None and day < deadline.date()) or (years and max(years) < deadline.year):
            yield Doubt(("replies", name), shown(said), f"that is before the deadline, {deadline:%d.%m.%Y}")


def _day(said: str, call: Call) -> date | None:
    try:
        return date.fromisoformat(value_of(said, _DAY, call)[0])
    except ValueError:
        return None


def _form(call: Call) -> Iterator[Doubt]:
    if not call.fields_of_kind("hromada"):
        yield Doubt(
            ("fields",), "", 'no field is of kind "hromada": the place is known from the subject alone'
        )


def _subject(call: Call, known: Mapping[str, Gazetteer]) -> Iterator[Doubt]:
    """Yield an example of a subject that would not be understood at once itself."""
    seen = subject.read(call.subject.example, (call,), known)
    if seen.level != "strict" or seen.recognition.level != "exact":
        problems = ", ".join(seen.problems) or "its place is not certain"
        yield Doubt(
            ("subject", "example"),
            shown(call.subject.example),
            f"applicants who copy it are asked: {problems}",
        )


def _folder(call: Call, base: Path) -> Iterator[Doubt]:
    """Yield folders within the folder of own texts, which nobody looks into, and a folder without texts."""
    if not (written := call.replies.templates_dir):
        return
    folder = base / Path(written).expanduser()
    for inner in sorted(folder.iterdir()):
        if inner.is_dir() and not inner.name.startswith("."):
            follows = f"texts in {inner.name}/ are not read; only those directly in the folder are"
            yield Doubt(("replies", "templates_dir"), shown(written), follows)
    if not call.texts:
        follows = "no text lies in it: ours are sent"
        yield Doubt(("replies", "templates_dir"), shown(written), follows)


def _workbook(call: Call, config: Config) -> Iterator[Doubt]:
    """Yield a workbook with macros that is not there: what the robot makes has none, and Excel opens no other as .xlsm."""
    path = config.workbook_path(call)
    if path.suffix.lower() == ".xlsm" and not path.exists():
        follows = f"no file with macros is there: put one at {path}, or write .xlsx"
        yield Doubt(("workbook",), shown(call.workbook), follows)


def _address(path: KeyPath, address: str, read: Collection[str] = ()) -> Iterator[Doubt]:
    """Yield what is odd about an address: no dot in its domain, letters of two alphabets, a mailbox nobody reads by eye."""
    domain = address.rpartition("@")[2]
    if "." not in domain and domain != "localhost":
        yield Doubt(path, shown(address), f"the part after @ has no dot, as in {domain}.gov.ua")
    if any(
        re.search(r"[a-zA-Z]", part) and re.search(r"[а-яА-ЯіїєґІЇЄҐ]", part)
        for part in re.split(r"[@.]", address)
    ):
        yield Doubt(path, shown(address), "Latin and Cyrillic letters stand in one word of it")
    if address.lower() in read:
        yield Doubt(
            path, shown(address), "that is the mailbox applicants write to; an alarm would be lost in it"
        )
