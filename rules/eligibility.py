"""Which place applies, and may it? The order of evidence is thread, form, subject; disagreement goes to a person."""

from collections.abc import Iterable

from rules.application import Application
from rules.call import Call
from rules.case import Case, Registered
from rules.gazetteer import Gazetteer
from rules.gazetteer.find import analyse, find
from rules.gazetteer.normalise import clean, words
from rules.intents import courteous, proper, unsigned
from rules.place import MOST_NAMESAKES, NOTHING, Place, Recognition
from rules.quotation import newest
from rules.verdict import Disposition, Fact, Finding, Ground, Severity

PLACE_UNKNOWN = Ground("place_unknown", Disposition.HOLD, Severity.FAULT)
PLACE_UNCERTAIN = Ground("place_uncertain", Disposition.HOLD, Severity.FAULT)
PLACE_CONFLICT = Ground("place_conflict", Disposition.HOLD, Severity.FAULT)
PLACEHOLDER = Ground("placeholder", Disposition.HOLD, Severity.FAULT)
OBLAST_NOT_ADMITTED = Ground("oblast_not_admitted", Disposition.HOLD, Severity.BAR)
SUBJECT_DEVIATES = Ground("subject_deviates", Disposition.ACCEPT, Severity.NOTE)
SUBJECT_REVIEW = Ground("subject_review", Disposition.HOLD, Severity.FAULT)
SUBJECT_REFUSED = Ground("subject_refused", Disposition.REJECT, Severity.FAULT)


def place_in_form(application: Application | None, call: Call, gazetteer: Gazetteer) -> Recognition:
    """Return what the form says about the place: by its code if that is official, else by its name and oblast.

    A code and a name that contradict each other are a mismatch, with both as candidates.
    """
    if application is None:
        return NOTHING

    def first(kind: str) -> str:
        values = (application.get(field.key) for field in call.fields if field.kind == kind)
        return next((value for value in values if value), "")

    by_name = NOTHING
    if name := first("hromada"):
        by_name = find(name, gazetteer, oblast=first("oblast") or None, raion=first("raion") or None)
    by_code = gazetteer.by_code(first("katottg"))
    if by_code is None:
        return by_name
    fits = by_name.place == by_code or by_code in by_name.candidates or by_name.level in {"none", "unknown"}
    if by_name.place is not None and not fits:
        return Recognition("mismatch", candidates=(by_code, by_name.place), problems=("code_name_mismatch",))
    return Recognition("exact", by_code, how="code", score=100, text=name)


# A line that names a place is not longer.
_LINE = 200


def named_in(text: str, gazetteer: Gazetteer) -> Recognition:
    """Return what the text of a letter says about the place, when it says nothing else."""
    said = unsigned(proper(newest(text)))
    if not said or len(said) > _LINE:
        return NOTHING
    analysis = analyse(words(clean(" ".join(said.split()))), gazetteer)
    around = " ".join(word.text for word in analysis.leftover)
    return analysis.recognition if courteous(around, around=True) else NOTHING


def choose_place(
    thread: Registered | None, from_form: Recognition, from_subject: Recognition
) -> tuple[Place | None, str]:
    """Return the place that counts and by which evidence: `thread`, `form`, `subject`, `form+subject`, or "".

    What the form leaves open, a certain subject may settle, if it is one of the form's own candidates; and the other
    way round. Two uncertain opinions that agree stay uncertain.
    """
    if thread is not None:
        return thread.place, "thread"
    if from_form.certain:
        return from_form.place, "form"
    if from_form.level == "none":
        return (from_subject.place, "subject") if from_subject.certain else (None, "")
    if from_subject.certain and from_subject.place in (*from_form.candidates, from_form.place):
        return from_subject.place, "form+subject"
    return None, ""


def place(case: Case) -> Iterable[Finding]:
    """Find an application whose place is not known, not certain, contradicted, or not admitted."""
    if case.call is None or (case.application is None and case.place is None):
        return
    if case.place is None:
        yield _no_place(case)
        return
    opinions = [("form", case.from_form)]
    if case.place_by != "form+subject":
        opinions.append(("subject", case.from_subject))
    agreed = case.history.moved_from | {case.place.code}
    for source, opinion in opinions:
        if opinion.certain and opinion.place is not None and opinion.place.code not in agreed:
            yield PLACE_CONFLICT.found(
                **{source: opinion.place.full},
                taken=case.place.full,
                taken_by=case.place_by,
                other=opinion.place.code,
            )
    if not admitted(case.place, case.call):
        yield OBLAST_NOT_ADMITTED.found(oblast=case.place.oblast, admitted=list(case.call.policy.oblasts))


def admitted(place: Place, call: Call) -> bool:
    """Return whether a place lies where the call admits applications from."""
    oblasts = call.policy.oblasts
    return not oblasts or any(place.oblast.casefold().startswith(name.casefold()) for name in oblasts)


def _no_place(case: Case) -> Finding:
    opinion = case.from_form if case.from_form.level != "none" else case.from_subject
    facts: dict[str, Fact] = {
        "text": opinion.text,
        "level": opinion.level,
        "candidates": [f"{place.full}, {place.oblast}" for place in opinion.candidates[:MOST_NAMESAKES]],
        "problems": list(opinion.problems),
    }
    if opinion.level in {"suggested", "ambiguous", "mismatch"}:
        if opinion.place is not None:
            facts["suggestion"] = f"{opinion.place.full}, {opinion.place.oblast}"
        return PLACE_UNCERTAIN.found(**facts)
    if "placeholder_literal" in case.subject.problems:
        return PLACEHOLDER.found(**facts)
    return PLACE_UNKNOWN.found(**facts)


def subject(case: Case) -> Iterable[Finding]:
    """Find a subject that does not keep the announced form. The call's policy says whether that is only noted."""
    if case.call is None or case.history.thread is not None or case.subject.level == "strict":
        return
    if case.history.narrows:
        # It answers our own letter, whose subject it bears.
        return
    grounds = {"tolerant": SUBJECT_DEVIATES, "strict": SUBJECT_REFUSED, "review": SUBJECT_REVIEW}
    ground = grounds[case.call.policy.subject]
    yield ground.found(
        level=case.subject.level, problems=list(case.subject.problems), subject=case.letter.subject
    )
