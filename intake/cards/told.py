"""What every page beside the workbook tells of letters, theirs and ours, and how it becomes HTML. Everything is escaped.

A page runs nothing and loads nothing: no script is in it, its policy admits none, and pictures come from the files beside.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from intake.attached import OPENED, folder_of, is_shown, pages_of
from intake.cards.words import CARDS, CardWords
from intake.ledger.stories import Facts
from intake.ledger.views import FileView, FindingView, delivery
from intake.workbook.phrases import REASONS
from intake.workbook.sheet import delivery_tones
from intake.workbook.troubles import phrase
from intake.workbook.words import WORDS, Words
from rules.call import Call

# Longer bodies are cut: the whole letter is in the archive.
LONGEST_TEXT = 30_000
_TONES = {"accept": "good", "hold": "doubt", "reject": "bad", "discard": "quiet"}


@cache
def _environment() -> tuple[Environment, str, str]:
    style = files("intake.cards").joinpath("card.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader("intake.cards", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment, style, digest


def rendered(template: str, call: Call, **words: Any) -> str:
    """Return a page. `words` are the template's variables, besides those that every page has."""
    environment, style, style_hash = _environment()
    # Our own style, not anybody's text: it must not be escaped, or its hash would be another.
    return environment.get_template(template).render(
        language=call.language,
        style=_Safe(style),
        style_hash=_Safe(style_hash),
        call=call,
        w=CARDS[call.language],
        **words,
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """Where attached files lie: the path from a page to their folder as a link, and the folder, to see what is there."""

    link: str
    folder: Path


class Teller:
    """Tells of the letters of a call. `beside` are the attached files."""

    def __init__(self, call: Call, beside: Beside) -> None:
        self.call, self.beside = call, beside
        self.words: Words = WORDS[call.language]
        self.w: CardWords = CARDS[call.language]

    def at(self, at: datetime | None) -> str:
        """Return a moment by the call's clock."""
        return f"{at.astimezone(self.call.zone):%d.%m.%Y %H:%M:%S %Z}" if at else self.w.unknown

    def letter(self, letter: Facts, text: str | None) -> dict[str, Any]:
        """Return what is told of a letter that came; `text` is its readable body, None when it is not at hand."""
        w, disposition = self.w, letter["disposition"] or ""
        fate = letter["state"] if letter["state"] == "shunted" else disposition
        names = tuple(
            FileView(one["name"], one["sha256"], one["size"], one["type"], one["status"])
            for one in letter["files"]
        )
        return {
            "subject": letter["subject"],
            "fate": self.words.fates.get(fate, fate),
            "tone": _TONES.get(disposition, "bad"),
            "sender": who(letter),
            "received": self.at(letter["received_at"]),
            "code": letter["digest"][:12],
            "clocks": [self._clock(clock, letter["receipt_clock"]) for clock in letter["clocks"]]
            or [f"{letter['receipt_clock']}: {self.at(letter['received_at'])}"],
            "findings": [
                {
                    "phrase": phrase(
                        FindingView(one["code"], one["disposition"], one["facts"]), self.call, names
                    ),
                    "code": one["code"],
                    "disposition": w.dispositions.get(one["disposition"], one["disposition"]),
                    "tone": _TONES.get(one["disposition"], "quiet"),
                    "facts": ", ".join(f"{key}={plain(value)}" for key, value in one["facts"].items()),
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
        return f"{name}: {self.at(at)}{by}{counts}"

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
                    f" ({self._sure(one.get('level'), one.get('how'))})"
                    + (f"; {candidates}" if candidates else "")
                )
        return told

    def _sure(self, *codes: str | None) -> str:
        return ", ".join(self.w.opinions.get(code, code) for code in codes if code)

    def _file(self, digest: str, count: int, file: Facts) -> dict[str, Any]:
        kind = file["type"]
        ending = kind if kind in OPENED else "bin"
        reasons = REASONS[self.call.language]
        reason = f" ({reasons.get(file['reason'], file['reason'])})" if file.get("reason") else ""
        status = self.w.read.get(file["status"], file["status"])
        folder = f"{self.beside.link}/{folder_of(digest)}"
        link = f"{folder}/{count:02d}.{ending}"
        return {
            "name": file["name"] or f"{count:02d}.{ending}",
            "link": link,
            "pictures": [link]
            if is_shown(kind, file["size"])
            else [f"{folder}/{name}" for name in pages_of(self.beside.folder, digest, count)],
            "about": f"{file['size'] / 1024:.0f} KiB · {kind} · {status}{reason} · SHA-256 {file['sha256'][:12]}…",
        }

    def reply(self, reply: Facts) -> dict[str, Any]:
        """Return what is told of a letter of ours, with its subject and text exactly as sent."""
        words = self.words
        state, said = delivery(reply["state"], reply["last_response"])
        return {
            "kind": words.templates.get(reply["template"], reply["template"]),
            "state": words.fates.get(state, state),
            "tone": delivery_tones(words).get(
                words.replies.get(state, state), "good" if state in {"sent", "delivered"} else "wait"
            ),
            "recipient": reply["recipient"],
            "at": self.at(reply["sent_at"] or reply["created_at"]),
            "response": said,
            "text": _text_of(reply["octets"]) or reply["subject"],
        }

    def decision(self, decision: Facts) -> tuple[datetime, str, str]:
        """Return what is told of a decision: when it was made, what it was and whose, the note kept with it."""
        w = self.w
        disposition = w.dispositions.get(decision["disposition"], decision["disposition"])
        rules = f" · {w.rules} {decision['rules_digest']}" if decision["rules_digest"] else ""
        by = w.makers.get(decision["made_by"], decision["made_by"])
        text = f"{w.decided}: {disposition} ({by}{rules})"
        return decision["made_at"], text, decision["note"]


class _Safe(str):
    """Text of ours that stands in the page as it is: the style and its hash."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def who(letter: Facts) -> str:
    """Return who wrote a letter: name and address."""
    name, address = letter["from_name"], letter["from_address"]
    return f"{name} <{address}>" if name else str(address)


def plain(value: object) -> str:
    """Return a fact as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _text_of(octets: bytes) -> str:
    """Return subject and plain text of a letter of ours, exactly as sent."""
    message = message_from_bytes(octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    subject = message["Subject"]
    return f"{subject}\n\n{text}" if subject else text
