"""A letter of ours that belongs to no application as an HTML page, with the letter it answers. Pure; everything is escaped."""

from intake.cards.told import Teller, rendered
from intake.ledger.stories import Answer
from intake.workbook.card_names import card_name
from rules.call import Call


def letter_page(call: Call, answer: Answer, text: str | None, *, attached: str) -> str:
    """Return the page. `text`: readable body of the letter it answers, None when not at hand; `attached`: path to the files."""
    teller = Teller(call, attached)
    number = answer.letter["number"] if answer.letter is not None else None
    return rendered(
        "letter.html",
        call,
        reply=teller.reply(answer.reply),
        number=number,
        card=card_name(number) if number else "",
        letter=teller.letter(answer.letter, text) if answer.letter is not None else None,
    )
