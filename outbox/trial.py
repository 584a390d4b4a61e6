"""Trying a text before anybody gets it: what its author must mend, with the line, in plain words. Pure.

An author may write anything; whatever goes wrong while his text runs is his to mend and becomes a `TextMistake`.
"""

import difflib
import re
import traceback
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, meta, nodes

from outbox.compose import render
from outbox.context import words_of
from outbox.sample import sample, samples
from outbox.texts import CLOSING, environment
from rules.call import Call, OwnText

# A variable as people write it who have seen other templates.
_ONE_BRACE = re.compile(r"(?<!\{)\{ ?(\w+) ?\}(?!\})")

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
    known = frozenset(words_of(sample(text.name, call), call))
    found = [*_headless(text), *_unknown(text, call, known), *_one_brace(text)]
    return tuple(sorted(found)) or _stumbled(text, call)


def _headless(text: OwnText) -> list[TextMistake]:
    """Find a text whose first line is no subject."""
    first, _, rest = text.source.partition("\n")
    if text.name == CLOSING:
        return []
    if not first.startswith("Subject:"):
        return [TextMistake(1, f"“{first[:40]}”", "the first line is the subject: Subject: …")]
    if not first.removeprefix("Subject:").strip() or not rest.strip():
        empty = "subject" if rest.strip() else "text"
        return [TextMistake(1, f"an empty {empty}", "a subject, an empty line and the text are wanted")]
    return []


def _unknown(text: OwnText, call: Call, known: frozenset[str]) -> list[TextMistake]:
    """Find variables that no reply has."""
    tree = environment(call).parse(text.source)
    unknown = meta.find_undeclared_variables(tree) - known
    lines = {
        name: next(node.lineno for node in tree.find_all(nodes.Name) if node.name == name) for name in unknown
    }
    return [
        TextMistake(line, f"an unknown variable {{{{ {name} }}}}", _meant(name, known))
        for name, line in lines.items()
    ]


def _meant(name: str, known: frozenset[str]) -> str:
    alike = difflib.get_close_matches(name, sorted(known), n=1)
    return f"did you mean {{{{ {alike[0]} }}}}?" if alike else f"one of {', '.join(sorted(known))} is wanted"


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
    tried = call.with_texts((text,))
    name = "accepted" if text.name == CLOSING else text.name
    for facts in samples(name, call):
        try:
            subject, _ = render(name, facts, tried)
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


def _told(message: str | None) -> str:
    """Return what Jinja says, as the middle of a sentence."""
    said = (message or "a slip").rstrip(".")
    return said[:1].lower() + said[1:]
