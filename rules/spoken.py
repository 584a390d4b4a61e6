"""What people call the fields of a form in a letter: «тел.», «пошта Бондаря», «п. 3.9», our own question quoted.

It knows names of things only; whose answer it is where several fields bear a name, `rules.written` says.
"""

import re
from collections.abc import Callable, Collection, Mapping

from rules.intents import courteous
from rules.labels import Hit, Vocabulary, normalise

PHONE = r"\+?\(?\d[\d\s()/.-]{7,}\d"
EMAIL = r"[^\s,;<>()]+@[^\s,;<>()]+\.[^\s,;<>().]+"
# «телефон 067 123 45 67»: no sign between the label and a value that shows by itself where it begins.
_LOOSE = re.compile(
    rf"^(?P<left>[^\d@]{{2,90}}?)\s+(?P<value>(?:{PHONE}|{EMAIL})(?:\s*[,;]\s*(?:{PHONE}|{EMAIL}))*)\s*[.;]?$"
)
_SIGNED = re.compile(r"^(?P<left>[^:\d@]{2,90}?)\s*(?::|\s[-–—=])\s*(?P<value>\S.*)$")
_NUMBERED = re.compile(
    r"^\s*[-–•*]?\s*(?:(?:п|пп|т|item|пункт\w*)\b\.?\s*)?(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})(?!\.?\d)[.)]?\s*(?P<sign>[-–—:=]*)\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?<![\d.])\d{1,2}(?:\.\d{1,2}){1,3}(?!\.?\d)")
# «телефон учасника 2 067…»: the count is a word here, so that it does not join the value.
_COUNTED = re.compile(
    r"\b((?:учасни|участни|представни|participant)\w*)\s*(?:№|#)?\s*([123])\b(?![.)]?\d)", re.IGNORECASE
)
_ORDINALS = {"1": "перший", "2": "другий", "3": "третій"}
_BULLET = re.compile(r"^\s*(?:[-–—•*·]|\d{1,2}[.)])\s+")
# What our letters and people's own put around the name of a field that is asked for.
_ASKING = re.compile(
    r"(?i)^\W*(?:не\s+(?:вказано|зазначено|заповнено|указано|посочено|попълнено)|missing|бракує|немає|відсутн\w+|уточніть|вкажіть)\s*:?\s*"
    r"|\s*[-–—:]\s*(?:не\s+(?:заповнено|вказано|зазначено|е\s+попълнено|указано)|not\s+filled\s+in|перевірте|проверете|please\s+check).*$"
)
# What people call a thing in a letter, whatever the form calls it; the fields of that kind are meant.
_COMMON = {
    word: kind
    for kind, words in {
        "phone": "телефон тел моб мобільний мобілка номер контакт телефона телефону phone mobile tel number номера",
        "email": "пошта пошту мейл мейла імейл емейл скринька скриньку електронка адреса адресу e mail email mail имейл имейла поща пощата почта почту",
        "name": "піб пип ім'я імя имя имена name прізвище фамилия",
    }.items()
    for word in words.split()
}
_WIDENING = frozenset(
    {
        "мобільний", "мобилен", "мобильный", "контактний", "контактный", "електронна", "електронну", "электронная",
        "электронную", "електронен", "ел", "эл", "робоча", "робочу", "номер", "адреса", "адресу", "пошти", "почты",
    }
)  # fmt: skip
_GUILLEMETS = re.compile(r"[«„“\"](?P<label>[^«»„“”\"]{2,300})[»“”\"]")


class Spoken:
    """The names of a call's fields as letters use them. `names` are the participants' by key."""

    def __init__(self, vocabulary: Vocabulary, names: Mapping[str, str]) -> None:
        self.vocabulary = vocabulary
        # The end of a name changes with the case it stands in.
        self._names = {
            person: [word.casefold()[: max(4, len(word) - 3)] for word in name.split() if len(word) > 3]
            for person, name in names.items()
        }

    def loose(self, text: str) -> tuple[Hit, str] | None:
        """Return label and value of «телефон Бондаря 067 123 45 67», «пошта: o@x.ua»."""
        text = _COUNTED.sub(lambda found: f"{found[1]} {_ORDINALS[found[2]]}", text)
        for found in (_LOOSE.match(text), _SIGNED.match(text)):
            hit = self.label(found["left"].strip(" -–—:=(")) if found is not None else None
            if found is not None and hit is not None:
                return hit, found["value"]
        return None

    def owners(self, text: str) -> set[str]:
        """Return the participants whose names a text has, in whatever case they stand."""
        return {
            person
            for person, stems in self._names.items()
            if any(word.casefold().startswith(stem) for word in text.split() for stem in stems)
        }

    def label(self, text: str) -> Hit | None:
        """Return what fields a text names, also in a letter's words and by a participant's name."""
        hit = self.vocabulary.label(text)
        if hit is not None:
            return hit
        words = text.split()
        owners = self.owners(text)
        person = ""
        if len(owners) == 1:
            (person,) = owners
            stems = self._names[person]
            words = [word for word in words if not any(word.casefold().startswith(stem) for stem in stems)]
        elif owners:
            return None
        elif (mention := self.vocabulary.mention(text)) is not None:
            person, words = mention[0], mention[1].split()
        while words and courteous(words[0], around=True):
            # «Виправляю помилку в …» and the like before the label, «на» and the like after it.
            words = words[1:]
        while words and courteous(words[-1]):
            words = words[:-1]
        bare = normalise(" ".join(words))
        named = self.vocabulary.label(bare) if bare else None
        if named is not None:
            return Hit(named.keys, min(named.score, 90) if owners else named.score, named.person or person)
        kinds = {_COMMON[word] for word in bare.split() if word in _COMMON}
        if len(kinds) != 1 or any(word not in _COMMON and word not in _WIDENING for word in bare.split()):
            return None
        kind = kinds.pop()
        keys = tuple(key for key, own in self.vocabulary.fields.items() if own.kind == kind)
        return Hit(keys, 90, person) if keys else None

    def numbered(
        self, text: str, split: Callable[[str], tuple[Hit, str] | None], asked: Collection[str]
    ) -> tuple[Hit, str] | None:
        """«3.9 — 067…», «п. 3.9 Мобільний телефон 067…»: the item number counts when it was asked for or a sign follows it."""
        found = _NUMBERED.match(text)
        if found is None:
            return None
        keys = tuple(key for key, own in self.vocabulary.fields.items() if own.number == found["number"])
        if len(keys) != 1 or not (found["sign"] or keys[0] in asked):
            return None
        rest = found["rest"].strip()
        named = split(rest)
        named = named if named is not None and named[1] else self.loose(rest) or named
        if named is None or (not named[1] and self.vocabulary.fields[keys[0]].kind in {"consent", "yesno"}):
            return Hit(keys, 95), rest
        if keys[0] in named[0].keys:
            return Hit(keys, named[0].score), named[1]
        # A number and a name that contradict each other: whose answer it is, a person must say.
        return (
            (Hit(tuple(dict.fromkeys((*keys, *named[0].keys))), 84), named[1])
            if named[1]
            else (Hit(keys, 90), rest)
        )


def questions(under: str, vocabulary: Vocabulary, asked: Collection[str]) -> list[str]:
    """Return the fields that quoted lines ask for, in their order: by item number, else by name. The last ones, if many."""
    items: list[str] = []
    for line in under.split("\n"):
        if not line.strip():
            items.append("")
        elif items and items[-1] and not _BULLET.match(line):
            items[-1] += " " + line.strip()
        else:
            items.append(line.strip())
    keys: list[str] = []
    for item in items:
        numbers = _ITEM.findall(item)
        named = [key for key, own in vocabulary.fields.items() if own.number and own.number in numbers]
        if not numbers:
            quoted = _GUILLEMETS.search(item)
            bare = quoted["label"] if quoted else _ASKING.sub("", _BULLET.sub("", item))
            hit = vocabulary.label(bare.strip(" .,;:-–—"))
            named = [key for key in hit.keys if key in asked] if hit is not None else []
        wanted = [key for key in named if key in asked]
        if len(wanted) == 1:
            keys.append(wanted[0])
    return list(dict.fromkeys(keys))
