"""Bringing a workbook file up to date without ever harming it, or what people typed in it.

Read, merge, remember what people typed, save beside, verify, compare, replace, remember what was written: killed between
any two of these steps, the next run finds its way. The file is never written in place.
"""

import errno
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from intake.ledger.cells import Memory
from intake.workbook import book as books
from intake.workbook.book import Damaged
from intake.workbook.locks import Lock, copies_beside, lock_of
from intake.workbook.page import Pages, no_pages
from intake.workbook.prepare import LookAtAll, Prepared, change, prepare, seen
from intake.workbook.sheet import Sheet
from intake.workbook.state import Keep, Published, State, Status, WorkbookTrouble, stat_of
from intake.workbook.versions import keep_versions, set_aside
from intake.workbook.words import WORDS
from rules.call import Call


def publish(
    path: Path,
    call: Call,
    wanted: Sequence[Sheet],
    memory: Memory,
    state: State,
    *,
    ledger: str,
    keep: Keep,
    now: datetime,
    copy_after: timedelta,
    pages: Pages = no_pages,
    only: Mapping[str, frozenset[str]] | None = None,
) -> Published:
    """Bring the file up to date, and hand to `keep` what is to be remembered, when it is to be.

    `ledger` is the fingerprint of what `wanted` was made from; `now` is aware. `only`: sheet id → the rows that `wanted`
    and `memory` are about, where that is not all. Raises `WorkbookTrouble`, and `LookAtAll` when some rows are not enough.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        state = replace(state, beside=copies_beside(path))
        prepared = prepare(path, call, wanted, memory, state, pages=pages, only=only)
        if prepared.foreign:
            return _block(prepared, ledger=ledger, keep=keep, now=now, copy_after=copy_after)
        if not prepared.changes and not prepared.damaged:
            current = seen(path, replace(state, sha256=prepared.book.sha256), prepared)
            keep(
                prepared.first() | prepared.last(),
                replace(current, ledger=ledger, status="unchanged", locked_since=None),
            )
            return prepared.result("unchanged")
        lock = lock_of(path, now)
        if lock is not None and not lock.stale:
            return _wait(prepared, _who(lock), ledger=ledger, keep=keep, now=now, copy_after=copy_after)
        stale = (
            f"a lock file of {lock.since:%d.%m.%Y %H:%M} is ignored: {lock.path.name}"
            if lock is not None
            else ""
        )
        return _write(prepared, ledger=ledger, keep=keep, now=now, copy_after=copy_after, note=stale)
    except PermissionError as error:
        since = state.locked_since or now
        keep({}, replace(state, status="locked", note=str(error), locked_since=since))
        return Published("locked", path, note=str(error))
    except (OSError, Damaged) as error:
        if only is not None and isinstance(error, Damaged):
            raise LookAtAll from error
        raise WorkbookTrouble(f"{path.name}: {error}") from error


def _who(lock: Lock) -> str:
    return f"open since {lock.since:%d.%m.%Y %H:%M} UTC" + (f" by {lock.owner}" if lock.owner else "")


def _write(
    prepared: Prepared, *, ledger: str, keep: Keep, now: datetime, copy_after: timedelta, note: str
) -> Published:
    path, state = prepared.path, prepared.state
    writing = max(state.writing, prepared.book.stamp or 0) + 1
    change(prepared, writing)
    temporary = save_beside(prepared)
    try:
        # Now, and not before, is it certain that the new file can be made; what people typed must be safe first.
        keep(prepared.first(), None)
        lock = lock_of(path, now)
        if (lock is not None and not lock.stale) or not _still(path, prepared):
            return _wait(
                prepared, "changed just now", ledger=ledger, keep=keep, now=now, copy_after=copy_after
            )
        if prepared.damaged:
            aside = set_aside(path, WORDS[prepared.call.language].damaged)
            note = f"the damaged file was set aside: {aside.name}"
        keep_versions(
            path, writing, temporary, prepared.book.octets if prepared.book.sha256 != state.ours else b""
        )
        try:
            put_in_place(temporary, path)
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY}:
                raise
            return _wait(prepared, str(error), ledger=ledger, keep=keep, now=now, copy_after=copy_after)
    finally:
        temporary.unlink(missing_ok=True)
    sha256 = hashlib.sha256(prepared.book.result).hexdigest()
    current = seen(path, replace(state, writing=writing, ours=sha256, sha256=sha256), prepared)
    keep(
        prepared.last(),
        replace(
            current, ledger=ledger, status="written", note=note, locked_since=None, copy=None, copied_at=None
        ),
    )
    return prepared.result("written", note=note)


def save_beside(prepared: Prepared) -> Path:
    """Save to a temporary file in the same folder, verified and on the disk; return it."""
    path = prepared.path
    for leftover in path.parent.glob(f".{path.stem}.*.tmp"):
        leftover.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp")
    books.save(prepared.book, temporary)
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o777)
    return temporary


def put_in_place(temporary: Path, path: Path) -> None:
    """Let the new file take the old one's place, durably."""
    temporary.replace(path)
    _sync(path.parent)


def _still(path: Path, prepared: Prepared) -> bool:
    """Return whether the file is what was read."""
    if prepared.damaged:
        return path.exists()
    if not path.exists():
        return not prepared.book.sha256
    return _digest(path) == prepared.book.sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _wait(
    prepared: Prepared, why: str, *, ledger: str, keep: Keep, now: datetime, copy_after: timedelta
) -> Published:
    since = prepared.state.locked_since or now
    due = now - since >= copy_after
    return _aside(
        prepared,
        "locked",
        why,
        since=since,
        due=due,
        ledger=ledger,
        keep=keep,
        now=now,
        copy_after=copy_after,
    )


def _block(
    prepared: Prepared,
    *,
    ledger: str,
    keep: Keep,
    now: datetime,
    copy_after: timedelta,
) -> Published:
    note = f"the file cannot be written: {prepared.foreign}"
    return _aside(
        prepared,
        "blocked",
        note,
        since=None,
        due=True,
        ledger=ledger,
        keep=keep,
        now=now,
        copy_after=copy_after,
    )


def _aside(
    prepared: Prepared,
    status: Status,
    note: str,
    *,
    since: datetime | None,
    due: bool,
    ledger: str,
    keep: Keep,
    now: datetime,
    copy_after: timedelta,
) -> Published:
    """Leave the file alone, remember what people typed in it, and from time to time write a dated copy beside it."""
    state = replace(prepared.state, status=status, note=note, locked_since=since, ledger=ledger)
    state = replace(state, stat=stat_of(prepared.path))
    made_from = f"{ledger} {prepared.book.sha256}"
    old = state.copy
    copy = None
    rested = state.copied_at is None or now - state.copied_at >= copy_after
    outdated = due and (old is None or old[2] != made_from)
    if outdated and rested:
        copy = _dated_copy(prepared, now)
        digest = _digest(copy)
        if old is not None and old[0] != str(copy):
            _remove_copy(Path(old[0]), old[1])
        state = replace(state, copy=(str(copy), digest, made_from), copied_at=now)
    elif outdated:
        # The next cycle must look again, though neither ledger nor file may change until then.
        state = replace(state, ledger="")
    keep(prepared.first(), state)
    return prepared.result(status, copy=copy, note=note)


def _dated_copy(prepared: Prepared, now: datetime) -> Path:
    """Write what the file would have become beside it, read-only: nobody's typing there would be seen."""
    local = now.astimezone(prepared.call.zone)
    path = prepared.path
    words = WORDS[prepared.call.language]
    change(prepared, max(prepared.state.writing, prepared.book.stamp or 0))
    copy = path.with_name(f"{path.stem} ({words.copy.format(time=f'{local:%H-%M}')}).xlsx")
    if copy.exists():
        copy = path.with_name(f"{path.stem} ({words.copy.format(time=f'{local:%d.%m.%Y %H-%M-%S}')}).xlsx")
    temporary = path.with_name(f".{path.stem}.copy.tmp")
    books.save(prepared.book, temporary)
    temporary.chmod(0o444)
    put_in_place(temporary, copy)
    return copy


def _remove_copy(path: Path, sha256: str) -> None:
    """Remove an outdated copy of ours, unless somebody changed it or has it open."""
    try:
        if _digest(path) == sha256:
            path.unlink()
    except OSError:
        return
