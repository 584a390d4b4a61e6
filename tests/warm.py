"""Worker processes that read attachments, started once for a whole run instead of once for every station a test opens."""

import atexit
from functools import cache

from intake.config import Limits
from intake.readers.pool import ReaderPool


@cache
def readers() -> ReaderPool:
    """The pool of this test process, with the limits of the shipped configuration."""
    pool = ReaderPool(Limits())
    atexit.register(pool.close)
    return pool
