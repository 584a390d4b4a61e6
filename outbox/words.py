"""Dates, durations and numerals as Ukrainian, Bulgarian and English write them. Pure; nothing of one call stands here."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from outbox.plain import unbroken

Language = Literal["uk", "bg", "en"]

_MONTHS: dict[Language, tuple[str, ...]] = {
    "uk": (
        "січня", "лютого", "березня", "квітня", "травня", "червня",
        "липня", "серпня", "вересня", "жовтня", "листопада", "грудня",
    ),
    "bg": (
        "януари", "февруари", "март", "април", "май", "юни",
        "юли", "август", "септември", "октомври", "ноември", "декември",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_DATE: dict[Language, str] = {
    "uk": "{day} {month} {year} року, {time}",
    "bg": "{day} {month} {year} г., {time} ч.",
    "en": "{day} {month} {year}, {time}",
}

# Of each unit: the form after 1 (21, 31 …), after 2 to 4 (22 …), after the rest.
_UNITS: dict[Language, dict[str, tuple[str, str, str]]] = {
    "uk": {
        "day": ("день", "дні", "днів"),
        "hour": ("година", "години", "годин"),
        "minute": ("хвилина", "хвилини", "хвилин"),
        "second": ("секунда", "секунди", "секунд"),
        "application": ("заявка", "заявки", "заявок"),
        "seat": ("місце", "місця", "місць"),
    },
    "bg": {
        "day": ("ден", "дни", "дни"),
        "hour": ("час", "часа", "часа"),
        "minute": ("минута", "минути", "минути"),
        "second": ("секунда", "секунди", "секунди"),
        "application": ("заявка", "заявки", "заявки"),
        "seat": ("място", "места", "места"),
    },
    "en": {
        "day": ("day", "days", "days"),
        "hour": ("hour", "hours", "hours"),
        "minute": ("minute", "minutes", "minutes"),
        "second": ("second", "seconds", "seconds"),
        "application": ("application", "applications", "applications"),
        "seat": ("place", "places", "places"),
    },
}

# The verb before a count: with one, with more.
_LEFT: dict[Language, tuple[str, str]] = {
    "uk": ("залишився", "залишилося"),
    "bg": ("остава", "остават"),
    "en": ("", ""),
}

# How long an answer takes, after «протягом», «в рамките на», “within”: with one, with more.
_WORKING_DAYS: dict[Language, tuple[str, str]] = {
    "uk": ("{count} робочого дня", "{count} робочих днів"),
    "bg": ("{count} работен ден", "{count} работни дни"),
    "en": ("{count} working day", "{count} working days"),
}
_GENITIVE = ("одного", "двох", "трьох", "чотирьох", "п’яти", "шести", "семи", "восьми", "дев’яти", "десяти")

# «на 25 місць», «за 25 места», “for 25 places”.
_ON: dict[Language, str] = {"uk": "на", "bg": "за", "en": "for"}

_ZONES: dict[Language, dict[str, str]] = {
    "uk": {"Europe/Kyiv": "за київським часом", "Europe/Sofia": "за болгарським часом"},
    "bg": {"Europe/Kyiv": "киевско време", "Europe/Sofia": "българско време"},
    "en": {"Europe/Kyiv": "Kyiv time", "Europe/Sofia": "Bulgarian time"},
}
_OTHER_ZONE: dict[Language, str] = {
    "uk": "часовий пояс {name}",
    "bg": "часова зона {name}",
    "en": "time zone {name}",
}

# «на двох учасників»: the accusative of persons. Above ten the digits do.
_PARTICIPANTS: dict[Language, tuple[str, ...]] = {
    "uk": (
        "на одного учасника", "на двох учасників", "на трьох учасників", "на чотирьох учасників", "на п’ятьох учасників",
        "на шістьох учасників", "на сімох учасників", "на вісьмох учасників", "на дев’ятьох учасників",
        "на десятьох учасників",
    ),
    "bg": (
        "за един участник", "за двама участници", "за трима участници", "за четирима участници", "за петима участници",
        "за шестима участници", "за 7 участници", "за 8 участници", "за 9 участници", "за 10 участници",
    ),
    "en": (
        "for one participant", "for two participants", "for three participants", "for four participants",
        "for five participants", "for six participants", "for seven participants", "for eight participants",
        "for nine participants", "for ten participants",
    ),
}  # fmt: skip
_MANY_PARTICIPANTS: dict[Language, str] = {
    "uk": "на {count} учасників",
    "bg": "за {count} участници",
    "en": "for {count} participants",
}


def date_words(at: datetime, zone: ZoneInfo, language: Language, *, seconds: bool = False) -> str:
    """Return an aware instant as people write it in a zone: «10 березня 2023 року, 18:00». No line breaks in it."""
    local = at.astimezone(zone)
    time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    month = _MONTHS[language][local.month - 1]
    return unbroken(_DATE[language].format(day=local.day, month=month, year=local.year, time=time))


def zone_words(zone: str, language: Language) -> str:
    """Return what is said in brackets after a time: «за київським часом»; `zone` is an IANA name."""
    name = "Europe/Kyiv" if zone == "Europe/Kiev" else zone
    return unbroken(_ZONES[language].get(name) or _OTHER_ZONE[language].format(name=name))


def counted(count: int, unit: str, language: Language) -> str:
    """Return a count with its unit in the form that agrees: 1 день, 2 дні, 5 днів, 11 днів, 21 день."""
    one, few, many = _UNITS[language][unit]
    if language != "uk":
        return unbroken(f"{count} {one if count == 1 else many}")
    if count % 10 == 1 and count % 100 != 11:
        return unbroken(f"{count} {one}")
    return unbroken(f"{count} {few if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else many}")


def duration_words(seconds: int, language: Language) -> str:
    """Return a length of time in its two largest units, cut off below: «7 хвилин», «1 день 3 години»."""
    if seconds < 60:
        return counted(seconds, "second", language)
    minutes = seconds // 60
    amounts = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    largest = next(at for at, (_, amount) in enumerate(amounts) if amount)
    return " ".join(
        counted(amount, unit, language) for unit, amount in amounts[largest : largest + 2] if amount
    )


def days_left_words(days: int, language: Language) -> str:
    """Return how many days are left, at least one: «залишився 1 день», «залишилося 2 дні», «залишилося 5 днів»."""
    one, more = _LEFT[language]
    if language == "en":
        return unbroken(f"{counted(days, 'day', language)} left")
    single = days == 1 or (language == "uk" and days % 10 == 1 and days % 100 != 11)
    return unbroken(f"{one if single else more} {counted(days, 'day', language)}")


def working_days_words(days: int, language: Language) -> str:
    """Return a number of working days after «протягом», «в рамките на», “within”: «двох робочих днів»; "" for none."""
    if days < 1:
        return ""
    one, more = _WORKING_DAYS[language]
    if language != "uk":
        return unbroken((one if days == 1 else more).format(count=days))
    count = _GENITIVE[days - 1] if days <= len(_GENITIVE) else str(days)
    return unbroken((one if days % 10 == 1 and days % 100 != 11 else more).format(count=count))


def demand_words(applications: int, seats: int, language: Language) -> str:
    """Return how many applied for how many places: «87 заявок на 25 місць»; "" unless more applied than there are."""
    if not 0 < seats < applications:
        return ""
    asked, free = counted(applications, "application", language), counted(seats, "seat", language)
    return f"{asked} {_ON[language]} {free}"


def participants_words(count: int, language: Language) -> str:
    """Return for how many people an application is: «на двох учасників»; "" for none."""
    if count < 1:
        return ""
    words = _PARTICIPANTS[language]
    return words[count - 1] if count <= len(words) else _MANY_PARTICIPANTS[language].format(count=count)
