"""The sheets of applications: those that count, their participants, and the late ones. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake.ledger.orders import Order
from intake.ledger.views import ApplicationView, LetterView
from intake.workbook.answers import answer, answer_columns, lacking, participants_columns, share
from intake.workbook.columns import Advise, Column
from intake.workbook.notes import TONES
from intake.workbook.post import outcome
from intake.workbook.sheet import Desk, Row, Sheet, Tone, delivery_tones, status_tones
from intake.workbook.troubles import deviations, duration, phrase
from intake.workbook.words import Words, counted_files


def applications_sheet(
    desk: Desk, applications: Sequence[ApplicationView], advise: Advise | None = None
) -> Sheet:
    """Return the sheet of applications, one row each, by number. A void one stays only while people's notes stand there.

    `advise` says what is wrong with a place that a person wrote in place of ours.
    """
    call, words, header = desk.call, desk.words, desk.header
    decision = Column(header("decision"), "choice", 16, people=True, options=words.decisions)
    before = (
        Column(header("number"), "key", 13),
        Column(header("status"), "choice", 12),
        decision,
        Column(header("score"), "number", 6, people=True),
        Column(header("note"), "long", 22, people=True, carried=True),
        Column(header("owner"), "text", 14, people=True, carried=True),
        Column(header("oblast"), "text", 17),
        Column(header("raion"), "text", 17),
        Column(header("place"), "text", 20, advise=advise),
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
        Column(header("signed"), "text", 16, folded=True),
        Column(header("revision"), "whole", 10, folded=True),
        Column(header("letters"), "whole", 9, folded=True),
        Column(header("reply"), "text", 17),
        Column(header("delivered"), "text", 11),
        Column(header("confirmed"), "date", 15, folded=True),
    )
    middle = answer_columns(call, taken={column.header for column in (*before, *after)})
    rows: dict[str, Row] = {}
    void: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    for one in sorted(applications, key=lambda one: one.number):
        (void if one.status == "void" else rows)[one.number] = {
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
            header("signed"): next(
                (phrase(found, call) for found in one.findings if found.code == "signed"), ""
            ),
            header("revision"): one.revision,
            header("letters"): one.letters,
            header("reply"): desk.reply_words(one.last_reply),
            header("delivered"): desk.delivered(one.last_reply),
            header("confirmed"): desk.local(one.confirmed_at) if one.confirmed_at else "",
        }
        links[one.number, header("number")] = desk.card(one.number)
        if one.files:
            links[one.number, header("files")] = desk.link(one.folder)
    return Sheet(
        "applications",
        words.sheets["applications"],
        header("number"),
        (*before, *middle.values(), *after),
        rows,
        links,
        {
            header("status"): status_tones(words),
            decision.header: decision_tones(words),
            header("delivered"): delivery_tones(words),
        },
        frozen=3,
        leaving=void,
    )


def decision_tones(words: Words) -> dict[str, Tone]:
    """Return the colours of the words for a decision."""
    _, good, wait, *bad = words.decisions
    return {good: "good", wait: "wait", **dict.fromkeys(bad, "quiet")}


def people_sheet(desk: Desk, applications: Sequence[ApplicationView]) -> Sheet:
    """Return the sheet of participants, one row each, for mail merge and attendance lists."""
    call, words, header = desk.call, desk.words, desk.header
    before = (
        Column(header("person"), "key", 16),
        Column(header("number"), "text", 13),
        Column(header("status"), "choice", 13),
        Column(header("oblast"), "text", 17),
        Column(header("place"), "text", 24),
        Column(header("role"), "text", 13),
        Column(header("decision"), "lookup", 15),
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
        tones={header("status"): status_tones(words), header("decision"): decision_tones(words)},
        frozen=1,
        lookups={header("decision"): header("decision")},
    )


def late_sheet(
    desk: Desk,
    applications: Sequence[ApplicationView],
    letters: Sequence[LetterView],
    orders: Mapping[str, Order],
) -> Sheet:
    """Return the sheet of late applications: by how much, and when the sender says it was sent.

    `orders` are what people decided, by number.
    """
    call, words, header = desk.call, desk.words, desk.header
    columns = (
        Column(header("number"), "key", 13),
        Column(header("decision"), "choice", 20, people=True, options=words.late_decisions),
        Column(header("outcome"), "long", 36, grows=True),
        Column(header("note"), "long", 24, people=True, carried=True),
        Column(header("owner"), "text", 16, people=True, carried=True),
        Column(header("oblast"), "text", 17),
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
            header("by_how_much"): duration(by, call) if by > 0 else "",
            header("sent"): desk.local(date),
            header("sent_in_time"): in_time,
            header("outcome"): outcome(orders.get(one.number), call),
            header("sender"): one.sender_name,
            header("email"): one.sender_address,
            header("letter_subject"): one.subject,
            header("files"): counted_files(len(one.files), call.language),
            header("reply"): desk.reply_words(one.last_reply),
            header("delivered"): desk.delivered(one.last_reply),
        }
        links[one.number, header("number")] = desk.card(one.number)
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
        {
            header("sent_in_time"): tones,
            header("delivered"): delivery_tones(words),
            header("outcome"): TONES,
        },
        frozen=1,
    )
