"""`intake preview`: a letter as it would look, with sample facts; and what `intake check` says of all texts."""

import difflib
import sys

from intake.commands import ATTENTION, DONE, MISTAKE
from intake.commands.output import Console
from intake.config import Config
from intake.mistakes import Mistake
from outbox.compose import render, render_html
from outbox.context import words_of
from outbox.notice import render_notice
from outbox.notice_words import sample_alarm, sample_digests
from outbox.sample import sample
from outbox.texts import CLOSING, NOTICES, TROUBLES, template_names, text_names, text_of, troubles
from outbox.trial import mistakes_in
from rules.call import Call, OwnText


def run(config: Config, template: str, *, call_id: str, html: bool) -> int:
    """Print a letter of a call (of the first one when `call_id` is empty); 2 when there is no such letter or call."""
    call = config.call(call_id) if call_id else config.calls[0]
    if call is None:
        return _refuse(
            f"There is no call {call_id!r}; there are: {', '.join(one.id for one in config.calls)}"
        )
    names = [name for name in text_names(call.language) if name != CLOSING]
    if template not in names:
        alike = difflib.get_close_matches(template, names, n=1)
        meant = f"did you mean {alike[0]}?" if alike else f"there are: {', '.join(names)}"
        return _refuse(f"There is no reply {template!r}; {meant}")
    if not html:
        letters = _letters(template, call)
        sys.stdout.write("\n\n".join(f"Subject: {subject}\n\n{text}" for subject, text in letters))
    elif template in template_names(call.language):
        sys.stdout.write(render_html(template, sample(template, call), call))
    else:
        return _refuse(f"{template} is sent as plain text only")
    return DONE


def _letters(template: str, call: Call) -> list[tuple[str, str]]:
    """Return subject and text of a letter; what names the troubles is shown by an alarm about each."""
    names = troubles(call).names
    if template == TROUBLES:
        return [render_notice("alarm", sample_alarm(code, call), call) for code in names]
    if template not in NOTICES:
        return [render(template, sample(template, call), call)]
    kind = NOTICES[template]
    code, *more = names
    busy = sample_digests(call, (code, more[0]) if more else (code,))[0]
    return [render_notice(kind, busy if kind == "digest" else sample_alarm(code, call), call)]


def check_texts(console: Console, config: Config) -> int:
    """Let every text of every call say each sample, print what is wrong with it.

    Return 2 when anything is, 1 when a text of the admin's own leaves out what ours has for a reason, else 0.
    """
    code = DONE
    for call in config.calls:
        names = text_names(call.language)
        wrong = [
            f"{text.file}:{Mistake(one.line, '', one.found, one.wanted)}"
            for text in (text_of(name, call) for name in names)
            for one in mistakes_in(text, call)
        ]
        own = ", ".join(text.name for text in call.texts)
        for mistake in wrong:
            console.print(f"✗ {mistake}", markup=False)
            code = MISTAKE
        for text in call.texts if not wrong else ():
            if _without_tag(text, call):
                console.print(
                    f"! {text.file}: the subject does not say {{{{ tag }}}}, the number in brackets: answers to this "
                    "letter are not recognised by it; begin with Subject: {{ tag }}",
                    markup=False,
                )
                code = max(code, ATTENTION)
        if not wrong:
            more = f", of your own: {own}" if own else ""
            console.print(
                f"✓ texts of {call.id}: {len(template_names(call.language))} replies{more}", markup=False
            )
    return code


def _without_tag(text: OwnText, call: Call) -> bool:
    """Return whether a reply's own text leaves the number out of its subject where ours has it."""
    if text.name not in template_names(call.language):
        return False
    facts = sample(text.name, call)
    tag = str(words_of(facts, call)["tag"])
    ours, _ = render(text.name, facts, call.with_texts(()))
    own, _ = render(text.name, facts, call)
    return bool(tag.strip()) and tag.strip() in ours and tag.strip() not in own


def _refuse(sentence: str) -> int:
    Console(stderr=True).print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    return MISTAKE
