"""Symbol fonts: which Unicode character a glyph of Wingdings and its kin shows.

Only marks that carry meaning in a form are known; other dingbats are decoration and read as nothing.
"""

_WINGDINGS = {
    0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0x72: "☐", 0x70: "☐", 0x78: "☒", 0xFC: "✔", 0xFB: "✘",
    0xA1: "○", 0x6C: "●", 0x6D: "○", 0x9F: "•", 0xA7: "▪", 0x6E: "■", 0x77: "•", 0xE0: "→", 0x2A: "✉", 0x28: "☎",
}  # fmt: skip
_WINGDINGS_2 = {
    0x52: "☑",
    0x53: "☒",
    0x54: "☒",
    0x50: "✔",
    0x4F: "✘",
    0xA3: "☐",
    0x2A: "☐",
    0x51: "☒",
    0x56: "☒",
}
_SYMBOL = {0xB7: "•", 0x2D: "−"}


def symbol(code: str, font: str) -> str:
    """Return the character of a w:sym with this hexadecimal code and font name, "" when it means nothing here."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        return ""
    return _glyph(number, font)


def wingdings(text: str, font: str) -> str:
    """Return text that was typed in a symbol font as the characters it shows."""
    return "".join(char if char.isspace() else _glyph(ord(char), font or "Wingdings") for char in text)


def _glyph(number: int, font: str) -> str:
    name = font.casefold()
    private = 0xF000 <= number <= 0xF0FF
    low = number & 0xFF if private or number < 0x100 else None
    if low is None:
        return chr(number)
    if "wingdings 2" in name:
        return _WINGDINGS_2.get(low, "")
    if "wingdings" in name or (private and "symbol" not in name):
        return _WINGDINGS.get(low, "")
    if name.strip() == "symbol" or private:
        return _SYMBOL.get(low, "")
    return chr(number)
