"""The hints that stand under a form's labels: the call's own, and those our form prints where the call has none.

Pure text. A form copied as text has them on lines between a label and its answer, and they are never taken for one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.call import Call, FormField, KindName
from rules.labels import normalise

# Mail programs break longer lines: what such a line leaves of a hint stands on the next one.
WRAPPED = 48
# A hint with boxes goes on with choices, which are part of the answer.
_BOX = "☐"
# What parts a hint from an answer on its line: a copied table's tabulator, blanks, a sign.
_PARTED = re.compile(r"\t|\s{2,}|\s*[:–—]\s|$")

# How explanations begin in anybody's form.
_HINT_START = re.compile(
    r"(?i)^[\s(*]*(?:наприклад|напр\.|приклад|оберіть|виберіть|зазначте|вкажіть|якщо |до \d+ (?:знаків|символів)|не більше"
    r"|так, як|сюди |наприм|укажите|выберите|изберете|посочете|попълнете|до \d+ знак|e\.g\.|for example|please|choose)"
)
# «(повна назва)»: nobody answers in parentheses only.
_IN_PARENTHESES = re.compile(r"\([^()]*[^\W\d_]{3}[^()]*\)")


@dataclass(frozen=True, slots=True)
class _Usual:
    """One language's hints. `limit` and `one_of` are filled from the field; `kinds` are for fields that bring none."""

    limit: str
    one_of: str
    kinds: Mapping[KindName, str] = field(default_factory=dict)


_USUAL: Mapping[str, _Usual] = {
    "uk": _Usual(
        limit="до {limit} знаків",
        one_of="оберіть одне: {options}",
        kinds={
            "oblast": "оберіть зі списку",
            "raion": "наприклад: Коростенський",
            "hromada": "наприклад: Коростенська міська територіальна громада",
            "katottg": "якщо не знаєте — залиште порожнім (UA і 17 цифр)",
            "edrpou": "зазначте 8 цифр",
            "phone": "наприклад: +380 XX XXX XX XX",
            "choices": "оберіть усе, що підходить",
            "date": "зазначте як день.місяць.рік",
        },
    ),
    "bg": _Usual(
        limit="до {limit} знака",
        one_of="изберете едно: {options}",
        kinds={
            "oblast": "изберете от списъка",
            "hromada": "напр. Община Бургас",
            "phone": "напр. +359…",
            "choices": "изберете всичко, което важи",
            "date": "посочете ден.месец.година",
        },
    ),
    "en": _Usual(
        limit="please keep to {limit} characters",
        one_of="choose one: {options}",
        kinds={
            "oblast": "choose from the list",
            "katottg": "e.g. UA and 17 digits; leave empty if unknown",
            "edrpou": "e.g. 8 digits",
            "phone": "e.g. +380 XX XXX XX XX",
            "choices": "choose all that apply",
            "date": "please write day.month.year",
        },
    ),
}


def printed_hint(item: FormField, language: str) -> str:
    """Return what our form prints under a field's label ("" for nothing), without boxes: those stand in the answer."""
    usual = _USUAL[language]
    if _BOX in item.hint:
        return item.hint.partition(_BOX)[0].strip(" _:;")
    if not item.hint and item.kind == "long" and item.limit < FormField.model_fields["limit"].default:
        return usual.limit.format(limit=item.limit)
    if not item.hint and item.kind == "choice":
        return usual.one_of.format(options=" · ".join(item.options))
    return item.hint or usual.kinds.get(item.kind, "")


def explains(text: str) -> bool:
    """Return whether a text beside or under a label reads like an explanation of it in any form."""
    return _HINT_START.match(text) is not None or _IN_PARENTHESES.fullmatch(text.strip()) is not None


class Hints:
    """The hints that may still follow the label at hand, each once: whoever repeats one means it as an answer."""

    def __init__(self, call: Call) -> None:
        self._of = {
            item.key: tuple(normalise(printed_hint(item, call.language)).split()) for item in call.fields
        }
        self._left: list[tuple[str, ...]] = []

    def under(self, keys: Iterable[str]) -> None:
        """Expect the hints of the fields a label names."""
        self._left = [words for words in dict.fromkeys(self._of[key] for key in keys) if words]

    def without(self, text: str) -> str:
        """Return a line without the hint it is or begins with; "" when nothing else stands there."""
        for hint in self._left:
            rest = _after(text, hint)
            if rest is not None:
                self._left.remove(hint)
                return rest
            words = tuple(normalise(text).split())
            if len(text) >= WRAPPED and len(words) < len(hint) and hint[: len(words)] == words:
                self._left[self._left.index(hint)] = hint[len(words) :]
                return ""
        return text


def _after(text: str, hint: tuple[str, ...]) -> str | None:
    """Return what stands on a line after the hint it begins with, or None when it does not."""
    wanted = " ".join(hint)
    for end in _PARTED.finditer(text):
        if normalise(text[: end.start()]) == wanted:
            return text[end.end() :].strip()
    return None
