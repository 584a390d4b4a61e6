"""Runs `intake` in children forked from a process that has imported everything: what is measured in seconds is the import.

A child is a process of its own in every respect that matters here: it opens its own files and connections, gets its own
environment, and can be killed at any moment. The nursery itself opens nothing and has no threads.

    python -m tests.end_to_end.nursery      # reads one JSON object a line, answers with one a line
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, Self

# What takes long: once, here.
import intake.cli
import tests.crash.victim

PROGRAMS = (intake.cli, tests.crash.victim)
ROOT = Path(__file__).parents[2]


class Nursery:
    """One such process, started when first needed."""

    _one: "Nursery | None" = None

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )

    @classmethod
    def one(cls) -> Self:
        """Return the one of this process; it ends when we do, because its input ends."""
        if cls._one is None:
            cls._one = cls()
        assert isinstance(cls._one, cls)
        return cls._one

    def run(
        self, module: str, arguments: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run the `main` of a module with these arguments; return its exit code (negative: killed by that signal)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            request = {"module": module, "arguments": arguments, "environment": environment, "folder": folder}
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            code = json.loads(self._process.stdout.readline())
            out, err = ((Path(folder) / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess([module, *arguments], code, out, err)


def _child(request: dict[str, Any]) -> int:
    """Become the program that is asked for."""
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(os.path.join(request["folder"], name), os.O_WRONLY | os.O_CREAT)  # noqa: PTH118 - as plain as can be
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [request["module"], *request["arguments"]]
    program = next(program for program in PROGRAMS if program.__name__ == request["module"])
    try:
        program.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = _child(request)
            except BaseException:  # noqa: BLE001 - as the interpreter would at the end of the program
                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(json.dumps(os.waitstatus_to_exitcode(status)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
