"""What is wrong with a letter, in a coordinator's words. Pure; every ground of the rules has a phrase here.

A ground that has none yet is shown by its code, so that a new rule never hides a letter.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake.ledger.views import FileView, FindingView
from intake.workbook.phrases import DEVIATIONS, PHRASES, REASONS
from outbox.words import duration_words
from rules.call import Call


def phrase(finding: FindingView, call: Call, files: Sequence[FileView] = ()) -> str:
    """Return a finding as one phrase in the call's language, without a full stop.

    `files` are the letter's, for facts that name a file by its digest.
    """
    names = {file.sha256: file.name for file in files}
    template = PHRASES[call.language].get(worded(finding))
    if template is None:
        return finding.code.replace("_", " ")
    facts = _Facts({name: _fact(name, value, call, names) for name, value in finding.facts.items()})
    if "by_seconds" in finding.facts:
        facts["by"] = _by(finding.facts["by_seconds"], call)
    return template.format_map(facts)


def worded(finding: FindingView) -> str:
    """Return by which code a finding has its words: of some, the facts make another sentence."""
    facts = finding.facts
    match finding.code:
        case "no_form" if facts.get("reason") == "signature":
            return "lone_signature"
        case "no_form" if not facts.get("files"):
            return "no_files"
        case "several_forms" if not facts.get("fields"):
            return "forms_apart"
        case "values_suggested" if facts.get("rest"):
            return "values_and_more"
        case "withdrawal" if facts.get("of"):
            return "withdrawal_by_other"
        case code:
            return code


def deviations(problems: tuple[str, ...], call: Call) -> str:
    """Return what is odd about a subject, in a few words."""
    words = DEVIATIONS[call.language]
    return ", ".join(dict.fromkeys(words.get(problem, problem.replace("_", " ")) for problem in problems))


def duration(seconds: int, call: Call) -> str:
    """Return a length of time in words, with ordinary spaces: people search and filter cells."""
    return duration_words(seconds, call.language).replace("\N{NO-BREAK SPACE}", " ")


class _Facts(dict[str, str]):
    """The facts of a finding; one that is missing is a dash, never an error."""

    def __missing__(self, _name: str) -> str:
        return "—"


def _by(seconds: object, call: Call) -> str:
    return duration(int(seconds), call) if isinstance(seconds, int | float) else "—"


def _fact(name: str, value: object, call: Call, names: Mapping[str, str]) -> str:
    match value:
        case None | "" | []:
            return "—"
        case list():
            if name in {"faults", "mended"}:
                return ", ".join(dict.fromkeys(_field(str(item), call) for item in value))
            return ", ".join(
                REASONS[call.language].get(str(item)) or names.get(str(item), str(item)) for item in value
            )
        case Mapping():
            return ", ".join(f"{key} {_time(str(item), call)}" for key, item in value.items())
        case str() if name == "reason":
            return REASONS[call.language].get(value, value)
        case _:
            return names.get(str(value)) or _time(str(value), call)


def _field(fault: str, call: Call) -> str:
    field = call.field(fault.partition(":")[0])
    return (field.number or field.column or field.label) if field is not None else fault


def _time(text: str, call: Call) -> str:
    """Return an instant in ISO form as local time; any other text as it is."""
    try:
        at = datetime.fromisoformat(text) if "T" in text[:12] else None
    except ValueError:
        return text
    if at is None or at.tzinfo is None:
        return text
    return f"{at.astimezone(call.zone):%d.%m.%Y %H:%M:%S}"
