"""From the facts of a case to the letter we send: words, template, headers, octets. Pure; the time comes in.

The texts are templates (`outbox.texts`): one line `Subject: …`, an empty line, the text. A line of a template is a
paragraph; it is broken at 72 when it is sent. `_closing` stands under every letter. What applicants wrote is a value in
a template and never its source, and a name the template does not know stops the reply instead of leaving a hole in it.
"""

import re
from datetime import datetime

from outbox.context import ReplyFacts, words_of
from outbox.html import html_of, links_in
from outbox.message import deliverable, message
from outbox.plain import NBSP, clean, fill
from outbox.reply import Reply, derive_message_id
from outbox.texts import CLOSING, environment, text_of
from rules.call import Call
from rules.letter import Letter

# «до 20 март 2023 г.» at the end of a sentence: the stop of the abbreviation is also the sentence's.
_TWO_STOPS = re.compile(r"(?<=\w)\.\.(?=\s|$)")

# Our own mark (with the call's id): a letter that carries it was written by a machine of ours and is never answered.
LOOP_HEADER = "X-Skrynka"

# These go to somebody who did not write the letter: they stand in no thread of it.
TO_OTHERS = frozenset({"duplicate_first", "replaced_first"})

# These are no answer to what was just written, a date or a decision of ours causes them (RFC 3834, 5: auto-generated).
UNPROMPTED = TO_OTHERS | {"deadline_extended", "reminder", "selected", "waiting", "not_selected"}


def render(template: str, facts: ReplyFacts, call: Call) -> tuple[str, str]:
    """Return subject and text of a reply, in the call's language, lines of at most 72 characters.

    Raises `jinja2.TemplateNotFound` for a template that is not there and `jinja2.UndefinedError` for a variable that
    is not in `outbox.context.words_of`: both are mistakes of ours, since an admin's texts are tried when they are read.
    """
    subject, paragraphs = _rendered(template, facts, call)
    return subject, fill(paragraphs) + "\n"


def render_html(template: str, facts: ReplyFacts, call: Call) -> str:
    """Return the same text as an HTML document. Links lead to addresses of the call's or the text's own, no others."""
    subject, paragraphs = _rendered(template, facts, call)
    replies = call.replies
    ours = (
        text_of(template, call).source,
        text_of(CLOSING, call).source,
        replies.form_url,
        replies.news_url,
        replies.address,
    )
    return html_of(
        paragraphs,
        title=subject,
        language=call.language,
        links=links_in(" ".join((*ours, replies.signature))),
    )


def _rendered(template: str, facts: ReplyFacts, call: Call) -> tuple[str, str]:
    """Return the subject, and the text with its lines unbroken and its unbroken phrases marked."""
    words = words_of(facts, call)
    texts = environment(call)
    source = texts.get_template(template).render(words)
    closing = texts.get_template(CLOSING).render(words)
    head, _, body = source.partition("\n")
    subject = clean(head.removeprefix("Subject:").replace(NBSP, " "), 250)
    return subject, _TWO_STOPS.sub(".", f"{body}\n\n{closing}")


def compose(
    template: str,
    case_facts: ReplyFacts,
    call: Call,
    *,
    letter: Letter,
    recipient: str,
    now: datetime,
    domain: str,
    message_id: str = "",
    aside: bool = False,
) -> Reply:
    """Return the reply to a letter.

    `now` (aware) becomes its Date; `domain` is the right-hand side of the Message-ID that is derived from letter,
    template and recipient, unless `message_id` gives one with its angle brackets. `aside`: it goes to somebody who did not
    write the letter, and stands in no thread of it. Raises `ValueError` when nothing
    can be sent to `recipient`: ask `outbox.message.deliverable` first.
    """
    to = deliverable(recipient)
    if to is None:
        raise ValueError("the recipient's address cannot be used in SMTP")
    subject, text = render(template, case_facts, call)
    own = message_id or derive_message_id(letter.digest, template, to, domain)
    octets = message(
        date=now.astimezone(call.zone),
        message_id=own,
        from_=(call.replies.sender_name, deliverable(call.replies.address) or call.replies.address),
        to=to,
        subject=subject,
        thread=None if aside or template in TO_OTHERS else letter,
        extra=(
            ("Auto-Submitted", "auto-generated" if aside or template in UNPROMPTED else "auto-replied"),
            ("X-Auto-Response-Suppress", "All"),
            (LOOP_HEADER, call.id),
        ),
        text=text,
        html=render_html(template, case_facts, call) if call.replies.html else "",
    )
    return Reply(own, letter.digest, call.id, template, case_facts.number, to, subject, octets)
