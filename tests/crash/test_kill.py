"""Whatever dies on the way: 200 letters in, 200 accounted for, one row each, one reply each (issue: laws 2 to 6)."""

import os
from collections import Counter
from email import message_from_bytes

from sqlalchemy import func, select

from intake.database import letters, sightings
from intake.demo.many import many_letters
from intake.demo.servers import SmtpServer
from outbox.store import replies
from tests.crash.victim import STEPS
from tests.end_to_end.place import Installation, shipped_call

# In CI all 200; a developer's machine shows the same with fewer, so that the tests stay under two minutes.
LETTERS = 200 if os.environ.get("CI") else 24
# At which call of the step the process dies: the first for what happens once a cycle, in the middle for the rest.
CALL = {"archive": LETTERS // 8, "commit": LETTERS // 8, "mark": 1, "publish": 1, "send": LETTERS // 7}


def test_killed_at_every_step_nothing_is_lost_and_nothing_done_twice(
    installation: Installation, smtp_server: SmtpServer
) -> None:
    sent_in = list(many_letters(shipped_call(), LETTERS))
    for letter in sent_in:
        installation.account.deliver(letter.octets, letter.received_at)

    for step in STEPS:
        for moment in ("before", "after"):
            assert installation.victim(step, moment, CALL[step], "once") == -9, (step, moment)
    final = installation.intake("once")
    assert final.returncode == 0, final.stderr

    applications = [letter for letter in sent_in if letter.disposition == "accept"]
    with installation.ledger() as tx:
        assert tx.execute(select(func.count()).select_from(letters)).scalar() == LETTERS
        assert tx.execute(select(func.count()).select_from(sightings)).scalar() == LETTERS
        assert dict(tx.execute(select(letters.c.state, func.count()).group_by(letters.c.state)).all()) == {
            "settled": LETTERS
        }
        states = dict(tx.execute(select(replies.c.state, func.count()).group_by(replies.c.state)).all())
        assert states == {"sent": len(applications)}
    numbers = [row["№ заявки"] for row in installation.rows("Заявки")]
    assert len(numbers) == len(set(numbers)) == len(applications)

    ids = Counter(message_from_bytes(envelope.octets)["Message-ID"] for envelope in smtp_server.received)
    assert len(ids) == len(applications)
    # The one documented window: killed after the server's 250 and before our commit, that reply goes out again, with
    # the same Message-ID, so that its receiver's mail program can tell.
    assert sorted(ids.values())[-2:] == [1, 2]

    again = installation.intake("once")
    assert again.returncode == 0, again.stderr
    assert len(smtp_server.received) == len(applications) + 1
