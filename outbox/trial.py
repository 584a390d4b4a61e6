"""Trying a text before anybody gets it: what its author must mend, with the line, in plain words. Pure.

An author may write anything; whatever goes wrong while his text runs is his to mend and becomes a `TextMistake`.
"""

import difflib
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from jinja2 import TemplateSyntaxError, meta, nodes

from outbox.compose import render
from outbox.context import words_of
from outbox.notice import render_notice
from outbox.notice_words import sample_alarm, sample_digests
from outbox.sample import sample, samples
from outbox.texts import CLOSING, NOTICES, TROUBLES, environment, troubles
from rules.call import Call, OwnText

# A variable as people write it who have seen other templates.
_ONE_BRACE = re.compile(r"(?<!\{)\{ ?(\w+) ?\}(?!\})")

# A line that only steers: it leaves no line behind.
_STEERING = re.compile(r"\{%.*%\}\s*")

_WRITTEN = "a variable is written {{ number }}; what {% if … %} or {% for … %} opens, {% endif %} or {% endfor %} closes"


@dataclass(frozen=True, slots=True, order=True)
class TextMistake:
    """What is wrong with a text: line from 1, what was found, what is wanted."""

    line: int
    found: str
    wanted: str


def mistakes_in(text: OwnText, call: Call) -> tuple[TextMistake, ...]:
    """Return what is wrong with a text of the call, by line; nothing when it says something whatever is known."""
    try:
        environment(call).compile(text.source, text.name, text.file)
    except TemplateSyntaxError as error:
        return (TextMistake(error.lineno, _told(error.message), _WRITTEN),)
    known = _known(text.name, call)
    found = [*_headless(text), *_unknown(text, call, known), *_one_brace(text)]
    if not found and text.name == TROUBLES:
        found = _misnamed(text, call)
    return tuple(sorted(found)) or _stumbled(text, call)


def _known(name: str, call: Call) -> frozenset[str]:
    """Return the variables a text may use."""
    if name == TROUBLES:
        return frozenset()
    if name not in NOTICES:
        return frozenset(words_of(sample(name, call), call))
    return frozenset(sample_digests(call, ())[0] if NOTICES[name] == "digest" else sample_alarm("", call))


def _headless(text: OwnText) -> list[TextMistake]:
    """Find a text whose first line is no subject; lines that only steer may stand before it."""
    if text.name in {CLOSING, TROUBLES}:
        return []
    lines = text.source.split("\n")
    at = next((at for at, line in enumerate(lines) if not _STEERING.fullmatch(line)), 0)
    first, rest = lines[at], "".join(lines[at + 1 :])
    if not first.startswith("Subject:"):
        return [TextMistake(at + 1, f"“{first[:40]}”", "the first line is the subject: Subject: …")]
    if not first.removeprefix("Subject:").strip() or not rest.strip():
        empty = "subject" if rest.strip() else "text"
        return [TextMistake(at + 1, f"an empty {empty}", "a subject, an empty line and the text are wanted")]
    return []


def _misnamed(text: OwnText, call: Call) -> list[TextMistake]:
    """Find what a text of the troubles' names does not say, and codes that no trouble has."""
    wish = 'names and advice are wanted, each as { "code": "words" }'
    try:
        own = troubles(call.with_texts((text,)))
    except AttributeError as error:
        return [TextMistake(1, f"no {error.name}", wish)]
    except Exception as error:  # noqa: BLE001 - a text can raise whatever its author made of it
        return [TextMistake(1, _told(str(error)), wish)]
    there = frozenset(troubles(call.with_texts(())).names)
    return [
        TextMistake(_line_of(code, text), f"an unknown trouble “{code}”", _meant(code, there))
        for code in {**own.names, **own.advice}
        if code not in there
    ]


def _line_of(word: str, text: OwnText) -> int:
    lines = text.source.splitlines()
    return next((number for number, line in enumerate(lines, 1) if word in line), 1)


def _unknown(text: OwnText, call: Call, known: frozenset[str]) -> list[TextMistake]:
    """Find variables that no reply has."""
    tree = environment(call).parse(text.source)
    unknown = meta.find_undeclared_variables(tree) - known
    lines = {
        name: next(node.lineno for node in tree.find_all(nodes.Name) if node.name == name) for name in unknown
    }
    return [
        TextMistake(line, f"an unknown variable {{{{ {name} }}}}", _meant(name, known, "{{{{ {} }}}}"))
        for name, line in lines.items()
    ]


def _meant(name: str, known: frozenset[str], written: str = "{}") -> str:
    alike = difflib.get_close_matches(name, sorted(known), n=1)
    if not known:
        return "nothing but words is wanted here"
    return (
        f"did you mean {written.format(alike[0])}?"
        if alike
        else f"one of {', '.join(sorted(known))} is wanted"
    )


def _one_brace(text: OwnText) -> list[TextMistake]:
    """Find variables in single braces, which would be sent as they stand."""
    return [
        TextMistake(number, found[0], f"two braces are wanted: {{{{ {found[1]} }}}}")
        for number, line in enumerate(text.source.splitlines(), 1)
        for found in _ONE_BRACE.finditer(line)
    ]


def _stumbled(text: OwnText, call: Call) -> tuple[TextMistake, ...]:
    """Let the text say each sample and return the first thing it stumbles over."""
    # Alone among ours: what is wrong with another text is told of that one.
    for said in _sayings(text, call.with_texts((text,))):
        try:
            subject, _ = said()
        except Exception as error:  # noqa: BLE001 - a text can raise whatever its author made of it
            lines = [
                frame.lineno
                for frame in traceback.extract_tb(error.__traceback__)
                if frame.filename == text.file
            ]
            wish = "only variables, conditions and loops over what is known are wanted"
            return (TextMistake((lines and lines[-1]) or 1, _told(str(error)), wish),)
        if not subject:
            return (
                TextMistake(
                    1, "an empty subject when little is known", "a subject without conditions is wanted"
                ),
            )
    return ()


def _sayings(text: OwnText, call: Call) -> Iterator[Callable[[], tuple[str, str]]]:
    """Yield what renders each sample of a letter in which the text stands: subject and text."""
    codes = tuple(troubles(call.with_texts(())).names)
    alarms = [sample_alarm(code, call) for code in (*codes, "a_new_one")]
    if text.name == TROUBLES:
        yield from (partial(render_notice, "alarm", words, call) for words in alarms)
    elif text.name not in NOTICES:
        name = "accepted" if text.name == CLOSING else text.name
        yield from (partial(render, name, facts, call) for facts in samples(name, call))
    else:
        kind = NOTICES[text.name]
        days = sample_digests(call, (*codes, "a_new_one")) if kind == "digest" else alarms
        yield from (partial(render_notice, kind, words, call) for words in days)


def _told(message: str | None) -> str:
    """Return what Jinja says, as the middle of a sentence."""
    said = (message or "a slip").rstrip(".")
    return said[:1].lower() + said[1:]
