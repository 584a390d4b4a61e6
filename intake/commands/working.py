"""`intake run`, `intake once`, `intake import`: letters are taken in, the workbook is written, replies leave."""

import mailbox as stdlib_mailbox
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from intake import jobs, worker
from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.output import bar, counted
from intake.config import Config, Secrets
from intake.database import reading
from intake.ledger import health
from intake.pipeline import Settled
from intake.reload import ConfigWatch
from intake.station import Station, open_station
from rules.letter import Location, RawLetter

IMPORT_ACCOUNT = "import"


def run_worker(config: Config, secrets: Secrets, watch: ConfigWatch) -> int:
    """Work until told to stop, by the configuration as it stands at each cycle."""
    return worker.run(config, secrets, watch=watch)


def once(config: Config, secrets: Secrets) -> int:
    """Do one cycle: poll, publish, deliver. Return 0, 1 when letters were shunted or unaccounted for, 3 on trouble."""
    console = Console(soft_wrap=True)
    with open_station(config, secrets) as station:
        with bar(console) as shown:
            task = shown.add_task("letters", total=None)
            polled, published, delivered = jobs.cycle(
                station, progress=lambda done, total: shown.update(task, completed=done, total=total)
            )
        with reading(station.engine) as tx:
            troubles = [alarm for alarm in health.open_alarms(tx) if alarm.code.endswith("_trouble")]
    console.print(f"letters: {_summary(polled.settled)}")
    console.print(
        f"on the server {polled.on_server}, in the ledger {polled.accounted}, unaccounted {polled.unaccounted}, "
        f"expunged meanwhile {polled.gone}"
    )
    for one in published:
        console.print(f"workbook {one.path}: {one.status} {one.note}".rstrip(), markup=False)
    console.print(f"replies: {counted(delivered.counts())}")
    for alarm in troubles:
        console.print(
            f"{alarm.code} {alarm.subject}: {alarm.facts.get('error', '')}", style="red", markup=False
        )
    if troubles or not polled.ok:
        return WORLD
    shunted = any(settled.fate == "shunted" for settled in polled.settled)
    return ATTENTION if shunted or polled.unaccounted else DONE


def import_mail(config: Config, secrets: Secrets, paths: list[Path]) -> int:
    """Take in letters from .eml files, folders of them, mbox files and Maildirs: the same pipeline without a server.

    The closing count equals the number of messages there were. Replies are prepared as for letters from the server.
    """
    console = Console()
    absent = [path for path in paths if not path.exists()]
    for path in absent:
        Console(stderr=True).print(f"{path}: no such file or folder", style="red", markup=False)
    if absent:
        return MISTAKE
    settled: list[Settled] = []
    with open_station(config, secrets) as station, bar(console) as shown:
        messages = [message for path in paths for message in _messages(path)]
        for raw in shown.track(messages, description="letters"):
            settled.append(station.pipeline.settle(raw))
            station.prolong()
        _publish(station)
    console.print(f"{len(messages)} messages: {_summary(settled)}")
    return ATTENTION if any(one.fate == "shunted" for one in settled) else DONE


def _publish(station: Station) -> None:
    jobs.publish(station)


def _messages(path: Path) -> Iterator[RawLetter]:
    """Yield the messages in a file or folder, in a stable order."""
    if path.is_dir() and (path / "cur").is_dir():
        maildir = stdlib_mailbox.Maildir(path, create=False)
        for count, key in enumerate(sorted(maildir.iterkeys()), start=1):
            yield _raw(path, count, maildir.get_bytes(key))
    elif path.is_dir():
        for entry in sorted(path.iterdir()):
            if entry.is_dir() or not entry.name.startswith("."):
                yield from _messages(entry)
    else:
        content = path.read_bytes()
        if content.startswith(b"From ") and b"\nFrom " in content:
            mbox = stdlib_mailbox.mbox(path, create=False)
            for count, key in enumerate(mbox.iterkeys(), start=1):
                yield _raw(path, count, mbox.get_bytes(key))
            mbox.close()
        else:
            yield _raw(path, 1, content)


def _raw(path: Path, count: int, octets: bytes) -> RawLetter:
    return RawLetter(Location(IMPORT_ACCOUNT, str(path.resolve()), 0, count), None, len(octets), (octets,))


def _summary(settled: list[Settled]) -> str:
    counts: dict[str, int] = {}
    for one in settled:
        key = str(one.verdict.disposition) if one.verdict else one.fate
        counts[key] = counts.get(key, 0) + 1
    return counted(dict(sorted(counts.items())))
