"""Runs `intake` and kills itself with SIGKILL before or after the nth call of one durable step.

    python -m tests.crash.victim STEP before|after N -- once --config FILE

The product knows nothing of this: the doors are wrapped from outside. SIGKILL leaves no `finally`, no flush, no
goodbye: what is not durable at that instant is gone.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from intake import archive, cli, jobs, mailbox, pipeline
from intake.decisions import carried_out, corrections
from outbox import delivery

# A further step, «decide», is a person's decision carried out: only where somebody has typed one.
STEPS = ("archive", "commit", "mark", "publish", "send")


class Countdown:
    """Kills the process at the nth call."""

    def __init__(self, moment: str, calls: int) -> None:
        self.moment, self.left = moment, calls

    def passing(self, moment: str) -> None:
        if moment != self.moment:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def wrap(owner: Any, name: str, countdown: Countdown) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def wounded(*args: Any, **kwargs: Any) -> Any:
        countdown.passing("before")
        result = original(*args, **kwargs)
        countdown.passing("after")
        return result

    setattr(owner, name, wounded)


def wrap_commit(owner: Any, countdown: Countdown) -> None:
    """Before: everything is written and nothing committed. After: committed, and nobody was told."""
    original = owner.writing

    @contextmanager
    def wounded(engine: Engine) -> Iterator[Connection]:
        with original(engine) as tx:
            yield tx
            countdown.passing("before")
        countdown.passing("after")

    owner.writing = wounded


def main() -> None:
    step, moment, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
    countdown = Countdown(moment, calls)
    if step == "archive":
        wrap(archive.Archive, "keep", countdown)
    elif step == "commit":
        wrap_commit(pipeline, countdown)
    elif step == "decide":
        wrap_commit(carried_out, countdown)
        wrap_commit(corrections, countdown)
    elif step == "mark":
        wrap(mailbox.Mailbox, "mark", countdown)
    elif step == "publish":
        wrap(jobs.workbook, "update", countdown)
    elif step == "send":
        # Before: the server has taken a reply, and the ledger does not know. After: it knows, and that the next begins.
        wrap(delivery.store, "settle", countdown)
    else:
        raise SystemExit(f"no such step: {step}")
    sys.argv = ["intake", *sys.argv[5:]]
    cli.main()


if __name__ == "__main__":
    main()
