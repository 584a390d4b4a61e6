"""Write the golden letters anew: `python -m tests.outbox.write_golden`. Read what has changed before keeping it."""

from dataclasses import replace
from pathlib import Path

from outbox.compose import render
from tests.outbox.abroad import in_language, translated
from tests.outbox.samples import CASES, bare_call, call

GOLDEN = Path(__file__).parent / "golden"
# Cases that are also shown with every optional setting left empty.
BARE = (
    "accepted", "accepted_incomplete", "late", "no_form", "duplicate_new", "corrected", "reminder", "selected", "waiting",
    "not_selected", "question_ack", "confirmed",
)  # fmt: skip


def golden_letters() -> dict[str, str]:
    """Return every golden file's name with what it ought to say."""
    letters = {}
    for language in ("uk", "bg", "en"):
        for name, (template, facts, policy) in CASES.items():
            settings = call(language, policy=policy)
            if language != "uk":
                # The form of such a call is in its language too.
                said = translated(settings.model_dump(include={"fields", "participants"}), language)
                settings = type(settings).model_validate(settings.model_dump() | said)
            subject, text = render(template, in_language(facts, language), settings)
            letters[f"{language}_{name}.txt"] = f"Subject: {subject}\n\n{text}"
    for name in BARE:
        template, facts, _ = CASES[name]
        nothing = replace(facts, number=None, place=None, people=(), files=())
        subject, text = render(template, nothing, bare_call())
        letters[f"uk_{name}_bare.txt"] = f"Subject: {subject}\n\n{text}"
    return letters


if __name__ == "__main__":
    for name, letter in golden_letters().items():
        (GOLDEN / name).write_text(letter, encoding="utf-8")
