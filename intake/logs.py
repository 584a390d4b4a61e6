"""How events are logged: one line each on standard error, for people on a terminal, as JSON otherwise."""

import logging
import sys

import structlog


def configure(*, verbose: bool) -> None:
    """Set up structlog for this process. Without `verbose`, events below INFO are dropped."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # The libraries' own chatter: APScheduler warns at every tick it skips, Alembic tells of every migration.
    for name in ("apscheduler", "alembic", "imapclient", "mailparser"):
        logging.getLogger(name).setLevel(logging.ERROR)


def quiet() -> None:
    """Drop events below WARNING: commands with a progress bar and a table of their own."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
