"""An application's story as an HTML page. Pure but for the template read once; everything applicants wrote is escaped.

The page runs nothing and loads nothing: no script is in it, its policy admits none, and pictures come from the files beside.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from intake.attached import OPENED, folder_of
from intake.cards.words import CARDS, CardWords
from intake.ledger.stories import Facts, Story
from intake.ledger.views import FileView, FindingView
from intake.workbook.sheet import delivery_tones, status_tones
from intake.workbook.troubles import duration, phrase
from intake.workbook.words import WORDS, Words
from rules.call import Call

# Longer bodies are cut: the whole letter is in the archive.
LONGEST_TEXT = 30_000
_PICTURES = frozenset({"png", "jpg", "gif", "webp", "bmp"})
_LARGEST_PICTURE = 8 * 1024 * 1024
# Readers say where something stood in a few English words.
_WORD = re.compile(r"\b[a-z]+\b")
_TONES = {"accept": "good", "hold": "doubt", "reject": "bad", "discard": "quiet"}


@cache
def _template() -> tuple[Template, str, str]:
    folder = files("intake.cards")
    style = folder.joinpath("card.css").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(folder.joinpath("card.html").read_text(encoding="utf-8"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # Our own style, not anybody's text: it must not be escaped, or its hash would be another.
    return template, style, digest


def card(call: Call, story: Story, texts: Mapping[str, str], *, attached: str) -> str:
    """Return the card. `texts`: digest → readable body of the letters still at hand; `attached`: path to the files."""
    return _Card(call, story, texts, attached).page()


class _Card:
    """One card being made."""

    def __init__(self, call: Call, story: Story, texts: Mapping[str, str], attached: str) -> None:
        self.call, self.story, self.texts, self.attached = call, story, texts, attached
        self.words: Words = WORDS[call.language]
        self.w: CardWords = CARDS[call.language]

    def page(self) -> str:
        story, words = self.story, self.words
        application = story.application
        place = application["place"]
        template, style, style_hash = _template()
        newest = story.revisions[-1] if story.revisions else None
        status = str(words.statuses.get(application["status"], application["status"]))
        first = story.letters[0] if story.letters else None
        parts = [place.get("raion"), place.get("oblast"), place.get("code")]
        raion = f"{words.headers['raion']}: " if place.get("raion") else ""
        return template.render(
            language=self.call.language,
            style=_Safe(style),
            style_hash=_Safe(style_hash),
            call=self.call,
            w=self.w,
            number=application["number"],
            place=place,
            place_line=raion + " · ".join(part for part in parts if part),
            status=status,
            tone=status_tones(words).get(status, "quiet"),
            received=self._at(application["first_received_at"]),
            distance=self._distance(application["first_received_at"]),
            place_by=words.place_by.get(application["place_by"], application["place_by"]),
            sender=_who(first) if first else "",
            faults=self._faults(newest),
            fields=self._fields(newest),
            revision=len(self._sent()),
            other_lines="\n".join(_plain(one) for one in newest["unknown_labels"]) if newest else "",
            letters=[self._letter(letter) for letter in story.letters],
            replies=[self._reply(reply) for reply in story.replies],
            history=self._history(),
            changes=self._changes(),
        )

    def _at(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.call.zone):%d.%m.%Y %H:%M:%S %Z}" if at else self.w.unknown

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
            return []
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
        where = _WORD.sub(lambda found: self.w.places.get(found[0], found[0]), value.get("where", ""))
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

    def _letter(self, letter: Facts) -> dict[str, Any]:
        w, disposition = self.w, letter["disposition"] or ""
        fate = letter["state"] if letter["state"] == "shunted" else disposition
        text = self.texts.get(letter["digest"])
        names = tuple(
            FileView(one["name"], one["sha256"], one["size"], one["type"], one["status"])
            for one in letter["files"]
        )
        return {
            "subject": letter["subject"],
            "fate": self.words.fates.get(fate, fate),
            "tone": _TONES.get(disposition, "bad"),
            "sender": _who(letter),
            "received": self._at(letter["received_at"]),
            "code": letter["digest"][:12],
            "clocks": [self._clock(clock, letter["receipt_clock"]) for clock in letter["clocks"]]
            or [f"{letter['receipt_clock']}: {self._at(letter['received_at'])}"],
            "findings": [
                {
                    "phrase": phrase(
                        FindingView(one["code"], one["disposition"], one["facts"]), self.call, names
                    ),
                    "code": one["code"],
                    "disposition": w.dispositions.get(one["disposition"], one["disposition"]),
                    "tone": _TONES.get(one["disposition"], "quiet"),
                    "facts": ", ".join(f"{key}={_plain(value)}" for key, value in one["facts"].items()),
                }
                for one in letter["findings"]
            ],
            "opinions": self._opinions(letter["evidence"]),
            "files": [
                self._file(letter["digest"], count, one) for count, one in enumerate(letter["files"], start=1)
            ],
            "text": text if text is None or len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…",
        }

    def _clock(self, clock: Facts, counted: str) -> str:
        at = datetime.fromisoformat(clock["at"])
        name = self.w.clock_names.get(clock["name"], clock["name"])
        by = f" ({clock['by']})" if clock.get("by") else ""
        counts = f" ← {self.w.counts}" if clock["name"] == counted else ""
        return f"{name}: {self._at(at)}{by}{counts}"

    def _opinions(self, evidence: Facts) -> list[str]:
        told = []
        subject = evidence.get("subject") or {}
        for word, one in (
            (self.w.place_subject, subject.get("place")),
            (self.w.place_form, evidence.get("form_place")),
        ):
            if one and one.get("level") != "none":
                candidates = "; ".join(one.get("candidates", ()))
                quoted = f"«{one['text']}»" if one.get("text") else self.w.unknown
                told.append(
                    f"{word}: {quoted} → {one.get('place') or self.w.unknown}"
                    f" ({one.get('level')}{', ' + one['how'] if one.get('how') else ''})"
                    + (f"; {candidates}" if candidates else "")
                )
        return told

    def _file(self, digest: str, count: int, file: Facts) -> dict[str, Any]:
        kind = file["type"]
        ending = kind if kind in OPENED else "bin"
        reason = f" ({file['reason']})" if file.get("reason") else ""
        return {
            "name": file["name"] or f"{count:02d}.{ending}",
            "link": f"{self.attached}/{folder_of(digest)}/{count:02d}.{ending}",
            "picture": kind in _PICTURES and file["size"] <= _LARGEST_PICTURE,
            "about": f"{file['size'] / 1024:.0f} KiB · {kind} · {self.w.read_as}: {file['status']}{reason} · SHA-256 {file['sha256'][:12]}…",
        }

    def _reply(self, reply: Facts) -> dict[str, Any]:
        words, state = self.words, str(reply["state"])
        return {
            "kind": words.templates.get(reply["template"], reply["template"]),
            "state": words.fates.get(state, state),
            "tone": delivery_tones(words).get(
                words.replies.get(state, state), "good" if state == "sent" else "wait"
            ),
            "recipient": reply["recipient"],
            "at": self._at(reply["sent_at"] or reply["created_at"]),
            "response": reply["last_response"],
            "text": _text_of(reply["octets"]) or reply["subject"],
        }

    def _history(self) -> list[dict[str, str]]:
        w, words, story = self.w, self.words, self.story
        events: list[tuple[datetime, str, str]] = []
        events += [
            (letter["received_at"], f"{words.incoming}: {letter['subject']}", _who(letter))
            for letter in story.letters
        ]
        events += [
            (revision["received_at"], f"{w.revision} {count}", revision["sender"])
            for count, revision in enumerate(self._sent(), start=1)
        ]
        for decision in story.decisions:
            disposition = w.dispositions.get(decision["disposition"], decision["disposition"])
            rules = f" · {w.rules} {decision['rules_digest']}" if decision["rules_digest"] else ""
            events.append(
                (
                    decision["made_at"],
                    f"{w.decided}: {disposition} ({decision['made_by']}{rules})",
                    decision["note"],
                )
            )
        for reply in story.replies:
            kind = words.templates.get(reply["template"], reply["template"])
            state = words.fates.get(reply["state"], reply["state"])
            events.append(
                (
                    reply["sent_at"] or reply["created_at"],
                    f"{words.outgoing}: {kind}, {state}",
                    reply["recipient"],
                )
            )
        events.sort(key=lambda event: event[0])
        return [{"at": self._at(at), "text": text, "note": note} for at, text, note in events]

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


class _Safe(str):
    """Text of ours that stands in the page as it is: the style and its hash."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def _who(letter: Facts) -> str:
    name, address = letter["from_name"], letter["from_address"]
    return f"{name} <{address}>" if name else str(address)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _text_of(octets: bytes) -> str:
    """Return subject and plain text of a letter of ours, exactly as sent."""
    message = message_from_bytes(octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    subject = message["Subject"]
    return f"{subject}\n\n{text}" if subject else text
