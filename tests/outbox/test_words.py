from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from outbox.plain import NBSP
from outbox.words import counted, date_words, duration_words, participants_words, zone_words

KYIV = ZoneInfo("Europe/Kyiv")


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 день"), (2, "2 дні"), (4, "4 дні"), (5, "5 днів"), (11, "11 днів"), (12, "12 днів"), (14, "14 днів"),
        (21, "21 день"), (22, "22 дні"), (25, "25 днів"), (101, "101 день"), (111, "111 днів"), (0, "0 днів"),
    ],
)  # fmt: skip
def test_ukrainian_numerals_agree(count: int, said: str) -> None:
    assert plain(counted(count, "day", "uk")) == said


def test_bulgarian_and_english_have_one_and_many() -> None:
    assert [plain(counted(count, "hour", "bg")) for count in (1, 2, 21)] == ["1 час", "2 часа", "21 часа"]
    assert [plain(counted(count, "hour", "en")) for count in (1, 2, 21)] == ["1 hour", "2 hours", "21 hours"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 секунда"), (59, "59 секунд"), (60, "1 хвилина"), (460, "7 хвилин"), (3600, "1 година"),
        (3661, "1 година 1 хвилина"), (7200 + 59, "2 години"), (86400, "1 день"), (86400 + 300, "1 день"),
        (3 * 86400 + 5 * 3600 + 60, "3 дні 5 годин"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_its_two_largest_units(seconds: int, said: str) -> None:
    assert plain(duration_words(seconds, "uk")) == said


def test_an_instant_is_said_in_the_calls_zone_summer_time_included() -> None:
    winter, summer = datetime(2023, 3, 10, 16, tzinfo=UTC), datetime(2023, 3, 29, 15, tzinfo=UTC)
    assert plain(date_words(winter, KYIV, "uk")) == "10 березня 2023 року, 18:00"
    assert plain(date_words(summer, KYIV, "uk")) == "29 березня 2023 року, 18:00"
    assert plain(date_words(winter, KYIV, "bg")) == "10 март 2023 г., 18:00 ч."
    assert plain(date_words(winter, KYIV, "en", seconds=True)) == "10 March 2023, 18:00:00"


def test_the_zone_is_named_in_the_readers_words() -> None:
    assert plain(zone_words("Europe/Kyiv", "uk")) == "за київським часом"
    assert zone_words("Europe/Kiev", "uk") == zone_words("Europe/Kyiv", "uk")
    assert plain(zone_words("Europe/Sofia", "bg")) == "българско време"
    assert plain(zone_words("Europe/Paris", "en")) == "time zone Europe/Paris"


def test_persons_are_counted_in_words() -> None:
    assert participants_words(0, "uk") == ""
    assert participants_words(2, "uk") == "на двох учасників"
    assert participants_words(2, "bg") == "за двама участници"
    assert participants_words(17, "bg") == "за 17 участници"
