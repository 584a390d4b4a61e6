"""Letters: how a typed word becomes one that can be compared. It knows alphabets and keyboards, never places.

What is harmless (case, white space, kind of apostrophe or quote) leaves no trace; what is a slip (a Latin letter
among Cyrillic ones, a quotation mark for an apostrophe) is noted on the word, for the letter to say so kindly.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

# Latin letters that look like Cyrillic ones; capitals that only look alike as capitals stand apart.
_LOOKALIKE = dict(zip("abcehikmoptxyï", "аьсенікмортхуї", strict=True))
_CAPITAL = {"H": "н", "B": "в", "K": "к", "M": "м", "T": "т", "Y": "у", "X": "х", "P": "р", "C": "с"}
_DIGITS = {"3": "з", "0": "о"}
_FINE_APOSTROPHES = "'’ʼ‘`´′ʹ"
_SLIP_APOSTROPHES = '"*?ˮ“”„'
_DASHES = "‐‑"
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_WORD = re.compile(
    rf"[^\W_]+(?:(?:[{_FINE_APOSTROPHES}{re.escape(_SLIP_APOSTROPHES)}](?=[^\W_])|[-{_DASHES}](?=[^\W_]))[^\W_]+)*"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0301]")

Script = Literal["cyrillic", "latin", "number"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: as typed, and its comparison key.

    `key` is lower case, without apostrophes, hyphens kept; Cyrillic unless the word is wholly Latin. `gap` is what
    stands between the word before and this one. `slips` are problem codes.
    """

    text: str
    key: str
    gap: str
    script: Script
    start: int
    end: int
    slips: tuple[str, ...] = ()

    @property
    def flat(self) -> str:
        """The key without hyphens."""
        return self.key.replace("-", "")


def clean(text: str) -> str:
    """Return `text` in NFC without invisible characters and stress marks, white space collapsed."""
    text = unicodedata.normalize("NFC", text)
    # Full-width and mathematical slashes, ligatures and the like; the rest of NFKC would break «№» and «…».
    text = text.translate(
        {0xFF0F: "/", 0x2044: "/", 0x2215: "/", 0x29F8: "/", 0xFF1A: ":", 0xFF5C: "|", 0xFF3C: "\\"}
    )
    return " ".join(_INVISIBLE.sub("", text).split())


def key(text: str) -> str:
    """Return the comparison key of one official word or phrase: lower case, no apostrophes, spaces kept."""
    return re.sub(f"[{_FINE_APOSTROPHES}]", "", clean(text).lower())


_FLAT = str.maketrans("", "", "’- ")


def official(name: str) -> str:
    """Return the flat key of a name spelt as the codifier spells it. Quicker than `flat`, for thousands of names."""
    return name.lower().translate(_FLAT)


def flat(text: str) -> str:
    """Return the key of a name without spaces and hyphens: «Кам’янка-Бузька» gives «камянкабузька»."""
    return re.sub(r"[\s\-‐-―]+", "", key(text))


def words(text: str) -> tuple[Word, ...]:
    """Split cleaned `text` into words. A bare hyphen never splits; an apostrophe of any kind inside a word neither."""
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        start = match.start()
        for piece in _split_at_quotes(match.group()):
            at = start + piece[0]
            found.append(_word(piece[1], text[end:at], at))
            end = at + len(piece[1])
    return tuple(found)


def _split_at_quotes(text: str) -> list[tuple[int, str]]:
    # «Кам"янська» is one word; «"Комунікація"змін» is two: an apostrophe stands before я, ю, є, ї only, after a
    # consonant. Latin text has apostrophes for the soft sign, so there only fine ones hold a word together.
    pieces: list[tuple[int, str]] = []
    begin = 0
    for index, char in enumerate(text):
        if char not in _SLIP_APOSTROPHES:
            continue
        # Some apostrophes are letters by Unicode (U+02EE), and may begin or end a word.
        before, after = text[:index][-1:].lower(), text[index + 1 :][:1].lower()
        if not (before and after and after in "яюєїi" and before in "бпвмфркнтздсцгхлш"):
            pieces.append((begin, text[begin:index]))
            begin = index + 1
    pieces.append((begin, text[begin:]))
    return [piece for piece in pieces if piece[1]]


def _word(text: str, gap: str, start: int) -> Word:
    slips: tuple[str, ...] = ()
    plain = text
    for dash in _DASHES:
        plain = plain.replace(dash, "-")
    if any(char in _SLIP_APOSTROPHES for char in plain):
        slips = ("apostrophe_wrong_char",)
    plain = re.sub(f"[{_FINE_APOSTROPHES}{re.escape(_SLIP_APOSTROPHES)}]", "", plain)
    script: Script = "number"
    if _CYRILLIC.search(plain):
        script = "cyrillic"
        if _LATIN.search(plain) or (len(plain) > 3 and any(char in _DIGITS for char in plain)):
            swapped = lookalike(plain)
            if swapped != plain.lower():
                slips += ("homoglyph",)
            plain = swapped
    elif _LATIN.search(plain):
        script = "latin"
    return Word(text, plain.lower(), gap, script, start, start + len(text), slips)


_TWINS = str.maketrans({char.upper(): twin for char, twin in _LOOKALIKE.items()} | _LOOKALIKE | _CAPITAL)
_TWINS_AND_DIGITS = _TWINS | str.maketrans(_DIGITS)


def lookalike(text: str, *, digits: bool = True) -> str:
    """Return `text` in lower case with Latin look-alikes (and 3, 0) replaced by the Cyrillic letters they imitate."""
    return text.translate(_TWINS_AND_DIGITS if digits else _TWINS).lower()


# One key of a keyboard, unshifted and shifted, on the US layout and on the Ukrainian one.
_US = "`qwertyuiop[]\\asdfghjkl;'zxcvbnm,./" + '~QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?@#^&'
_UA = "'йцукенгшщзхї\\фівапролджєячсмитьбю/" + '₴ЙЦУКЕНГШЩЗХЇ/ФІВАПРОЛДЖЄЯЧСМИТЬБЮ,"№:?'
_BG = "`явертъуиопшщ/асдфгхйкл;'зьцжбнм,./" + '~ЯВЕРТЪУИОПШЩ|АСДФГХЙКЛ:"ЗѝЦЖБНМ<>?@#^&'
_LAYOUT = {"uk": str.maketrans(_US, _UA), "bg": str.maketrans(_US, _BG)}


def other_layout(text: str, language: str) -> str:
    """Return what was meant when `text` was typed with the keyboard left in Latin: «Rjveysrfwsz» gives «Комунікація»."""
    return text.translate(_LAYOUT["bg" if language == "bg" else "uk"])


_SOUNDS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ё": "io", "ж": "zh", "з": "z",
    "и": "i", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "",
    "ю": "iu", "я": "ia", "ы": "i", "э": "e", "ъ": "", "-": "", " ": "", "ѝ": "i",
}  # fmt: skip
_SOUNDS_BG = _SOUNDS | {"ъ": "a", "щ": "sht", "х": "h", "и": "i", "я": "ia"}
_SILENT = dict.fromkeys((*_FINE_APOSTROPHES, "-", " "), "")
_TO_LATIN = {"uk": str.maketrans(_SOUNDS | _SILENT), "bg": str.maketrans(_SOUNDS_BG | _SILENT)}
# What the many ways to write one sound have in common: groups of letters first, in this order, then single ones.
_GROUPS = (
    ("shch", "Q"), ("szcz", "Q"), ("sch", "Q"), ("sht", "Q"), ("šč", "Q"), ("zh", "Z"), ("kh", "X"), ("ch", "C"), ("cz", "C"),
    ("sh", "S"), ("sz", "S"), ("ts", "c"), ("tz", "c"), ("tc", "c"), ("ph", "f"),
)  # fmt: skip
_SINGLE = str.maketrans("ýûùâãêèŝžxčšhgґwyjïíì", "iuuaaeeQZXCSgggviiiii")
_BEFORE_VOWEL = re.compile(r"i+(?=[aueo])")
_TWICE = re.compile(r"(.)\1+")


# The words around names come again and again.
@lru_cache(maxsize=2048)
def sound(text: str, language: str = "uk") -> str:
    """Return a Latin skeleton that Cyrillic text and its transliterations share (KMU № 55/2010 and sloppier ones)."""
    result = text.lower().translate(_TO_LATIN["bg" if language == "bg" else "uk"])
    for group, letter in _GROUPS:
        result = result.replace(group, letter)
    return _TWICE.sub(r"\1", _BEFORE_VOWEL.sub("", result.translate(_SINGLE)))


def latin_spellings(text: str, country: str) -> tuple[str, ...]:
    """Return the Cyrillic words whose Latin spelling is also used for `text`: «Kurdzhali», «Kardjali», «Jytomyr»."""
    spelt = [text, text.replace("ж", "й")]
    if country == "bg":
        spelt += [one.replace("ъ", "у") for one in spelt]
    return tuple(dict.fromkeys(spelt))


# Beginnings and parts of names that Russian spells otherwise.
_RUSSIAN_BEGINNINGS = (
    ("николаев", "миколаїв"), ("никол", "микол"), ("алекс", "олекс"), ("ален", "олен"), ("алён", "олен"), ("анн", "ганн"),
    ("андрее", "андрії"), ("андрея", "андрії"), ("желт", "жовт"), ("ровен", "рівнен"), ("славян", "словян"),
)  # fmt: skip
_RUSSIAN_PARTS = (
    ("камен", "камян"),
    ("александр", "олександр"),
    ("чск", "цск"),
    ("жск", "зск"),
    ("шск", "сск"),
)
_UNMARKED = str.maketrans("", "", "- ьъ")
_ONE_VOWEL = str.maketrans("яюиіїыеєэёґ", "ауоооооооог")
_DOUBLED = re.compile(r"([^о])\1")


@lru_cache(maxsize=2048)
def coarse(text: str) -> str:
    """Return a skeleton in which the vowels that Russian and Ukrainian exchange are one: Черняховская, Черняхівська.

    Only for the comparison of words that are spelt in Russian, or for suggestions: it throws much away.
    """
    result = text.lower().translate(_UNMARKED)
    for russian, ukrainian in _RUSSIAN_BEGINNINGS:
        if result.startswith(russian):
            result = ukrainian + result[len(russian) :]
            break
    for russian, ukrainian in _RUSSIAN_PARTS:
        result = result.replace(russian, ukrainian)
    return _DOUBLED.sub(r"\1", result.translate(_ONE_VOWEL).replace("йо", "о"))
