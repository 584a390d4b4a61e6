"""What mail programs put before a subject: reply and forward prefixes, gateway tags.

It also tells the messages that programs write themselves, and must do so before any prefix is taken off.
"""

import re

# «Автоматична відповідь: <the right subject>» is no application, whatever follows.
_AUTOMATIC = (
    (
        "auto_reply",
        (
            r"(автоматич\w* (відповідь|ответ|отговор)|автовідповід\w*|автоответ\w*|авто[- ]?(відповідь|ответ|reply)"
            r"|automatic reply|auto[- ]?(reply|response|matic reply|responder)|autoreply|automatisch\w* antwort|abwesenheit\w*"
            r"|out of (the )?office|ooo|відсутн\w+ (на робочому|в офісі)|поза офісом|я у відпустці|нет на месте|вне офиса"
            r"|извън офиса|отсъств\w+|відпустка)\b"
        ),
    ),
    (
        "read_receipt",
        r"(не )?(прочитано|прочтено|прочетено|переглянуто|not read|read( receipt)?|gelesen)\s*:",
    ),
    (
        "read_receipt",
        r"(підтвердження прочитання|уведомление о прочтении|return receipt|disposition notification)\b",
    ),
    (
        "meeting_response",
        (
            r"(прийнято|принято|прието|accepted|відхилено|отклонено|declined|отказано|tentative|під питанням"
            r"|можливо|canceled|cancelled|скасовано|отменено)\s*:"
        ),
    ),
    (
        "bounce",
        (
            r"(не ?доставлено|недоставлен\w*|не удалось доставить|не вдалося доставити|неуспешно доставяне|недоставено"
            r"|undeliver\w*|delivery (status notification|failure|has failed|incomplete|delayed)|mail delivery"
            r"|returned mail|failure notice|повідомлення про (не)?доставку|message not delivered|warning: could not send)"
        ),
    ),
    ("delivery_receipt", r"(доставлено|delivered|relayed|ретранслировано|доставено)\s*:"),
)
_AUTOMATIC_RE = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _AUTOMATIC)

# «Отг:» is the Bulgarian reply prefix, «ОТГ» a Ukrainian word: the colon is what makes a prefix.
_REPLY = re.compile(
    r"^[\s>]*(?:re|rе|ре|ке|fw|fwd|wd|aw|wg|sv|vs|tr|rv|відп|відповідь|відпов|отв|ответ|пересл|переслано|пересилання|переадресовано"
    r"|перес|пересланное|ha|на|нa|отг|отговор|пре|препр|препратено|пд|forward|forwarded|reply|hа|vl)\.?"
    r"\s*(?:[\[(^]?\s*\d{1,3}\s*[\])]?)?\s*:\s*",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"^\s*(?:\[\s*(?:[*!]*\s*)?(?:ext|external|external sender|external email|зовнішн\w+|внешн\w+|външ\w+|spam|спам|possible spam|probable spam"
    r"|suspected spam|suspicious|підозра на спам|bulk|caution|увага|уважно|warning|untrusted|неперевірен\w+|не довірений|ззовні)\s*[*!?]*\s*\]"
    r"|\{\s*(?:spam|спам)\s*\??\s*\}|\*{2,}\s*(?:spam|спам|external|зовнішн\w+)\s*\*{2,}"
    r"|\(?(?:external|spam)\)?\s*[:!]+|<external>)\s*[:\-–]?\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:тема листа|тема|subject|относно|тема письма|предмет)\s*:\s*", re.IGNORECASE)


def automatic(subject: str) -> str | None:
    """Return the problem code of a message that a mail program wrote by itself, or None.

    The subject is looked at as it stands and after each prefix, so that a forwarded notice is still a notice.
    """
    text = subject
    while True:
        bare = text.lstrip(" \t*[«\"'")
        for code, pattern in _AUTOMATIC_RE:
            if pattern.match(bare):
                return code
        shorter = _strip_one(text)
        if shorter == text:
            return None
        text = shorter


def strip(subject: str) -> tuple[str, bool]:
    """Return the subject without prefixes and tags, and whether a label («Тема:») was among them."""
    text, labelled = subject, False
    while True:
        shorter = _strip_one(text)
        if shorter == text and (match := _LABEL.match(text)):
            shorter, labelled = text[match.end() :], True
        if shorter == text:
            return text.strip(), labelled
        text = shorter


def _strip_one(text: str) -> str:
    for pattern in (_TAG, _REPLY):
        if match := pattern.match(text):
            return text[match.end() :]
    return text
