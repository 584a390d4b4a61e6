"""Archives only other programs open: 7z by bsdtar, rar by unar or, where that fails, bsdtar.

Nothing is unpacked to disk: both programs write what an archive holds to their output, which is measured. Names
are told, never used as paths; links are no files.
"""

import io
import json
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from intake.readers import tools
from intake.readers.containers import MAX_MEMBERS, SCRAP, Contents
from intake.readers.guard import MAX_ENTRIES, MAX_UNPACKED, Refused

_LOCKED = re.compile(r"password|passphrase|encrypt", re.IGNORECASE)
# A rar that only stores a Word file looks to bsdtar like that file's own zip.
_INSIDE_OFFICE = ("[Content_Types].xml", "mimetype")
# Of the rar format: its marks, kinds of blocks, the flag of an archive in pieces, the first version that is still opened.
_RAR_4, _RAR_5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_RAR_MAIN, _RAR_FILE = 0x73, 0x74
_VOLUME = 0x0001
_RAR_2 = 20
# For headers and padding of a tar.
_MARGIN = 1024 * 1024
_DAMAGED = (tarfile.TarError, EOFError, ValueError, OSError)


def open_7z(content: bytes) -> Contents:
    """Return what a 7z holds. Raises `Refused` for a locked, empty, damaged or hostile one, or when bsdtar is absent."""
    with _kept(content, "in.7z") as folder:
        return _by_bsdtar(folder, "in.7z")


def open_rar(content: bytes) -> Contents:
    """Return what a rar holds. Raises `Refused` as `open_7z`; one of two programs is enough for most archives."""
    ways: tuple[tuple[str, Callable[[Path, str], Contents]], ...] = (
        ("unar", _by_unar),
        ("bsdtar", _by_bsdtar),
    )
    refusals = []
    with _kept(content, "in.rar") as folder:
        for program, take_out in ways:
            if tools.find(program) is None:
                refusals.append(Refused("tool"))
                continue
            try:
                return take_out(folder, "in.rar")
            except Refused as refusal:
                if refusal.reason not in {"damaged", "empty"} or (
                    refusal.reason == "empty" and not _beyond(content)
                ):
                    raise
                refusals.append(refusal)
    # What one program calls damaged the other might have opened; but some archives none can.
    reason = _beyond(content)
    if reason:
        raise Refused(reason)
    raise next((refusal for refusal in refusals if refusal.reason == "tool"), refusals[-1])


def _beyond(content: bytes) -> str:
    """Return why no program opens a rar: `volume`, a piece of an archive; `format`, made before rar 2.0; else ""."""
    if content.startswith(_RAR_5):
        numbers = _vints(content[len(_RAR_5) + 4 : len(_RAR_5) + 40])
        # Size of the header, its type, its flags, perhaps the size of an extra area, and the archive's own flags.
        _, _, flags = (next(numbers, 0) for _ in range(3))
        if flags & 0x01:
            next(numbers, 0)
        return "volume" if next(numbers, 0) & _VOLUME else ""
    at, old = len(_RAR_4), False
    while 0 < at + 7 <= len(content):
        kind, flags = content[at + 2], int.from_bytes(content[at + 3 : at + 5], "little")
        size = int.from_bytes(content[at + 5 : at + 7], "little")
        if size < 7 or (kind == _RAR_MAIN and flags & _VOLUME):
            return "volume" if size >= 7 else ""
        if kind == _RAR_FILE and at + 25 <= len(content):
            old = old or content[at + 24] < _RAR_2
            size += int.from_bytes(content[at + 7 : at + 11], "little")
        at += size
    return "format" if old else ""


def _vints(data: bytes) -> Iterator[int]:
    """Yield the numbers of variable length that data begin with (RAR 5.0 archive format, «vint»)."""
    value = shift = 0
    for octet in data:
        value |= (octet & 0x7F) << shift
        shift += 7
        if not octet & 0x80:
            yield value
            value = shift = 0


@contextmanager
def _kept(content: bytes, name: str) -> Iterator[Path]:
    """Keep the archive as the one file of a folder of its own while the block runs."""
    with tempfile.TemporaryDirectory(prefix="archive-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / name).write_bytes(content)
        yield Path(folder)


def _by_bsdtar(folder: Path, name: str) -> Contents:
    """Have bsdtar rewrite the archive as a tar, and take the files from that."""
    ran = tools.run(
        (tools.need("bsdtar"), "--create", "--file", "-", "--format", "pax", f"@{name}"),
        folder,
        max_output=MAX_UNPACKED + _MARGIN,
    )
    files = _in_tar(ran.output)
    rar = name.endswith(".rar")
    if (rar and any(inner in _INSIDE_OFFICE for inner, _ in files)) or (not files and (rar or ran.code)):
        # Why it stopped it tells only when it takes files out.
        told = tools.run((tools.need("bsdtar"), "--extract", "--to-stdout", "--file", name), folder)
        raise Refused("password" if _LOCKED.search(ran.said + told.said) else "damaged")
    return _contents(files)


def _in_tar(output: bytes) -> list[tuple[str, bytes]]:
    """Return the files of a tar as far as it is whole."""
    files: list[tuple[str, bytes]] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(output)) as archive:
            for entry in archive:
                stream = archive.extractfile(entry) if entry.isreg() else None
                if stream is not None:
                    files.append((entry.name, stream.read()))
                if len(files) > MAX_ENTRIES:
                    raise Refused("bomb")
    except _DAMAGED:
        return files
    return files


def _by_unar(folder: Path, name: str) -> Contents:
    """Have lsar say what there is, and unar write it out one after another."""
    listed = tools.run((tools.need("lsar"), "-json", name), folder, max_output=_MARGIN * 16)
    if (
        _LOCKED.search(listed.output[:2000].decode("utf-8", "replace"))
        and b"lsarContents" not in listed.output
    ):
        raise Refused("password")
    entries = _listed(listed.output)
    if any(entry.get("XADIsEncrypted") for entry in entries):
        raise Refused("password")
    sizes = [int(entry.get("XADFileSize", 0)) for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(sizes) > MAX_UNPACKED:
        raise Refused("bomb")
    ran = tools.run(
        (tools.need("unar"), "-quiet", "-no-recursion", "-forks", "skip", "-output-directory", "-", name),
        folder,
        max_output=MAX_UNPACKED + _MARGIN,
    )
    if len(ran.output) != sum(sizes):
        raise Refused("password" if _LOCKED.search(ran.said) else "damaged")
    files, at = [], 0
    for entry, size in zip(entries, sizes, strict=True):
        files.append((str(entry.get("XADFileName", "")), ran.output[at : at + size]))
        at += size
    return _contents(files)


def _listed(output: bytes) -> list[dict[str, Any]]:
    """Return the files lsar names, in the order unar writes them."""
    try:
        found = json.loads(output.decode("utf-8", "replace"))
        entries = found["lsarContents"]
        if found.get("lsarError") or not isinstance(entries, list):
            raise Refused("damaged")
        return [
            entry
            for entry in entries
            if not entry.get("XADIsDirectory")
            and not entry.get("XADIsLink")
            and not entry.get("XADIsResourceFork")
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("damaged") from error


def _contents(files: list[tuple[str, bytes]]) -> Contents:
    kept = [(name, octets) for name, octets in files if not SCRAP.search(name)]
    if not kept:
        raise Refused("empty")
    if len(kept) > MAX_MEMBERS or sum(len(octets) for _, octets in kept) > MAX_UNPACKED:
        raise Refused("bomb")
    return Contents(tuple(kept))
