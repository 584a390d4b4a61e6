"""An application's story as an HTML page. Pure; everything applicants wrote is escaped."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from intake.cards.told import Beside, Teller, plain, rendered, who
from intake.cards.words import CARDS, CardWords
from intake.ledger.stories import Facts, Story
from intake.ledger.views import delivery
from intake.workbook.sheet import status_tones
from intake.workbook.troubles import duration
from intake.workbook.words import WORDS, Words, form_lacks
from rules.call import Call

# Readers say where something stood in a few English words.
_WORD = re.compile(r"\b[a-z]+\b")


def card(call: Call, story: Story, texts: Mapping[str, str], *, beside: Beside) -> str:
    """Return the card. `texts`: digest → readable body of the letters still at hand; `beside`: the files."""
    return _Card(call, story, texts, beside).page()


class _Card:
    """One card being made."""

    def __init__(self, call: Call, story: Story, texts: Mapping[str, str], beside: Beside) -> None:
        self.call, self.story, self.texts = call, story, texts
        self.teller = Teller(call, beside)
        self.at = self.teller.at
        self.words: Words = WORDS[call.language]
        self.w: CardWords = CARDS[call.language]

    def page(self) -> str:
        story, words = self.story, self.words
        application = story.application
        place = application["place"]
        newest = story.revisions[-1] if story.revisions else None
        status = str(words.statuses.get(application["status"], application["status"]))
        first = story.letters[0] if story.letters else None
        parts = [place.get("raion"), place.get("oblast"), place.get("code")]
        raion = f"{words.headers['raion']}: " if place.get("raion") else ""
        return rendered(
            "card.html",
            self.call,
            number=application["number"],
            place=place,
            place_line=raion + " · ".join(part for part in parts if part),
            status=status,
            tone=status_tones(words).get(status, "quiet"),
            received=self.at(application["first_received_at"]),
            distance=self._distance(application["first_received_at"]),
            place_by=words.place_by.get(application["place_by"], application["place_by"]),
            sender=who(first) if first else "",
            faults=self._faults(newest),
            fields=self._fields(newest),
            revision=len(self._sent()),
            other_lines="\n".join(plain(one) for one in newest["unknown_labels"]) if newest else "",
            letters=[
                self.teller.letter(letter, self.texts.get(letter["digest"])) for letter in story.letters
            ],
            replies=[self.teller.reply(reply) for reply in story.replies],
            history=self._history(),
            changes=self._changes(),
        )

    def _distance(self, at: datetime) -> str:
        left = self.call.deadline_at - at
        word = self.w.before if left > timedelta(0) else self.w.after
        return f"{word} {duration(int(abs(left).total_seconds()), self.call)}"

    def _label(self, key: str) -> str:
        field = self.call.field(key)
        if field is None:
            return key
        person = next((one.label for one in self.call.participants if one.key == field.person), "")
        beginning = person and not field.label.casefold().startswith(person.casefold())
        return f"{person}: {field.label}" if beginning else field.label

    def _faults(self, revision: Facts | None) -> list[str]:
        if revision is None:
            lacks = form_lacks(self.story.application["status"], self.call.language)
            return [lacks] if lacks else []
        codes = self.w.fault_codes
        return [
            f"{self._label(fault['key'])}: {codes.get(fault['code'], fault['code'])}"
            + (f" («{fault['found']}»)" if fault["found"] else "")
            for fault in revision["faults"]
        ]

    def _fields(self, revision: Facts | None) -> list[dict[str, str]]:
        if revision is None:
            return []
        faults = {
            fault["key"]: self.w.fault_codes.get(fault["code"], fault["code"]) for fault in revision["faults"]
        }
        values = revision["values"]
        order = [field.key for field in self.call.fields]
        keys = [*order, *(key for key in values if key not in order)]
        lines = []
        for key in keys:
            value = values.get(key, {})
            if not value.get("value") and not value.get("raw") and key not in faults:
                continue
            field = self.call.field(key)
            normal, raw = value.get("value", ""), value.get("raw", "")
            lines.append(
                {
                    "number": field.number if field else "",
                    "label": self._label(key),
                    "value": normal,
                    "raw": "" if raw == normal and "stated" not in value else raw,
                    "where": self._where(value),
                    "sure": f"{round(100 * value['confidence'])} %"
                    if normal and "confidence" in value and "stated" not in value
                    else "",
                    "fault": faults.get(key, ""),
                }
            )
        return lines

    def _where(self, value: Facts) -> str:
        """Return where an answer stood; what a person put in its place stood in the workbook."""
        stood, same, source = value.get("where", "").partition(" = ")
        where = _WORD.sub(lambda found: self.w.places.get(found[0], found[0]), stood)
        if same:
            # «учасник 1» means what another field says.
            field = self.call.field(source)
            where = f"{where} = {field.number if field else ''} {self._label(source)}".replace("  ", " ")
        return (
            f"{self.w.mended} ({where})"
            if "stated" in value and where
            else self.w.mended
            if "stated" in value
            else where
        )

    def _sent(self) -> list[Facts]:
        """Return the revisions that applicants sent; what people corrected stands among the decisions."""
        return [one for one in self.story.revisions if not one["made_by"]]

    def _history(self) -> list[dict[str, str]]:
        w, words, story = self.w, self.words, self.story
        events: list[tuple[datetime, str, str]] = []
        events += [
            (letter["received_at"], f"{words.incoming}: {letter['subject']}", who(letter))
            for letter in story.letters
        ]
        events += [
            (revision["received_at"], f"{w.revision} {count}", revision["sender"])
            for count, revision in enumerate(self._sent(), start=1)
        ]
        events += [self.teller.decision(decision) for decision in story.decisions]
        for reply in story.replies:
            kind = words.templates.get(reply["template"], reply["template"])
            state, _ = delivery(reply["state"], reply["last_response"])
            events.append(
                (
                    reply["sent_at"] or reply["created_at"],
                    f"{words.outgoing}: {kind}, {words.fates.get(state, state)}",
                    reply["recipient"],
                )
            )
        events.sort(key=lambda event: event[0])
        return [{"at": self.at(at), "text": text, "note": note} for at, text, note in events]

    def _changes(self) -> list[dict[str, Any]]:
        """Return what each later revision changed, the newest first."""
        changes = []
        sent = self._sent()
        for older, newer in zip(self.story.revisions, self.story.revisions[1:], strict=False):
            was = {key: value.get("value", "") for key, value in older["values"].items()}
            became = {key: value.get("value", "") for key, value in newer["values"].items()}
            keys = [key for key in {**was, **became} if was.get(key, "") != became.get(key, "")]
            fields = [
                {"label": self._label(key), "was": was.get(key, ""), "became": became.get(key, "")}
                for key in keys
            ]
            by = newer["made_by"]
            title = f"{self.w.mended} ({by})" if by else f"{self.w.revision} {sent.index(newer) + 1}"
            changes.append({"title": title, "fields": fields})
        return changes[::-1]
