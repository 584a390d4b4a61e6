"""One application's letters about the selection: to whom, about which place and people, as the workbook corrects them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from intake.archive import Archive
from intake.examine import Examiner
from intake.ledger.corrections import PLACE, row_key
from intake.ledger.orders import Order
from intake.ledger.outgoing import Told
from intake.ledger.views import ApplicationView
from intake.trust import trust
from intake.workbook.selection import Choice, Typed
from outbox.compose import compose
from outbox.context import ReplyFacts, people_of
from outbox.message import deliverable
from outbox.reply import Reply, derive_message_id
from outbox.words import Language
from rules.call import Call
from rules.gazetteer import Gazetteer
from rules.gazetteer.find import find
from rules.letter import Letter
from rules.place import Place
from rules.responder import recipient

# What the commission says is a letter; the last two decisions are for the register alone.
TEMPLATES: Final[Mapping[Choice, str]] = {
    "selected": "selected",
    "waiting": "waiting",
    "not_selected": "not_selected",
    "ineligible": "not_selected",
}
_INELIGIBLE: dict[Language, str] = {
    "uk": "заявка не відповідає умовам відбору.",
    "bg": "заявката не отговаря на условията за подбор.",
    "en": "the application does not meet the conditions of the selection.",
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something people should know about one application: a code and the facts of it."""

    number: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One application's result: what it is, the letters that tell it, one for each address.

    `seen` are the Message-IDs of all results the application was told before.
    """

    number: str
    choice: Choice
    place: str
    score: str
    letters: tuple[Reply, ...]
    seen: frozenset[str] = frozenset()


@dataclass(slots=True)
class Gathering:
    """What a preview is gathered with, and what it grows to.

    `orders` are the newest of every cell that a person corrected, `standing` place and unit → number of every application.
    """

    call: Call
    examiner: Examiner
    archive: Archive
    told: Mapping[str, list[Told]]
    orders: Mapping[str, Order]
    standing: Mapping[tuple[str, str], str]
    considered: int
    again: frozenset[str]
    now: datetime
    conflicts: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)

    @property
    def places(self) -> Gazetteer:
        """The places of the call's country."""
        return self.examiner.gazetteers[self.call.country]


def outcome_of(
    gathering: Gathering,
    view: ApplicationView,
    said: Typed,
    choice: Choice,
    digest: str,
    *,
    completer: str = "",
) -> Outcome | None:
    """Return an application's result with the letters that are not in the outbox yet; None when people must look first.

    `digest` names the letter it answers, "" when there is none; `completer` is who else gets it.
    """
    call, number, template = gathering.call, view.number, TEMPLATES[choice]
    if template in call.replies.off:
        gathering.conflicts.append(Note(number, "switched_off", {"template": template}))
        return None
    place = _place(gathering, view, said)
    path = gathering.archive.path(digest) if digest else None
    if place is None:
        return None
    if path is None or not path.is_file():
        gathering.conflicts.append(Note(number, "no_letter"))
        return None
    letter = gathering.examiner.parse(path, digest)
    values = {**view.values, **said.values}
    addresses = _addresses(gathering, letter, said, values, number=number, completer=completer)
    if not addresses:
        gathering.conflicts.append(Note(number, "undeliverable"))
        return None
    facts = ReplyFacts(
        received_at=view.first_received_at,
        number=number,
        place=place,
        subject_received=letter.subject,
        people=people_of(values, call),
        applications=0 if choice == "ineligible" else gathering.considered,
        comment=_INELIGIBLE[call.language] if choice == "ineligible" else "",
    )
    domain = (deliverable(call.replies.address) or call.replies.address).rpartition("@")[2]
    letters = tuple(
        compose(
            template, facts, call, letter=letter, recipient=to, now=gathering.now,
            domain=domain, message_id=derive_message_id(f"result {number}", template, to, domain),
        )
        for to in addresses
    )  # fmt: skip
    known = {one.message_id for one in gathering.told.get(number, ())}
    new = tuple(one for one in letters if one.message_id not in known)
    return Outcome(number, choice, f"{place.full}, {place.oblast}", said.score, new, frozenset(known))


def _place(gathering: Gathering, view: ApplicationView, said: Typed) -> Place | None:
    """Return the place the application is for; None where what people typed there does not count, which is a conflict.

    A correction that was carried out stands in the ledger. One that no cycle has seen yet is judged as a cycle would.
    """
    if not said.place and not said.oblast:
        return view.place
    order = gathering.orders.get(row_key(view.number, "applications", PLACE))
    typed = {name: " ".join(str(text).split()) for name, text in order.typed.items()} if order else {}
    if order is not None and typed == {"value": said.place, "oblast": said.oblast}:
        if order.outcome == "done":
            return view.place
        facts = {"place": said.place or said.oblast, "why": order.note.replace("_", " "), **order.facts}
        gathering.conflicts.append(Note(view.number, "place_refused", facts))
        return None
    found = find(said.place or view.place.name, gathering.places, oblast=said.oblast or view.place.oblast)
    if not found.certain or found.place is None:
        gathering.conflicts.append(Note(view.number, "place_unknown", {"place": said.place}))
        return None
    place = gathering.places.named_on(found.place, gathering.call.deadline.date())
    other = gathering.standing.get((place.code, view.unit), view.number)
    if other != view.number:
        facts = {"place": said.place, "why": "place taken", "number": other}
        gathering.conflicts.append(Note(view.number, "place_refused", facts))
        return None
    return place


def _addresses(
    gathering: Gathering,
    letter: Letter,
    said: Typed,
    values: Mapping[str, str],
    *,
    number: str,
    completer: str,
) -> tuple[str, ...]:
    """Return whom to write to: the applicant, then every participant, and who completed the form; what cannot be delivered to is a warning."""
    answered = recipient(letter, trust(letter, gathering.examiner.authserv_id))
    applicant = said.email or (answered.address if answered is not None else "")
    asked = {one.key for one in gathering.call.participants}
    people = [
        values.get(one.key, "")
        for one in gathering.call.fields
        if one.kind == "email" and one.person in asked
    ]
    found: dict[str, str] = {}
    for address in (applicant, *people, completer):
        to = deliverable(address) if address else None
        if to is not None:
            found.setdefault(to.lower(), to)
        elif address:
            gathering.warnings.append(Note(number, "address_undeliverable", {"address": address}))
    failed = {one.recipient.lower() for one in gathering.told.get(number, ()) if one.state == "failed"}
    for address in sorted(failed & found.keys()):
        gathering.warnings.append(Note(number, "came_back", {"address": address}))
    return tuple(found.values())
