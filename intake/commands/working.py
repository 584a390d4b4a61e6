"""`intake run`, `intake once`, `intake import`: letters are taken in, the workbook is written, replies leave."""

from collections import Counter
from pathlib import Path

from intake import incoming, jobs, worker
from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.output import Console, bar, counted, many
from intake.config import Config, Secrets
from intake.database import reading
from intake.ledger import health
from intake.pipeline import Settled
from intake.reload import ConfigWatch
from intake.station import Station, open_station


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
    if delivered.drafts:
        console.print(
            f"the drafts lie in {config.drafts_path}; nothing of them was sent; «intake outbox --all» lists them",
            markup=False,
        )
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

    They are read one by one. The closing count equals the number of messages there were; what cannot be read is counted
    and named. Replies are prepared as for letters from the server.
    """
    console = Console()
    absent = [path for path in paths if not path.exists()]
    for path in absent:
        Console(stderr=True).print(f"{path}: no such file or folder", style="red", markup=False)
    if absent:
        return MISTAKE
    fates: Counter[str] = Counter()
    unread: list[incoming.Unread] = []
    with open_station(config, secrets) as station, bar(console) as shown:
        task = shown.add_task("letters", total=incoming.count(paths))
        for found in incoming.messages(paths):
            if isinstance(found, incoming.Unread):
                unread.append(found)
            else:
                try:
                    fates[_fate(station.pipeline.settle(found))] += 1
                except incoming.FileTrouble as trouble:
                    unread.append(incoming.Unread(Path(found.location.folder), str(trouble)))
            station.prolong()
            shown.advance(task)
        _publish(station)
    for one in unread:
        Console(stderr=True, soft_wrap=True).print(
            f"{one.path}: not taken in: {one.why}", style="red", markup=False
        )
    told = f"; not taken in {len(unread)}" if unread else ""
    console.print(f"{many(fates.total(), 'message')}: {counted(dict(sorted(fates.items())))}{told}")
    return ATTENTION if unread or fates["shunted"] else DONE


def _publish(station: Station) -> None:
    jobs.publish(station)


def _fate(settled: Settled) -> str:
    return str(settled.verdict.disposition) if settled.verdict else settled.fate


def _summary(settled: list[Settled]) -> str:
    return counted(dict(sorted(Counter(map(_fate, settled)).items())))
