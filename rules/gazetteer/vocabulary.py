"""The words around a place's name: громада, рада, область, м., та. They say what the name is, never which one."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from rules.gazetteer.normalise import Word, sound


class Sense(NamedTuple):
    """What a word is for: its part of speech here, and a value (the hromada's type, the settlement's)."""

    part: str
    value: str = ""


_ADJECTIVE = ("а", "ої", "ій", "у", "ою", "о", "ая", "ой", "ую", "е", "ого", "ому", "ий", "і", "их", "им")


def _forms(stems: str, endings: str = "") -> list[str]:
    return [stem + end for stem in stems.split() for end in ([*endings.split(), ""] if endings else [""])]


_UK: dict[str, Sense] = {}


def _add(sense: Sense, forms: list[str]) -> None:
    for form in forms:
        _UK.setdefault(form, sense)


for _stem, _type in (
    ("міськ", "міська"),
    ("городск", "міська"),
    ("селищн", "селищна"),
    ("поселков", "селищна"),
):
    _add(Sense("type", _type), [_stem + end for end in (*_ADJECTIVE, "")])
_add(Sense("type", "сільська"), [stem + end for stem in ("сільськ", "сельск") for end in (*_ADJECTIVE, "")])
_add(Sense("type", "селищна"), ["сел", "селищ"])
_add(Sense("type", "сільська"), ["сіл"])
_add(Sense("hromada"), _forms("громад общин", "а и і у ою о ы е ой ам ами"))
_add(Sense("hromada"), [stem + end for stem in ("територіальн", "терріторіальн", "обєднан", "територіаль", "территориальн", "объединенн") for end in _ADJECTIVE])  # fmt: skip
_add(Sense("hromada"), _forms("тг отг гр тер терит територ громад обєд обєдн атг"))
_add(Sense("hromada", "міська"), ["мтг", "мотг"])
_add(Sense("hromada"), ["стг", "сотг"])
_add(Sense("hromada", "селищна"), ["сщтг", "селтг"])
_add(Sense("council"), _forms("рад совет", "а и і у ою о ы"))
_add(Sense("council", "міська"), [*_forms("міськрад міськвиконком", "а и і у ою ом"), "мр", "мва"])
_add(Sense("council", "сільська"), _forms("сільрад", "а и і у ою"))
_add(Sense("council", "селищна"), _forms("селищрад", "а и і у ою"))
_add(Sense("council"), ["ср", "сва", "вца", "цва"])
_add(Sense("council"), _forms("виконком исполком комітет комитет", "а у ом ові"))
_add(Sense("council"), _forms("адміністраці администраци", "я ї ю єю и ей й"))
_add(Sense("council"), [stem + end for stem in ("виконавч", "військов", "цивільн", "военн", "исполнительн") for end in (*_ADJECTIVE, "ій")])  # fmt: skip
_add(Sense("oblast"), [*_forms("област", "ь і ю и ей тю"), "обл", "обл-ть"])
_add(Sense("raion"), [*_forms("район", "а у і ом е"), "р-н", "р-ну", "р-ні", "р-он", "рн", "рну"])
_add(Sense("settlement", "міська"), ["м", "місто", "міста", "місті", "місту", "город", "города", "г"])
_add(Sense("settlement", "селищна"), ["смт", "пгт", "селище", "селища", "селищі", "сщ"])
_add(Sense("settlement", "сільська"), ["с", "село", "села", "селі", "селу"])
# Councils and administrations of a raion or an oblast are no hromada, though their names look like one's.
_add(Sense("authority"), [stem + end for stem in ("обласн", "районн", "областн") for end in _ADJECTIVE])
_add(
    Sense("authority"),
    _forms("ова ода рда рва облрада облради облраді райрада райради райраді облдержадміністрація"),
)
_add(Sense("authority"), _forms("райдержадміністраці облдержадміністраці", "я ї ю єю"))
_add(Sense("authority"), [stem + end for stem in ("окружн", "державн") for end in _ADJECTIVE])
_add(Sense("join"), _forms("та і й и з із у в на до від по не or and"))
_add(Sense("extra"), _forms("заявк анкет форм", "а и і у ою"))
_add(
    Sense("extra"),
    _forms(
        "участь участі участие участия щодо для про прошу просимо надсилаємо подаємо подання подає подати мережа мережі "
        "мережу заява заяву конкурс конкурсу назва назви назву документи документ лист листа пакет представники "
        "представник учасники учасник команда україна україни шановні добрий день доброго дня тема відбір відбору "
        "реєстрація уточнена уточнено оновлена виправлена повторно повторна доповнена доповнено голова голови апарат "
        "апарату відділ управління"
    ),
)

_EN = {
    "hromada": Sense("hromada"), "gromada": Sense("hromada"), "community": Sense("hromada"), "communities": Sense("hromada"),
    "territorial": Sense("hromada"), "united": Sense("hromada"), "tg": Sense("hromada"), "otg": Sense("hromada"),
    "amalgamated": Sense("hromada"), "mtg": Sense("hromada", "міська"), "stg": Sense("hromada"),
    "municipality": Sense("hromada"), "obyednana": Sense("hromada"), "obiednana": Sense("hromada"),
    "city": Sense("type", "міська"), "town": Sense("settlement", "міська"), "urban": Sense("type", "міська"),
    "village": Sense("type", "сільська"), "rural": Sense("type", "сільська"), "settlement": Sense("type", "селищна"),
    "council": Sense("council"), "rada": Sense("council"), "rady": Sense("council"), "oblast": Sense("oblast"),
    "oblasti": Sense("oblast"), "obl": Sense("oblast"), "region": Sense("oblast"), "district": Sense("raion"),
    "r-n": Sense("raion"), "rayon": Sense("raion"), "m": Sense("settlement", "міська"), "misto": Sense("settlement", "міська"),
    "smt": Sense("settlement", "селищна"), "s": Sense("settlement", "сільська"), "selo": Sense("settlement", "сільська"),
    "and": Sense("join"), "ta": Sense("join"), "of": Sense("join"), "the": Sense("join"), "i": Sense("join"), "in": Sense("join"),
    "application": Sense("extra"), "form": Sense("extra"), "ukraine": Sense("extra"), "zayavka": Sense("extra"),
}  # fmt: skip
_SOUNDED = {
    sound(form): sense for form, sense in reversed(_UK.items()) if len(form) > 3 and sense.part != "extra"
}

_BG: dict[str, Sense] = {
    **dict.fromkeys(("община", "общината", "общ", "общини", "кметство", "кмет", "obshtina", "obshina"), Sense("hromada")),
    **dict.fromkeys(("municipality", "общинска", "общинската", "администрация", "администрацията"), Sense("hromada")),
    **dict.fromkeys(("област", "областта", "обл", "oblast", "region", "obl"), Sense("oblast")),
    **dict.fromkeys(("гр", "град", "с", "село", "gr", "grad", "city", "of"), Sense("settlement")),
    **dict.fromkeys(("и", "в", "във", "от", "за", "на", "към", "and", "i"), Sense("join")),
    **dict.fromkeys(("заявка", "заявление", "форма", "формуляр", "участие", "обучение", "дирекция", "отдел"), Sense("extra")),
    **dict.fromkeys(("име", "българия", "служители", "участници", "кандидатстване"), Sense("extra")),
}  # fmt: skip


# «Олевська-громада-Житомирська-область» and a few words more; what has more parts is no sentence.
_MOST_PARTS = 8


# Where one word ends and another begins though nothing stands between.
_GLUED = re.compile(
    r"(?<=\w{3}[а-яґєії])(?=[А-ЯҐЄІЇ]{2}|[А-ЯҐЄІЇ][а-яґєії]|(?:громад[аиі]|область|області)$)"
)


def sense(word: Word, country: str) -> Sense | None:
    """Return what the word is for in the language of the country, or None when it may be a name."""
    if country == "bg":
        return _BG.get(word.key)
    if word.script == "latin":
        return _EN.get(word.key) or _SOUNDED.get(sound(word.key))
    return _UK.get(word.key)


def divide(tokens: Sequence[Word], country: str, also: Collection[str] = ()) -> tuple[Word, ...]:
    """Divide words at a bare hyphen where a part of them is no name: «громада-Житомирська», «змін-Олевська».

    `also` are further keys that end or begin a part, such as the words of a topic. Names keep their hyphens. What was
    run together is taken apart: «ОлевськаТГ», «Олевськагромада».
    """
    divided: list[Word] = []
    for word in tokens:
        if len(word.text) != len(word.key) or sense(word, country):
            divided.append(word)
            continue
        pieces = _cut(word, [len(part) for part in word.key.split("-")], "-") if "-" in word.key else []
        marks = [sense(piece, country) for piece in pieces]
        parted = any(
            mark and len(piece.key) > 1 and mark.part not in ("join", "extra")
            for piece, mark in zip(pieces, marks, strict=True)
        )
        if not 0 < len(pieces) <= _MOST_PARTS or not (parted or any(piece.key in also for piece in pieces)):
            pieces = [word]
        divided.extend(part for piece in pieces for part in _unglued(piece, country))
    return tuple(divided)


def _unglued(word: Word, country: str) -> list[Word]:
    glued = _GLUED.search(word.text) if word.script == "cyrillic" else None
    pieces = _cut(word, [glued.start(), len(word.text) - glued.start()], "") if glued else []
    # Two words that mean nothing here may be one misspelt name.
    return pieces if any(sense(piece, country) for piece in pieces) else [word]


def _cut(word: Word, lengths: Sequence[int], between: str) -> list[Word]:
    """Return the pieces of a word that have these lengths; `between` is what stands between two of them."""
    pieces, at, gap = [], 0, word.gap
    for length in lengths:
        text, key = word.text[at : at + length], word.key[at : at + length]
        begin = word.start + at
        pieces.append(Word(text, key, gap, word.script, begin, begin + length, word.slips if not at else ()))
        at, gap = at + length + len(between), between
    return pieces
