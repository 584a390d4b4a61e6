"""The sheets of applications: those that count, their participants, and the late ones. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from intake.ledger.corrections import ADDRESS, PLACE
from intake.ledger.orders import Order
from intake.ledger.views import ApplicationView, LetterView
from intake.workbook.answers import answer, answer_columns, lacking, participants_columns, share
from intake.workbook.columns import Column
from intake.workbook.notes import TONES
from intake.workbook.post import outcome
from intake.workbook.sheet import MOST_LINKED, Desk, Row, Sheet, Tone, delivery_tones, status_tones
from intake.workbook.shown import Shown
from intake.workbook.troubles import deviations, duration, phrase
from intake.workbook.words import WORDS, Words, counted_files
from rules.call import Call
from rules.deadline import in_time


def _frame(desk: Desk, shown: Shown) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Return the columns of the sheet of applications before those of the form's fields, and after them."""
    words, header = desk.words, desk.header
    before = (
        Column(header("number"), "key", 13),
        Column(header("status"), "choice", 12),
        Column(header("decision"), "choice", 16, people=True, options=words.decisions),
        Column(header("score"), "number", 6, people=True),
        Column(header("note"), "long", 22, people=True, carried=True),
        Column(header("owner"), "text", 14, people=True, carried=True),
        Column(header("oblast"), "text", 17, advise=shown.advise(PLACE, "oblast")),
        Column(header("raion"), "text", 17),
        Column(header("place"), "text", 20, advise=shown.advise(PLACE)),
        Column(header("type"), "text", 12, folded=True),
        Column(header("code"), "code", 23, folded=True),
        Column(header("received"), "date", 15),
        Column(header("hours"), "number", 8),
        Column(header("by"), "text", 14, folded=True),
        Column(header("deviation"), "text", 20, folded=True),
        Column(header("subject"), "long", 34, folded=True),
        Column(header("sender"), "text", 22, folded=True),
        Column(header("email"), "text", 28, folded=True, advise=shown.advise(ADDRESS)),
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
    return before, after


def answers_on_applications(call: Call) -> dict[str, Column]:
    """Return field key → its column on the sheet of applications."""
    before, after = _frame(Desk(call, WORDS[call.language], ""), Shown(call, "applications"))
    return answer_columns(call, taken={column.header for column in (*before, *after)})


def applications_sheet(
    desk: Desk,
    applications: Sequence[ApplicationView],
    orders: Mapping[str, Order] = MappingProxyType({}),
    standing: Mapping[str, Order] = MappingProxyType({}),
) -> Sheet:
    """Return the sheet of applications, one row each, by number. A void one stays only while people's notes stand there.

    `orders` are the newest of every cell that a person corrected, `standing` those that count.
    """
    call, words, header = desk.call, desk.words, desk.header
    shown = Shown(call, "applications", orders, standing)
    before, after = _frame(desk, shown)
    middle = {
        key: replace(column, advise=shown.advise(key))
        for key, column in answers_on_applications(call).items()
    }
    rows: dict[str, Row] = {}
    void: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    for one in sorted(applications, key=lambda one: one.number):
        (void if one.status == "void" else rows)[one.number] = {
            header("number"): one.number,
            header("status"): words.statuses.get(one.status, one.status),
            header("oblast"): desk.short_oblast(shown.oblast(one)),
            header("raion"): one.place.raion,
            header("place"): shown.place(one),
            header("type"): one.place.type,
            header("code"): one.place.code,
            header("received"): desk.local(one.first_received_at),
            header("hours"): round((call.deadline_at - one.first_received_at).total_seconds() / 3600, 1),
            header("by"): words.place_by.get(one.place_by, one.place_by),
            header("deviation"): deviations(one.subject_problems, call),
            header("subject"): one.subject,
            header("sender"): one.sender_name,
            header("email"): one.sender_address,
            **{column.header: answer(shown.value(one, key), column) for key, column in middle.items()},
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
        if one.files and desk.many <= MOST_LINKED:
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
            header("decision"): decision_tones(words),
            header("delivered"): delivery_tones(words),
        },
        frozen=3,
        leaving=void,
    )


def decision_tones(words: Words) -> dict[str, Tone]:
    """Return the colours of the words for a decision."""
    _, good, wait, *bad = words.decisions
    return {good: "good", wait: "wait", **dict.fromkeys(bad, "quiet")}


def _frame_of_people(desk: Desk) -> tuple[tuple[Column, ...], Column]:
    """Return the columns of the sheet of participants before those of their fields, and the one after them."""
    header = desk.header
    before = (
        Column(header("person"), "key", 16),
        Column(header("number"), "text", 13),
        Column(header("status"), "choice", 13),
        Column(header("oblast"), "text", 17),
        Column(header("place"), "text", 24),
        Column(header("role"), "text", 13),
        Column(header("decision"), "lookup", 15),
    )
    return before, Column(header("note"), "long", 24, people=True)


def answers_of_people(call: Call) -> tuple[tuple[Column, Mapping[str, str]], ...]:
    """Return the columns of the sheet of participants that show fields, each with participant key → field key."""
    before, note = _frame_of_people(Desk(call, WORDS[call.language], ""))
    return participants_columns(call, taken={column.header for column in (*before, note)})


def people_sheet(
    desk: Desk,
    applications: Sequence[ApplicationView],
    orders: Mapping[str, Order] = MappingProxyType({}),
    standing: Mapping[str, Order] = MappingProxyType({}),
) -> Sheet:
    """Return the sheet of participants, one row each, for mail merge and attendance lists.

    `orders` are the newest of every cell that a person corrected, `standing` those that count.
    """
    call, words, header = desk.call, desk.words, desk.header
    shown = Shown(call, "people", orders, standing)
    before, note = _frame_of_people(desk)
    answers = tuple(
        (replace(column, advise=shown.advise_of_person(keys)), keys)
        for column, keys in answers_of_people(call)
    )
    rows: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    linked = desk.many * len(call.participants) <= MOST_LINKED
    for one in sorted(applications, key=lambda one: one.number):
        for count, person in enumerate(call.participants, start=1):
            given = {
                column.header: answer(shown.value(one, keys[person.key]), column)
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
            if linked:
                links[code, header("number")] = desk.card(one.number)
    return Sheet(
        "people",
        words.sheets["people"],
        header("person"),
        (*before, *(column for column, _ in answers), note),
        rows,
        links,
        tones={header("status"): status_tones(words), header("decision"): decision_tones(words)},
        frozen=1,
        lookups={header("decision"): header("decision")},
    )


def late_sheet(
    desk: Desk,
    applications: Sequence[ApplicationView],
    letters: Sequence[LetterView],
    orders: Mapping[str, Order],
    standing: Mapping[str, Order] = MappingProxyType({}),
) -> Sheet:
    """Return the sheet of late applications: by how much, and when the sender says it was sent. A void one stays only while people's notes stand there.

    `orders` are what people decided, by number or corrected cell, `standing` the corrections that count.
    """
    call, words, header = desk.call, desk.words, desk.header
    shown = Shown(call, "late", orders, standing)
    columns = (
        Column(header("number"), "key", 13),
        Column(header("decision"), "choice", 20, people=True, options=words.late_decisions),
        Column(header("outcome"), "long", 36, grows=True),
        Column(header("note"), "long", 24, people=True, carried=True),
        Column(header("owner"), "text", 16, people=True, carried=True),
        Column(header("oblast"), "text", 17, advise=shown.advise(PLACE, "oblast")),
        Column(header("place"), "text", 24, advise=shown.advise(PLACE)),
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
    void: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    for one in sorted(applications, key=lambda one: one.number):
        date = sent.get(one.number)
        by = int((one.first_received_at - call.deadline_at).total_seconds())
        sent_early = words.unknown if date is None else words.yes if in_time(date, call) else words.no
        dropped = words.statuses["void"] if one.status == "void" else ""
        (void if dropped else rows)[one.number] = {
            header("number"): one.number,
            header("oblast"): desk.short_oblast(shown.oblast(one)),
            header("place"): shown.place(one),
            header("received"): desk.local(one.first_received_at),
            header("by_how_much"): duration(by, call) if by > 0 else "",
            header("sent"): desk.local(date),
            header("sent_in_time"): sent_early,
            header("outcome"): dropped or outcome(orders.get(one.number), call),
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
        leaving=void,
    )
