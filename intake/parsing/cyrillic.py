"""How much a text looks like written Ukrainian, Russian or Bulgarian: by its letters, their neighbours and their cases. It knows no charsets and decides nothing."""

# Frequency in running Ukrainian and Russian text, per thousand letters, rounded; what is not here is rare.
_FREQUENCY = {
    **dict(zip("оаиінвтерск", (95, 80, 60, 55, 65, 55, 55, 60, 50, 45, 38), strict=True)),
    **dict(zip("лудпмязьйбг", (38, 33, 32, 30, 31, 24, 22, 18, 13, 17, 17), strict=True)),
    **dict(zip("чжхшюцїщєфґыэъё", (14, 9, 12, 8, 9, 8, 7, 5, 5, 3, 2, 9, 3, 2, 1), strict=True)),
}
# Which letters follow a letter in nearly all running text and names of the three languages. A wrong reading has other
# neighbours, whatever its letters are.
_FOLLOWERS = {
    "а": "бвгдежзйклмнпрстхцчшяєї", "б": "аеилорутщі", "в": "аеиклнорсцчі", "г": "аилноруі",
    "д": "аежикмнопрстуяі", "е": "бвгджзйклмнпрстфцчш", "ж": "аеин", "з": "авгдеимноуьі",
    "и": "абвгдежзйклмнпрстхцчшщя", "й": "клност", "к": "аеилорстуі", "л": "аеиноуьюяі", "м": "аеимоуі",
    "н": "адеикностуыьюяі", "о": "бвгджзйклмнопрстчшї", "п": "аеилнортуі", "р": "абвгдеикмнорстучшыяі",
    "с": "авеиклмноптуъьяі", "т": "авгдеиклнопруыьюяі", "у": "бвгдклмнпрстчшє", "ф": "аоі", "х": "аоі",
    "ц": "аеиьяі", "ч": "аеикнотуі", "ш": "аеикнотуі", "щ": "аеиоу", "ъ": "р", "ы": "й", "ь": "гкнст",
    "ю": "бдклт", "я": "вдекмнртцщ", "є": "влмт", "і": "бвдзйклмнрстчшщяї", "ї": "внс", "ґ": "аонру", "э": "клт",
    "ё": "лнрт",
}  # fmt: skip
# How much a text of nothing but usual neighbours is worth, beside the frequency of its letters.
NEIGHBOURS = 4.0


def plausibility(text: str) -> float:
    """Return how much the non-ASCII letters of `text` look like written Ukrainian, Russian or Bulgarian; about -3 to 9."""
    total, count, previous = 0.0, 0, ""
    usual = pairs = 0
    for char in text:
        if char < "\x80":
            previous = char
            continue
        count += 1
        lower = char.lower()
        weight = _FREQUENCY.get(lower)
        if weight is None:
            total += 0.0 if char in "«»„“”’ʼ–—№…•·€\u00a0§°" else -3.0
        else:
            total += 1.0 + weight / 25
            if char != lower:
                # An upper-case letter inside a lower-case word is the mark of KOI8 read as windows-1251 and back.
                total -= 6.0 if previous.islower() and previous > "\x7f" else 0.4
            if previous and previous in "€»№§°•…·":
                # A sign that ends words or stands alone was a letter in another charset.
                total -= 3.0
            if previous > "\x7f" and previous.isalpha():
                pairs += 1
                usual += lower in _FOLLOWERS.get(previous.lower(), "")
        previous = char
    return total / count + (NEIGHBOURS * usual / pairs if pairs else 0.0) if count else 0.0
