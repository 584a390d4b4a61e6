"""A count as people write it: «11 562 осіб», «11,5 тис.», «два роки». Pure; what is not surely one number stays as it is."""

import re

from rules.labels import normalise

# How small numbers are called, by figure; what stands behind them when years are counted.
_FIGURES = {
    normalise(word): figure
    for figure, words in (
        (0, "нуль ноль нула zero"), (0.5, "півроку пів полгода"), (1, "один одна одне одно един една one"), (1.5, "півтора полтора"),
        (2, "два дві две two"), (3, "три three"), (4, "чотири четыре четири four"), (5, "п’ять пять пет five"),
        (6, "шість шесть шест six"), (7, "сім семь седем seven"), (8, "вісім восемь осем eight"), (9, "дев’ять девять девет nine"),
        (10, "десять десет ten"), (11, "одинадцять одиннадцать единадесет eleven"), (12, "дванадцять двенадцать дванадесет twelve"),
        (13, "тринадцять тринадцать"), (14, "чотирнадцять четырнадцать"), (15, "п’ятнадцять пятнадцать петнадесет fifteen"),
        (16, "шістнадцять шестнадцать"), (17, "сімнадцять семнадцать"), (18, "вісімнадцять восемнадцать"),
        (19, "дев’ятнадцять девятнадцать"), (20, "двадцять двадцать двадесет twenty"), (30, "тридцять тридцать тридесет thirty"),
    )
    for word in words.split()
}  # fmt: skip
_LESS = re.compile(
    r"(?i)(?:менше|до|менее|по-малко от|less than)\s+(?:1\s+|одного\s+)?(?:року|года|година|a year)\W*"
    r"|(?:немає|нема|без|нет|няма|no)\s+(?:досвіду|стажу|опыта|стажа|опит|стаж|experience)\W*"
)
_COUNTED = frozenset(
    normalise(word)
    for word in (
        "рік", "року", "роки", "років", "год", "года", "години", "лет", "years", "year", "понад", "більше", "близько", "майже",
    )
)  # fmt: skip


def figure_of(text: str) -> tuple[str, str | None]:
    """Return the count a text gives, or the text itself, and the code of what is wrong with it.

    «11 562 осіб» is 11562, «11,5 тис.» is 11500, «п’ять» is 5; what is not surely one number stays as it is.

    Without any digit it is asked about: «багато».
    """
    bare = re.sub(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b(?:\s*р(?:оку|\.)?)?", " ", text)
    found = re.findall(r"\d{1,3}(?:[ ,.'’]\d{3})+(?!\d)|\d+(?:[.,]\d+)?", bare)
    if len(found) != 1:
        less = _LESS.fullmatch(text)
        spelt = "0" if less else _spelt(text)
        return (spelt or text, None if spelt or found else "bad_number")
    figure = found[0]
    grouped = re.fullmatch(r"\d{1,3}(?:[ ,.'’]\d{3})+", figure) is not None
    amount = float(re.sub(r"\D", "", figure)) if grouped else float(figure.replace(",", "."))
    if re.search(r"(?i)\d\s*(?:тис|тыс|хил|thousand|k\b)", bare):
        amount *= 1000
    elif re.search(r"(?i)\d\s*(?:млн|million)", bare):
        amount *= 1_000_000
    return (str(int(amount)) if amount == int(amount) else f"{amount:g}"), None


def _spelt(text: str) -> str:
    """Return the figure of a number in words that says nothing else but what it counts: «два роки» is 2; else ""."""
    words = [word for word in normalise(text).split() if word not in _COUNTED]
    figures = [_FIGURES.get(word, -1) for word in words]
    if len(figures) == 1 and figures[0] >= 0:
        return f"{figures[0]:g}"
    if len(figures) == 2 and figures[0] >= 20 and 0 < figures[1] < 10:
        return f"{figures[0] + figures[1]:g}"
    return ""
