"""System programs that some readers call: where they are, what their absence costs, and how they are run.

A program gets limits of its own before it starts, a bare environment, no terminal and no network where the system
allows that; it dies with the worker that started it. Its exit code is told, never trusted.
"""

import contextlib
import ctypes
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from intake.readers.guard import Refused

# A worker has no PATH of its user's: programs are looked for where packages put them.
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
# CPU time tells a bomb from a busy machine; the wall clock only ends what neither works nor finishes.
CPU_SECONDS = 6
WALL_SECONDS = 40
MEMORY_MB = 1024
MAX_OUTPUT = 256 * 1024 * 1024
_SAID = 4000
# Writer and Calc are packages of their own.
_OFFICE_PARTS = ("libswlo.so", "libsclo.so")
_PR_SET_PDEATHSIG = 1
_UNSHARE = "unshare"


@dataclass(frozen=True, slots=True)
class MissingTool:
    """A program that is not installed, the Debian packages that bring it, and what cannot be read without it."""

    program: str
    apt: str
    cost_text: str


KNOWN = (
    MissingTool(
        "soffice",
        "libreoffice-writer-nogui libreoffice-calc-nogui",
        "forms in .doc, .rtf, .xls and .ods are held for a person",
    ),
    MissingTool("unar", "unar", "most .rar archives are held for a person"),
    MissingTool(
        "tesseract",
        "tesseract-ocr tesseract-ocr-ukr tesseract-ocr-eng tesseract-ocr-osd",
        "scans and photos of forms are held for a person without a draft",
    ),
    MissingTool("bsdtar", "libarchive-tools", ".7z archives and some .rar are held for a person"),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended: its exit code (minus the signal that ended it), its output, what it said of errors."""

    code: int
    output: bytes
    said: str


def missing() -> tuple[MissingTool, ...]:
    """Return the programs that are not installed here, LibreOffice also when it has no Writer or no Calc."""
    return tuple(tool for tool in KNOWN if find(tool.program) is None or _is_partial(tool.program))


def _is_partial(program: str) -> bool:
    if program != "soffice":
        return False
    folder = Path(find(program) or "").resolve().parent
    return (folder / "soffice.bin").is_file() and not all((folder / part).is_file() for part in _OFFICE_PARTS)


def find(program: str) -> str | None:
    """Return the path of a program, or None."""
    return shutil.which(program, path=SEARCH_PATH)


def need(program: str) -> str:
    """Return the path of a program; raise `Refused` with reason `tool` when it is not installed."""
    path = find(program)
    if path is None:
        raise Refused("tool")
    return path


@cache
def offline() -> tuple[str, ...]:
    """Return the words to put before a command so that it has no network; none where the system forbids that."""
    unshare = find(_UNSHARE)
    if unshare is None:
        return ()
    prefix = (unshare, "--map-root-user", "--net", "--")
    return prefix if _status((*prefix, "true")) == 0 else ()


def run(
    command: Sequence[str],
    folder: Path,
    *,
    cpu_seconds: int = CPU_SECONDS,
    memory_mb: int = MEMORY_MB,
    max_output: int = MAX_OUTPUT,
) -> Ran:
    """Run a program in `folder`, which is also its home; nothing it writes may be larger than `max_output` octets.

    Raises `Refused` when it ran out of time (`too_slow`) or wrote too much (`bomb`).
    """
    before = _children_cpu()
    with tempfile.TemporaryFile(dir=folder) as output, tempfile.TemporaryFile(dir=folder) as said:
        process = subprocess.Popen(  # noqa: S603 - our own argument list, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=said,
            cwd=folder,
            env={"PATH": SEARCH_PATH, "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)},
            preexec_fn=_limits(cpu_seconds, memory_mb, max_output),  # noqa: PLW1509 - a worker has one thread
        )
        try:
            code = process.wait(timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Refused("too_slow") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()
        # Some programs catch the signal and end in another way.
        if code == -signal.SIGXCPU or (code < 0 and _children_cpu() - before >= cpu_seconds - 0.5):
            raise Refused("too_slow")
        if code == -signal.SIGXFSZ:
            raise Refused("bomb")
        output.seek(0)
        said.seek(0)
        return Ran(code, output.read(max_output), said.read(_SAID).decode("utf-8", "replace"))


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _limits(cpu_seconds: int, memory_mb: int, max_output: int) -> Callable[[], None]:
    """Return what the child does to itself before it becomes the program."""
    memory = memory_mb * 1024 * 1024
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def limit() -> None:
        # The kernel ends the program when its worker is gone, however that came about.
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for kind, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, cpu_seconds),
            (resource.RLIMIT_FSIZE, max_output),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))

    return limit


def _status(command: Sequence[str]) -> int:
    try:
        return subprocess.run(  # noqa: S603 - our own argument list, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": SEARCH_PATH},
            check=False,
            timeout=WALL_SECONDS,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return -1
