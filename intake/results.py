"""The letters about the selection: gathered from the workbook, composed, and only put into the outbox when told to.

Nobody gets the same result twice: a letter's Message-ID is derived from number, result and address. A result that differs
from one already told is a conflict for people, never a second letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from intake import workbook
from intake.archive import Archive
from intake.config import Config
from intake.database import Connection, Engine, reading
from intake.examine import Examiner
from intake.ledger import forms, orders, outgoing, persons, read
from intake.ledger.outgoing import Told
from intake.ledger.views import ApplicationView
from intake.result_letters import TEMPLATES, Gathering, Note, Outcome, outcome_of
from intake.workbook.selection import Choice, Typed
from intake.workbook.words import WORDS
from outbox.reply import Reply
from outbox.texts import RESULTS
from rules.call import Call

# Applications that stood before the commission.
_CONSIDERED = frozenset({"complete", "incomplete", "held"})


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, and all that somebody should look at first.

    `counts`: decision → applications. `outcomes` have a letter that is not in the outbox yet. `told` have all of theirs.
    `silent` get none. `conflicts` are sent nothing until people have settled them; `warnings` do not hold anything up.
    """

    counts: Mapping[str, int]
    outcomes: tuple[Outcome, ...]
    told: tuple[str, ...]
    silent: tuple[str, ...]
    undecided: tuple[str, ...]
    conflicts: tuple[Note, ...]
    warnings: tuple[Note, ...]

    @property
    def letters(self) -> tuple[Reply, ...]:
        """Every letter that would be sent."""
        return tuple(letter for outcome in self.outcomes for letter in outcome.letters)


def preview(
    engine: Engine,
    config: Config,
    call: Call,
    examiner: Examiner,
    *,
    now: datetime,
    again: frozenset[str] = frozenset(),
) -> Preview:
    """Return what the workbook's decisions would have us send. Nothing is written; `now` (aware) dates the letters.

    `again` are the numbers whose changed result is to be told in spite of the one told before. Raises `WorkbookTrouble`
    and `LedgerTrouble`.
    """
    path = config.workbook_path(call)
    typed = workbook.selected(engine, call, path, now=now, attachments=config.attachments_path)
    with reading(engine) as tx:
        views = read.application_views(tx, call.id)
        digests = {view.number: _speaking(tx, view) for view in views}
        completers = {view.number: forms.completer(tx, view.number) for view in views}
        since = {view.number: _since(tx, call, view, typed.get(view.number, Typed())) for view in views}
        made = orders.newest(tx, call.id)
        told = _told(tx, call)
    standing = {(view.place.code, view.unit): view.number for view in views if view.status != "void"}
    considered = sum(view.status in _CONSIDERED for view in views)
    archive = Archive(config.archive_path)
    gathering = Gathering(call, examiner, archive, told, made, standing, considered, again, now)
    counts: dict[str, int] = {}
    outcomes: list[Outcome] = []
    done, silent, undecided = [], [], []
    for view in views:
        if view.status in {"late", "void"}:
            continue
        said = typed.get(view.number, Typed())
        choice = _choice(gathering, view, said)
        if choice is None:
            continue
        if choice == "open" and view.status == "withdrawn":
            # Its own people have decided.
            counts["withdrawn"] = counts.get("withdrawn", 0) + 1
            silent.append(view.number)
            continue
        counts[choice] = counts.get(choice, 0) + 1
        if choice == "open":
            undecided.append(view.number)
        elif choice not in TEMPLATES:
            silent.append(view.number)
            _already(gathering, view.number, choice)
        elif (at := since[view.number]) is not None and view.number not in again:
            gathering.conflicts.append(
                Note(view.number, "people_changed", {"at": at, "decision": said.words})
            )
        elif not _already(gathering, view.number, choice):
            outcome = outcome_of(
                gathering, view, said, choice, digests[view.number], completer=completers[view.number]
            )
            if outcome is None:
                continue
            if outcome.letters:
                outcomes.append(outcome)
            else:
                done.append(view.number)
    return Preview(
        counts, tuple(outcomes), tuple(done), tuple(silent), tuple(undecided),
        tuple(gathering.conflicts), tuple(gathering.warnings),
    )  # fmt: skip


def _told(tx: Connection, call: Call) -> dict[str, list[Told]]:
    """Return number → the results it was told and that were not taken back, oldest first."""
    told: dict[str, list[Told]] = {}
    for one in outgoing.of_templates(tx, call.id, RESULTS):
        if one.state != "cancelled" and one.number is not None:
            told.setdefault(one.number, []).append(one)
    return told


def _speaking(tx: Connection, view: ApplicationView) -> str:
    """Return the digest of the newest letter that speaks for an application, its applicant's; "" when there is none."""
    newest, form = persons.revision_of(tx, view.number), forms.form_of(tx, view.number)
    if newest is not None and (form is None or newest["sender"].lower() == form["sender"].lower()):
        form = newest
    own = [one["digest"] for one in persons.letters_of(tx, view.number) if one["speaks"]]
    return form["digest"] if form is not None and form["digest"] in own else (own[0] if own else "")


def _since(tx: Connection, call: Call, view: ApplicationView, said: Typed) -> datetime | None:
    """Return when other people took the place of those a decision was typed for; None when that did not happen.

    A decision that no cycle has seen yet was typed now.
    """
    header = WORDS[call.language].headers["decision"]
    seen = forms.typed_at(tx, call.id, "applications", view.number, header) if said.words else None
    if seen is None:
        return None
    names = frozenset(field.key for field in call.fields if field.kind == "name" and field.person)
    at = forms.replaced(tx, view.number, names)
    return at if at is not None and at > seen else None


def _choice(gathering: Gathering, view: ApplicationView, said: Typed) -> Choice | None:
    """Return what was decided; None when that cannot be told, which is a conflict."""
    number = view.number
    if said.elsewhere or len(said.choices) > 1:
        decisions = [said.words, *said.elsewhere]
        gathering.conflicts.append(Note(number, "two_decisions", {"decisions": decisions}))
        return None
    if said.words and not said.choices:
        gathering.conflicts.append(Note(number, "unknown_decision", {"decision": said.words}))
        return None
    if not said.choices:
        return "open"
    (choice,) = said.choices
    if view.status == "withdrawn" and choice in {"selected", "waiting"}:
        gathering.conflicts.append(Note(number, "withdrawn", {"decision": said.words}))
        return None
    if said.deleted:
        gathering.warnings.append(Note(number, "row_deleted"))
    if choice == "selected" and view.status != "complete":
        gathering.warnings.append(Note(number, "not_complete", {"status": view.status}))
    return choice


def _overtaken(gathering: Gathering, number: str, said: Typed, at: datetime | None) -> bool:
    """Return whether a decision was typed for other people, which is a conflict unless it is to be told all the same."""
    if at is None or number in gathering.again:
        return False
    gathering.conflicts.append(Note(number, "people_changed", {"at": at, "decision": said.words}))
    return True


def _already(gathering: Gathering, number: str, choice: Choice) -> bool:
    """Return whether another result was told before, which is a conflict unless it is to be told all the same."""
    template = TEMPLATES.get(choice, "")
    other = [one for one in gathering.told.get(number, ()) if one.template != template]
    if not other or number in gathering.again:
        return False
    last = other[-1]
    facts = {"told": last.template, "state": last.state, "at": last.sent_at or last.created_at, "now": choice}
    gathering.conflicts.append(Note(number, "changed", facts))
    return True


def send(
    tx: Connection, shown: Preview, call: Call, *, hold_until: datetime, by: str, now: datetime
) -> tuple[int, int]:
    """Put the letters of a preview into the outbox, in the transaction given; return letters and applications.

    None leaves before `hold_until` (aware). An application that was told something else meanwhile is left out.
    """
    told = _told(tx, call)
    letters = applications = 0
    for outcome in shown.outcomes:
        other = [one for one in told.get(outcome.number, ()) if one.template != TEMPLATES[outcome.choice]]
        if any(one.message_id not in outcome.seen for one in other):
            continue
        # Somebody said that the new result is to be told all the same: the old one, if it still waits, is not.
        outgoing.take_back(tx, other, by=by, now=now)
        put = [
            outgoing.put(tx, one, now, mode=call.replies.mode, by=by, not_before=hold_until)
            for one in outcome.letters
        ]
        letters += sum(put)
        applications += any(put)
    return letters, applications


def undo(tx: Connection, call: Call, *, by: str, now: datetime) -> tuple[tuple[Told, ...], int]:
    """Take back the results that have not left, in the transaction given; return them and how many had left."""
    told = outgoing.of_templates(tx, call.id, RESULTS)
    back = outgoing.take_back(tx, told, by=by, now=now)
    gone = {one.message_id for one in back}
    return back, sum(one.state != "cancelled" and one.message_id not in gone for one in told)
