"""The gate in front of every reader: sizes, ratios, entries, depth.

It opens nothing it has not measured, and what it refuses is a fact about the file (`Refused`), never an error
of ours.
"""

import io
import signal
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from xml.parsers import expat

from lxml import etree

MAX_ENTRIES = 2000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_XML = 40 * 1024 * 1024
MAX_RATIO = 400
# Small parts may compress absurdly well and cost nothing.
RATIO_MATTERS_FROM = 1024 * 1024
MAX_DEPTH = 120
MAX_ELEMENTS = 600_000


class Refused(Exception):
    """The file is not read. `reason` is a reason code of `rules.table.Reading`; `status` the status it leads to."""

    def __init__(self, reason: str, status: Literal["not_a_form", "unreadable"] = "unreadable") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status: Literal["not_a_form", "unreadable"] = status


class _OutOfTime(BaseException):
    """The budget is spent. Not an Exception, or a library in a loop of tries would take it for one of its own."""


@contextmanager
def cpu_budget(seconds: float) -> Iterator[None]:
    """Allow the block so many seconds of CPU time; raise `Refused` with reason `too_slow` when they are spent.

    CPU time, since a busy machine is no fault of the file. Only the main thread of a process can be so bounded;
    elsewhere nothing is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGPROF, end)
    # It strikes again, should the first stroke fall where exceptions are lost.
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
    try:
        yield
    except _OutOfTime as spent:
        raise Refused("too_slow") from spent
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def open_zip(content: bytes) -> zipfile.ZipFile:
    """Open a zip whose directory declares nothing outrageous; raise `Refused` otherwise."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise Refused("volume" if _in_pieces(content) else "damaged") from error
    if _in_pieces(content):
        raise Refused("volume")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Refused("bomb")
    return archive


def _in_pieces(content: bytes) -> bool:
    """Return whether a zip is one disk of several (APPNOTE 4.3.16, 8.5.4): the first says so, and so does the last."""
    if content.startswith(b"PK\x07\x08PK\x03\x04"):
        return True
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 70_000))
    disk = int.from_bytes(content[end + 4 : end + 6], "little") if end >= 0 else 0
    # ZIP64 says it elsewhere, and leaves here what cannot be a disk.
    return 0 < disk < 0xFFFF


def read_part(archive: zipfile.ZipFile, name: str, limit: int = MAX_XML) -> bytes:
    """Return the bytes of the one entry of that name; raise `Refused` as `read_entry`, or when it is missing or doubled."""
    entries = [entry for entry in archive.infolist() if entry.filename == name]
    if len(entries) != 1:
        raise Refused("damaged")
    return read_entry(archive, entries[0], limit)


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int = MAX_XML) -> bytes:
    """Return one entry's bytes; raise `Refused` when it is encrypted, too big, suspiciously dense or broken."""
    if entry.flag_bits & 0x1:
        raise Refused("password")
    if entry.file_size > limit:
        raise Refused("bomb")
    if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise Refused("bomb")
    try:
        with archive.open(entry) as stream:
            data = stream.read(limit + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Refused("damaged") from error
    except Exception as error:
        # zlib.error, lzma.LZMAError: each compressor has its own class for broken data.
        if type(error).__module__ in {"zlib", "lzma", "_lzma", "bz2"}:
            raise Refused("damaged") from error
        raise
    if len(data) > limit:
        raise Refused("bomb")
    return data


def parse_xml(data: bytes) -> etree._Element:
    """Return the root of an XML part that has no DTD, bounded depth and number of elements.

    It is first counted by expat as a stream, which costs no memory, then parsed with entities and network off.
    """
    check_xml(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("damaged") from error


def check_xml(data: bytes) -> None:
    """Raise `Refused` for XML with a DTD, or nested too deep, or of too many elements, or not well formed."""
    depth = elements = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            raise Refused("bomb")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise Refused("bomb")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)  # noqa: FBT003 - pyexpat takes no keyword
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refused("damaged") from error
