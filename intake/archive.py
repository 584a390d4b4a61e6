"""The archive: raw letters on disk, named by the SHA-256 of their octets.

A letter is written here, and fsynced, before anything else happens to it; from then on it cannot be lost. Nothing in
the archive is ever changed, and nothing here looks inside a letter.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class ArchiveTrouble(Exception):
    """The disk is full or not writable: a trouble of the world, tried again at the next tick."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter that is safe: the digest of its octets (SHA-256, hex), their number, where they lie."""

    digest: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of letters: `ab/abcdef….eml`. Two levels, so that no folder grows without bound."""

    folder: Path

    def path(self, digest: str) -> Path:
        """Return where the letter of this digest lies, or would lie."""
        return self.folder / digest[:2] / f"{digest}.eml"

    def keep(self, octets: Iterable[bytes]) -> Kept:
        """Write the octets, fsync them, name them by their digest, and return where they are.

        Memory stays bounded by the size of one piece. The same octets kept twice are one file. Raises
        `ArchiveTrouble` when the disk refuses; then nothing with a final name has been written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".incoming-")
        except OSError as error:
            raise ArchiveTrouble(f"the archive {self.folder} cannot be written: {error}") from error
        temporary = Path(name)
        try:
            digest, size = hashlib.sha256(), 0
            with os.fdopen(descriptor, "wb") as file:
                for piece in octets:
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                file.flush()
                os.fsync(file.fileno())
            final = self.path(digest.hexdigest())
            final.parent.mkdir(exist_ok=True)
            temporary.replace(final)
            # The new names are durable only when their folders are (the folder of two digits may be new as well).
            fsync_folder(final.parent)
            fsync_folder(self.folder)
        except OSError as error:
            raise ArchiveTrouble(f"the archive {self.folder} cannot be written: {error}") from error
        finally:
            temporary.unlink(missing_ok=True)
        return Kept(digest.hexdigest(), size, final)

    def sweep(self) -> int:
        """Remove what a killed process left half-written; return how many files. Only the lease's holder may call it."""
        left = list(self.folder.glob(".incoming-*"))
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable (POSIX fsync on the directory)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_file(folder: Path, name: str, content: bytes) -> Path:
    """Write `content` under an ASCII name into `folder` unless it is there already; return the path.

    Used for attached files beside the workbook: they are copies, so a torn one would be written anew, but the name
    appears only with the whole content behind it. Raises `ArchiveTrouble`.
    """
    target = folder / name
    try:
        if target.is_file() and target.stat().st_size == len(content):
            return target
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except OSError as error:
        raise ArchiveTrouble(f"{target} cannot be written: {error}") from error
    return target
