"""Dates as mailers really write them (RFC 5322, 3.3 and 4.3, and far from it): names of days and months in five languages, zone names of Europe, ISO 8601, dots, AM/PM. Gives an aware UTC instant or None; it never assumes a zone that is not written."""

import re
from datetime import UTC, date, datetime, time, timedelta

# The first letters that tell a month, in English, Ukrainian, Russian, Bulgarian and German.
MONTHS: tuple[tuple[str, int], ...] = (
    ("jan", 1), ("січ", 1), ("янв", 1), ("яну", 1), ("jän", 1),
    ("feb", 2), ("лют", 2), ("фев", 2), ("лютого", 2),
    ("mar", 3), ("бер", 3), ("мар", 3), ("mär", 3), ("mrz", 3),
    ("apr", 4), ("кві", 4), ("апр", 4),
    ("may", 5), ("тра", 5), ("мая", 5), ("май", 5), ("mai", 5),
    ("jun", 6), ("чер", 6), ("июн", 6), ("юни", 6),
    ("jul", 7), ("лип", 7), ("июл", 7), ("юли", 7),
    ("aug", 8), ("сер", 8), ("авг", 8),
    ("sep", 9), ("вер", 9), ("сен", 9), ("сеп", 9),
    ("oct", 10), ("жов", 10), ("окт", 10), ("okt", 10),
    ("nov", 11), ("лис", 11), ("ноя", 11), ("ное", 11),
    ("dec", 12), ("гру", 12), ("дек", 12), ("dez", 12),
)  # fmt: skip
# Offsets in minutes of zone names that stand alone. RFC 5322 knows the American ones; the rest are what servers here write.
ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
    "BST": 60, "WEST": 60, "CET": 60, "MET": 60, "CEST": 120, "MEST": 120, "MESZ": 120, "MEZ": 60,
    "EET": 120, "EEST": 180, "MSK": 180, "MSD": 240, "FET": 180, "TRT": 180,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip
_COLON_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})\s*:\s*(\d{2})(?:\s*:\s*(\d{2})(?:[.,]\d+)?)?(?!\d)(?:\s*([ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_NUMERIC_ZONE = re.compile(
    r"(?:\b(?:GMT|UTC|UT)\s*)?([+\-\u2212\u2013])\s*(\d{1,2}):?(\d{2})?(?![\d:])", re.IGNORECASE
)
_NAMED_ZONE = re.compile(r"(?<![^\W_])([A-Za-z]{1,5})(?![^\W_])")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T|\b)", re.IGNORECASE)
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:-?(?:го|th|st|nd|rd))?[\s\-./]*([^\W\d_]{3,20})\.?[\s\-./,]*(\d{4}|\d{2})(?!\d)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    r"([^\W\d_]{3,20})\.?\s+(\d{1,2})(?!\d|:)(?:st|nd|rd|th)?,?(?:\s+(\d{4})(?!\d))?", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d|:)")
# Nobody's date header is longer; what follows is not read.
LENGTH = 200


def read_date(text: str) -> datetime | None:
    """Return the instant that a date-time names, as aware UTC; None when date, time or zone is missing or impossible."""
    bare = _without_comments(text[:LENGTH])
    day = _date(bare)
    clock = _COLON_TIME.search(bare) or _COLON_TIME.search(text[:LENGTH])
    if day is None or clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].lower() == "p" else 0)
    offset = _offset(bare[clock.end() :])
    if offset is None:
        # The zone stands only in the comment: `14:05:11 (EET)`.
        offset = _offset(text[:LENGTH].rpartition("(")[2].replace(")", " ")) if "(" in text else None
    if offset is None or hour > 23 or minute > 59 or second > 60:
        return None
    try:
        local = datetime.combine(day, time(hour, minute, min(second, 59)), UTC)
        return local - timedelta(minutes=offset) + timedelta(seconds=second // 60)
    except (ValueError, OverflowError):
        return None


def _without_comments(text: str) -> str:
    """Return text without comments (RFC 5322, 3.2.2), which nest."""
    depth, kept = 0, []
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
            kept.append(" ")
        elif not depth:
            kept.append(char)
    return "".join(kept)


def _date(text: str) -> date | None:
    """Return the calendar day."""
    if found := _ISO.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.search(text):
        return _day(_full_year(found[3]), int(found[2]), int(found[1]))
    for found in _DAY_MONTH.finditer(text):
        month = _month(found[2])
        if month:
            return _day(_full_year(found[3]), month, int(found[1]))
    for found in _MONTH_DAY.finditer(text):
        month = _month(found[1])
        # `Fri Nov 20 14:05:11 2026`: the year may stand after the time, as ctime writes it.
        year = found[3] or (late[1] if (late := _YEAR.search(text, found.end())) else None)
        if month and year:
            return _day(int(year), month, int(found[2]))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full_year(digits: str) -> int:
    """Return the year; two digits below 50 are of this century (RFC 5322, 4.3)."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _month(word: str) -> int | None:
    word = word.lower()
    return next((number for stem, number in MONTHS if word.startswith(stem)), None)


def _offset(text: str) -> int | None:
    """Return the offset from UTC in minutes that follows a time; None when none is written or it is unknown."""
    if found := _NUMERIC_ZONE.search(text):
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours > 15 or minutes > 59:
            return None
        return (hours * 60 + minutes) * (1 if found[1] == "+" else -1)
    for found in _NAMED_ZONE.finditer(text):
        name = found[1].upper()
        if name in ZONES:
            return ZONES[name]
    return None
