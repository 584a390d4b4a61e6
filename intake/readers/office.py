"""Formats only an office suite reads (.doc, .rtf, .xls, .ods): LibreOffice rewrites them, our own readers read that.

LibreOffice runs without a window, a network, macros or links, under a profile of the worker's own. Its exit code
is always 0, so that only the file it wrote counts.
"""

import contextlib
import hashlib
import io
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path

import olefile

from intake.readers import docx, tools, xlsx
from intake.readers.guard import Refused, check_xml, open_zip, read_entry, read_part
from rules.table import Reading

# LibreOffice asks to be started again after it made its profile.
_RESTART = 81
MAX_CONVERTED = 64 * 1024 * 1024
# Word's file information block ([MS-DOC] 2.5.1): versions before Word 97, and the flag of a password.
_WORD_97 = 0xC1
_WORD_ENCRYPTED = 0x01
# Excel's record of a password ([MS-XLS] 2.4.117) stands among the first ones of the workbook.
_FILE_PASS = 0x002F
_BOF = 0x0809
# A form has a few tables, none deep in another, and a few pages of text; long runs of hexadecimal digits are pictures.
_RTF_NESTING, _RTF_DEPTH, _RTF_TEXT, _RTF_ROWS = 12, 100, 8 * 1024 * 1024, 5_000
_HEXADECIMAL = re.compile(rb"[0-9a-fA-F\r\n]{200,}")
_OPENING = ord("{")
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>
"""
# No macro is run, no link followed, nothing fetched, nothing recovered, nothing remembered.
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Save/Document", "AutoSave", "false"),
    ("Office.Common/History", "PickListSize", "0"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "1"),
    ("Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"),
    ("Office.Calc/Formula/Load", "ODFRecalcMode", "1"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def read_doc(content: bytes, sha256: str) -> Reading:
    """Return what a Word 6 to 2003 document says. Raises `Refused`, with reason `tool` when LibreOffice is absent."""
    return replace(docx.read(_converted(content, "doc"), sha256), reader="doc")


def read_rtf(content: bytes, sha256: str) -> Reading:
    """Return what a Rich Text file says. Raises `Refused` as `read_doc`."""
    # LibreOffice saves the boxes of form fields without their states (RTF 1.9.1, «Form Fields»: \\ffres, \\ffdefres).
    lost = b"FORMCHECKBOX" in content and not re.search(rb"\\ff(?:def)?res\d", content)
    return replace(docx.read(_converted(content, "rtf"), sha256, lost_states=lost), reader="rtf")


def read_xls(content: bytes, sha256: str) -> Reading:
    """Return what the sheets of an Excel 5 to 2003 workbook say. Raises `Refused` as `read_doc`."""
    return replace(xlsx.read(_converted(content, "xls"), sha256), reader="xls")


def read_ods(content: bytes, sha256: str) -> Reading:
    """Return what the sheets of an OpenDocument spreadsheet say. Raises `Refused` as `read_doc`."""
    return replace(xlsx.read(_converted(content, "ods"), sha256), reader="ods")


def ahead(files: Sequence[tuple[str, bytes]]) -> None:
    """Rewrite several files (kind, octets) of one archive, those of a kind in one start of LibreOffice.

    What comes of it is taken when the file is read. A file that is refused, or of which nothing comes, is tried alone then.
    """
    _made.clear()
    alike: dict[tuple[str, str], list[bytes]] = {}
    for kind, content in files:
        with contextlib.suppress(Refused):
            alike.setdefault((kind, _KINDS[kind].checked(content)), []).append(content)
    for (kind, imported), contents in alike.items():
        if len(contents) > 1:
            with contextlib.suppress(Refused):
                made, _ = _rewritten(contents, kind, imported)
                for content, octets in zip(contents, made, strict=True):
                    _made[kind, hashlib.sha256(content).digest()] = octets


def _doc(content: bytes) -> str:
    head = _stream(content, "WordDocument")[:32]
    if len(head) < 32:
        raise Refused("damaged")
    if head[11] & _WORD_ENCRYPTED:
        raise Refused("password")
    return "MS WinWord 6" if int.from_bytes(head[2:4], "little") < _WORD_97 else "MS Word 97"


def _rtf(content: bytes) -> str:
    """Tables in tables and groups in groups cost LibreOffice minutes; pictures (RTF 1.9.1: hexadecimal) cost nothing."""
    nesting = max((int(level) for level in re.findall(rb"\\itap(\d{1,9})", content)), default=0)
    text = _HEXADECIMAL.sub(b"", content)
    braces = re.sub(rb"[^{}]+", b"", text.replace(b"\\{", b"").replace(b"\\}", b""))
    depth = max(accumulate(1 if brace == _OPENING else -1 for brace in braces), default=0)
    rows = len(re.findall(rb"\\row\b", text))
    if nesting > _RTF_NESTING or depth > _RTF_DEPTH or len(text) > _RTF_TEXT or rows > _RTF_ROWS:
        raise Refused("bomb")
    return "Rich Text Format"


def _xls(content: bytes) -> str:
    with_97 = _has_stream(content, "Workbook")
    if _excel_encrypted(_stream(content, "Workbook" if with_97 else "Book")):
        raise Refused("password")
    return "MS Excel 97" if with_97 else "MS Excel 5.0/95"


def _ods(content: bytes) -> str:
    """LibreOffice has an unpacker of its own, so the guard looks at every part before."""
    with open_zip(content) as archive:
        if b"encryption-data" in read_part(archive, "META-INF/manifest.xml"):
            raise Refused("password")
        for entry in archive.infolist():
            data = read_entry(archive, entry)
            if data.lstrip()[:1] == b"<":
                check_xml(data)
    return "calc8"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What looks a file over and returns the name of LibreOffice's filter for it, and the format it is rewritten in."""

    checked: Callable[[bytes], str]
    target: str


_KINDS = {
    "doc": _Kind(_doc, "docx"),
    "rtf": _Kind(_rtf, "docx"),
    "xls": _Kind(_xls, "xlsx"),
    "ods": _Kind(_ods, "xlsx"),
}
# What was rewritten ahead: kind and digest → what came of it.
_made: dict[tuple[str, bytes], bytes] = {}


def _converted(content: bytes, kind: str) -> bytes:
    """Return the file LibreOffice makes of a file; raise `Refused` when it makes none."""
    imported = _KINDS[kind].checked(content)
    made = _made.pop((kind, hashlib.sha256(content).digest()), b"")
    if made:
        return made
    (made,), ran = _rewritten([content], kind, imported)
    if made:
        return made
    if "no export filter" in f"{ran.output.decode('utf-8', 'replace')} {ran.said}":
        # Writer or Calc is a package of its own.
        raise Refused("tool")
    raise Refused("crashed" if ran.code < 0 else "damaged")


def _rewritten(contents: Sequence[bytes], kind: str, imported: str) -> tuple[list[bytes], tools.Ran]:
    """Return what LibreOffice makes of each file, nothing where it makes none, and how it ended."""
    program, target = _program(), _KINDS[kind].target
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        sources = [folder / f"in{number}.{kind}" for number in range(len(contents))]
        for source, content in zip(sources, contents, strict=True):
            source.write_bytes(content)
        try:
            ran = tools.run(_command(program, sources, imported, target), folder)
            if ran.code == _RESTART:
                ran = tools.run(_command(program, sources, imported, target), folder)
        except Refused:
            _forget_profile()
            raise
        made = [_taken(folder / "out" / source.with_suffix(f".{target}").name) for source in sources]
    if not all(made):
        _forget_profile()
    return made, ran


def _taken(made: Path) -> bytes:
    # A link as output could point anywhere.
    whole = made.is_file() and not made.is_symlink() and made.stat().st_size <= MAX_CONVERTED
    return made.read_bytes() if whole else b""


def _command(program: str, sources: Sequence[Path], imported: str, target: str) -> tuple[str, ...]:
    return (
        *tools.offline(), program, "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        f"-env:UserInstallation={_profile().as_uri()}", f"--infilter={imported}", "--convert-to", target, "--outdir",
        str(sources[0].parent / "out"), *map(str, sources),
    )  # fmt: skip


@cache
def _program() -> str:
    """Return LibreOffice itself, without the shell script and the starter before it: one process, easily ended."""
    script = Path(tools.need("soffice"))
    binary = script.resolve().with_name("soffice.bin")
    return str(binary if binary.is_file() else script)


@cache
def _home() -> "tempfile.TemporaryDirectory[str]":
    """Return the folder of this worker's profile, which goes with the worker."""
    return tempfile.TemporaryDirectory(prefix="office-profile-", ignore_cleanup_errors=True)


def _profile() -> Path:
    """Return the profile, made with the settings when there is none."""
    folder = Path(_home().name) / "profile"
    settings = folder / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        items = "".join(
            f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
            for path, name, value in _SETTINGS
        )
        settings.write_text(_PROFILE.format(items=items), encoding="utf-8")
    return folder


def _forget_profile() -> None:
    """Remove the profile: a run that was cut short may have left it locked or broken."""
    shutil.rmtree(Path(_home().name) / "profile", ignore_errors=True)


def _stream(content: bytes, name: str) -> bytes:
    """Return the beginning of a stream of a compound file; raise `Refused` when there is none."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole, ole.openstream(name) as stream:
            return bytes(stream.read(4096))
    except (OSError, ValueError, TypeError, IndexError, AttributeError, KeyError) as error:
        raise Refused("damaged") from error


def _has_stream(content: bytes, name: str) -> bool:
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            return bool(ole.exists(name))
    except (OSError, ValueError, TypeError, IndexError, AttributeError, KeyError) as error:
        raise Refused("damaged") from error


def _excel_encrypted(book: bytes) -> bool:
    at = 0
    while at + 4 <= len(book):
        kind, size = (
            int.from_bytes(book[at : at + 2], "little"),
            int.from_bytes(book[at + 2 : at + 4], "little"),
        )
        if kind == _FILE_PASS:
            return True
        at += 4 + size
    return False
