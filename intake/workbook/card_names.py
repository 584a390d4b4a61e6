"""What a card, and the page of a letter, are called on disk: ASCII, so that links work in every office program."""

import hashlib
import re

# Ukrainian letters as the Cabinet of Ministers writes them in Latin (resolution 55 of 2010), Bulgarian and others alike.
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "iu",
    "я": "ia", "ъ": "a", "ы": "y", "э": "e", "ё": "e",
}  # fmt: skip
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")


def card_name(number: str) -> str:
    """Return the file name of an application's card: `КЗ-2023-014` gives `KZ-2023-014.html`."""
    latin = "".join(_letter(char) for char in number)
    return f"{_OTHER.sub('_', latin).strip('.') or 'card'}.html"


def reply_code(message_id: str) -> str:
    """Return the short name of a letter of ours in the workbook."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:12]


def letter_page_name(digest: str) -> str:
    """Return the file name of the page of a letter that came and belongs to no application."""
    return f"letter-{digest[:12]}.html"


def reply_page_name(message_id: str) -> str:
    """Return the file name of the page of a letter of ours that belongs to no application."""
    return f"letter-{reply_code(message_id)}.html"


def _letter(char: str) -> str:
    plain = _LATIN.get(char.lower())
    if plain is None:
        return char
    return plain.upper() if char.isupper() else plain
