"""`intake subject` and `intake place`: what is documented is what is printed."""

import json
import os
import subprocess
import sys

import pytest

from intake.commands import DONE
from intake.commands.recognising import places, subjects
from intake.config import Config, load
from tests.config.shipped import SHIPPED, changed

ROOT = SHIPPED.parent


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("two")
    return load(changed(folder, ("include = []", f'include = ["{ROOT}/examples/burgas.toml"]')))


def of_subject(capsys: pytest.CaptureFixture[str], config: Config, *texts: str) -> list[dict[str, object]]:
    assert subjects(config, list(texts), as_json=True) == DONE
    return [json.loads(row) for row in capsys.readouterr().out.splitlines()]


def of_place(capsys: pytest.CaptureFixture[str], config: Config, *texts: str, oblast: str = "", raion: str = "") -> list[dict[str, object]]:  # fmt: skip
    assert places(config, list(texts), oblast=oblast, raion=raion, as_json=True) == DONE
    return [json.loads(row) for row in capsys.readouterr().out.splitlines()]


def test_a_subject_gives_call_level_place_and_problems(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = "Комунікація змін\\Овруцька міська територіальна громада, Житомирська область"
    assert of_subject(capsys, config, subject) == [
        {
            "subject": subject,
            "call": "kz-2023",
            "level": "tolerant",
            "place": {
                "katottg": "UA18060170000069581",
                "name": "Овруцька",
                "oblast": "Житомирська",
                "raion": "Коростенський",
            },
            "candidates": ["Овруцька міська / Житомирська / Коростенський р-н / UA18060170000069581"],
            "recognition": "exact",
            "how": "name",
            "score": 100.0,
            "problems": ["separator_backslash"],
            "number": None,
        }
    ]


@pytest.mark.parametrize(
    ("subject", "call", "place"),
    [
        ("Обучение комуникация/Община Бургас, област Бургас", "burgas-2023", ("BGS04", "Бургас", "Бургас")),
        ("Комунікація змін/Городоцька громада", "kz-2023", (None, "Городоцька", None)),
        (
            "Комунікація змін/Миколаївська громада, Сумська область",
            "kz-2023",
            (None, "Миколаївська", "Сумська"),
        ),
        ("Комунікація змін/Бучацька громада, Житомирська область", "kz-2023", (None, "Бучацька", None)),
        ("Комунікація змін/Вересівська громада, Житомирська область", "kz-2023", (None, None, "Житомирська")),
        ("Комунікація змін/Назва громади та область", "kz-2023", None),
        ("Автоматична відповідь: Комунікація змін/Олевська громада", None, None),
    ],
)
def test_the_place_is_told_as_far_as_it_is_sure(
    config: Config,
    capsys: pytest.CaptureFixture[str],
    subject: str,
    call: str | None,
    place: tuple[str | None, ...] | None,
) -> None:
    (told,) = of_subject(capsys, config, subject)
    assert told["call"] == call
    found = told["place"]
    assert (found and tuple(found[name] for name in ("katottg", "name", "oblast"))) == place


def test_a_name_alone_is_looked_for_in_every_country_of_the_calls(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    told = of_place(capsys, config, "Олевська МТГ", "община Созопол")
    assert [(one["recognition"], one["place"]["katottg"]) for one in told] == [
        ("exact", "UA18060190000071101"),
        ("exact", "BGS21"),
    ]


def test_what_the_form_says_besides_tells_namesakes_apart(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone,) = of_place(capsys, config, "Городоцька")
    assert (alone["recognition"], len(alone["candidates"])) == ("ambiguous", 4)
    (told,) = of_place(capsys, config, "Городоцька", oblast="Рівненська")
    assert told["place"]["katottg"] == "UA56060150000079268"


def test_subjects_are_read_from_standard_input_one_a_line() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from intake.cli import main; main()",
            "subject",
            "-",
            "--json",
            "--config",
            str(SHIPPED),
        ],
        input="Комунікація змін/Олевська громада, Житомирська область\n\nвітання\n",
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(row)["level"] for row in done.stdout.splitlines()] == ["strict", "review", "none"]


def test_for_people_a_table_is_printed(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    subjects(config, ["Комунікація змін/Олевська громада, Житомирська область"], as_json=False)
    rows = [" ".join(row.split()) for row in capsys.readouterr().out.splitlines()]
    assert [row for row in rows if row.startswith(("level", "place"))] == [
        "level strict",
        "place Олевська, Житомирська, Коростенський, UA18060190000071101",
    ]
