"""What LibreOffice saved in its other formats is read as it was written; what it should not do, it does not.

`saved/` holds a few of the museum's forms as LibreOffice 7.4 saved them. `EVERY_LAYOUT=1` has it save and reads the
whole museum in every format, which takes minutes.
"""

import hashlib
import io
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from intake.readers import office, opening, tools
from intake.readers.guard import Refused
from rules.application import match
from rules.table import LOST_BOX, Reading
from tests.forms import layouts
from tests.forms.applicants import EVERYONE, LUHOVA, Answers
from tests.forms.borders import bordered
from tests.forms.call import CALL
from tests.forms.test_museum import plain
from tests.forms.word import package
from tests.require import require

EVERY = os.environ.get("EVERY_LAYOUT") == "1"
SAVED = sorted((Path(__file__).parent / "saved").iterdir())
FORMATS = ("doc", "rtf", "odt", "pdf")
# What a format cannot hold: the museum's boxes of text are too simply made for LibreOffice, and an RTF it saved
# forgets whether a box of Word 97 was ticked.
LOST = {("text_boxes", ending) for ending in FORMATS} | {("legacy_fields", "rtf")}
BY_OFFICE = ("doc", "rtf", "xls", "ods")


@pytest.fixture(scope="module")
def soffice() -> str:
    return require("soffice", "libreoffice-writer-nogui libreoffice-calc-nogui")


@pytest.fixture(scope="module")
def museum(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the whole museum as LibreOffice saves it: NAME.APPLICANT.FORMAT, each format in one go."""
    folder = tmp_path_factory.mktemp("museum")
    for layout in layouts.LAYOUTS:
        for who, answers in EVERYONE.items():
            (folder / f"{layout.__name__}.{who}.docx").write_bytes(bordered(layout(answers)))
    for ending in FORMATS:
        command = [
            soffice,
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to",
            ending,
        ]
        sources = sorted(folder.glob("*.docx"))
        subprocess.run(
            [*command, "--outdir", folder, *sources],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return folder


def opened(content: bytes) -> Reading:
    return opening.read(content, "Заявка", hashlib.sha256(content).hexdigest())


def said(reading: Reading, answers: Answers) -> Answers:
    application = match([reading], CALL)
    assert application is not None
    read = {key: plain(value.raw) for key, value in application.values.items() if value.value or answers[key]}
    return {key: read.get(key, "") for key in answers}


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.name)
def test_every_format_says_what_was_written(path: Path, request: pytest.FixtureRequest) -> None:
    ending = path.suffix[1:]
    if ending in BY_OFFICE:
        request.getfixturevalue("soffice")
    reading = opened(path.read_bytes())
    assert reading.reader == ending
    assert said(reading, LUHOVA) == {key: plain(text) for key, text in LUHOVA.items()}


if EVERY:

    @pytest.mark.parametrize("ending", FORMATS)
    @pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.__name__)
    def test_the_whole_museum_in_every_format(museum: Path, layout, ending: str) -> None:
        if (layout.__name__, ending) in LOST:
            pytest.skip("the format does not keep it")
        for who, answers in EVERYONE.items():
            reading = opened((museum / f"{layout.__name__}.{who}.{ending}").read_bytes())
            assert said(reading, answers) == {key: plain(text) for key, text in answers.items()}


def test_a_password_is_told_before_anything_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {path.name: path for path in SAVED}
    monkeypatch.setattr(tools, "SEARCH_PATH", "/nonexistent")
    doc = bytearray(kept["merged_heading_column.doc"].read_bytes())
    # The flag of encryption in Word's file information block, which begins with this signature.
    doc[doc.index(b"\xec\xa5", 512) + 11] |= 1
    xls = bytearray(kept["sheet.xls"].read_bytes())
    # The record after the first one in the workbook's stream becomes the one of a password.
    start = xls.index(b"\x09\x08\x10\x00\x00\x06")
    xls[start + 20 : start + 22] = b"\x2f\x00"
    assert [opened(bytes(content)).reason for content in (doc, xls)] == ["password", "password"]


def test_nothing_is_fetched_linked_or_computed(soffice: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    fields = "".join(
        rf"\par {{\field{{\*\fldinst {code}}}{{\fldrslt kept}}}}"
        for code in (
            f'INCLUDETEXT "{secret.as_uri()}"',
            'INCLUDETEXT "http://127.0.0.1:9/x"',
            'INCLUDEPICTURE "http://127.0.0.1:9/x.png"',
            "= 2 + 2",
        )
    )
    reading = opened((r"{\rtf1\ansi first" + fields + "}").encode())
    assert [block.text for block in reading.blocks] == ["first", "kept", "kept", "kept", "kept"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{\\rtf1 }", "empty"),
        (b"{\\rtf1" + b"{" * 50, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "format"),
    ],
    ids=["empty", "nested without end", "no compound file"],
)
def test_what_cannot_be_rewritten_is_told(soffice: str, content: bytes, reason: str) -> None:
    reading = opened(content)
    assert (reading.status, reading.reason) == ("unreadable", reason)


def test_boxes_that_were_saved_without_their_states_are_neither_ticked_nor_empty(soffice: str) -> None:
    def rtf(form_field: bytes) -> bytes:
        box = b"{\\field{\\*\\fldinst { FORMCHECKBOX " + form_field + b"}}{\\fldrslt {}}}"
        return b"{\\rtf1\\ansi " + box + b" yes\\par }"

    said = [
        opened(rtf(form_field)).blocks[0].text
        for form_field in (
            b"",
            b"{\\*\\formfield{\\fftype1\\ffres1\\ffdefres0}}",
            b"{\\*\\formfield{\\fftype1\\ffres0\\ffdefres0}}",
        )
    ]
    assert [text[:1] for text in said] == [LOST_BOX, "☒", "☐"]


def test_without_libreoffice_a_file_waits_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "SEARCH_PATH", "/nonexistent")
    office._program.cache_clear()
    reading = opened(b"{\\rtf1 text}")
    assert (reading.status, reading.reason) == ("unreadable", "tool")
    assert {tool.program for tool in tools.missing()} >= {"soffice", "unar", "bsdtar"}
    assert all(tool.install and tool.cost_text for tool in tools.missing())


def _rtf_tables(depth: int) -> bytes:
    """Tables, each in a cell of another (RTF 1.9.1, «Nested Table Properties»)."""
    levels = range(1, depth + 1)
    begun = "".join(rf"\pard\intbl\itap{level} a " for level in levels)
    ended = "".join(
        rf"\nestcell{{\*\nesttableprops\trowd\cellx5000\nestrow}}\pard\intbl\itap{level - 1} "
        for level in reversed(levels[1:])
    )
    return rf"{{\rtf1\ansi {begun}{ended}\cell\trowd\cellx5000\row}}".encode()


@pytest.mark.parametrize(
    "content",
    [
        _rtf_tables(100),
        b"{\\rtf1" + b"{" * 20_000 + b"a" + b"}" * 20_001,
        b"{\\rtf1 " + b"a b " * 3_000_000 + b"}",
        b"{\\rtf1 " + b"\\trowd\\cellx1000\\intbl a\\cell\\row " * 10_000 + b"}",
    ],
    ids=["tables in tables", "groups in groups", "a book", "a register"],
)
def test_a_rich_text_that_bombs_is_refused_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(tools, "SEARCH_PATH", "/nonexistent")
    assert opened(content).reason == "bomb"


def test_tables_in_tables_and_pictures_as_people_have_them_are_read(soffice: str) -> None:
    noise = io.BytesIO()
    Image.frombytes("L", (1500, 1500), random.Random(1).randbytes(1500 * 1500)).save(noise, "PNG")
    picture = b"{\\pict\\pngblip " + noise.getvalue().hex().encode() + b"}"
    reading = opened(_rtf_tables(3)[:-1] + picture + b"}")
    assert reading.status == "read"


def test_the_files_of_an_archive_are_rewritten_in_one_start(
    soffice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, broken = b"{\\rtf1 one}", b"{\\rtf1 two}", b"{\\rtf1" + b"{" * 20
    office.ahead([("rtf", first), ("rtf", broken), ("rtf", second)])
    # From here on nothing can be started.
    monkeypatch.setattr(tools, "SEARCH_PATH", "/nonexistent")
    office._program.cache_clear()
    readings = [opened(content) for content in (first, second, broken)]
    office._program.cache_clear()
    assert [(one.status, one.reason) for one in readings] == [
        ("read", ""),
        ("read", ""),
        ("unreadable", "tool"),
    ]
    assert [one.blocks[0].text for one in readings[:2]] == ["one", "two"]


def test_a_spreadsheet_that_bombs_is_refused_before_anything_is_started() -> None:
    assert opened(ods("<!DOCTYPE a [<!ENTITY l 'ha'>]><a>&l;</a>")).reason == "bomb"
    assert opened(ods("<a>" + "<b/>" * 700_000 + "</a>")).reason == "bomb"
    assert opened(ods("<a/>", manifest="<m><encryption-data/></m>")).reason == "password"


def ods(content: str, manifest: str = "<m/>") -> bytes:
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def test_a_program_may_use_so_much_time_and_no_more(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        tools.run(("/bin/sh", "-c", "while :; do :; done"), tmp_path, cpu_seconds=1)
    assert refused.value.reason == "too_slow"


def test_a_program_may_write_so_much_and_no_more(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        tools.run(("/usr/bin/head", "-c", "2000000", "/dev/zero"), tmp_path, max_output=1_000_000)
    assert refused.value.reason == "bomb"


def test_a_program_sees_nothing_of_our_environment_and_has_no_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_IMAP_PASSWORD", "secret")
    ran = tools.run(("/bin/sh", "-c", "env; cat; pwd"), tmp_path)
    assert ran.code == 0
    assert b"secret" not in ran.output
    assert ran.output.splitlines()[-1] == str(tmp_path).encode()


def test_a_program_dies_with_the_worker_that_started_it(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys, threading\n"
        "from intake.readers import tools\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "threading.Timer(1, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()\n"
        "tools.run(('/bin/sh', '-c', 'echo $$ > pid; exec sleep 60'), folder)\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", program, tmp_path], cwd=root, check=False, env={"PYTHONPATH": str(root)}
    )
    pid = int((tmp_path / "pid").read_text())
    for _ in range(200):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        subprocess.run(["sleep", "0.01"], check=True)
    pytest.fail("the program outlived its worker")
