"""A letter that brings no form and belongs to a conversation: what its text says, and what follows.

Grave and doubtful things go to a person; courtesy asks for nothing; a confirmation counts only after a selection.
"""

from collections.abc import Iterable

from rules.case import Case
from rules.intents import withdraws_all
from rules.said import Said
from rules.verdict import Disposition, Fact, Finding, Ground, Severity

CONVERSATION = Ground("conversation", Disposition.HOLD, Severity.NOTE)
WITHDRAWAL = Ground("withdrawal", Disposition.HOLD, Severity.BAR)
QUESTION = Ground("question", Disposition.HOLD, Severity.NOTE)
QUESTION_ASIDE = Ground("question_aside", Disposition.ACCEPT, Severity.NOTE)
SUGGESTED = Ground("values_suggested", Disposition.HOLD, Severity.NOTE)
CONFIRMED = Ground("confirmed", Disposition.ACCEPT, Severity.NOTE)
THANKS = Ground("thanks", Disposition.ACCEPT, Severity.NOTE)
PLACE_NARROWED = Ground("place_narrowed", Disposition.ACCEPT, Severity.NOTE)
PLACE_NAMED = Ground("place_named", Disposition.ACCEPT, Severity.NOTE)

# Of these nothing follows for the standing of an application.
TALK = frozenset(
    ground.code
    for ground in (
        CONVERSATION,
        WITHDRAWAL,
        QUESTION,
        SUGGESTED,
        CONFIRMED,
        THANKS,
        PLACE_NAMED,
        PLACE_NARROWED,
    )
)
_MOST = 12
_LONG = 120


def answer(case: Case) -> Finding:
    """Return the finding about a letter without a form in a conversation with us."""
    said = case.said or Said()
    facts: dict[str, Fact] = {
        "number": case.known.number if case.known is not None else "",
        "words": said.sentence,
    }
    if case.history.settles:
        return PLACE_NAMED.found(**facts, place=case.place.full if case.place is not None else "")
    if case.history.narrows:
        places = [f"{place.full}, {place.oblast}" for place in case.history.narrows]
        return PLACE_NARROWED.found(**facts, places=places, about=case.history.about)
    match said.intent:
        case "withdrawal":
            return WITHDRAWAL.found(**facts)
        case "question":
            return QUESTION.found(**facts)
        case "confirmation" if case.history.selected and case.same_hands:
            return CONFIRMED.found(**facts)
        case "thanks" if not any(not attachment.inline for attachment in case.letter.attachments):
            return THANKS.found(**facts)
        case _:
            return CONVERSATION.found(**facts)


def conversation(case: Case) -> Iterable[Finding]:
    """Find what the text says beside the form it brings, and values in it that a person may take over."""
    said = case.said
    if said is None or case.call is None or case.history.settles:
        # A letter that settles a place says nothing else (`rules.eligibility.named_in`).
        return
    if (said.values or said.doubts) and not said.taken and case.application is None:
        labels = {field.key: field.column or field.label for field in case.call.fields}
        values = [f"{labels.get(key, key)}: {value.value[:_LONG]}" for key, value in said.values.items()]
        told = [*values, *(f"{label}: ?" for label in said.doubts)][:_MOST]
        # Whoever takes the values over must not overlook what else is asked for.
        yield SUGGESTED.found(values=told, **({"rest": said.rest} if said.rest else {}))
    if case.application is None or said.taken:
        return
    number = case.known.number if case.known is not None else ""
    if case.known is not None and said.intent == "withdrawal" and withdraws_all(said.sentence):
        # A form, and «ми відмовляємося від участі»: what they want only they can say.
        yield WITHDRAWAL.found(number=number, words=said.sentence)
    elif said.intent == "question":
        yield QUESTION_ASIDE.found(number=number, words=said.sentence)
