"""`intake preview`: a reply as it would look, with sample facts; and what `intake check` says of all of them."""

import difflib
import sys

from rich.console import Console

from intake.commands import DONE, MISTAKE
from intake.config import Config
from intake.mistakes import Mistake
from outbox.compose import render, render_html
from outbox.sample import sample
from outbox.texts import CLOSING, template_names, text_of
from outbox.trial import mistakes_in


def run(config: Config, template: str, *, call_id: str, html: bool) -> int:
    """Print a reply of a call (of the first one when `call_id` is empty); 2 when there is no such reply or call."""
    call = config.call(call_id) if call_id else config.calls[0]
    if call is None:
        return _refuse(
            f"There is no call {call_id!r}; there are: {', '.join(one.id for one in config.calls)}"
        )
    names = template_names(call.language)
    if template not in names:
        alike = difflib.get_close_matches(template, names, n=1)
        meant = f"did you mean {alike[0]}?" if alike else f"there are: {', '.join(names)}"
        return _refuse(f"There is no reply {template!r}; {meant}")
    facts = sample(template, call)
    if html:
        sys.stdout.write(render_html(template, facts, call))
    else:
        subject, text = render(template, facts, call)
        sys.stdout.write(f"Subject: {subject}\n\n{text}")
    return DONE


def check_texts(console: Console, config: Config) -> int:
    """Let every reply of every call say each sample, print what is wrong with it; return 2 when anything is, else 0."""
    code = DONE
    for call in config.calls:
        names = (*template_names(call.language), CLOSING)
        wrong = [
            f"{text.file}:{Mistake(one.line, '', one.found, one.wanted)}"
            for text in (text_of(name, call) for name in names)
            for one in mistakes_in(text, call)
        ]
        own = ", ".join(text.name for text in call.texts)
        for mistake in wrong:
            console.print(f"✗ {mistake}", markup=False)
            code = MISTAKE
        if not wrong:
            more = f", of your own: {own}" if own else ""
            console.print(f"✓ texts of {call.id}: {len(names) - 1} replies{more}", markup=False)
    return code


def _refuse(sentence: str) -> int:
    Console(stderr=True).print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    return MISTAKE
