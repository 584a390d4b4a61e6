"""The archive: safe before anything else, named by content, never half-written."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.archive import Archive, ArchiveTrouble, keep_file
from intake.mailbox import MailboxTrouble

OCTETS = b"Subject: one\r\n\r\ntext\r\n"


def test_a_letter_lies_under_the_digest_of_its_octets(tmp_path: Path) -> None:
    kept = Archive(tmp_path).keep([OCTETS[:5], OCTETS[5:]])
    digest = hashlib.sha256(OCTETS).hexdigest()
    assert (kept.digest, kept.size, kept.path.read_bytes()) == (digest, len(OCTETS), OCTETS)
    assert kept.path == tmp_path / digest[:2] / f"{digest}.eml"


def test_the_same_octets_twice_are_one_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert archive.keep([OCTETS]) == archive.keep([OCTETS])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [archive.keep([OCTETS]).path]


def test_a_line_that_breaks_in_mid_letter_leaves_nothing_behind(tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield OCTETS
        raise MailboxTrouble("the line broke", kind="dropped")

    with pytest.raises(MailboxTrouble):
        Archive(tmp_path).keep(breaking())
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_trouble_and_leaves_nothing_behind(tmp_path: Path) -> None:
    # A limit on the size of files refuses the write just as a full disk does, and needs no root.
    program = f"""
import resource, signal, sys
from pathlib import Path
from intake.archive import Archive, ArchiveTrouble
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    Archive(Path({str(tmp_path)!r})).keep([b"x" * 60_000] * 3)
except ArchiveTrouble:
    sys.exit(7)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 7
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_half_written_is_swept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    kept = archive.keep([OCTETS])
    (tmp_path / ".incoming-left").write_bytes(b"half")
    assert archive.sweep() == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept.path]


def test_an_archive_that_cannot_be_written_is_a_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveTrouble):
        Archive(tmp_path / "file" / "archive").keep([OCTETS])


def test_an_attached_file_appears_whole_and_once(tmp_path: Path) -> None:
    first = keep_file(tmp_path / "a", "01.docx", b"content")
    assert keep_file(tmp_path / "a", "01.docx", b"content") == first
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["01.docx"]
