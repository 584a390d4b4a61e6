"""Calls and names of places in files of their own: mistakes name the file they stand in."""

from pathlib import Path

import pytest

from intake.config import ConfigMistake, load, reminders
from intake.places import gazetteers
from rules.gazetteer.find import find
from tests.config.shipped import SHIPPED, changed

BURGAS = SHIPPED.parent / "examples" / "burgas.toml"
INCLUDE = ("include = []", 'include = ["calls/*.toml"]')


def included(folder: Path, *changes: tuple[str, str], name: str = "burgas.toml") -> Path:
    """Write the shipped example into calls/ with each (old, new) put in place, and config.toml that includes it."""
    text = BURGAS.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "calls").mkdir(exist_ok=True)
    (folder / "calls" / name).write_text(text, encoding="utf-8")
    return changed(folder, INCLUDE)


def told(path: Path) -> list[str]:
    with pytest.raises(ConfigMistake) as caught:
        load(path)
    return str(caught.value).replace(f"{path.parent}/", "").splitlines()


def line(path: Path, beginning: str) -> int:
    rows = path.read_text(encoding="utf-8").split("\n")
    return next(number for number, row in enumerate(rows, 1) if row.startswith(beginning))


def test_the_calls_of_an_included_file_follow_those_of_the_main_one(tmp_path: Path) -> None:
    config = load(included(tmp_path))
    assert [(call.id, call.language, call.time_zone) for call in config.calls] == [
        ("kz-2023", "uk", "Europe/Kyiv"),
        ("burgas-2023", "bg", "Europe/Sofia"),
    ]
    assert load(changed(tmp_path, ("include = []", 'include = ["calls/burgas.toml"]'))) == config.model_copy(
        update={"include": ("calls/burgas.toml",)}
    )


def test_a_mistake_in_an_included_file_is_told_with_that_file_and_its_line(tmp_path: Path) -> None:
    path = included(tmp_path, ('time_zone = "Europe/Sofia"', 'time_zone = "Europe/Sofja"'))
    number = line(tmp_path / "calls/burgas.toml", "time_zone")
    assert told(path) == [
        (
            f'calls/burgas.toml:{number}: calls[0].time_zone: found "Europe/Sofja"; an IANA time zone is wanted, e.g. Europe/Kyiv'
            ' (did you mean "Europe/Sofia"?)'
        )
    ]


def test_mistakes_of_the_main_file_come_first(tmp_path: Path) -> None:
    path = included(tmp_path, ('country = "bg"', 'country = "BG"'))
    path.write_text(path.read_text(encoding="utf-8").replace("port = 993", "port = 0"), encoding="utf-8")
    assert [one.partition(":")[0] for one in told(path)] == ["config.toml", "calls/burgas.toml"]


def test_what_two_files_say_against_each_other_is_told_with_both_places(tmp_path: Path) -> None:
    path = included(tmp_path, ('prefix = "ОК-2023"', 'prefix = "КЗ-2023"'))
    here, there = line(tmp_path / "calls/burgas.toml", "prefix"), line(path, "prefix")
    assert told(path) == [
        f'calls/burgas.toml:{here}: calls[0].prefix: found "КЗ-2023"; a value of its own is wanted'
        f" (calls[0].prefix in {path}:{there})".replace(f"{path.parent}/", "")
    ]


def test_a_slip_of_syntax_in_an_included_file_is_told_there(tmp_path: Path) -> None:
    path = included(tmp_path, ('country = "bg"', "country = bg"))
    number = line(tmp_path / "calls/burgas.toml", "country")
    assert told(path) == [
        f"calls/burgas.toml:{number}: calls[0].country: a value is wanted: text in quotes; numbers, dates, true and false without"
    ]


def test_an_included_file_holds_calls_and_places_and_nothing_else(tmp_path: Path) -> None:
    path = included(tmp_path, ("[[calls]]", '[mailbox]\nhost = "x"\n\n[[calls]]'))
    number = line(tmp_path / "calls/burgas.toml", "[mailbox]")
    assert told(path) == [
        (
            f"calls/burgas.toml:{number}: mailbox: found an option that an included file cannot have;"
            " only [[calls]] and [places] may stand here"
        )
    ]


def test_a_pattern_that_fits_no_file_is_a_mistake(tmp_path: Path) -> None:
    path = changed(tmp_path, ("include = []", 'include = ["cals/*.toml"]'))
    assert told(path)[0].endswith(
        'include[0]: found "cals/*.toml"; a path from ' + f"{tmp_path} that fits a file is wanted"
    )


def test_placeholders_of_included_files_are_reminded_of_by_their_file(tmp_path: Path) -> None:
    shown = [one.replace(f"{tmp_path}/", "") for one in reminders(included(tmp_path))]
    assert [
        one.partition(" is still")[0].split(": ")[1] for one in shown if one.startswith("calls/burgas.toml")
    ] == [
        "calls[0].replies.address",
        "calls[0].replies.contact_name",
        "calls[0].replies.contact_phone",
    ]


PLACES = '# "Новоград" = "UA18080150000022496"'


def test_a_further_name_of_a_place_is_known_in_every_case_and_in_included_files_too(tmp_path: Path) -> None:
    path = included(tmp_path, ("[[calls]]", '[places]\n"Бургаско" = "BGS04"\n\n[[calls]]'))
    path.write_text(path.read_text(encoding="utf-8").replace(PLACES, PLACES[2:]), encoding="utf-8")
    config = load(path)
    assert config.places == {"Новоград": "UA18080150000022496", "Бургаско": "BGS04"}
    known = gazetteers(config.places)
    for text, country, name in (
        ("Новоград", "ua", "Звягельська"),
        ("м. Новограда, Житомирська область", "ua", "Звягельська"),
        ("община Бургаско", "bg", "Бургас"),
    ):
        found = find(text, known[country])
        assert (found.level, found.place and found.place.name) == ("exact", name)
        assert "alias" in found.problems
    assert find("Новоград", gazetteers()["ua"]).level != "exact"


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (
            '"Новоград" = "UA99"',
            'found "UA99"; the code of a hromada (KATOTTG) or община in the codifier is wanted; "intake place" finds it',
        ),
        (
            '"Олевська" = "UA18080150000022496"',
            (
                'found "Олевська"; a name alone, without «громада» or the oblast, that only this place bears is wanted;'
                " Олевська міська територіальна громада, Житомирська область, is called so as well"
            ),
        ),
        (
            '"громада" = "UA18080150000022496"',
            'found "громада"; a name alone, without «громада» or the oblast, that only this place bears is wanted',
        ),
        (
            '"НВ" = "UA18080150000022496"',
            'found "НВ"; a name alone, without «громада» or the oblast, that only this place bears is wanted',
        ),
    ],
)
def test_a_further_name_must_be_of_use_and_mean_one_place(
    tmp_path: Path, written: str, complaint: str
) -> None:
    path = changed(tmp_path, (PLACES, written))
    name = written.partition(" =")[0]
    (only,) = told(path)
    assert only == f"config.toml:{line(path, name)}: places.{name}: {complaint}"


def test_two_files_cannot_give_one_name_to_two_places(tmp_path: Path) -> None:
    path = included(tmp_path, ("[[calls]]", '[places]\n"Новоград" = "UA18060190000071101"\n\n[[calls]]'))
    path.write_text(path.read_text(encoding="utf-8").replace(PLACES, PLACES[2:]), encoding="utf-8")
    number = line(tmp_path / "calls/burgas.toml", '"Новоград"')
    assert told(path) == [
        (
            f'calls/burgas.toml:{number}: places."Новоград": found "UA18060190000071101";'
            " a name that no other file gives another code is wanted"
        )
    ]
