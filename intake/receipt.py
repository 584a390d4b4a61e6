"""When a letter reached us: which clock counts, and what all the clocks say. Pure; the clocks come in."""

from datetime import datetime

from rules.letter import Clock, Letter, Receipt


def receipt(
    letter: Letter,
    internaldate: datetime | None,
    *,
    trusted_hosts: tuple[str, ...] = (),
    given: datetime | None = None,
    fallback: datetime | None = None,
) -> Receipt:
    """Return the receipt of a letter; every instant is aware.

    `given` (an operator's word) counts before all. Then, in this order: the topmost Received line added by a trusted
    host (RFC 5321, 4.4), INTERNALDATE (RFC 3501, 2.3.3), and for letters that came from no server the topmost
    Received line, the Date header, `fallback`. Raises `ValueError` when there is no clock at all.
    """
    trusted = {host.lower() for host in trusted_hosts}
    line = next(
        (
            line
            for line in letter.received
            if line.at is not None and (not trusted or line.by.lower() in trusted)
        ),
        None,
    )
    received = Clock("Received", line.at, line.by) if line is not None and line.at is not None else None
    internal = Clock("INTERNALDATE", internaldate) if internaldate is not None else None
    sent = Clock("Date", letter.date) if letter.date is not None else None
    operator = Clock("given", given) if given is not None else None
    last = Clock("file", fallback) if fallback is not None else None
    order = (
        (operator, received, internal, sent, last) if trusted else (operator, internal, received, sent, last)
    )
    chosen = next((clock for clock in order if clock is not None), None)
    if chosen is None:
        raise ValueError("no clock says when this letter was received")
    clocks = tuple(clock for clock in (operator, received, internal, sent) if clock is not None)
    return Receipt(chosen.at, chosen.name, clocks)
