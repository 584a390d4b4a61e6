"""What becomes of replies of which nobody knows whether they arrived.

An uncertain reply is looked for in the Sent folder, then repeated once with the same Message-ID, then left to a person.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select

from outbox.store.table import Database, of, reading, replies, writing


def resolve(
    engine: Database, now: datetime, found_in_sent: Callable[[str], bool | None] | None
) -> Mapping[str, int]:
    """Settle the uncertain replies that are due; return how many became sent, pending and failed.

    `found_in_sent(message_id)` tells whether our Sent folder holds it, None when it cannot be looked up now (the reply
    then stays uncertain). Without that folder, or when it is not there, a reply is repeated once, with the same
    Message-ID; the second time it fails. Raises `OutboxTrouble`.
    """
    became: Counter[str] = Counter()
    query = (
        select(replies.c.message_id, replies.c.repeats, replies.c.last_response)
        .where(replies.c.state == "uncertain", replies.c.due_at <= now)
        .order_by(replies.c.due_at)
    )
    with reading(engine) as connection:
        doubtful = connection.execute(query).all()
    for row in doubtful:
        found = found_in_sent(row.message_id) if found_in_sent is not None else False
        if found is None:
            continue
        if found:
            values = {
                "state": "sent",
                "stage": "",
                "sent_at": now,
                "last_response": "found in the Sent folder",
                "copy": "filed",
            }
        elif row.repeats == 0:
            values = {"state": "pending", "stage": "", "repeats": 1, "due_at": now}
        else:
            values = {
                "state": "failed",
                "stage": "",
                "last_response": f"twice uncertain: {row.last_response}",
            }
        with writing(engine) as connection:
            # A delivery report may have told meanwhile.
            still = of(row.message_id).where(replies.c.state == "uncertain")
            connection.execute(still.values(**values))
        became[str(values["state"])] += 1
    return became
