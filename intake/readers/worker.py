"""The worker process: reads one file after another from its standard input and answers with readings.

It runs under limits it puts on itself before the first file, has no environment, writes nothing to disk, and
ends when its parent does (end of input).
"""

import json
import resource
import signal
import sys
import time
from typing import Any, BinaryIO

from intake.readers import opening
from intake.readers.wire import HEADER, MAX_FRAME, encode, frame
from rules.table import Reading

MAX_OPEN_FILES = 64
# What a reader may write to disk in one file.
MAX_FILE = 256 * 1024 * 1024
OUT_OF_MEMORY = "MemoryError"
# Of the time for a file, what reading its pictures may take: what is done by then is still told.
FOR_PICTURES = 0.75


def main() -> None:
    """Serve files until the input ends. The first argument is the memory limit in MiB."""
    _limit(int(sys.argv[1]) * 1024 * 1024)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(frame({"ready": True}))
    sink.flush()
    while (request := _request(source)) is not None:
        asked, content = request
        sha256, seconds = asked["sha256"], asked["seconds"]
        _allow(seconds)
        until = time.monotonic() + FOR_PICTURES * seconds if asked["pictures"] else None
        reading, error = _answer(content, asked["name"], sha256, until)
        signal.setitimer(signal.ITIMER_REAL, 0)
        spent = error == OUT_OF_MEMORY
        answer = frame({"reading": encode(reading), "spent": spent, "error": error})
        if len(answer) > MAX_FRAME:
            reading = Reading(sha256, "unreadable", reason="too_large")
            answer = frame({"reading": encode(reading), "spent": True, "error": ""})
            spent = True
        sink.write(answer)
        sink.flush()
        # After running out of memory the heap is not to be trusted with the next file.
        if spent:
            return


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE, MAX_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow(seconds: int) -> None:
    """Allow so many further seconds of CPU, and somewhat more of wall clock, in case the parent is gone."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 5)


def _request(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    request = json.loads(source.read(HEADER.unpack(header)[0]))
    content = source.read(request["size"])
    return (request, content) if len(content) == request["size"] else None


def _answer(content: bytes, name: str, sha256: str, until: float | None) -> tuple[Reading, str]:
    """Return the reading, and what went wrong in the reader ("" when nothing did)."""
    try:
        return opening.read(content, name, sha256, pictures_until=until), ""
    except MemoryError:
        return Reading(sha256, "unreadable", reason="bomb"), OUT_OF_MEMORY
    except RecursionError:
        return Reading(sha256, "unreadable", reason="bomb"), ""
    except Exception as error:  # noqa: BLE001 - whatever a file provokes is answered; the parent logs where it broke
        return Reading(sha256, "unreadable", reason="crashed"), _place(error)


def _place(error: Exception) -> str:
    """Return the class of an error and the line it came from, and nothing of the file's content."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}" if trace is not None else ""
    return f"{type(error).__name__} at {line}"


if __name__ == "__main__":
    main()
