"""What somebody writes on an answer's own line besides the answer: «3.4: o@x.ua, а другого учасника просимо замінити».

Pure. What is left over by it is a statement like any other, and keeps the letter from being taken without a person.
"""

import re
from collections.abc import Collection, Mapping

from rules.call import FormField
from rules.intents import courteous
from rules.labels import normalise

_EMAIL = r"[^\s,;<>()]+@[^\s,;<>()]+"
_FIGURES = r"[+(]?\d[\d\s()/.,-]*"
# How the answer of a kind looks; what stands around it is something else.
_LOOKS: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(_EMAIL),
    "phone": re.compile(_FIGURES),
    "edrpou": re.compile(_FIGURES),
}
# Kinds told in a word or two: a further sentence, or one that goes on with «але», is no part of the answer.
_FURTHER = re.compile(
    r"(?<=[^\W\d]{2})[.!?;]\s+(?=[^\W\d_]{2})|,\s*(?=(?:а|але|але\s+ж|проте|однак|тільки|також|но|только|а\s+също|but|however|also|please)\s)",
    re.IGNORECASE,
)
_FURTHER_KINDS = frozenset({"yesno", "consent", "choice", "name", "text", "unit", "date"})
# In words of one's own, such as a position, a further sentence may belong to the answer; one that asks for something does not.
_REQUEST = re.compile(
    r"\b(?:прос(?:имо|им|ять|ят|ьба)|прошу|прохання|замін\w+|зміни(?:ти|ть|мо|ли|в|ла)|змініть|виправ(?:ити|те|іть)|замен\w+|измени\w+|исправ\w+|хот(?:іли|ілося|ів|іла|ел\w+)|потрібно|треба|нужно|надо"
    r"|мол[яи]м?|смен\w+|промен\w+|поправ\w+|please|replac\w+|chang\w+)\b",
    re.IGNORECASE,
)
_WORDS_OF_ONES_OWN = frozenset({"text", "unit"})
# What people put around a number or an address, whose it is and what kind.
_AROUND = re.compile(
    r"(?:моб\w*|тел\w*|телефон\w*|phone|mobile|viber|вайбер\w*|telegram|телеграм\w*|whatsapp|signal|робоч\w*|рабоч\w*|службов\w*|служебн\w*|особист\w*|личн\w*|приватн\w*|домашн\w*|стаціонарн\w*|міськ\w*"
    r"|основн\w*|додатков\w*|запасн\w*|резервн\w*|внутр\w*|доб|дод|вн|ext|або|чи|или|or|та|і|й|и|and|пошт\w*|почт\w*|поща\w*|скриньк\w*|адрес\w*|e|mail|email|код\w*|єдрпоу|едрпоу|служебен|личен|работен|work|personal|new|нов\w*|правильн\w*|вірн\w*|верн\w*|правилн\w*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’ʼ-])*")


def beside(raw: str, own: FormField, names: Collection[str] = ()) -> str:
    """Return what stands beside the answer to a field in `raw`, "" when that is nothing; `names` are those of participants."""
    looks = _LOOKS.get(own.kind)
    if looks is not None:
        around = " ".join(looks.sub(" ", raw).split())
        return around.strip(" ,;.-–—") if _tells(around, own, names) else ""
    if own.kind not in _FURTHER_KINDS:
        return ""
    _, *further = _FURTHER.split(raw, maxsplit=1)
    if not further or courteous(further[0], around=True):
        return ""
    if own.kind in _WORDS_OF_ONES_OWN and not _REQUEST.search(further[0]):
        return ""
    return further[0].strip()


def _tells(around: str, own: FormField, names: Collection[str]) -> bool:
    label = {word for one in (own.label, own.column, *own.aliases) for word in normalise(one).split()}
    stems = {word.casefold()[: max(4, len(word) - 3)] for name in names for word in name.split() if len(word) > 3}  # fmt: skip
    left = [
        word
        for word in _WORD.findall(around)
        if not _AROUND.fullmatch(word)
        and not set(normalise(word).split()) <= label
        and not any(word.casefold().startswith(stem) for stem in stems)
    ]
    return not courteous(" ".join(left), around=True)
