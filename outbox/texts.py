"""The texts of replies as templates: ours, `templates/<language>/<name>.txt`, and an admin's that stand in for them.

An admin's texts come with the call (`Call.texts`), so that nothing here depends on what lies on a disk at the moment.
They are trusted to say what they like and still run in a sandbox: no text needs more than words, conditions and loops.
"""

from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, TemplateNotFound
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import SandboxedEnvironment

from outbox.words import Language
from rules.call import Call, OwnText

_TEMPLATES = Path(__file__).parent / "templates"

# The letters about the selection: sent by a command of their own, never by anything else.
RESULTS = ("selected", "waiting", "not_selected")

# Stands under every reply.
CLOSING = "_closing"

# Replies that no finding names (`rules.responder.LADDER`), and what causes them.
OTHER_REPLIES = {
    "accepted": "a verdict without any finding that has a reply of its own",
    "duplicate_first": "a duplicate, to the one who was first",
    "deadline_extended": "a replay after the deadline was extended",
    "withdrawn": "a coordinator who records a withdrawal",
    "reminder": "the days before the deadline, for what is incomplete",
    "selected": "the commission's decision",
    "waiting": "the commission's decision",
    "not_selected": "the commission's decision",
}


def template_names(language: Language) -> tuple[str, ...]:
    """Return the names of the replies there are in a language, sorted."""
    return tuple(sorted(path.stem for path in (_TEMPLATES / language).glob("[!_]*.txt")))


def text_of(name: str, call: Call) -> OwnText:
    """Return the text of a reply or of the closing as the call has it: an admin's, else ours.

    Raises `jinja2.TemplateNotFound` when neither has one.
    """
    return _find(name, call.language, call.texts)


def environment(call: Call) -> SandboxedEnvironment:
    """Return what loads and runs the templates of a call."""
    return _environment(call.language, call.texts)


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
