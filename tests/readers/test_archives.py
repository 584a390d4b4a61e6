"""7z and rar: what is inside is read as if it had come by itself; what is wrong with them is told."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from intake.readers import archives, opening, tools
from intake.readers.guard import Refused
from rules.table import Reading
from tests.forms.applicants import LUHOVA
from tests.forms.layouts import right
from tests.forms.word import package
from tests.readers.rars import rar
from tests.readers.test_formats import raw
from tests.require import require

PICTURE = b"\xff\xd8\xff" + bytes(200)


@pytest.fixture(scope="module")
def bsdtar() -> str:
    return require("bsdtar", "libarchive-tools")


@pytest.fixture(scope="module")
def unar() -> str:
    return require("unar", "unar")


def opened(content: bytes) -> Reading:
    return opening.read(content, "Заявка", hashlib.sha256(content).hexdigest())


def packed(bsdtar: str, folder: Path, *options: str) -> bytes:
    """Return a 7z of what is in a folder."""
    names = sorted(item.name for item in folder.iterdir())
    target = folder.parent / "made.7z"
    command = [
        bsdtar,
        "--create",
        "--file",
        target,
        "--format",
        "7zip",
        *options,
        "--directory",
        folder,
        *names,
    ]
    subprocess.run(command, check=True, env={"LANG": "C.UTF-8"})
    return target.read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def test_a_form_in_a_7z_beside_a_picture(bsdtar: str, folder: Path) -> None:
    (folder / "Заявка").mkdir()
    (folder / "Заявка" / "форма.docx").write_bytes(right(LUHOVA))
    (folder / "Заявка" / "скан.jpg").write_bytes(PICTURE)
    (folder / "Заявка" / "Thumbs.db").write_bytes(b"x")
    content = packed(bsdtar, folder)
    reading = opened(content)
    assert reading.reader == "7z"
    assert sorted((leaf.container, leaf.status) for leaf in reading.leaves) == [
        ("Заявка/скан.jpg", "not_a_form"),
        ("Заявка/форма.docx", "read"),
    ]
    assert raw(content) == LUHOVA


def test_links_in_a_7z_are_no_files(bsdtar: str, folder: Path) -> None:
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "a.txt").write_text("text")
    assert [name for name, _ in archives.open_7z(packed(bsdtar, folder)).files] == ["a.txt"]


def test_an_empty_a_damaged_and_a_bombing_7z_are_told(bsdtar: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    assert opened(packed(bsdtar, folder)).reason == "empty"
    (folder / "форма.docx").write_bytes(right(LUHOVA))
    content = packed(bsdtar, folder)
    assert opened(content[: len(content) // 2]).reason == "damaged"
    with (folder / "big").open("wb") as big:
        big.truncate(230 * 1024 * 1024)
    assert opened(packed(bsdtar, folder, "--options", "7zip:compression=deflate")).reason == "bomb"


def test_a_7z_of_very_many_files_is_a_bomb(bsdtar: str, folder: Path) -> None:
    for number in range(80):
        (folder / f"{number}.txt").write_text(str(number))
    assert opened(packed(bsdtar, folder)).reason == "bomb"


def test_a_form_in_a_rar_is_whole_though_its_own_parts_lie_open(unar: str) -> None:
    content = rar({"Заявка/форма.docx": right(LUHOVA), "скан.jpg": PICTURE})
    reading = opened(content)
    assert (reading.reader, [leaf.container for leaf in reading.leaves]) == (
        "rar",
        ["Заявка/форма.docx", "скан.jpg"],
    )
    assert raw(content) == LUHOVA


def test_a_rar_with_a_password_and_a_damaged_one_are_told(unar: str, bsdtar: str) -> None:
    assert opened(rar({"форма.docx": right(LUHOVA)}, locked=True)).reason == "password"
    assert opened(rar({"форма.docx": right(LUHOVA)})[:500]).reason == "damaged"


def test_a_piece_of_an_archive_and_one_of_old_are_told(unar: str, bsdtar: str) -> None:
    form = {"форма.docx": right(LUHOVA)}
    assert opened(rar(form, volume=True)[:-2000]).reason == "volume"
    assert opened(b"Rar!\x1a\x07\x01\x00" + bytes(4) + b"\x05\x01\x00\x01" + bytes(300)).reason == "volume"
    assert opened(rar(form, version=15)).reason == "format"
    packed_form = package({"форма.docx": right(LUHOVA)})
    at = packed_form.rindex(b"PK\x05\x06")
    assert opened(packed_form[: at + 4] + b"\x02\x00" + packed_form[at + 6 :]).reason == "volume"


def test_what_one_program_cannot_open_the_other_may(bsdtar: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "find", lambda program: bsdtar if program == "bsdtar" else None)
    assert [octets for _, octets in archives.open_rar(rar({"a.txt": b"text"})).files] == [b"text"]
    # Here bsdtar sees the document's own parts: it takes unar, which is missing.
    with pytest.raises(Refused) as refused:
        archives.open_rar(rar({"форма.docx": right(LUHOVA)}))
    assert refused.value.reason == "tool"


def test_without_the_programs_an_archive_waits_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SEARCH_PATH", "/nonexistent")
    made = (rar({"a.txt": b"text"}), b"7z\xbc\xaf\x27\x1c" + bytes(40))
    assert [(opened(content).status, opened(content).reason) for content in made] == [
        ("unreadable", "tool")
    ] * 2
