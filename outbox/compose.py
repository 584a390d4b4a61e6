"""From the facts of a case to the letter we send: words, template, headers, octets. Pure: the time comes in.

The templates are files, `templates/<language>/<name>.txt`: one line `Subject: …`, an empty line, the text. A line of a
template is a paragraph; it is broken at 72 when it is sent. `_closing.txt` stands under every letter. What applicants
wrote is a value in a template and never its source, and a name the template does not know stops the reply instead of
leaving a hole in it.
"""

import re
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import StrictUndefined
from jinja2.loaders import FileSystemLoader
from jinja2.sandbox import SandboxedEnvironment

from outbox.context import ReplyFacts, words_of
from outbox.message import deliverable, message
from outbox.plain import NBSP, clean, fill
from outbox.reply import Reply, derive_message_id
from outbox.words import Language
from rules.call import Call
from rules.letter import Letter

_TEMPLATES = Path(__file__).parent / "templates"

# «до 20 март 2023 г.» at the end of a sentence: the stop of the abbreviation is also the sentence's.
_TWO_STOPS = re.compile(r"(?<=\w)\.\.(?=\s|$)")

# Our own mark (with the call's id): a letter that carries it was written by a machine of ours and is never answered.
LOOP_HEADER = "X-Skrynka"

# These go to somebody who did not write the letter: they stand in no thread of it (RFC 3834, 5: auto-generated).
UNPROMPTED = frozenset({"duplicate_first"})


def template_names(language: Language) -> tuple[str, ...]:
    """Return the names of the templates there are in a language, sorted."""
    return tuple(sorted(path.stem for path in (_TEMPLATES / language).glob("[!_]*.txt")))


def render(template: str, facts: ReplyFacts, call: Call) -> tuple[str, str]:
    """Return subject and text of a reply, in the call's language, lines of at most 72 characters.

    Raises `jinja2.TemplateNotFound` for a template that is not there and `jinja2.UndefinedError` for a variable that
    is not in `outbox.context.words_of`: both are mistakes of ours.
    """
    words = words_of(facts, call)
    environment = _environment()
    source = environment.get_template(f"{call.language}/{template}.txt").render(words)
    closing = environment.get_template(f"{call.language}/_closing.txt").render(words)
    head, _, body = source.partition("\n")
    subject = clean(head.removeprefix("Subject:").replace(NBSP, " "), 250)
    text = _TWO_STOPS.sub(".", fill(f"{body}\n\n{closing}"))
    return subject, text + "\n"


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
) -> Reply:
    """Return the reply to a letter.

    `now` (aware) becomes its Date; `domain` is the right-hand side of the Message-ID that is derived from letter,
    template and recipient, unless `message_id` gives one with its angle brackets. Raises `ValueError` when nothing
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
        thread=None if template in UNPROMPTED else letter,
        extra=(
            ("Auto-Submitted", "auto-generated" if template in UNPROMPTED else "auto-replied"),
            ("X-Auto-Response-Suppress", "All"),
            (LOOP_HEADER, call.id),
        ),
        text=text,
    )
    return Reply(own, letter.digest, call.id, template, case_facts.number, to, subject, octets)


@cache
def _environment() -> SandboxedEnvironment:
    # autoescape is for HTML; these letters are plain text, and escaping would put «&amp;» into them.
    return SandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
