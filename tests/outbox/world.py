"""An outbox on disk, a clock that only moves when told, and deliveries as a worker makes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from intake.demo.servers import SmtpServer
from outbox import store
from outbox.delivery import Delivered, Way, deliver
from outbox.transport import Transport
from tests.outbox.samples import NOW, letter
from tests.outbox.scripted_smtp import ScriptedSmtp
from tests.outbox.test_message import reply
from tests.outbox.test_transport import Settings


@dataclass
class World:
    """An outbox on disk, and a clock that only moves when told."""

    engine: store.Database
    now: datetime = NOW

    def put(self, count: int = 1, *, mode: store.Mode = "send") -> None:
        with self.engine.begin() as connection:
            for at in range(count):
                answer = reply(letter=letter(digest=f"{at:064}"))
                assert store.put(connection, answer, self.now, mode=mode)

    def put_to(self, recipient: str, number: int = 0) -> None:
        with self.engine.begin() as connection:
            answer = reply(letter=letter(digest=f"{number:064}"), recipient=recipient)
            assert store.put(connection, answer, self.now)

    def run(
        self,
        server: ScriptedSmtp | SmtpServer,
        *,
        worker: str = "w",
        way: Callable[[Transport], Way] = lambda transport: transport,
        settings: Settings | None = None,
        **options: Any,
    ) -> Delivered:
        store.recover(self.engine, worker, self.now)
        with Transport(settings or Settings(server.port), "secret") as transport:
            return deliver(
                self.engine,
                way(transport),
                worker=worker,
                now=lambda: self.now,
                stop=lambda: False,
                **options,
            )

    def later(self, wait: timedelta) -> None:
        self.now += wait

    @property
    def states(self) -> dict[str, int]:
        with self.engine.connect() as connection:
            return store.counts(connection)

    @property
    def said(self) -> list[str]:
        with self.engine.connect() as connection:
            return [row.last_response for row in store.listed(connection)]
