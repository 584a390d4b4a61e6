"""The texts of letters as templates: ours, `templates/<language>/<name>.txt`, and an admin's that stand in for them.

An admin's texts come with the call (`Call.texts`), so that nothing here depends on what lies on a disk at the moment.
They are trusted to say what they like and still run in a sandbox: no text needs more than words, conditions and loops.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from jinja2 import StrictUndefined, TemplateNotFound
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import SandboxedEnvironment

from outbox.words import Language
from rules.call import Call, OwnText

Kind = Literal["alarm", "alarm_over", "digest"]

_TEMPLATES = Path(__file__).parent / "templates"

# The letters about the selection: sent by a command of their own, never by anything else.
RESULTS = ("selected", "waiting", "not_selected")

# Stands under every reply.
CLOSING = "_closing"

# Letters to the people who run the intake, by what their texts are called, and what these take the troubles' names from.
NOTICES: dict[str, Kind] = {"_alarm": "alarm", "_alarm_over": "alarm_over", "_digest": "digest"}
TROUBLES = "_troubles"

# Replies that no finding names (`rules.responder.LADDER`), and what causes them.
OTHER_REPLIES = {
    "accepted": "a verdict without any finding that has a reply of its own",
    "duplicate_first": "a duplicate, to the one who was first",
    "replaced_first": "a coordinator who registers a second sender's form in its place, to the one who was first",
    "deadline_extended": "a replay after the deadline was extended",
    "withdrawn": "a coordinator who records a withdrawal",
    "reminder": "the days before the deadline, for what is incomplete",
    "selected": "the commission's decision",
    "waiting": "the commission's decision",
    "not_selected": "the commission's decision",
}


@dataclass(frozen=True, slots=True)
class TroubleWords:
    """What troubles are called and what to do about them, by code."""

    names: dict[str, str]
    advice: dict[str, str]


def template_names(language: Language) -> tuple[str, ...]:
    """Return the names of the replies there are in a language, sorted."""
    return tuple(sorted(path.stem for path in (_TEMPLATES / language).glob("[!_]*.txt")))


def text_names(language: Language) -> tuple[str, ...]:
    """Return the names of all texts that may be one's own: the replies, and what begins with an underscore."""
    return (*template_names(language), CLOSING, *NOTICES, TROUBLES)


def text_of(name: str, call: Call) -> OwnText:
    """Return a text as the call has it: an admin's, else ours.

    Raises `jinja2.TemplateNotFound` when neither has one.
    """
    return _find(name, call.language, call.texts)


def environment(call: Call) -> SandboxedEnvironment:
    """Return what loads and runs the templates of a call."""
    return _environment(call.language, call.texts)


def troubles(call: Call) -> TroubleWords:
    """Return the names of the troubles and what to do about them, by code, as the call has them.

    Raises whatever an admin's own text of them raises, and `AttributeError` when it does not say both.
    """
    module = environment(call).get_template(TROUBLES).module
    return TroubleWords(dict(module.names), dict(module.advice))  # type: ignore[attr-defined]


def _find(name: str, language: Language, texts: tuple[OwnText, ...]) -> OwnText:
    own = next((text for text in texts if text.name == name), None)
    if own is not None:
        return own
    path = _TEMPLATES / language / f"{name}.txt"
    # A text may include another; what it names is a name and no path.
    if not name.replace("_", "").isalnum() or not path.is_file():
        raise TemplateNotFound(name)
    return OwnText(name, path.read_text(encoding="utf-8"), str(path))


# One for each call is in use; those of a configuration that was exchanged are let go.
@lru_cache(maxsize=64)
def _environment(language: Language, texts: tuple[OwnText, ...]) -> SandboxedEnvironment:
    def load(name: str) -> tuple[str, str, None]:
        text = _find(name, language, texts)
        return text.source, text.file, None

    # autoescape is for HTML; these letters are plain text, and escaping would put «&amp;» into them.
    return SandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
