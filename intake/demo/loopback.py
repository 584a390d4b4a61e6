"""A server on a free port of this machine, run by one thread with one event loop, and stopped without a trace.

It never listens beyond the loopback address. What is spoken over the socket is the subclass's business.
"""

import asyncio
import threading
from abc import ABC, abstractmethod
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

import structlog

LOOPBACK = "127.0.0.1"

log = structlog.get_logger()


class LoopbackServer(ABC):
    """A listening socket on a free port, served by one thread with its own event loop."""

    def __init__(self) -> None:
        self.host = LOOPBACK
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on; free ports are chosen at each start."""
        if not self._port:
            raise RuntimeError("the server is not running")
        return self._port

    def start(self) -> Self:
        """Start listening; return when connections are taken."""
        ready: Future[int] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(ready,), name=type(self).__name__, daemon=True
        )
        self._thread.start()
        self._port = ready.result(timeout=30)
        return self

    def stop(self) -> None:
        """Close every connection and end the thread. Mail kept so far stays readable in this object."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = self._loop = self._stopping = None
        self._port = 0

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, ready: "Future[int]") -> None:
        try:
            asyncio.run(self._serve(ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: "Future[int]") -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._report)
        self._stopping = asyncio.Event()
        server = await self._listen()
        ready.set_result(server.sockets[0].getsockname()[1])
        await self._stopping.wait()
        # `wait_closed` is not called: since Python 3.12 it waits for clients to leave of their own accord.
        server.close()
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        self._abort()
        # One turn of the loop lets the aborted transports close their sockets.
        await asyncio.sleep(0)

    def _report(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        log.debug("demo.server_trouble", server=type(self).__name__, what=context.get("message", ""))

    @abstractmethod
    async def _listen(self) -> asyncio.Server:
        """Open the listening socket on a free port."""

    @abstractmethod
    def _abort(self) -> None:
        """Drop the connections that are still open."""
