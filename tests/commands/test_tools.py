"""`intake check` names what readers of attachments lack here, what that costs, and how it is installed."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from intake.commands import checking
from intake.readers import tools
from tests.require import require

PROGRAMS = ("soffice", "unar", "bsdtar", "tesseract")


def said() -> list[str]:
    console = Console(file=io.StringIO(), soft_wrap=True, highlight=False)
    checking.check_tools(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_everything_is_there() -> None:
    for program in PROGRAMS:
        require(program, "see tools.KNOWN")
    if tools.missing():
        pytest.skip("the extra or a language of tesseract is not installed")
    assert said() == ["✓ all programs that readers of attachments call are installed"]


def test_what_is_missing_is_named_with_its_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SEARCH_PATH", "/nonexistent")
    monkeypatch.setattr(tools, "_EXTRA_LIBRARIES", ("no_such_library",))
    lines = said()
    assert [line.partition(" is not installed: ")[0] for line in lines] == [
        *(f"! {program}" for program in PROGRAMS),
        f"! {tools.EXTRA.program}",
    ]
    assert all("held for a person" in line for line in lines)
    assert [line.rpartition("(")[2].split()[:2] for line in lines] == [
        *(["apt", "install"] for _ in PROGRAMS),
        ["make", "ocr,"],
    ]


def test_a_tesseract_without_ukrainian_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho 'List of available languages (2):'\necho eng\necho osd\n")
    program.chmod(0o755)
    monkeypatch.setattr(tools, "SEARCH_PATH", f"{tmp_path}:/bin:/usr/bin")
    lacking = {tool.program: tool.install for tool in tools.missing()}
    assert "tesseract" not in lacking
    assert lacking["tesseract language ukr"] == "apt install tesseract-ocr-ukr"
    assert "tesseract language eng" not in lacking
