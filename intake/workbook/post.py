"""The sheets of letters: those that a person must look at, and the whole correspondence. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake.attached import folder_of
from intake.ledger.orders import Order
from intake.ledger.views import FileView, FindingView, LetterView, ReplyView, delivery
from intake.workbook.advice import advice
from intake.workbook.card_names import reply_code
from intake.workbook.columns import Column
from intake.workbook.notes import TONES, note_of
from intake.workbook.sheet import Desk, Row, Sheet, Tone
from intake.workbook.troubles import phrase
from intake.workbook.words import Words
from rules.call import Call
from rules.conversation import QUESTION_ASIDE
from rules.person import CLOSING, REGISTERED_BY_HAND


def letter_code(digest: str) -> str:
    """Return the short name of a letter in the workbook."""
    return digest[:12]


# People said so; the letter waits for nobody.
_CLOSED = frozenset(ground.code for ground in CLOSING.values())
_LATENESS = frozenset({"late", "sent_in_time", "late_update"})


def needs_attention(letter: LetterView, late_numbers: set[str], call: Call) -> bool:
    """Return whether a person must look at a letter: it is held, it failed, it was refused for more than lateness, it asks."""
    if letter.state == "shunted":
        return True
    if letter.disposition == "accept":
        return _asks(letter)
    if letter.disposition not in {"hold", "reject"}:
        return False
    if any(one.code == "other_call" and one.facts.get("call") == call.id for one in letter.findings):
        # Our people have said that it is not ours; those of another call have not spoken yet.
        return False
    # What is only late is decided on the sheet of the late.
    serious = {finding.code for finding in letter.findings if finding.disposition in {"hold", "reject"}}
    return letter.number is None or letter.number not in late_numbers or not serious <= _LATENESS


def _asks(letter: LetterView) -> bool:
    """Return whether a letter that was taken, and answered as such, asks something that nobody has looked at."""
    codes = {finding.code for finding in letter.findings}
    return QUESTION_ASIDE.code in codes and not codes & {REGISTERED_BY_HAND.code, *_CLOSED}


def _wrong(letter: LetterView, call: Call) -> str:
    told = [
        finding
        for finding in letter.findings
        if finding.disposition in {"hold", "reject"} or finding.code == QUESTION_ASIDE.code
    ]
    phrases = [phrase(finding, call, letter.files) for finding in told or letter.findings]
    if letter.state == "shunted":
        phrases.insert(0, _shunted(call))
    return "\n".join(dict.fromkeys(phrases))


def _shunted(call: Call) -> str:
    """Return what is said of a letter our own bug failed on."""
    return phrase(FindingView("shunted", "hold", {}), call)


def _letter_row(desk: Desk, letter: LetterView, order: Order | None) -> Row:
    """Return the cells both sheets of letters have."""
    header = desk.header
    return {
        header("came"): desk.local(letter.received_at),
        header("from"): _correspondent(letter),
        header("letter_subject"): letter.subject,
        # A cell that is a link does not wrap in every program: it holds one short word.
        header("open"): desk.words.open,
        header("outcome"): outcome(order, desk.call),
        header("number"): letter.number,
        header("files"): _file_names(letter.files),
        header("letter"): letter_code(letter.digest),
    }


def attention_sheet(
    desk: Desk, letters: Sequence[LetterView], late_numbers: set[str], orders: Mapping[str, Order]
) -> Sheet:
    """Return the sheet of letters that need a person, oldest first, with what is wrong in words.

    `orders` are what people decided, by the letter's code: what came of it stands in the row.
    """
    words, header = desk.words, desk.header
    columns = (
        Column(header("came"), "date", 16),
        Column(header("from"), "text", 30),
        Column(header("letter_subject"), "long", 32),
        Column(header("open"), "link", 10),
        Column(header("wrong"), "long", 45),
        Column(header("suggestion"), "long", 34),
        *_deciding(desk),
        Column(header("outcome"), "long", 44, grows=True),
        Column(header("number"), "text", 13),
        Column(header("files"), "link", 34),
        Column(header("letter"), "ref", 12),
    )
    rows: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    waiting = [letter for letter in letters if needs_attention(letter, late_numbers, desk.call)]
    for letter in sorted(waiting, key=lambda letter: (letter.received_at, letter.digest)):
        code = letter_code(letter.digest)
        rows[code] = _letter_row(desk, letter, orders.get(code)) | {
            header("wrong"): _wrong(letter, desk.call),
            header("suggestion"): advice(letter, desk.call),
        }
        _lead(desk, letter, links)
    tones = {header("outcome"): TONES}
    return Sheet(
        "attention", words.sheets["attention"], header("letter"), columns, rows, links, tones, frozen=2
    )


def decided_sheet(
    desk: Desk, letters: Sequence[LetterView], late_numbers: set[str], orders: Mapping[str, Order]
) -> Sheet:
    """Return the sheet of letters that people have decided about: what was done, and where a mind may be changed."""
    words, header = desk.words, desk.header
    columns = (
        Column(header("came"), "date", 16),
        Column(header("from"), "text", 30),
        Column(header("letter_subject"), "long", 32),
        Column(header("open"), "link", 10),
        Column(header("outcome"), "long", 45, grows=True),
        *_deciding(desk),
        Column(header("number"), "text", 13),
        Column(header("files"), "link", 34),
        Column(header("letter"), "ref", 12),
    )
    rows: dict[str, Row] = {}
    links: dict[tuple[str, str], str] = {}
    for letter in sorted(letters, key=lambda letter: (letter.received_at, letter.digest)):
        code = letter_code(letter.digest)
        order = orders.get(code)
        if order is None or order.outcome == "taken_back" or needs_attention(letter, late_numbers, desk.call):
            continue
        rows[code] = _letter_row(desk, letter, order)
        _lead(desk, letter, links)
    tones = {header("outcome"): TONES}
    return Sheet("decided", words.sheets["decided"], header("letter"), columns, rows, links, tones, frozen=2)


def _lead(desk: Desk, letter: LetterView, links: dict[tuple[str, str], str]) -> None:
    """Let the row of a letter lead to where it can be read, to its application's card, and to its files."""
    code, header = letter_code(letter.digest), desk.header
    links[code, header("open")] = desk.letter(letter.number, letter.digest)
    if letter.number is not None:
        links[code, header("number")] = desk.card(letter.number)
    if letter.files:
        links[code, header("files")] = desk.link(folder_of(letter.digest))


def _deciding(desk: Desk) -> tuple[Column, ...]:
    """Return the columns in which people decide; what stands there goes along with the row."""
    words, header = desk.words, desk.header
    options = words.attention_decisions
    return (
        Column(header("taken"), "text", 15, people=True, carried=True),
        Column(header("decision"), "choice", 18, people=True, options=options, carried=True),
        Column(header("correct_place"), "text", 24, people=True, carried=True),
    )


def outcome(order: Order | None, call: Call) -> str | None:
    """Return what a row says about what somebody decided there."""
    return note_of(order, call) if order is not None else None


def letters_sheet(desk: Desk, letters: Sequence[LetterView], replies: Sequence[ReplyView]) -> Sheet:
    """Return the sheet of the correspondence: every letter in and out, and what became of it."""
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
    links: dict[tuple[str, str], str] = {}
    for letter in letters:
        code = letter_code(letter.digest)
        fate = "shunted" if letter.state == "shunted" else letter.disposition or ""
        if any(finding.code == "copy" for finding in letter.findings):
            fate = "copy"
        if fate != "accept":
            fate = next((finding.code for finding in letter.findings if finding.code in _CLOSED), fate)
        row: Row = {
            header("at"): desk.local(letter.received_at),
            header("direction"): words.incoming,
            header("address"): _correspondent(letter),
            header("letter_subject"): letter.subject,
            header("kind"): _kind(letter, words),
            header("number"): letter.number,
            header("fate"): words.fates.get(fate, fate),
            header("words"): "; ".join(
                dict.fromkeys(phrase(finding, call, letter.files) for finding in letter.findings)
            ),
            header("letter"): code,
        }
        rows.append((letter.received_at, code, row))
    for reply in replies:
        code = reply_code(reply.message_id)
        at = reply.sent_at or reply.created_at
        fate, said = delivery(reply.state, reply.last_response)
        row = {
            header("at"): desk.local(at),
            header("direction"): words.outgoing,
            header("address"): reply.recipient,
            header("letter_subject"): reply.subject,
            header("kind"): words.templates.get(reply.template, reply.template),
            header("number"): reply.number,
            header("fate"): words.fates.get(fate, fate),
            header("words"): "" if fate == "sent" else said,
            header("letter"): code,
        }
        rows.append((at, code, row))
        # A letter about an application stands on its card. Spreadsheets take 65,530 links on a sheet, so no others lead away.
        if reply.number is None:
            links[code, header("letter_subject")] = desk.reply_page(reply.message_id)
    rows.sort(key=lambda row: row[:2])
    tones: dict[str, Tone] = {
        words.fates["failed"]: "bad",
        words.fates["uncertain"]: "doubt",
        words.fates["delayed"]: "wait",
        words.fates["shunted"]: "bad",
        words.fates["hold"]: "doubt",
        words.fates["discard"]: "quiet",
        words.fates["copy"]: "quiet",
        **{words.fates[code]: "quiet" for code in sorted(_CLOSED)},
    }
    ordered = {code: row for _, code, row in rows}
    return Sheet(
        "letters",
        words.sheets["letters"],
        header("letter"),
        columns,
        ordered,
        links,
        {header("fate"): tones},
        frozen=1,
    )


def _kind(letter: LetterView, words: Words) -> str:
    application, other, automatic = words.kinds
    codes = {finding.code for finding in letter.findings}
    if letter.disposition == "discard" and not codes & {"copy", *_CLOSED}:
        return automatic
    return (
        other if letter.state == "shunted" or codes & {"conversation", "not_an_application"} else application
    )


def _correspondent(letter: LetterView) -> str:
    return f"{letter.from_name} <{letter.from_address}>" if letter.from_name else letter.from_address


def _file_names(files: Sequence[FileView]) -> str:
    # A cell that is a link holds one line only in some programs.
    return ", ".join(file.name for file in files)
