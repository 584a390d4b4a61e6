"""A letter that belongs to no application as an HTML page: one of ours, or one that came. Pure; everything is escaped."""

from intake.cards.told import Beside, Teller, rendered
from intake.ledger.stories import Answer, Received
from intake.workbook.card_names import card_name
from rules.call import Call


def letter_page(call: Call, answer: Answer, text: str | None, *, beside: Beside) -> str:
    """Return the page of a letter of ours.

    `text`: readable body of the letter it answers, None when not at hand; `beside`: the files.
    """
    teller = Teller(call, beside)
    number = answer.letter["number"] if answer.letter is not None else None
    return rendered(
        "letter.html",
        call,
        reply=teller.reply(answer.reply),
        number=number,
        card=card_name(number) if number else "",
        letter=teller.letter(answer.letter, text) if answer.letter is not None else None,
    )


def received_page(call: Call, told: Received, text: str | None, *, beside: Beside) -> str:
    """Return the page of a letter that came; `text`: its readable body, None when not at hand; `beside`: the files."""
    teller = Teller(call, beside)
    return rendered(
        "received.html",
        call,
        letter=teller.letter(told.letter, text),
        replies=[teller.reply(reply) for reply in told.replies],
        history=[
            {"at": teller.at(at), "text": words, "note": note}
            for at, words, note in map(teller.decision, told.decisions)
        ],
    )
