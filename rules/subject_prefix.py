"""What mail programs put before a subject: reply and forward prefixes, gateway tags.

It also tells the messages that programs write themselves, and must do so before any prefix is taken off.
"""

import re
from collections.abc import Collection

from rules.notices import notice

# «Отг:» is the Bulgarian reply prefix, «ОТГ» a Ukrainian word: the colon is what makes a prefix. Mail programs of all
# languages have prefixes of one to four Latin letters (Re, Fwd, AW, SV, ENC, Odp); the Cyrillic ones are known by name.
_COUNTER = r"(?:[\[(^*-]?\s*\d{1,3}\s*[\])]?)?"
_REPLY = re.compile(
    r"^[\s>]*(?:[a-z]{1,4}|antw|rе|ре|ке|відп|відповідь|відпов|отв|ответ|пересл|переслано|пересланий|переслати|пересилання|пересилка"
    r"|переадресовано|переадресація|перенаправлено|перес|пересланное|hа|на|нa|отг|отговор|пре|пр|препр|препратено|пд|forward|forwarded|reply"
    r"|(?:переслане|пересланное|препратено) (?:повідомлення|письмо|сообщение|съобщение)|пересланий лист|forwarded message)\.?"
    rf"\s*{_COUNTER}\s*[:：]\s*",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"^\s*(?:\[\s*(?:[*!]*\s*)?(?:ext|external|зовнішн\w+|внешн\w+|външ\w+|spam|спам|(?:possible|probable|likely) spam|suspected spam"
    r"|suspicious|підозр\w+|bulk|caution|увага|уважно|warning|untrusted|неперевірен\w+|не довірений|ззовні)(?:[ _-]\w+)*\s*[*!?]*\s*\]"
    r"|\{\s*(?:spam|спам)\s*\??\s*\}|\*{2,}\s*(?:spam|спам|external|зовнішн\w+)\s*\*{2,}"
    r"|\(?(?:external|spam)\)?\s*[:!]+|<external>|\(external\))\s*[:\-–]?\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:тема листа|тема|subject|относно|тема письма|предмет)\s*:\s*", re.IGNORECASE)


def automatic(subject: str) -> str | None:
    """Return the problem code of a message that a mail program wrote by itself, or None.

    «Автоматична відповідь: <the right subject>» is no application, whatever follows. The subject is looked at as it stands and after each prefix, so that a forwarded notice is still a notice.
    """
    text = subject
    while True:
        if kind := notice(text):
            return kind
        shorter = _strip_one(text)
        if shorter == text:
            return None
        text = shorter


def strip(subject: str, topics: Collection[str] = ()) -> tuple[str, bool]:
    """Return the subject without prefixes and tags, and whether a label («Тема:») was among them.

    `topics` of calls, in lower case, are no prefixes, short though they may be.
    """
    text, labelled = subject, False
    while not text.lower().startswith(tuple(topics)):
        shorter = _strip_one(text)
        if shorter == text and (match := _LABEL.match(text)):
            shorter, labelled = text[match.end() :], True
        if shorter == text:
            break
        text = shorter
    return text.strip(), labelled


def _strip_one(text: str) -> str:
    for pattern in (_TAG, _REPLY):
        if match := pattern.match(text):
            return text[match.end() :]
    return text
