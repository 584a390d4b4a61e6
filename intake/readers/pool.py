"""Worker processes that read attachments, seen from the parent.

Whatever a file does to its worker — hang, exhaust memory, crash, answer nonsense — the worker's whole process
group is killed, the file is answered for, and the next file gets a fresh worker. Nothing a file does raises
here.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

import structlog

from intake.readers.wire import HEADER, MAX_FRAME, decode, frame
from rules.table import Reading

if TYPE_CHECKING:
    from intake.config import Limits

log = structlog.get_logger()

# A worker is replaced after so many files, in case a library leaks.
FILES_PER_WORKER = 200
# How long a worker may take to start; a busy machine is no fault of the file.
START_SECONDS = 60
_ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 1 << 16


class _Lost(Exception):
    """The worker did not answer. `reason` is the reason code of the reading."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReaderPool:
    """Warm workers, started when first needed, each reading one attachment at a time. Safe to call from threads."""

    def __init__(self, limits: "Limits") -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._idle: list[_Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every idle worker. The pool may be used again; workers are then started anew."""
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.end()

    def read(self, content: bytes, name: str, sha256: str, *, pictures: bool = False) -> Reading:
        """Return what an attachment says. `name` only helps to tell similar types apart; `sha256` is the content's.

        `pictures`: scans and photos are read too, which takes seconds a page and gives a draft.

        Takes at most `limits.read_seconds` besides starting a worker. Never raises for anything a file does.
        """
        if not content:
            return Reading(sha256, "unreadable", reason="empty")
        if len(content) > self._limits.attachment_mb * 1024 * 1024:
            return Reading(sha256, "unreadable", reason="too_large")
        child = self._take()
        try:
            reading = child.ask(content, name, sha256, self._limits.read_seconds, pictures=pictures)
        except _Lost as lost:
            child.kill()
            log.warning("attachment not read", sha256=sha256, reason=lost.reason, size=len(content))
            return Reading(sha256, "unreadable", reason=lost.reason)
        except BaseException:
            # Interrupted in mid-read: the worker's answer would be taken for the next file's.
            child.kill()
            raise
        self._give_back(child)
        if reading.status == "unreadable":
            log.info("attachment not read", sha256=sha256, reason=reading.reason, size=len(content))
        return reading

    def _take(self) -> "_Child":
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return _Child(self._limits.read_memory_mb)
            if child.alive:
                return child
            child.kill()

    def _give_back(self, child: "_Child") -> None:
        if child.files >= FILES_PER_WORKER or child.spent:
            child.end()
            return
        with self._lock:
            self._idle.append(child)


class _Child:
    """One worker process in a session of its own, spoken to over its standard input and output."""

    def __init__(self, memory_mb: int) -> None:
        self.files = 0
        # The worker said that it ends after this answer.
        self.spent = False
        self._ready = False
        # Where the programs that readers call may write; it goes with the worker, however that ends.
        self._scratch = tempfile.TemporaryDirectory(prefix="intake-reader-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(  # noqa: S603 - our own module, run by our own interpreter
            [sys.executable, "-P", "-s", "-B", "-m", "intake.readers.worker", str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(_ROOT),
                "HOME": "/nonexistent",
                "TMPDIR": self._scratch.name,
            },
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._sink: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._source: BinaryIO = self._process.stdout  # type: ignore[assignment]
        os.set_blocking(self._sink.fileno(), False)
        os.set_blocking(self._source.fileno(), False)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, content: bytes, name: str, sha256: str, seconds: int, *, pictures: bool) -> Reading:
        """Have one file read. Raises `_Lost` when no proper answer came in time."""
        if not self._ready:
            self._exchange(b"", START_SECONDS)
            self._ready = True
        self.files += 1
        head = frame(
            {
                "name": name[:255],
                "sha256": sha256,
                "seconds": seconds,
                "pictures": pictures,
                "size": len(content),
            }
        )
        answer = self._exchange(head + content, seconds)
        try:
            message = json.loads(answer)
            reading = decode(message["reading"])
            self.spent = bool(message["spent"])
            if message["error"]:
                log.warning("reader failed", sha256=sha256, error=str(message["error"])[:200])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise _Lost("crashed") from error
        if reading.sha256 != sha256:
            raise _Lost("crashed")
        return reading

    def _exchange(self, data: bytes, seconds: float) -> bytes:
        """Write a request and return the frame that answers it; the deadline is for both."""
        deadline = time.monotonic() + seconds
        answer = bytearray()
        wanted = HEADER.size
        view = memoryview(data)
        with selectors.DefaultSelector() as ready:
            ready.register(self._source, selectors.EVENT_READ)
            if view:
                ready.register(self._sink, selectors.EVENT_WRITE)
            while len(answer) < wanted:
                events = ready.select(max(0.0, deadline - time.monotonic()))
                if not events:
                    raise _Lost("too_slow")
                for key, _ in events:
                    if key.fileobj is self._sink:
                        view = self._write(view)
                        if not view:
                            ready.unregister(self._sink)
                    else:
                        answer += self._receive()
                if len(answer) >= HEADER.size:
                    (length,) = HEADER.unpack_from(answer)
                    if length > MAX_FRAME:
                        raise _Lost("bomb")
                    wanted = HEADER.size + length
        return bytes(answer[HEADER.size : wanted])

    def _write(self, view: memoryview) -> memoryview:
        try:
            return view[os.write(self._sink.fileno(), view[:_CHUNK]) :]
        except BlockingIOError:
            return view
        except OSError as error:
            raise _Lost(self._why_gone()) from error

    def _receive(self) -> bytes:
        try:
            piece = os.read(self._source.fileno(), _CHUNK)
        except BlockingIOError:
            return b""
        if not piece:
            raise _Lost(self._why_gone())
        return piece

    def _why_gone(self) -> str:
        """Return the reason a worker that closed its end died of."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "crashed"
        if code in {-signal.SIGXCPU, -signal.SIGALRM}:
            return "too_slow"
        return "bomb" if code in {-signal.SIGKILL, -signal.SIGXFSZ} else "crashed"

    def end(self) -> None:
        """Let an idle worker end by closing its input; kill it when it does not."""
        self._sink.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)
        self.kill()

    def kill(self) -> None:
        """Kill the worker with all it started, and leave nothing open behind."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._sink.close()
        self._source.close()
        self._scratch.cleanup()
