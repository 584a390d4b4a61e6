"""System programs that some readers call: where they are, what their absence costs, and how they are run.

A program gets limits of its own before it starts, a bare environment, no terminal and no network where the system
allows that; it dies with the worker that started it. Its exit code is told, never trusted.
"""

import contextlib
import ctypes
import importlib.util
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
    """What is not installed, how it is (on Debian, or by pip), and what cannot be read without it."""

    program: str
    install: str
    cost_text: str


KNOWN = (
    MissingTool(
        "soffice",
        "apt install libreoffice-writer-nogui libreoffice-calc-nogui",
        "forms in .doc, .rtf, .xls and .ods are held for a person",
    ),
    MissingTool("unar", "apt install unar", "most .rar archives are held for a person"),
    MissingTool("bsdtar", "apt install libarchive-tools", ".7z archives and some .rar are held for a person"),
    MissingTool(
        "tesseract",
        "apt install tesseract-ocr tesseract-ocr-ukr tesseract-ocr-eng tesseract-ocr-osd",
        "scans and photos of forms are held for a person without a draft",
    ),
)
# What tesseract must know besides: its language, the package that brings it, and what becomes of scans without.
LANGUAGES = (
    ("ukr", "without a draft"),
    ("eng", "without a draft"),
    ("osd", "and read only when they lie upright"),
)
EXTRA = MissingTool(
    "ocr (OpenCV, pillow-heif)",
    "make ocr, in the folder of Skrynka",
    "scans and photos of forms are held for a person without a draft",
)
_EXTRA_LIBRARIES = ("cv2", "pillow_heif")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended: its exit code (minus the signal that ended it), its output, what it said of errors."""

    code: int
    output: bytes
    said: str


def missing() -> tuple[MissingTool, ...]:
    """Return what some readers need and is not installed here: programs, parts of LibreOffice, languages of tesseract, the extra `ocr`."""
    absent = [tool for tool in KNOWN if find(tool.program) is None or _is_partial(tool.program)]
    tesseract = find("tesseract")
    if tesseract is not None:
        told = _told((tesseract, "--list-langs")).split()
        absent += [
            MissingTool(
                f"tesseract language {name}",
                f"apt install tesseract-ocr-{name}",
                f"scans and photos of forms are held for a person {cost}",
            )
            for name, cost in LANGUAGES
            if name not in told
        ]
    if any(importlib.util.find_spec(library) is None for library in _EXTRA_LIBRARIES):
        absent.append(EXTRA)
    return tuple(absent)


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
    done = _called(command)
    return -1 if done is None else done.returncode


def _told(command: Sequence[str]) -> str:
    """Return what one of our own questions to a program was answered, "" when it was not."""
    done = _called(command)
    return "" if done is None else done.stdout.decode("utf-8", "replace")


def _called(command: Sequence[str]) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(  # noqa: S603 - our own argument list, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # Some versions of tesseract list their languages there.
            stderr=subprocess.STDOUT,
            env={"PATH": SEARCH_PATH},
            check=False,
            timeout=WALL_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
