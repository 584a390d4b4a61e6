"""Every species in tests/letters is read as its line in museum.toml says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from intake.parsing import parse
from rules.automatic import answerable, automatic
from rules.letter import Letter

LETTERS = Path(__file__).parent.parent / "letters"
MUSEUM: dict[str, dict[str, Any]] = tomllib.loads((LETTERS / "museum.toml").read_text(encoding="utf-8"))
USUAL = MUSEUM.pop("usual")
OWN = ("zayavky@fond.example.org",)


def letter(name: str) -> Letter:
    return parse((LETTERS / f"{name}.eml").read_bytes())


def expected(name: str, key: str) -> Any:
    return MUSEUM[name].get(key, USUAL.get(key))


@pytest.mark.parametrize("name", MUSEUM)
def test_header_is_read(name: str) -> None:
    read = letter(name)
    sender = [read.from_.name, read.from_.address] if read.from_ else []
    date = read.date.isoformat() if read.date else ""
    assert (read.subject, sender, date) == (
        expected(name, "subject"),
        expected(name, "from"),
        expected(name, "date"),
    )
    if "message_id" in MUSEUM[name]:
        assert (read.message_id or "") == MUSEUM[name]["message_id"]


@pytest.mark.parametrize("name", MUSEUM)
def test_attachments_are_found_with_their_bytes_and_provenance(name: str) -> None:
    read = letter(name)
    if MUSEUM[name].get("any_attachments"):
        return
    assert [[item.name or "", item.via] for item in read.attachments] == expected(name, "attachments")
    if not MUSEUM[name].get("other_content"):
        assert {item.sha256 for item in read.attachments if item.type != "png"} <= {USUAL["content"]}


@pytest.mark.parametrize("name", MUSEUM)
def test_text_is_read(name: str) -> None:
    wanted = expected(name, "text")
    read = letter(name)
    assert read.text == "" if wanted == "" else wanted in read.text
    assert "\ufffd" not in read.text.rstrip("\ufffd")


@pytest.mark.parametrize("name", MUSEUM)
def test_answerable_only_when_a_person_wrote_it(name: str) -> None:
    findings = automatic(letter(name), OWN)
    assert answerable(findings) == expected(name, "answerable")
    if "codes" in MUSEUM[name]:
        assert [finding.code for finding in findings] == MUSEUM[name]["codes"]


@pytest.mark.parametrize("name", [name for name in MUSEUM if "defect" in MUSEUM[name]])
def test_defect_is_told(name: str) -> None:
    assert any(code.startswith(MUSEUM[name]["defect"]) for code in letter(name).defects)


def test_every_letter_in_the_museum_has_its_line() -> None:
    assert {path.stem for path in LETTERS.glob("*.eml")} == set(MUSEUM)
