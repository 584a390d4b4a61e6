"""What one sheet of the workbook is, and what all of them need to make their rows. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from intake.ledger.views import ApplicationView, ReplyView, delivery
from intake.workbook.card_names import card_name, letter_page_name, reply_page_name
from intake.workbook.columns import Column
from intake.workbook.values import Value
from intake.workbook.words import Words
from rules.call import Call

Row = dict[str, Value]
# Spreadsheets take 65,530 links on a sheet: of more applications only the number leads to the card, and of their
# participants none does.
MOST_LINKED = 20_000
Tone = Literal["good", "wait", "doubt", "bad", "quiet"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as the robot wishes it: columns, and key → header → value, in the order for a first writing.

    `key` is the header of the key column. `links` are targets relative to the workbook, ASCII. `tones` colours a
    column's words; `frozen` is how many columns stay in sight; `id` names the sheet whatever the language. `leaving` are
    rows that stay only while people's text stands in them. `lookups`: header of a column that is filled with formulas →
    the header on the sheet of applications whose value they show, for the application named before the key's slash.
    """

    id: str
    name: str
    key: str
    columns: tuple[Column, ...]
    rows: Mapping[str, Row]
    links: Mapping[tuple[str, str], str] = field(default_factory=dict)
    tones: Mapping[str, Mapping[str, Tone]] = field(default_factory=dict)
    frozen: int = 1
    leaving: Mapping[str, Row] = field(default_factory=dict)
    lookups: Mapping[str, str] = field(default_factory=dict)
    by_header: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns: they are looked up for every cell."""
        object.__setattr__(self, "by_header", {column.header: column for column in self.columns})


@dataclass(frozen=True, slots=True)
class Desk:
    """What every sheet needs: the call and its words, and where attached files and cards lie seen from the workbook.

    `many`: how many applications there are.
    """

    call: Call
    words: Words
    files: str
    cards: str = ""
    many: int = 0

    def header(self, name: str) -> str:
        """Return the header of a column in the call's language."""
        return self.words.headers[name]

    def local(self, at: datetime | None) -> datetime | None:
        """Return an aware instant as naive local time: spreadsheets know no zones."""
        return at.astimezone(self.call.zone).replace(tzinfo=None) if at is not None else None

    def link(self, folder: str) -> str:
        """Return the link to a folder of attached files."""
        return f"{self.files}/{folder}/" if self.files else f"{folder}/"

    def card(self, number: str) -> str:
        """Return the link to the card of an application."""
        return self._page(card_name(number))

    def letter(self, number: str | None, digest: str) -> str:
        """Return the link to where a letter that came can be read: its application's card, else a page of its own."""
        return self.card(number) if number is not None else self._page(letter_page_name(digest))

    def reply_page(self, message_id: str) -> str:
        """Return the link to the page of a letter of ours that belongs to no application."""
        return self._page(reply_page_name(message_id))

    def _page(self, name: str) -> str:
        return f"{self.cards}/{name}" if self.cards else name

    def oblast(self, application: ApplicationView) -> str:
        """Return the oblast without the word that is the column's header."""
        return self.short_oblast(application.place.oblast)

    def short_oblast(self, oblast: str) -> str:
        """Return the name of an oblast without the word that is the column's header."""
        return " ".join(
            word for word in oblast.split() if word.casefold() != self.header("oblast").casefold()
        )

    def reply_words(self, reply: ReplyView | None) -> str:
        """Return which letter of ours it is, and when it left: «прийнято, 09.03 14:20»."""
        if reply is None:
            return ""
        at = self.local(reply.sent_at or reply.created_at)
        return f"{self.words.templates.get(reply.template, reply.template)}, {at:%d.%m %H:%M}"

    def delivered(self, reply: ReplyView | None) -> str:
        """Return whether a letter of ours was delivered, in a word."""
        if reply is None:
            return ""
        state, _ = delivery(reply.state, reply.last_response)
        return self.words.replies.get(state, state)


def status_tones(words: Words) -> dict[str, Tone]:
    """Return the colours of the words for an application's status."""
    tones: dict[str, Tone] = {
        "complete": "good",
        "incomplete": "wait",
        "held": "doubt",
        "late": "bad",
        "no_form": "bad",
        "void": "quiet",
        "withdrawn": "quiet",
    }
    return {words.statuses[status]: tone for status, tone in tones.items()}


def delivery_tones(words: Words) -> dict[str, Tone]:
    """Return the colours of the words for a reply's delivery."""
    return {
        words.replies["failed"]: "bad",
        words.replies["uncertain"]: "doubt",
        words.replies["delayed"]: "wait",
        words.replies["draft"]: "quiet",
    }
