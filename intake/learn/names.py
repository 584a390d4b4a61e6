"""Keys for fields: short Latin names from labels (Ukrainian by KMU resolution 55 of 2010, Bulgarian by the law of 2009)."""

import re
from typing import Final

from rules.labels import clean

_UKRAINIAN: Final = (
    "а=a б=b в=v г=h ґ=g д=d е=e є=ie ж=zh з=z и=y і=i ї=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch "
    "ш=sh щ=shch ю=iu я=ia ы=y э=e ё=e"
)
_BULGARIAN: Final = _UKRAINIAN + " г=g и=i й=y х=h щ=sht ъ=a ю=yu я=ya"
_TABLES: Final = {
    language: {pair[0]: pair[2:] for pair in pairs.split()}
    for language, pairs in (("uk", _UKRAINIAN), ("bg", _BULGARIAN), ("en", _UKRAINIAN))
}
# Words that tell nothing about what is asked.
_EMPTY_WORDS: Final = (
    "у в на з із зі та і й або чи до від по про за для що як яку який яка які ви ви ваша ваш вашої вашого її його the of a an "
    "and or in on for to your you do is are и на за от до ли се си с със по в във или те какво каква какъв ще"
)
_EMPTY: Final = frozenset(_EMPTY_WORDS.split())
_LONGEST: Final = 28


def key_of(label: str, language: str) -> str:
    """Return a key made of a label's first telling words: «Дані про мережу закладів» is `dani_merezhu_zakladiv`."""
    bare = re.sub(r"\([^()]*\)", " ", clean(label)).casefold()
    words = [word for word in re.findall(r"[^\W_]+(?:['’ʼ][^\W_]+)*", bare) if word not in _EMPTY]
    table = _TABLES[language]
    latin = [re.sub(r"[^a-z0-9]", "", "".join(table.get(char, char) for char in word)) for word in words]
    key = ""
    for word in filter(None, latin):
        if len(f"{key}_{word}") > _LONGEST or key.count("_") == 2:
            break
        key = f"{key}_{word}".strip("_")
    key = key or "".join(latin)[:_LONGEST]
    return key if key[:1].isalpha() else f"field_{key}".rstrip("_")


def unique(key: str, taken: set[str]) -> str:
    """Return a key that is not taken yet, and take it: `telefon`, `telefon_2`, `telefon_3`."""
    own, count = key, 1
    while own in taken:
        count += 1
        own = f"{key}_{count}"
    taken.add(own)
    return own


def language_of(text: str) -> str:
    """Return the language of a form, "uk", "bg" or "en", by the letters that only one of them has."""
    folded = text.casefold()
    if not re.search(r"[а-я]", folded):
        return "en"
    ukrainian = sum(folded.count(letter) for letter in "іїєґ")
    return "bg" if folded.count("ъ") > ukrainian else "uk"
