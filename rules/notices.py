"""Subjects that mail programs write by themselves, in the languages met here: absence, receipts, reports, calendar answers.

It looks at how a subject begins and at nothing else. It must never take what a person writes about such a notice for one.
"""

import re
from typing import Literal

NoticeKind = Literal["auto_reply", "read_receipt", "meeting_response", "recall", "bounce", "delivery_receipt"]

# What stands before the words: quotes, brackets, and the tags of gateways ([EXT], [EXTERNAL]).
_BEFORE = re.compile(r"(?:\s*\[[^\[\]]{1,30}\])*[\s*\[«\"'„“!]*")

# Ukrainian, Russian, Bulgarian, English, German, in this order.
_ABSENT = (
    r"автоматичн[аеі]\s+(?:відповід[ьі]|відповідач|повідомлення)|автоматичний\s+відповід[ьі]|автовідповід\w*|авто[\s-]?(?:відповідь|ответ|reply)"
    r"|поза\s+офісом|не\s+в\s+офісі|відсутн(?:ій|я)\s+(?:на\s+роб|[ву]\s+(?:офіс|відпус|відрядж)|[здп]\w{0,2}\s+\d)\w*|(?:я\s+)?(?:зараз\s+)?(?:у|в|на)\s+(?:відпустці|лікарняному|відрядженні)"
    r"|(?:абонент|співробітник|працівник|сотрудник)\w*\s+(?:перебуває\s+)?(?:у|в)\s+(?:відпустці|отпуске)|відпустка"
    r"|автоматическ(?:ий|ая|ое)\s+(?:ответ|отбивка|сообщение)|автоответ\w*|вне\s+офиса|нет\s+(?:в\s+офисе|на\s+месте)|отсутствую"
    r"|(?:я\s+)?(?:сейчас\s+)?(?:в|на)\s+(?:отпуске|больничном|командировке)"
    r"|автоматичен\s+отговор|автоматично\s+(?:отговаряне|съобщение)|извън\s+офиса|в\s+отпуска?|отсъств(?:ам|ие)"
    r"|auto(?:matic|mated)?[\s-]?(?:reply|response|answer|respond(?:er)?|generated)|autoreply|out\s+of\s+(?:the\s+)?office|ooo"
    r"|vacation\s+(?:reply|message|response|notice)|(?:i\s+am|i'm)\s+(?:away|on\s+vacation|out\s+of)|on\s+vacation"
    r"|away\s+from\s+(?:the\s+|my\s+)?(?:office|desk|mail)|on\s+(?:annual\s+)?leave"
    r"|automatisch\w*\s+antwort|abwesenheit\w*"
)
_ABSENT_BEFORE_COLON = r"auto|канікули|отпуск|отсутствует|відсутній|відсутня|abwesend"
_READ = r"(?:не\s+)?(?:е\s+)?(?:прочитано|прочтено|прочетено|переглянуто)|(?:not\s+)?read(?:[\s-]receipt)?|return\s+receipt(?:\s+\(displayed\))?|gelesen"
_READ_ANYWHERE = (
    r"(?:підтвердження|звіт)\s+про\s+прочитання|підтвердження\s+прочитання|(?:уведомление|отч[её]т|подтверждение)\s+о\s+прочтении"
    r"|потвърждение\s+за\s+прочитане|return\s+receipt|disposition\s+notification"
)
_MEETING = (
    r"(?:(?:тимчасово|умовно|попередньо|предварительно|условно)\s+)?(?:прийнято|принято|прието)|(?:tentatively\s+)?accepted|tentative"
    r"|відхилено|отклонено|отказано|declined|під\s+(?:питанням|сумнівом)|под\s+вопросом|можливо|скасовано|отменен[оа]?|cancel+ed"
    r"|new\s+time\s+proposed|запропоновано\s+новий\s+час"
)
_RECALL = r"recall|message\s+recall\s+\w+|відкликання|відкликати|отзыв"
_BOUNCE = (
    r"не\s*доставлен[оеа]?|недоставен[оа]?|недоставленн?(?:е|ое)\s+(?:повідомлення|сообщение)|не\s+удалось\s+доставить|не\s+вдалося\s+доставити"
    r"|неуспешно\s+доставяне|undeliver(?:able|ed)(?:\s+(?:mail|message))?|returned\s+mail|failure\s+notice|mail\s+system\s+error"
    r"|(?:mail\s+)?delivery\s+(?:failed|failure|status\s+notification|has\s+failed|delayed|incomplete|problem|system)"
    r"|mail\s+(?:delivery|system)\s+(?:failed|failure|system|error|status)|message\s+(?:not\s+delivered|undeliverable|delivery\s+failure)"
    r"|warning:\s+(?:could\s+not\s+send|message)|повідомлення\s+про\s+недоставку|message\s+you\s+sent\s+blocked"
)
_DELIVERED = r"доставлено|доставено|delivered|relayed|expanded|ретранслировано"
_DELIVERED_ANYWHERE = (
    r"(?:звіт|повідомлення)\s+про\s+(?:не)?доставку|отч[её]т\s+о\s+доставке|уведомление\s+о\s+доставке"
)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE)


def _labels(pattern: str) -> re.Pattern[str]:
    """Return a pattern of words that mean the notice only as a label or alone: «Прочитано: …», «Прочитано»."""
    return re.compile(rf"(?:{pattern})\s*(?:[:：]|$)", re.IGNORECASE)


_NOTICES: tuple[tuple[NoticeKind, re.Pattern[str]], ...] = (
    ("auto_reply", _words(_ABSENT)),
    ("auto_reply", _labels(_ABSENT_BEFORE_COLON)),
    ("read_receipt", _labels(_READ)),
    ("read_receipt", _words(_READ_ANYWHERE)),
    ("meeting_response", _labels(_MEETING)),
    ("recall", _labels(_RECALL)),
    ("bounce", _words(_BOUNCE)),
    ("delivery_receipt", _labels(_DELIVERED)),
    ("delivery_receipt", _words(_DELIVERED_ANYWHERE)),
)


def notice(subject: str) -> NoticeKind | None:
    """Return what kind of notice a subject (decoded, one line) begins as; None when a person may have written it."""
    before = _BEFORE.match(subject)
    bare = subject[before.end() :] if before else subject
    return next((kind for kind, pattern in _NOTICES if pattern.match(bare)), None)
