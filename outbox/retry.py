"""When a reply that was put off is tried again. Pure."""

from datetime import timedelta

# Greylisting lets a second try pass after minutes; a server that is down may need days (RFC 5321, 4.5.4.1).
_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 720))


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many tries (from 1): 1, 5, 15, 60 minutes, then hours, at most twelve."""
    return _DELAYS[min(max(attempts, 1), len(_DELAYS)) - 1]
