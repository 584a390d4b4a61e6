"""Kinds of fields: how the raw text of an answer becomes a value, and what may be wrong with it.

Only the safe is mended (blanks, mailto:, punctuation); what would have to be guessed is a fault. To add a
kind: one function, one line in KINDS, its name in `rules.call.KindName`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from rapidfuzz import fuzz

from rules import marks
from rules.call import Call, FormField
from rules.figures import figure_of
from rules.labels import clean, counted_person, normalise
from rules.table import LOST_BOX

# raw, field, call -> value ("" when empty) and the code of a fault, or None
Normaliser = Callable[[str, FormField, Call], tuple[str, str | None]]

YES_NO = MappingProxyType({"uk": ("так", "ні"), "bg": ("да", "не"), "en": ("yes", "no")})

_EMPTY = frozenset(
    normalise(word)
    for word in (
        "", "немає", "нема", "нет", "няма", "не має", "не маю", "не маємо", "відсутній", "відсутня", "відсутнє",
        "відсутні", "отсутствует", "липсва", "н/д", "н.д.", "немає даних", "не визначено", "не вказано", "не знаю",
        "n/a", "none", "незаповнено", "не заповнено", "не застосовується", "прочерк",
    )
)  # fmt: skip
# What Word and LibreOffice put into controls nobody filled in.
_PLACEHOLDERS = frozenset(
    normalise(phrase)
    for phrase in (
        "Клацніть або торкніться тут, щоб ввести текст.", "Клацніть тут, щоб ввести текст.",
        "Клацніть або торкніться, щоб ввести дату.", "Клацніть тут, щоб ввести дату.", "Місце для тексту.",
        "Клацніть або торкніться тут, щоб увести текст.", "Клацніть тут, щоб увести текст.", "Введіть текст",
        "Клацніть або торкніться, щоб увести дату.", "Клацніть тут, щоб увести дату.", "Місце для введення тексту.",
        "Виберіть елемент.", "Виберіть дату.", "Оберіть зі списку", "Оберіть елемент.", "Виберіть зі списку",
        "Click or tap here to enter text.", "Click here to enter text.", "Click or tap to enter a date.",
        "Click here to enter a date.", "Choose an item.", "Choose a building block.", "Select an item",
        "Место для ввода текста.", "Место для ввода даты.", "Выберите элемент.", "Щелкните или коснитесь здесь, чтобы ввести текст.",
        "Щракнете или докоснете тук, за да въведете текст.", "Изберете елемент.", "Щракнете или докоснете, за да въведете дата.",
    )
)  # fmt: skip
_FILLER = re.compile(r"_{2,}|\.{4,}|…{2,}|-{3,}")
_ADDRESS = re.compile(r"[^\s,;<>()\[\]:«»\"“”„]+@[^\s,;<>()\[\]:«»\"“”„]+")
_MONTHS = {
    "січ": 1, "лют": 2, "берез": 3, "квіт": 4, "трав": 5, "черв": 6, "лип": 7, "серп": 8, "верес": 9, "жовт": 10,
    "листоп": 11, "груд": 12, "янв": 1, "януар": 1, "фев": 2, "март": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6,
    "юни": 6, "июл": 7, "юли": 7, "авг": 8, "сент": 9, "септ": 9, "окт": 10, "ноя": 11, "ноем": 11, "дек": 12,
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip


def tidy(raw: str) -> str:
    """Return the text without the form's own filling: runs of underscores and dots, blanks at the ends of lines."""
    lines = (_FILLER.sub(" ", line) for line in clean(raw).split("\n"))
    joined = "\n".join(re.sub(r"[ \t]+", " ", line).strip(" _") for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


_CONTACT = re.compile(rf"\W*(?:{_ADDRESS.pattern}|\+?\(?\d[\d\s()/.-]{{7,}}\d)\W*")


def is_contact(raw: str) -> bool:
    """Return whether an answer is an address or a telephone number and nothing else."""
    return _CONTACT.fullmatch(raw) is not None


# An explanation of the form that stands where an answer should: nothing else is asked for in brackets.
_ASKED = re.compile(
    r"(?i)\((?:вкажіть|вказати|зазначте|зазначити|укажіть|напишіть|впишіть|наприклад|посочете|напишете|например|"
    r"specify|please|e\.g\.)[^()]*\)?"
)


def is_empty(raw: str, field: FormField | None = None) -> bool:
    """Return whether an answer says nothing: blank, a dash, «немає», a placeholder, or the form's own hint."""
    word = normalise(raw)
    if (word in _EMPTY or word in _PLACEHOLDERS) and not any(char.isdigit() for char in raw):
        # A tick or a plus alone is an answer, though it has no letters.
        return not any(char in marks.CHECKED + "+√*" for char in raw) or word != ""
    if _ASKED.fullmatch(raw.strip()):
        return True
    hint = normalise(field.hint) if field is not None else ""
    return bool(hint) and fuzz.ratio(word, hint) >= 92 and not any(char in marks.CHECKED for char in raw)


def flag(value: str) -> bool | None:
    """Return what the value of a `yesno` or `consent` field says, or None when it is empty."""
    yes = {words[0] for words in YES_NO.values()}
    return None if not value else value in yes


def _text(raw: str, _field: FormField, _call: Call) -> tuple[str, str | None]:
    before, boxed = marks.choices(raw)
    if not boxed:
        return tidy(raw), None
    picked = [tidy(choice.text) for choice in boxed if choice.checked]
    # A list that uses boxes for bullets is text; a list of choices shows which were ticked.
    return tidy("\n".join(part for part in (before, *picked) if part.strip())), None


def _long(raw: str, field: FormField, call: Call) -> tuple[str, str | None]:
    value, _ = _text(raw, field, call)
    return value, "too_long" if len(value) > field.limit else None


def _one_line(raw: str, _field: FormField, _call: Call) -> tuple[str, str | None]:
    return " ".join(tidy(raw).split()), None


def _name(raw: str, _field: FormField, call: Call) -> tuple[str, str | None]:
    value = " ".join(tidy(raw).split()).strip(" ,;")
    beyond = counted_person(value) > len(call.participants)
    if beyond or is_contact(value) or not any(char.isalpha() for char in value):
        return "", "bad_name"
    words = re.findall(r"[^\W\d_](?:[^\W\d_]|['’ʼ`-])*", value)
    full = [word for word in words if len(word) > 1]
    return value, "initials" if len(full) < 2 else None


def _phone(raw: str, _field: FormField, call: Call) -> tuple[str, str | None]:
    region = call.country.upper()
    text = re.sub(r"(?i)(?:вн(?:утр)?|дод|доб|ext|вътр)\.?\s*(?:№\s*)?\d{1,5}", " ", tidy(raw))
    whole = _number_of(text, region)
    if whole:
        return whole, None
    parts = re.split(r"[,;\n|]|\s/\s|\s(?:та|і|й|и|або|или|or|and)\s|(?<=\d)\s*(?=\+)", text)
    if len([part for part in parts if re.search(r"\d{2}", part)]) < 2:
        parts = re.split(r"[,;\n|/]|(?<=\d)\s+(?=(?:\+?38)?0\d{2})|(?<=\d)\s*\((?=0)", text)
    found = tuple(dict.fromkeys(filter(None, (_number_of(part, region) for part in parts))))
    unread = [part for part in parts if len(re.sub(r"\D", "", part)) >= 5 and not _number_of(part, region)]
    return ", ".join(found), "bad_phone" if not found or unread else None


def _number_of(text: str, region: str) -> str:
    """Return the one telephone number a text holds (E.164), or ""."""
    digits = re.sub(r"\D", "", text)
    plus = re.search(r"\+\s*\(?\d", text) is not None
    if not 9 <= len(digits) <= 15:
        return ""
    if region == "UA":
        for prefix in ("00380", "380", "80"):
            if digits.startswith(prefix) and len(digits) == len(prefix) + 9:
                digits, plus = "380" + digits[len(prefix) :], True
    try:
        number = phonenumbers.parse(("+" if plus else "") + digits, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    # A national number without its leading zero, or one too short to ring from elsewhere, is not complete.
    if region == "UA" and number.country_code == 380 and len(str(number.national_number)) != 9:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(raw: str, _field: FormField, _call: Call) -> tuple[str, str | None]:
    text = re.sub(r"(?i)mailto:", " ", tidy(raw))
    text = re.sub(r"\s*@\s*", "@", text)
    # A blank after a dot inside an address («ukr. net»): joined only where a known-looking end follows.
    text = re.sub(r"(@[\w.-]+\.)\s+(?=[a-z]{2,6}\b)", r"\1", text)
    text = re.sub(r"(@[\w-]+)\s+(?=\.[a-z]{2,6}\b)", r"\1", text)
    candidates = tuple(dict.fromkeys(match.strip(".'’…") for match in _ADDRESS.findall(text)))
    if not candidates:
        return "", "bad_email"
    valid: list[str] = []
    for candidate in candidates:
        if not candidate.isascii():
            # A Cyrillic «о» or «сом» leads to nobody, or to somebody else.
            continue
        try:
            valid.append(
                validate_email(candidate, check_deliverability=False, allow_smtputf8=False).normalized
            )
        except EmailNotValidError:
            continue
    if not valid:
        return "", "bad_email"
    distinct = {address.casefold() for address in valid}
    if len(valid) < len(candidates):
        return valid[0], "bad_email"
    return valid[0], "several_emails" if len(distinct) > 1 else None


def _katottg(raw: str, _field: FormField, _call: Call) -> tuple[str, str | None]:
    text = re.sub(r"[\s\-_.]", "", clean(raw)).upper().replace("А", "A")
    found = re.search(r"U?A?(\d{17})(?!\d)", text)
    return (f"UA{found.group(1)}", None) if found else (tidy(raw), "bad_code")


def _edrpou(raw: str, _field: FormField, call: Call) -> tuple[str, str | None]:
    digits = re.sub(r"\D", "", raw)
    if call.country != "ua":
        return digits, None if digits else "bad_code"
    if len(digits) != 8:
        return tidy(raw), "bad_code"
    return digits, None if edrpou_valid(digits) else "bad_code"


def edrpou_valid(digits: str) -> bool:
    """Return whether the eighth digit of a Ukrainian legal entity's code is right (weights modulo 11)."""
    figures = [int(digit) for digit in digits]
    first = (7, 1, 2, 3, 4, 5, 6) if 30_000_000 <= int(digits) <= 60_000_000 else (1, 2, 3, 4, 5, 6, 7)
    check = sum(figure * weight for figure, weight in zip(figures[:7], first, strict=True)) % 11
    if check == 10:
        check = sum(figure * (weight + 2) for figure, weight in zip(figures[:7], first, strict=True)) % 11
    return check % 10 == figures[7]


def _number(raw: str, _field: FormField, _call: Call) -> tuple[str, str | None]:
    return figure_of(tidy(raw))


def _date(raw: str, _field: FormField, _call: Call) -> tuple[str, str | None]:
    """Any usual way to write a date becomes ISO 8601; what is no date stays as it is."""
    text = tidy(raw)
    day = month = year = 0
    if found := re.search(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", text):
        year, month, day = (int(part) for part in found.groups())
    elif found := re.search(r"\b(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})\b", text):
        day, month, year = (int(part) for part in found.groups())
    elif found := re.search(r"(\d{1,2})\W{1,3}([^\W\d]{3,10})\W{1,3}(\d{4})", text):
        word = found.group(2).casefold()
        day, year = int(found.group(1)), int(found.group(3))
        month = next((number for stem, number in _MONTHS.items() if word.startswith(stem)), 0)
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat(), None
    except ValueError:
        return text, None


def _choice(raw: str, field: FormField, _call: Call) -> tuple[str, str | None]:
    picked = marks.chosen(raw, field.options)
    return "; ".join(map(tidy, picked)), "bad_choice" if len(picked) > 1 else None


def _choices(raw: str, field: FormField, _call: Call) -> tuple[str, str | None]:
    return "; ".join(map(tidy, marks.chosen(raw, field.options))), None


def _yesno(raw: str, _field: FormField, call: Call) -> tuple[str, str | None]:
    said = marks.answer(raw)
    if said is None:
        return "", "unclear" if marks.unclear(raw) else None
    return YES_NO[call.language][0 if said else 1], None


def _consent(raw: str, _field: FormField, call: Call) -> tuple[str, str | None]:
    said = False if marks.unmarked_box(raw) else marks.answer(raw)
    if said and len(raw) > 200 and not marks.choices(raw)[1]:
        # The words of the consent itself («Добровільно надаю …») are not yet anybody's consent.
        said = None
    if said is None:
        return "", None
    return YES_NO[call.language][0 if said else 1], None if said else "no_consent"


def _url(raw: str, _field: FormField, _call: Call) -> tuple[str, str | None]:
    return tidy(raw), None


KINDS: Mapping[str, Normaliser] = MappingProxyType(
    {
        "text": _text,
        "long": _long,
        "name": _name,
        "phone": _phone,
        "email": _email,
        "katottg": _katottg,
        "edrpou": _edrpou,
        "number": _number,
        "date": _date,
        "oblast": _one_line,
        "raion": _one_line,
        "hromada": _one_line,
        "choice": _choice,
        "choices": _choices,
        "yesno": _yesno,
        "consent": _consent,
        "signature": _text,
        "url": _url,
        "unit": _one_line,
    }
)


# A form's answers end long before this; longer text is a document pasted into a cell.
MAX_TEXT = 50_000
MAX_SHORT = 1_000


def value_of(raw: str, field: FormField, call: Call) -> tuple[str, str | None]:
    """Return the value of an answer by its field's kind, and the code of what is wrong with it, or None.

    What says nothing is "", without a fault: whether it may be empty is not the kind's matter.
    """
    raw = raw[: MAX_TEXT if field.kind in {"text", "long", "signature", "url"} else MAX_SHORT]
    if LOST_BOX in raw and field.kind in {"choice", "choices", "yesno", "consent"}:
        return "", None
    if is_empty(raw, field) and not _says_something(raw, field):
        return "", None
    return KINDS[field.kind](raw, field, call)


def _says_something(raw: str, field: FormField) -> bool:
    """Return whether words that elsewhere mean nothing are an answer here: an option «немає», a box nobody ticked."""
    if field.kind in {"choice", "choices"}:
        return normalise(raw) != "" and normalise(raw) in map(normalise, field.options)
    if field.kind == "consent" and marks.unmarked_box(raw):
        return True
    return field.kind in {"yesno", "consent"} and marks.answer(raw) is False
