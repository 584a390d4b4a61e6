"""Is the workbook open in front of somebody, or did two change it at once? Lock files are only a hint: a crash leaves them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

# An editor that was open for longer has most likely crashed.
STALE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: whose, as far as it says, since when (aware UTC), and whether it is too old to be believed."""

    path: Path
    owner: str
    since: datetime
    stale: bool


def lock_of(path: Path, now: datetime) -> Lock | None:
    """Return the lock on a workbook, a fresh one rather than a stale one, or None. `now` is aware."""
    # LibreOffice and Excel, in this order.
    candidates = (path.with_name(f".~lock.{path.name}#"), path.with_name(f"~${path.name}"))
    locks = [lock for lock in (_read(one, now) for one in candidates) if lock is not None]
    return min(locks, key=lambda lock: lock.stale, default=None)


# What synchronising programs call the copy they make when two changed a file: OneDrive appends the computer's name, Dropbox,
# Nextcloud and Syncthing the word, others a number. Our own copies have other words in their brackets.
_OTHER_COPY = re.compile(
    r"-(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9-]{3,}| ?\(\d+\)|.*(?:conflict|конфлікт|конфликт).*",
    re.IGNORECASE,
)


def copies_beside(path: Path) -> tuple[str, ...]:
    """Return the names of the copies of a workbook that a synchronising program made beside it. Raises `OSError`."""
    if not path.parent.is_dir():
        return ()
    found = (
        other.name
        for other in path.parent.iterdir()
        if other.suffix == path.suffix
        and not other.name.startswith((".", "~"))
        and other.stem.startswith(path.stem)
        and _OTHER_COPY.fullmatch(other.stem[len(path.stem) :])
    )
    return tuple(sorted(found))


def _read(path: Path, now: datetime) -> Lock | None:
    try:
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    try:
        octets = path.read_bytes()[:1000]
    except OSError:
        octets = b""
    return Lock(path, _owner(octets), since, now - since > STALE)


def _owner(octets: bytes) -> str:
    if b"," in octets[:200]:
        # LibreOffice: full name, system user, host, time, profile; empty ones are left empty.
        fields = octets.decode("utf-8", "replace").split(",")
        return (fields[0] or (fields[1] if len(fields) > 1 else "")).strip()
    # Excel: a length and the name in the system's code page, then again in UTF-16 from octet 55.
    if len(octets) > 57:
        length = int.from_bytes(octets[55:57], "little")
        return octets[57 : 57 + 2 * min(length, 52)].decode("utf-16-le", "replace").strip("\x00 ")
    return ""
