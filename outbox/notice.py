"""A letter to the people who run the intake: what is wrong, that it is over, how the day stands. Pure; no applicant gets one.

The texts are templates beside those of the replies (`_alarm`, `_alarm_over`, `_digest`, with the names of troubles in
`_troubles`); their words are in `outbox.notice_words`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outbox.compose import LOOP_HEADER
from outbox.message import deliverable, message
from outbox.plain import NBSP, clean, fill
from outbox.reply import Reply, derive_message_id
from outbox.texts import Kind, environment
from rules.call import Call


def render_notice(kind: Kind, words: Mapping[str, Any], call: Call) -> tuple[str, str]:
    """Return subject and text in the call's language, lines of at most 72 characters.

    `words` are the template's variables. Raises `jinja2.UndefinedError` for one that is missing: a mistake of ours.
    """
    source = environment(call).get_template(f"_{kind}").render(words)
    head, _, body = source.lstrip().partition("\n")
    return clean(head.removeprefix("Subject:").replace(NBSP, " "), 250), fill(body.strip("\n")) + "\n"


def notice(
    kind: Kind,
    words: Mapping[str, Any],
    call: Call,
    *,
    recipient: str,
    key: str,
    now: datetime,
    about: str = "",
) -> Reply:
    """Return the letter.

    `key` says what it is about, once for all time: the Message-ID comes from kind, key and recipient. `about` is the key
    of the alarm this one says is over: it stands in its thread. `now` (aware) becomes its Date. Raises `ValueError`
    when nothing can be sent to `recipient`.
    """
    to = deliverable(recipient)
    if to is None:
        raise ValueError("the recipient's address cannot be used in SMTP")
    own = deliverable(call.replies.address) or call.replies.address
    domain = own.rpartition("@")[2]
    message_id = derive_message_id(key, kind, to, domain)
    subject, text = render_notice(kind, words, call)
    parent = derive_message_id(about, "alarm", to, domain) if about else ""
    octets = message(
        date=now.astimezone(call.zone),
        message_id=message_id,
        from_=(call.replies.sender_name, own),
        to=to,
        subject=subject,
        thread=None,
        extra=(
            *((("In-Reply-To", parent), ("References", parent)) if parent else ()),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            (LOOP_HEADER, "notice"),
        ),
        text=text,
    )
    # It answers no letter and belongs to no call's correspondence.
    return Reply(message_id, "", "", kind, None, to, subject, octets)
