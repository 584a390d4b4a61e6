"""Formats only an office suite reads (.doc, .rtf, .xls, .ods): LibreOffice rewrites them, our own readers read that.

LibreOffice runs without a window, a network, macros or links, under a profile of the worker's own. Its exit code
is always 0, so that only the file it wrote counts.
"""

import io
import re
import shutil
import tempfile
from dataclasses import replace
from functools import cache
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
    head = _stream(content, "WordDocument")[:32]
    if len(head) < 32:
        raise Refused("damaged")
    if head[11] & _WORD_ENCRYPTED:
        raise Refused("password")
    old = int.from_bytes(head[2:4], "little") < _WORD_97
    return _read(content, sha256, "doc", "MS WinWord 6" if old else "MS Word 97")


def read_rtf(content: bytes, sha256: str) -> Reading:
    """Return what a Rich Text file says. Raises `Refused` as `read_doc`."""
    # LibreOffice saves the boxes of form fields without their states (RTF 1.9.1, «Form Fields»: \\ffres, \\ffdefres).
    lost = b"FORMCHECKBOX" in content and not re.search(rb"\\ff(?:def)?res\d", content)
    return _read(content, sha256, "rtf", "Rich Text Format", lost_states=lost)


def read_xls(content: bytes, sha256: str) -> Reading:
    """Return what the sheets of an Excel 5 to 2003 workbook say. Raises `Refused` as `read_doc`."""
    with_97 = _has_stream(content, "Workbook")
    if _excel_encrypted(_stream(content, "Workbook" if with_97 else "Book")):
        raise Refused("password")
    return _read(content, sha256, "xls", "MS Excel 97" if with_97 else "MS Excel 5.0/95")


def read_ods(content: bytes, sha256: str) -> Reading:
    """Return what the sheets of an OpenDocument spreadsheet say. Raises `Refused` as `read_doc`.

    LibreOffice has an unpacker of its own, so the guard looks at every part before.
    """
    with open_zip(content) as archive:
        if b"encryption-data" in read_part(archive, "META-INF/manifest.xml"):
            raise Refused("password")
        for entry in archive.infolist():
            data = read_entry(archive, entry)
            if data.lstrip()[:1] == b"<":
                check_xml(data)
    return _read(content, sha256, "ods", "calc8")


def _read(content: bytes, sha256: str, kind: str, imported: str, *, lost_states: bool = False) -> Reading:
    if kind in {"xls", "ods"}:
        reading = xlsx.read(_converted(content, kind, imported, "xlsx"), sha256)
    else:
        reading = docx.read(_converted(content, kind, imported, "docx"), sha256, lost_states=lost_states)
    return replace(reading, reader=kind)


def _converted(content: bytes, kind: str, imported: str, target: str) -> bytes:
    """Return the file LibreOffice makes of a file; raise `Refused` when it makes none."""
    program = _program()
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / f"in.{kind}").write_bytes(content)
        made = folder / "out" / f"in.{target}"
        said = ""
        try:
            # The second start is for a new profile only.
            for _ in range(2):
                ran = tools.run(_command(program, folder / f"in.{kind}", imported, target), folder)
                said = f"{ran.output.decode('utf-8', 'replace')} {ran.said}"
                if ran.code != _RESTART:
                    break
            # A link as output could point anywhere.
            if made.is_file() and not made.is_symlink() and 0 < made.stat().st_size <= MAX_CONVERTED:
                return made.read_bytes()
        except Refused:
            _forget_profile()
            raise
    _forget_profile()
    if "no export filter" in said:
        # Writer or Calc is a package of its own.
        raise Refused("tool")
    raise Refused("crashed" if ran.code < 0 else "damaged")


def _command(program: str, source: Path, imported: str, target: str) -> tuple[str, ...]:
    return (
        *tools.offline(), program, "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        f"-env:UserInstallation={_profile().as_uri()}", f"--infilter={imported}", "--convert-to", target, "--outdir",
        str(source.parent / "out"), str(source),
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
