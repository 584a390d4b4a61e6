"""What the workbook says: the ledger's views become sheets of rows. Pure; what people type is no business of this module.

One function makes one sheet. A cell's text is raw here; `values` makes it safe. Rows are named by key: the application's
number, number and participant, or the first twelve hex digits of a letter's digest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from intake.attached import folder_of
from intake.ledger.views import ApplicationView, FileView, FindingView, LetterView, ReplyView
from intake.workbook.answers import answer, answer_columns, lacking, participants_columns, share
from intake.workbook.columns import Column
from intake.workbook.troubles import deviations, phrase
from intake.workbook.values import Value
from intake.workbook.words import WORDS, Words, counted_files
from outbox.words import duration_words
from rules.call import Call

Row = dict[str, Value]
Tone = Literal["good", "wait", "doubt", "bad", "quiet"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as the robot wishes it: columns, and key → header → value, in the order for a first writing.

    `key` is the header of the key column. `links` are targets relative to the workbook, ASCII. `tones` colours a
    column's words; `frozen` is how many columns stay in sight; `id` names the sheet whatever the language.
    """

    id: str
    name: str
    key: str
    columns: tuple[Column, ...]
    rows: Mapping[str, Row]
    links: Mapping[tuple[str, str], str] = field(default_factory=dict)
    tones: Mapping[str, Mapping[str, Tone]] = field(default_factory=dict)
    frozen: int = 1
    by_header: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns: they are looked up for every cell."""
        object.__setattr__(self, "by_header", {column.header: column for column in self.columns})


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every sheet needs: the call and its words, and where attached files lie seen from the workbook."""

    call: Call
    words: Words
    files: str

    def header(self, name: str) -> str:
        return self.words.headers[name]

    def local(self, at: datetime | None) -> datetime | None:
        """Return an aware instant as naive local time: spreadsheets know no zones."""
        return at.astimezone(self.call.zone).replace(tzinfo=None) if at is not None else None

    def link(self, folder: str) -> str:
        return f"{self.files}/{folder}/" if self.files else f"{folder}/"

    def oblast(self, application: ApplicationView) -> str:
        """Return the oblast without the word that is the column's header."""
        words = application.place.oblast.split()
        return " ".join(word for word in words if word.casefold() != self.header("oblast").casefold())

    def reply_words(self, reply: ReplyView | None) -> str:
        if reply is None:
            return ""
        at = self.local(reply.sent_at or reply.created_at)
        return f"{self.words.templates.get(reply.template, reply.template)}, {at:%d.%m %H:%M}"

    def delivered(self, reply: ReplyView | None) -> str:
        return self.words.replies.get(reply.state, reply.state) if reply is not None else ""


def sheets(
    call: Call,
    applications: Sequence[ApplicationView],
    letters: Sequence[LetterView],
    replies: Sequence[ReplyView],
    *,
    files: str = "files",
) -> tuple[Sheet, ...]:
    """Return every sheet of a call's workbook. `files` is the path from the workbook to the attached files, ASCII."""
    desk = _Desk(call, WORDS[call.language], files)
    on_time = [application for application in applications if application.status != "late"]
    late = [application for application in applications if application.status == "late"]
    return (
        _applications(desk, on_time),
        _people(desk, on_time),
        _attention(desk, letters, {application.number for application in late}),
        _late(desk, late, letters),
        _letters(desk, letters, replies),
    )


def letter_code(digest: str) -> str:
    """Return the short name of a letter in the workbook."""
    return digest[:12]


def reply_code(message_id: str) -> str:
    """Return the short name of a reply in the workbook."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:12]


def _status_tones(words: Words) -> dict[str, Tone]:
    tones: dict[str, Tone] = {
        "complete": "good",
        "incomplete": "wait",
        "held": "doubt",
        "late": "bad",
        "no_form": "bad",
    }
    return {words.statuses[status]: tone for status, tone in tones.items()}


def _delivery_tones(words: Words) -> dict[str, Tone]:
    return {
        words.replies["failed"]: "bad",
        words.replies["uncertain"]: "doubt",
        words.replies["draft"]: "quiet",
    }


def _applications(desk: _Desk, applications: Sequence[ApplicationView]) -> Sheet:
    call, words, header = desk.call, desk.words, desk.header
    decision = Column(header("decision"), "choice", 16, people=True, options=words.decisions)
    before = (
        Column(header("number"), "key", 13),
        Column(header("status"), "choice", 12),
        decision,
        Column(header("score"), "number", 6, people=True),
        Column(header("note"), "long", 22, people=True, carried=True),
        Column(header("owner"), "text", 14, people=True, carried=True),
        Column(header("oblast"), "text", 13),
        Column(header("raion"), "text", 14),
        Column(header("place"), "text", 20),
        Column(header("type"), "text", 12, folded=True),
        Column(header("code"), "code", 23, folded=True),
        Column(header("received"), "date", 15),
        Column(header("hours"), "number", 8),
        Column(header("by"), "text", 14, folded=True),
        Column(header("deviation"), "text", 20, folded=True),
        Column(header("subject"), "long", 34, folded=True),
        Column(header("sender"), "text", 22, folded=True),
        Column(header("email"), "text", 28, folded=True),
    )
    after = (
        Column(header("percent"), "percent", 9),
        Column(header("lacks"), "long", 26),
        Column(header("files"), "link", 8),
        Column(header("revision"), "whole", 10, folded=True),
        Column(header("letters"), "whole", 9, folded=True),
        Column(header("reply"), "text", 17),
        Column(header("delivered"), "text", 11),
    )
    middle = answer_columns(call, taken={column.header for column in (*before, *after)})
    rows: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    for one in sorted(applications, key=lambda one: one.number):
        rows[one.number] = {
            header("number"): one.number,
            header("status"): words.statuses.get(one.status, one.status),
            header("oblast"): desk.oblast(one),
            header("raion"): one.place.raion,
            header("place"): one.place.name,
            header("type"): one.place.type,
            header("code"): one.place.code,
            header("received"): desk.local(one.first_received_at),
            header("hours"): round((call.deadline_at - one.first_received_at).total_seconds() / 3600, 1),
            header("by"): words.place_by.get(one.place_by, one.place_by),
            header("deviation"): deviations(one.subject_problems, call),
            header("subject"): one.subject,
            header("sender"): one.sender_name,
            header("email"): one.sender_address,
            **{column.header: answer(one.values.get(key, ""), column) for key, column in middle.items()},
            header("percent"): share(call, one),
            header("lacks"): lacking(call, one),
            header("files"): counted_files(len(one.files), call.language),
            header("revision"): one.revision,
            header("letters"): one.letters,
            header("reply"): desk.reply_words(one.last_reply),
            header("delivered"): desk.delivered(one.last_reply),
        }
        if one.files:
            links[one.number, header("files")] = desk.link(one.folder)
    good, bad, wait = (words.decisions[1],), words.decisions[3:], (words.decisions[2],)
    tones: dict[str, Tone] = {
        **dict.fromkeys(good, "good"), **dict.fromkeys(bad, "quiet"), **dict.fromkeys(wait, "wait")
    }  # fmt: skip
    return Sheet(
        "applications",
        words.sheets["applications"],
        header("number"),
        (*before, *middle.values(), *after),
        rows,
        links,
        {
            header("status"): _status_tones(words),
            decision.header: tones,
            header("delivered"): _delivery_tones(words),
        },
        frozen=3,
    )


def _people(desk: _Desk, applications: Sequence[ApplicationView]) -> Sheet:
    call, words, header = desk.call, desk.words, desk.header
    before = (
        Column(header("person"), "key", 16),
        Column(header("number"), "text", 13),
        Column(header("status"), "choice", 13),
        Column(header("oblast"), "text", 15),
        Column(header("place"), "text", 24),
        Column(header("role"), "text", 13),
    )
    note = Column(header("note"), "long", 24, people=True)
    answers = participants_columns(call, taken={column.header for column in (*before, note)})
    rows: dict[str, Row] = {}
    for one in sorted(applications, key=lambda one: one.number):
        for count, person in enumerate(call.participants, start=1):
            given = {
                column.header: answer(one.values.get(keys[person.key], ""), column)
                for column, keys in answers
                if person.key in keys
            }
            if not any(given.values()):
                continue
            code = f"{one.number}/{count}"
            rows[code] = {
                header("person"): code,
                header("number"): one.number,
                header("status"): words.statuses.get(one.status, one.status),
                header("oblast"): desk.oblast(one),
                header("place"): one.place.name,
                header("role"): person.label,
                **given,
            }
    return Sheet(
        "people",
        words.sheets["people"],
        header("person"),
        (*before, *(column for column, _ in answers), note),
        rows,
        tones={header("status"): _status_tones(words)},
        frozen=1,
    )


def needs_attention(letter: LetterView, late_numbers: set[str]) -> bool:
    """Return whether a person must look at a letter: it is held, it failed, or it was refused for more than lateness."""
    if letter.state == "shunted" or letter.disposition == "hold":
        return letter.number is None or letter.number not in late_numbers or letter.state == "shunted"
    if letter.disposition != "reject":
        return False
    late = any(finding.code == "late" for finding in letter.findings)
    return not (late and letter.number is not None and letter.number in late_numbers)


def _wrong(letter: LetterView, call: Call) -> str:
    told = [finding for finding in letter.findings if finding.disposition in {"hold", "reject"}]
    phrases = [phrase(finding, call) for finding in told or letter.findings]
    if letter.state == "shunted":
        phrases.insert(0, _shunted(call))
    return "\n".join(dict.fromkeys(phrases))


def _shunted(call: Call) -> str:
    """Return what is said of a letter our own bug failed on."""
    return phrase(FindingView("shunted", "hold", {}), call)


def _attention(desk: _Desk, letters: Sequence[LetterView], late_numbers: set[str]) -> Sheet:
    words, header = desk.words, desk.header
    columns = (
        Column(header("came"), "date", 16),
        Column(header("from"), "text", 30),
        Column(header("letter_subject"), "long", 32),
        Column(header("wrong"), "long", 45),
        Column(header("suggestion"), "long", 28),
        Column(header("taken"), "text", 15, people=True),
        Column(header("decision"), "choice", 18, people=True, options=words.attention_decisions),
        Column(header("correct_place"), "text", 24, people=True),
        Column(header("number"), "text", 13),
        Column(header("files"), "link", 26),
        Column(header("letter"), "ref", 12),
    )
    rows: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    waiting = [letter for letter in letters if needs_attention(letter, late_numbers)]
    for letter in sorted(waiting, key=lambda letter: (letter.received_at, letter.digest)):
        code = letter_code(letter.digest)
        rows[code] = {
            header("came"): desk.local(letter.received_at),
            header("from"): _correspondent(letter),
            header("letter_subject"): letter.subject,
            header("wrong"): _wrong(letter, desk.call),
            header("suggestion"): letter.suggestion,
            header("number"): letter.number,
            header("files"): _file_names(letter.files),
            header("letter"): code,
        }
        if letter.files:
            links[code, header("files")] = desk.link(folder_of(letter.digest))
    return Sheet("attention", words.sheets["attention"], header("letter"), columns, rows, links, frozen=2)


def _late(desk: _Desk, applications: Sequence[ApplicationView], letters: Sequence[LetterView]) -> Sheet:
    call, words, header = desk.call, desk.words, desk.header
    columns = (
        Column(header("number"), "key", 13),
        Column(header("decision"), "choice", 20, people=True, options=words.late_decisions),
        Column(header("note"), "long", 24, people=True, carried=True),
        Column(header("owner"), "text", 16, people=True, carried=True),
        Column(header("oblast"), "text", 15),
        Column(header("place"), "text", 24),
        Column(header("received"), "date", 16),
        Column(header("by_how_much"), "text", 16),
        Column(header("sent"), "date", 16),
        Column(header("sent_in_time"), "text", 12),
        Column(header("sender"), "text", 22),
        Column(header("email"), "text", 28),
        Column(header("letter_subject"), "long", 32),
        Column(header("files"), "link", 10),
        Column(header("reply"), "text", 20),
        Column(header("delivered"), "text", 12),
    )
    sent: dict[str, datetime | None] = {}
    for letter in sorted(letters, key=lambda letter: letter.received_at):
        if letter.number is not None:
            sent.setdefault(letter.number, letter.date)
    rows: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    for one in sorted(applications, key=lambda one: one.number):
        date = sent.get(one.number)
        by = int((one.first_received_at - call.deadline_at).total_seconds())
        in_time = words.unknown if date is None else words.yes if date <= call.deadline_at else words.no
        rows[one.number] = {
            header("number"): one.number,
            header("oblast"): desk.oblast(one),
            header("place"): one.place.name,
            header("received"): desk.local(one.first_received_at),
            header("by_how_much"): duration_words(by, call.language) if by > 0 else "",
            header("sent"): desk.local(date),
            header("sent_in_time"): in_time,
            header("sender"): one.sender_name,
            header("email"): one.sender_address,
            header("letter_subject"): one.subject,
            header("files"): counted_files(len(one.files), call.language),
            header("reply"): desk.reply_words(one.last_reply),
            header("delivered"): desk.delivered(one.last_reply),
        }
        if one.files:
            links[one.number, header("files")] = desk.link(one.folder)
    tones: dict[str, Tone] = {words.yes: "doubt"}
    return Sheet(
        "late",
        words.sheets["late"],
        header("number"),
        columns,
        rows,
        links,
        {header("sent_in_time"): tones, header("delivered"): _delivery_tones(words)},
        frozen=1,
    )


def _letters(desk: _Desk, letters: Sequence[LetterView], replies: Sequence[ReplyView]) -> Sheet:
    call, words, header = desk.call, desk.words, desk.header
    columns = (
        Column(header("at"), "date", 18),
        Column(header("direction"), "text", 11),
        Column(header("address"), "text", 34),
        Column(header("letter_subject"), "long", 45),
        Column(header("kind"), "text", 20),
        Column(header("number"), "text", 13),
        Column(header("fate"), "text", 22),
        Column(header("words"), "long", 45),
        Column(header("letter"), "ref", 12),
    )
    rows: list[tuple[datetime, str, Row]] = []
    for letter in letters:
        code = letter_code(letter.digest)
        fate = "shunted" if letter.state == "shunted" else letter.disposition or ""
        row: Row = {
            header("at"): desk.local(letter.received_at),
            header("direction"): words.incoming,
            header("address"): _correspondent(letter),
            header("letter_subject"): letter.subject,
            header("kind"): _kind(letter, words),
            header("number"): letter.number,
            header("fate"): words.fates.get(fate, fate),
            header("words"): "; ".join(dict.fromkeys(phrase(finding, call) for finding in letter.findings)),
            header("letter"): code,
        }
        rows.append((letter.received_at, code, row))
    for reply in replies:
        code = reply_code(reply.message_id)
        at = reply.sent_at or reply.created_at
        row = {
            header("at"): desk.local(at),
            header("direction"): words.outgoing,
            header("address"): reply.recipient,
            header("letter_subject"): reply.subject,
            header("kind"): words.templates.get(reply.template, reply.template),
            header("number"): reply.number,
            header("fate"): words.fates.get(reply.state, reply.state),
            header("words"): "" if reply.state == "sent" else reply.last_response,
            header("letter"): code,
        }
        rows.append((at, code, row))
    rows.sort(key=lambda row: row[:2])
    tones: dict[str, Tone] = {
        words.fates["failed"]: "bad",
        words.fates["uncertain"]: "doubt",
        words.fates["shunted"]: "bad",
        words.fates["hold"]: "doubt",
        words.fates["discard"]: "quiet",
    }
    ordered = {code: row for _, code, row in rows}
    return Sheet(
        "letters",
        words.sheets["letters"],
        header("letter"),
        columns,
        ordered,
        tones={header("fate"): tones},
        frozen=1,
    )


def _kind(letter: LetterView, words: Words) -> str:
    application, other, automatic = words.kinds
    codes = {finding.code for finding in letter.findings}
    if letter.disposition == "discard" and "copy" not in codes:
        return automatic
    return (
        other if letter.state == "shunted" or codes & {"conversation", "not_an_application"} else application
    )


def _correspondent(letter: LetterView) -> str:
    return f"{letter.from_name} <{letter.from_address}>" if letter.from_name else letter.from_address


def _file_names(files: Sequence[FileView]) -> str:
    # A cell that is a link holds one line only in some programs.
    return ", ".join(file.name for file in files)
