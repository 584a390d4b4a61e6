"""Cases: the forms in which a settlement's name and a hromada's adjective are met. Ukrainian only.

It needs no dictionary and may produce a form that does not exist: such a form is simply never met. It must not
produce one that is another settlement's name more often than the language itself does.
"""

from itertools import product

# Endings of a feminine adjective (громада, область, рада): nominative first; Russian ones are known elsewhere.
FEMININE = ("а", "ої", "ій", "у", "ою", "о")
_MASCULINE = ("ий", "ого", "ому", "им", "ім")
_NEUTER = ("е", "ого", "ому", "им", "ім")
_PLURAL = ("і", "их", "им", "ими")
_VOWELS = "аеєиіїоуюя"


def adjective_stems(word: str) -> tuple[str, ...]:
    """Return what remains of a word when each feminine ending it may have is taken off, longest ending first."""
    return tuple(
        word[: -len(end)] for end in ("ою", "ої", "ій", "а", "у", "о") if word.endswith(end) and len(word) > 5
    )


def masculine_stems(word: str) -> tuple[str, ...]:
    """Return what remains of the name of a raion («Коростенського») without its ending."""
    return tuple(word[: -len(end)] for end in ("ого", "ому", "ий", "им", "ім") if word.endswith(end))


def settlement_forms(name: str) -> set[str]:
    """Return the flat forms of a settlement's name given in lower case: «білацеркві», «білоїцеркви», «білійцеркві».

    Of an adjective and a noun only forms that can go together matter; others are never met.
    """
    parts = name.split(" ")
    if len(parts) == 1:
        return _noun(name.replace("-", ""))
    if len(parts) > 2:
        return {name.replace(" ", "")}
    first, second = parts
    return {one + two for one, two in product(_adjective(first), _noun(second))}


def _adjective(word: str) -> set[str]:
    for end, forms in (
        ("ий", _MASCULINE),
        ("ій", ("ій", "ього", "ьому", "ім")),
        ("а", ("а", *FEMININE[1:5])),
    ):
        if word.endswith(end):
            return {word[: -len(end)] + form for form in forms}
    if word.endswith("я"):
        return {word, word[:-1] + "ьої", word[:-1] + "ій", word[:-1] + "ю"}
    if word.endswith("е"):
        return {word[:-1] + form for form in _NEUTER}
    if word.endswith(("і", "и", "ї")):
        return {word, *(word[:-1] + form for form in _PLURAL[1:])}
    return _noun(word)


def _noun(word: str) -> set[str]:  # noqa: C901 -- one branch per declension reads better than a table of lambdas
    forms = {word}
    stem = word[:-1]
    if word.endswith(("ський", "цький", "зький", "ний", "вий")):
        forms |= {word[:-2] + form for form in _MASCULINE}
    elif word.endswith(("ська", "цька", "зька", "ова", "ева", "на")):
        forms |= {stem + form for form in FEMININE} | {stem + "и", stem + "і"}
    elif word.endswith("ець"):
        # Трускавець, Трускавця; Кам’янець, Кам’янця.
        soft = "й" if word[-4] in _VOWELS else ""
        forms |= {word[:-3] + soft + "ц" + form for form in ("я", "ю", "і", "ем")}
    elif word.endswith(("ів", "їв")):
        # Київ, Києва; Харків, Харкова; Любешів, Любешева or Любешова.
        for vowel in ("є",) if word.endswith("їв") else ("о", "е"):
            forms |= {word[:-2] + vowel + "в" + form for form in ("а", "у", "і", "ом")}
    elif word.endswith("піль"):
        forms |= {word[:-4] + "пол" + form for form in ("я", "ю", "і", "ем")}
    elif word.endswith("ь"):
        forms |= {stem + form for form in ("я", "ю", "і", "ем", "и")}
    elif word.endswith(("ове", "еве", "єве", "не", "ське", "цьке", "зьке")):
        forms |= {stem + form for form in (*_NEUTER, "а", "у", "і")}
    elif word.endswith("о"):
        forms |= {stem + form for form in ("а", "у", "і", "ом")}
    elif word.endswith("е"):
        forms |= {stem + form for form in ("я", "ю", "і", "а", "у", "ого", "ому")}
    elif word.endswith("ка"):
        forms |= {stem + form for form in ("и", "у", "ою")} | {word[:-2] + "ці"}
    elif word.endswith("а"):
        forms |= {stem + form for form in ("и", "і", "у", "ою")}
        forms |= {word[:-2] + mild for hard, mild in (("га", "зі"), ("ха", "сі")) if word.endswith(hard)}
    elif word.endswith("я"):
        forms |= {stem + form for form in ("і", "ї", "ю", "ею", "єю")}
    elif word.endswith("и"):
        forms |= {stem, stem + "ів", stem + "ам", stem + "ах"}
    elif word.endswith(("і", "ї")):
        forms |= {stem, stem + "ів", stem + "їв", stem + "ям", stem + "ях", stem + "ь"}
        if word.endswith("вці"):
            forms.add(word[:-3] + "вець")
    else:
        forms |= {word + form for form in ("а", "у", "і", "ом", "ові")}
        # Кривий Ріг, Кривого Рогу; Чорний Острів is above; Городок, Городка.
        if word.endswith("ок"):
            forms |= {word[:-2] + "к" + form for form in ("а", "у", "ові", "ом")}
        if word.endswith(("іг", "ід", "ік", "іт", "іл")):
            forms |= {word[:-2] + "о" + word[-1] + form for form in ("а", "у", "і")} | {
                word[:-2] + "о" + "зі"
            }
    return forms
