"""Numbers of a file as moments and back, by their format; formulas moved along. What openpyxl knows of this, and nothing else."""

from datetime import datetime
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import (
    CALENDAR_MAC_1904,
    CALENDAR_WINDOWS_1900,
    from_excel,
    from_ISO8601,
    to_excel,
)

from intake.workbook.values import Kept, kept_value

# Identifiers of number formats from here on are a workbook's own (ECMA-376, 18.8.30).
FIRST_OWN_FORMAT = 164
# What a date is shown in that stands in a cell without a format for dates.
PLAIN_MOMENT = "yyyy-mm-dd h:mm:ss"


def builtin_format(number: int) -> str:
    """Return the code of a format that every spreadsheet has, "General" when it has none."""
    return str(BUILTIN_FORMATS.get(number, "General"))


def builtin_number(code: str) -> int | None:
    """Return the identifier of a format that every spreadsheet has."""
    return next((number for number, known in BUILTIN_FORMATS.items() if known == code), None)


def shows_date(code: str) -> bool:
    """Return whether a number in this format is a moment."""
    return bool(is_date_format(code))


def shows_duration(code: str) -> bool:
    """Return whether a number in this format is a length of time."""
    return bool(is_timedelta_format(code))


def kept_moment(serial: float, *, epoch_1904: bool, duration: bool) -> Kept:
    """Return a number of days as kept text: a moment, or a part of a day as number. An impossible one is an error value."""
    epoch = CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900
    try:
        value: Any = from_excel(serial, epoch, timedelta=duration)
    except (OverflowError, ValueError):
        return "e:#VALUE!"
    return kept_value(value)


def kept_iso(text: str) -> Kept:
    """Return a date that the file has in ISO form as kept text. Raises `ValueError`."""
    return kept_value(from_ISO8601(text))  # type: ignore[no-untyped-call]  # the stubs leave it untyped


def serial_of(moment: datetime, *, epoch_1904: bool) -> str:
    """Return a naive moment as the number that stands for it in a file."""
    epoch = CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900
    return repr(to_excel(moment, epoch))  # type: ignore[no-untyped-call]  # the stubs leave it untyped
