"""The outbox as tables: replies not yet known to be delivered, how each ended, and what people did about them.

A reply enters in the transaction that settles its letter (`putting`). It is claimed before it is sent, and the claim is
committed, so that a crash leaves a trace (`claims`); how much may leave at once is counted in `flow`; what people decide
is in `people`, copies for the mail folders in `copies`, the rest only reads (`lists`). Nothing here talks SMTP.
"""

from outbox.store.claims import (
    Claimed,
    Ending,
    again,
    claim,
    failed,
    give_back,
    recover,
    release,
    sent,
    settle,
    stumbled,
    uncertain,
)
from outbox.store.copies import CopyDue, copies_due, copy_filed, copy_unwanted
from outbox.store.doubts import resolve
from outbox.store.flow import UNLIMITED, Flow, Limits, flow
from outbox.store.lists import (
    Draft,
    Listed,
    Whole,
    answers_since,
    counts,
    drafts,
    listed,
    report,
    reported_on,
    told_since,
    was_told,
    whole,
)
from outbox.store.people import ACTIONS, Action, Intervention, act, interventions_of
from outbox.store.putting import Mode, draft_written, put
from outbox.store.table import (
    SERVICE,
    ClaimLost,
    Database,
    Instant,
    OutboxTrouble,
    Transaction,
    interventions,
    metadata,
    replies,
)

__all__ = [
    "ACTIONS",
    "SERVICE",
    "UNLIMITED",
    "Action",
    "ClaimLost",
    "Claimed",
    "CopyDue",
    "Database",
    "Draft",
    "Ending",
    "Flow",
    "Instant",
    "Intervention",
    "Limits",
    "Listed",
    "Mode",
    "OutboxTrouble",
    "Transaction",
    "Whole",
    "act",
    "again",
    "answers_since",
    "claim",
    "copies_due",
    "copy_filed",
    "copy_unwanted",
    "counts",
    "draft_written",
    "drafts",
    "failed",
    "flow",
    "give_back",
    "interventions",
    "interventions_of",
    "listed",
    "metadata",
    "put",
    "recover",
    "release",
    "replies",
    "report",
    "reported_on",
    "resolve",
    "sent",
    "settle",
    "stumbled",
    "told_since",
    "uncertain",
    "was_told",
    "whole",
]
