"""`make bench`: measures each part beside a bare reference in the same run and prints a table of ratios."""

import hashlib
import smtplib
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure import Measure, rate, rates
from bench.parse import memory, parse_rates
from intake import logs, parsing
from intake.config import load
from intake.database import connect, migrate, writing
from intake.demo.many import many_letters
from intake.demo.servers import SmtpServer
from intake.places import gazetteers
from intake.readers import ReaderPool
from intake.station import examiner
from outbox import delivery, store
from outbox.compose import compose
from outbox.context import ReplyFacts
from outbox.transport import Transport
from rules.subject import read as read_subject

ROOT = Path(__file__).parents[1]
NOW = datetime(2023, 3, 9, 12, 0, tzinfo=UTC)


def judge_rates(octets: list[bytes]) -> Measure:
    config = load(ROOT / "config.toml")
    with ReaderPool(config.limits) as readers:
        desk = examiner(config, readers)

        def whole() -> int:
            for one in octets:
                letter = parsing.parse(one, digest=hashlib.sha256(one).hexdigest())
                desk.examine(letter, desk.receipt(letter, NOW, fallback=NOW))
            return len(octets)

        def alone() -> int:
            return len([parsing.parse(one, digest="0" * 64) for one in octets])

        whole()
        ours, parse = rates([whole, alone])
        return Measure("parse, read the form, recognise the place", ours, "parse alone", parse)


def subject_rate() -> Measure:
    config = load(ROOT / "config.toml")
    places = gazetteers()
    subjects = [
        "Комунікація змін\\Овруцька громада Житомирської обл.",
        "Re: питання щодо участі",
        "Комунікація змін/Андрушкивська громада, Житомирська область",
    ]

    def work() -> int:
        for _ in range(50):
            for text in subjects:
                read_subject(text, config.calls, places)
        return 150

    return Measure("recognise a subject", rate(work))


def reply_rates(folder: Path) -> Measure:
    call = load(ROOT / "config.toml").calls[0]
    letter = next(iter(many_letters(call, 1)))
    parsed = parsing.parse(letter.octets)
    count = 200
    replies = [
        compose(
            "accepted",
            ReplyFacts(received_at=NOW),
            call,
            letter=parsed,
            recipient=f"a{n}@rada.example",
            now=NOW,
            domain="example.org",
        )
        for n in range(count)
    ]
    engine = connect(f"sqlite:///{folder}/bench.db")
    migrate(engine)
    with SmtpServer() as server:
        with writing(engine) as tx:
            for reply in replies:
                store.put(tx, reply, NOW)
        settings = load(ROOT / "config.toml").smtp.model_copy(
            update={"host": "127.0.0.1", "port": server.port, "tls": "none", "user": ""}
        )

        def ours() -> int:
            with Transport(settings, "") as transport:
                done = delivery.deliver(
                    engine,
                    transport,
                    worker="bench",
                    now=lambda: datetime.now(UTC),
                    stop=lambda: False,
                    attempts=3,
                )
            return done.counts()["sent"]

        def bare() -> int:
            with smtplib.SMTP("127.0.0.1", server.port) as client:
                for reply in replies:
                    client.sendmail(call.replies.address, [reply.recipient], reply.octets)
            return count

        measure = Measure(
            "send a reply, each state durable", rate(ours, 1), "bare smtplib, one connection", rate(bare, 1)
        )
    engine.dispose()
    return measure


def main() -> None:
    logs.quiet()
    call = load(ROOT / "config.toml").calls[0]
    octets = [letter.octets for letter in many_letters(call, 60)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps: list[Callable[[], list[Measure]]] = [
            lambda: parse_rates(call),
            lambda: [memory(call, folder)],
            lambda: [judge_rates(octets)],
            lambda: [subject_rate()],
            lambda: [reply_rates(folder)],
        ]
        table = Table(
            title=f"other letters: {len(octets)} of {sum(map(len, octets)) // len(octets) // 1024} KB"
        )
        for heading in ("what", "ours", "reference", "its", "ratio"):
            table.add_column(heading, justify="right" if heading in {"ours", "its", "ratio"} else "left")
        console = Console()
        for step in steps:
            with console.status("measuring"):
                measures = step()
            for one in measures:
                its = f"{one.reference_value:,.0f} {one.unit}" if one.reference else ""
                table.add_row(one.what, f"{one.value:,.0f} {one.unit}", one.reference, its, one.ratio)
        console.print(table)


if __name__ == "__main__":
    main()
