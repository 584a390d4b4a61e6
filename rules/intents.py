"""What somebody wants who writes to us without a form: to withdraw, to ask, to confirm, to thank.

Ukrainian, Russian, Bulgarian, English; pure text.

What is not surely courtesy is a statement, and a statement goes to a person. Of several intents the gravest counts.
"""

import re
from collections.abc import Callable

from rules.said import Intent

# Nobody writes more by hand; what follows is somebody's document.
LONGEST = 20_000
_SHOWN = 200

_APOSTROPHES = re.compile("[’ʼ`´ʹ′‘]")
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY = re.compile(r"\n{3,}")
_URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
# A sentence ends at its mark or at an empty line; a line break alone is the mail program's.
_SENTENCE = re.compile(r"(?<=[.!?…;])\s+|\n\s*\n|\n(?=\s*(?:[-–—•*·]|\d{1,2}[.)])\s)")

# --- where the letter proper begins and ends ---------------------------------------------------------------------------

_HELLO = (
    r"добр(?:ого|ий|е|ый|ое|ой)\s+(?:дня|ранку|вечора|здоров.?я|день|ранок|вечір|утро|вечер|утра|времени\s+суток)|доброго\s+часу\s+доби"
    r"|добридень|вітаю|вітаємо|вітання|привіт|слава\s+україні|здравствуйте|приветствую|добър\s+ден|добро\s+утро|здравейте|уважаем\w*|шановн\w*"
    r"|dear|hello|hi|greetings|good\s+(?:morning|day|afternoon|evening)"
)
_ADDRESSED = (
    r"шановн\w+|вельмишановн\w+|дорог\w+|уважаем\w+|колег\w*|коллег\w*|пан[іеуо]?|пан(?:ове|ство)|команд\w*|усі(?:м|х)?|всі(?:м|х)?|друзі|організатор\w*"
    r"|colleagues?|team|all|everyone|sir|madam|mr|mrs|ms|или|or|та|і|и|and"
)
# Whom one greets, a name too when a sign follows it; what else stands on the line is the letter.
_GREETING = re.compile(
    rf"^\W*(?:(?:{_HELLO})\b(?:[\s,]+(?:(?:{_ADDRESSED})\b|(?-i:[A-ZА-ЯІЇЄҐ][\w'-]+)(?=\s*(?:[!,.\n]|$)|\s+(?-i:[A-ZА-ЯІЇЄҐ][\w'-]+)\s*[!,.\n])))*[\s.!,;:)…]*)+",
    re.IGNORECASE,
)
# «… Дякуємо. З повагою, Олена»: the closing on the last line of the text.
_CLOSED = re.compile(
    r"(?<=[.!?,;)])\s+(?:[зі]з?\s+повагою|с\s+уважением|с\s+уважение|(?:kind|best)\s+regards)\b[^\n]{0,120}$",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(
    r"^[^\w\n]*(?:[зі]з?\s+(?:глибокою\s+|щирою\s+|великою\s+)?(?:повагою|пошаною|вдячністю|найкращими\b.*)|щиро\s+ваш[аі]?|с\s+уважением|с\s+уважение"
    r"|с\s+наилучшими\b.*|поздрави|сърдечни\s+поздрави|(?:kind|best|warm)\s+(?:regards|wishes)|regards|(?:yours\s+)?sincerely|yours\s+\w+|best)\s*[,.!]*\s*(?:\w[^\n]{0,200})?$",
    re.IGNORECASE | re.MULTILINE,
)
_DEVICE = re.compile(
    r"^[^\w\n]*(?:надіслано|відправлено|отправлено|послано|изпратено|sent|get)\s+(?:з|із|зі|с|со|от|через|from|via|using|by|outlook)\b[^\n]{0,80}$",
    re.IGNORECASE | re.MULTILINE,
)
# The block under a letter when nothing announces it: somebody's name on a line of its own, then what they are.
_NAME_LINE = re.compile(
    r"^[^\w\n]*(?:[A-ZА-ЯІЇЄҐ][\w'-]+)(?:\s+(?:[A-ZА-ЯІЇЄҐ][\w'-]+|[A-ZА-ЯІЇЄҐ]\.)){1,3}\W*$"
)

_INITIAL, _NAME = r"[A-ZА-ЯІЇЄҐ]\.", r"[A-ZА-ЯІЇЄҐ][\w'-]+"
FULL_NAME = rf"(?:{_NAME}|{_INITIAL}\s?(?:{_INITIAL})?)(?:\s?(?:{_INITIAL}|\b{_NAME})){{1,2}}"
# «Дякую, Оксана Іваненко»: courtesy and a name on one line; «Оксана» or a full name and what she is, under courtesy.
_NAMED = re.compile(rf"^(?P<said>[^\n]*?[^\W\d])[.,!…)\s–—-]*[.,!…)–—-]\s*(?P<name>{FULL_NAME}|{_NAME})\W*$")
_FIRST_NAME = re.compile(rf"^[^\w\n]*{_NAME}\W*$")
_WHO = re.compile(rf"^[^\w\n]*{FULL_NAME}(?:,\s*[^\d@:\n]{{3,100}}|\W*)$")
_SIGNED = re.compile(rf"^[^\w\n]*{FULL_NAME}\s*(?:[,;–—-]\s*[^\n]{{2,120}}|\W*)$")
_THANKS = re.compile(
    r"(?<=[\w.,;!)])\s+(?P<thanks>(?:(?:щиро|дуже|наперед|заздалегідь|много|many)\s+)?(?:дяку|спасиб|вдячн|благодар|thank|thx)[^\n]*)$",
    re.IGNORECASE,
)
# «Коростенська» is what a place is called, and may be the answer.
_OF_PLACE = re.compile(r"(?:[сц]ьк|зьк)(?:а|ий|ої|ого|ій|у)\b", re.IGNORECASE)
# As many lines as people put under their name.
_BLOCK = 8

_HEADING = re.compile(r"(?:учасни|участни|participant|представни)[^\n]{0,30}$", re.IGNORECASE)


def proper(text: str) -> str:
    """Return the letter proper: without greeting, closing, signature block and the mark of a telephone's mail program.

    `text` is what the sender wrote now (`rules.quotation`).
    """
    plain = _SPACES.sub(" ", _APOSTROPHES.sub("'", text[:LONGEST]))
    plain = _EMPTY.sub("\n\n", "\n".join(line.strip() for line in plain.split("\n")))
    plain = _DEVICE.sub("", plain)
    for closing in filter(None, (_CLOSING.search(plain), _CLOSED.search(plain))):
        plain = plain[: closing.start()]
    plain = _GREETING.sub("", plain, count=1).strip()
    return _unsigned(plain)


def _unsigned(plain: str) -> str:
    """Return the text without a last block that begins with somebody's name; a heading before it makes it an answer."""
    blocks = re.split(r"\n\s*\n", plain)
    if len(blocks) > 1 and not blocks[-2].rstrip().endswith(":") and not _HEADING.search(blocks[-2]):
        first, _, rest = blocks[-1].partition("\n")
        if _NAME_LINE.match(first) and rest.count("\n") < 8:
            return "\n\n".join(blocks[:-1]).strip()
    return _unnamed(plain)


def _unnamed(plain: str) -> str:
    """Return the text without the name that follows courtesy at its end, and what the sender is under that name."""
    lines = plain.split("\n")
    for at in range(len(lines) - 1, max(-1, len(lines) - 2 - _BLOCK), -1):
        last = at == len(lines) - 1
        above = next((line for line in reversed(lines[:at]) if line.strip()), "")
        alone = _WHO.match(lines[at]) or (last and _FIRST_NAME.match(lines[at]))
        if alone and not _OF_PLACE.search(lines[at]) and _polite(above):
            return "\n".join(lines[:at]).strip()
        named = _NAMED.match(lines[at])
        signed = named and (last or " " in named["name"]) and not _OF_PLACE.search(named["name"])
        if named and signed and _polite(named["said"]):
            return "\n".join([*lines[:at], named["said"]]).strip()
    return plain


def unsigned(plain: str) -> str:
    """Return a letter proper without what follows a line that is somebody's name, or begins with it: «Оксана Мельник, 067…».

    Only for letters that should say one thing in the beginning: such a line may be an answer as well.
    """
    lines = plain.split("\n")
    cut = (at for at, line in enumerate(lines) if at and _SIGNED.match(line) and not _OF_PLACE.search(line))
    return "\n".join(lines[: next(cut, len(lines))]).strip()


def thankless(line: str) -> str:
    """Return a line without the thanks it ends with: «головний спеціаліст. Дякую!»."""
    found = _THANKS.search(line)
    return line[: found.start()].rstrip(" .,;!") if found and courteous(_unnamed(found["thanks"])) else line


def _polite(line: str) -> bool:
    return _WORD.search(line) is not None and courteous(line)


def sentences(plain: str) -> tuple[str, ...]:
    """Return the sentences of a letter proper, line breaks made blanks."""
    return tuple(
        joined for piece in _SENTENCE.split(_URL.sub(" ", plain)) if (joined := " ".join(piece.split()))
    )


# --- withdrawal ---------------------------------------------------------------------------------------------------------

_APPLICATION = r"(?:заявк|заяв\w|анкет|подан\w+|кандидатур|участ|учаще|application|participation|форм)"
_WITHDRAWAL = re.compile(
    r"\b(?:відклика(?:ю|є|ємо|ти|ємо|ння|ний|на|но|ли|в|ла|йте)\b|відізва(?:ти|ли|в|ла)\b|відзива(?:ю|ємо|ти)\b|відкличте|відкликати"
    r"|отзыва(?:ю|ем|ть)|отозва(?:ть|ли|л|на)|отзовите|отзыв\s+заявк"
    r"|оттегл(?:я|ям|яме|им|яне|и|ете|или|ил)\w*|withdr(?:aw|awn|awal|awing|ew)\w*|retract\w*)"
    r"|\bвідмов(?:а\b|у\b|и\b|ля(?:юся|юсь|ємося|ємось|ємся|ється|тися|тись)|ити(?:ся|сь)|илися|илась|ився|имося|имось)"
    r"|\bотказ(?:ываюсь|ываемся|ывается|аться|ались|ался|алась)\b|\bотказ\s+(?:от|на)\b|\bотказва(?:м|ме|т)\s+се|\bотказахме\s+се|\bоткажем\s+се"
    r"|\b(?:анул|аннул)\w+|\bскас(?:увати|уйте|овуємо|овую|ування|уємо)\b|\bотмен(?:ить|ите|яем|яю)\b|\bотмен(?:ете|ям|яме)\b|\bcancel\w*\b"
    r"|\b(?:зня(?:ти|ття)|зніма(?:ємо|ю|ти)|знім(?:іть|ете)|зніма(?:є|ють)|сня(?:ть|тие)|снимите|снимаем|свалете|вилуч(?:ити|іть|те)|виключ(?:ити|іть|те)|видал(?:ити|іть|ення)|исключ(?:ить|ите)|удал(?:ить|ите)|изключете|премахнете|remove|delete)\b"
    r"[^.!?]{0,60}(?:заявк|участ|розгляд|рассмотр|списк|перелік|нас\b|громад|application|us\b|our\b|list|общин)"
    r"|\b(?:не|без)\s+(?:розгля(?:дати|дайте|нути)|рассматрива(?:ть|йте)|разглежда(?:йте|не))\b|\bнедійсн\w+|\bнедействительн\w+|\bневалидн\w+"
    r"|\bне\s+(?:зможемо|зможу|зможе|змогли|можемо|можу|може|ма(?:є|ємо|ю)\s+(?:змоги|можливості)|плануємо|бажаємо|хочемо|будемо|буде|сможем|смогу|сможет|можем|будем|хотим|можем\s+да|можем|желаем|планираме)\b[^.!?]{0,60}"
    r"(?:участ|учаще|долуч|приєдн|присоедин|навча|обуч|брати\b)"
    r"|\b(?:не\s+(?:братимемо|братиме|візьмемо|візьме|беремо|підтверджу\w+|подтвержда\w+|потвържда\w+)|няма\s+да\s+(?:участв\w+|се\s+включим|можем)|отпада\w*)\b"
    r"|\bучаст[ьіи]\b[^.!?]{0,30}\bне\s+(?:буд\w+|брати\w+|візьм\w+|зможе\w*|зможу|планує\w*|може\w*)"
    r"|\bучаст[ьіи]\s+(?:громади\s+)?(?:не\s+)?(?:є\s+)?(?:неможлив\w+|невозможн\w+|не\s+братим\w+|не\s+візьм\w+)|\bучастието\s+ни\s+не\s+е\s+възможно"
    r"|\b(?:cannot|can't|can\s+not|won't|will\s+not|unable\s+to|not\s+able\s+to|no\s+longer(?:\s+\w+){0,3}|decided\s+not\s+to|decline\s+to|do(?:es)?\s+not\s+(?:wish|want|plan|intend)\s+to)\b[^.!?]{0,40}"
    r"(?:participat|tak(?:e|ing)\s+part|attend|join|interested)|\bdeclin(?:e|ing)\s+(?:the\s+|our\s+|your\s+)?(?:participation|invitation|offer|place)"
    r"|\b(?:пере)?думали\b|\bпередумал|\bприпин\w+\s+(?:розгляд|участь)|\bвідступа(?:ємо|ю)\b",
    re.IGNORECASE,
)
# «Відкликаємо попередню заявку, надсилаємо нову» replaces; it does not leave.
_EARLIER = re.compile(
    r"\b(?:попередн|першу\b|стару\b|минул|надісланий\s+раніше|надіслану\s+раніше|предыдущ|прежн|старую\b|перв(?:ую|ый)\b|предишн|стар(?:ата|ия)\b|първ(?:ата|оначал)|previous|earlier|former|old\b|first\b|замість|вместо|instead)",
    re.IGNORECASE,
)

# --- questions ----------------------------------------------------------------------------------------------------------

# «Просимо підтвердити отримання» is none: our answer does that, and without a form it is a statement.
_QUESTION = re.compile(
    r"(?:^|[,;:(–—-]\s*|\b(?:і|та|а|й|и|але|но|що)\s+)чи\s+(?!інш|наживо\b|онлайн\b)\w"
    r"|\b(?:підкаж\w*|подскаж\w*|скаж(?:іть|ете|ите)|роз'ясн\w*|разъясн\w*|поясн(?:іть|ити|ите|ете)|порадьте|посоветуйте)\b"
    r"|\b(?:є|виникл[оаи]|маємо|маю|мали|есть|возник\w*|имаме|имам|have|has|got)\s+(?:\w+\s+){0,3}(?:питанн\w*|запитанн\w*|вопрос\w*|въпрос\w*|question\w*)\b"
    r"|\b(?:питання|запитання|вопрос|въпрос|question)\s*(?::|щодо|стосовно|относно|по\s|regarding|about)"
    r"|\b(?:цікавить|цікавлять|интересует|интересуют|интересува)\b|\bхот(?:іли|ілося|іла|ів|ели|елось)\s+(?:б|би|бы)\b[^.!?]{0,30}(?:дізна|уточн|зна|спита|запита|узна|спрос)"
    r"|\b(?:просимо|прошу|просим|моля|молим)\b[^.!?]{0,40}(?:уточн|повідом|надати\s+(?:інформац|відповід|роз'ясн)|пояснити|роз'ясн|сообщ|разъясн|информир|да\s+ни)"
    r"|^\W*(?:як|коли|де|куди|скільки|який|яка|яке|які|якою|якого|до\s+якого|хто|чому|навіщо|что|как|когда|где|куда|сколько|какой|какая|какие|почему|кто|кога|къде|колко|какво|кой|коя|кои|защо|дали|how|when|where|what|which|who|why|can|could|may|should|do|does|did|is|are|will|would|shall)\b(?=[^.!]*\?)"
    r"|\b(?:як|коли|де|куди|скільки)\s+(?:саме\s+|правильно\s+|нам\s+|можна\s+|треба\s+|потрібно\s+|буде\s+|будуть\s+|краще\s+)+\w*"
    r"|\b(?:можно|нужно|надо|получили|будет|есть|может|може|трябва|възможно|получихте|има)\s+ли\b|\bдали\b"
    r"|\b(?:could|can|would)\s+you\b|\b(?:can|could|may|should|shall)\s+we\b|\bis\s+it\s+(?:possible|ok|okay|necessary)\b|\bplease\s+(?:advise|clarify|explain|confirm|let\s+(?:me|us)\s+know|tell)\b|\bwould\s+like\s+to\s+(?:know|ask)\b|\b(?:i|we)\s+wonder\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<=[\w)»”\"'’])\s?\?+(?=\W|$)")

# --- confirmation of taking part ------------------------------------------------------------------------------------------

_CONFIRM = (
    r"(?:підтверджу(?:ю|є|ємо|єм|ємо)|подтвержда(?:ю|ем|ет)|потвържда(?:вам|ваме|ва)|confirm(?:ed|s|ing)?)"
)
_CONFIRMATION = re.compile(
    rf"\b{_CONFIRM}\b[^.!?]{{0,80}}\b(?:участь|участие|участието|участ|готовність|готовност|participation|attendance|place|part)\b"
    rf"|\b(?:участь|участие|участието|participation|attendance)\b[^.!?]{{0,60}}\b(?:{_CONFIRM}|підтверджен[оаіу]|подтвержден[оаы]|потвърден[оа])\b"
    rf"|^\W*(?:так|да|yes)?\W*(?:ми\s+|мы\s+|ние\s+|we\s+(?:hereby\s+|gladly\s+)?|i\s+)?{_CONFIRM}\W*$"
    r"|\b(?:братимемо|візьмемо|будемо\s+брати|примем|будем\s+принимать|ще\s+вземем|ще\s+участваме|will\s+(?:take|participate|attend))\b[^.!?]{0,30}(?:участ|part\b|participat|attend|$)",
    re.IGNORECASE,
)

_BUT = re.compile(
    r"\b(?:але|проте|однак|замість|крім|окрім|тільки|лише|якщо|замін\w+|змін\w+|но|однако|вместо|кроме|только|если|ако|само|освен|смен\w+|but|however|except|instead|only|if|unless)\b",
    re.IGNORECASE,
)

# --- courtesy -----------------------------------------------------------------------------------------------------------

# Words of which nothing but thanks, greetings, receipts and promises can be made. «Не» is not among them.
_COURTESY = re.compile(
    r"(?:дяку\w*|подяк\w*|вдячн\w*|спасибі|спасибо|благодар\w*|щир\w*|дуже|велик\w*|большое|много|огромное|thank\w*|thanks|thx|many|very|much|so|a|lot|you|your|the|for"
    r"|отрима(?:ли|в|ла|но|ємо|ний|на)|одержа(?:ли|но|в|ла)|получи(?:ли|л|ла|х|хме)|получен[оа]?|received|прийня(?:то|ли|в|ла)|принято|приняли|прието|приехме|noted|got|it|ok|okay|окей|ок|гаразд|добре|хорошо|добре|good|great|fine"
    r"|чудово|супер|відмінно|прекрасно|отлично|чудесно|perfect|excellent|зрозуміл[оа]|зрозуміли|понятно|поняли|ясно|разбрано|разбрахме|understood|clear|взаємно|взаимно|likewise|так|да|yes|будь|ласка|пожалуйста|моля|please|welcome"
    r"|за|про|на|у|в|із|зі|з|до|й|і|та|и|с|от|ви|вам|вас|ваш\w*|нас|нам|наш\w*|ми|мы|ние|ни|ви|we|our|us|i|всім|усім|усе|все|всё|всичко|все|all|of|to|and|will|be|by|in|on|this|that|also"
    r"|лист\w*|письм\w*|писмо\w*|відповід\w*|ответ\w*|отговор\w*|повідомлен\w*|сообщени\w*|съобщени\w*|email|e|mail|message|reply|letter|response|answer|інформац\w*|информац\w*|информаци\w*|information|info|підтвердження|подтверждение|потвърждение\w*|confirmation|підтверджу\w*|отримання|получение|получаването|receipt|noted|with|нагадування|напоминание|напомняне\w*|reminder|увагу|уваг\w*|внимание\w*|attention|допомог\w*|помощь|помощта|help|оперативн\w*|швидк\w*|быстр\w*|бърз\w*|quick|prompt|терпіння|розуміння|понимание|разбиране\w*|довір\w*|доверие|доверието|trust|роботу|работу|работата|працю|співпрац\w*|сотрудничество|сътрудничество\w*|можливість|возможность|възможност\w*|opportunity|запрошення|приглашение|покана\w*|invitation"
    r"|колег\w*|коллег\w*|colleague\w*|пан|пані|панове|команд\w*|team|друзі|друз\w*"
    r"|гарн\w*|хорош\w*|приємн\w*|приятн\w*|хубав\w*|nice|мирн\w*|тих\w*|спокійн\w*|успіш\w*|успех\w*|успех|успіх\w*|success|дня|день|ден|day|вечора|вечір|вечер|evening|неба|небо|тижня|вихідн\w*|weekend|перемог\w*|слава|україн\w*|героям|здоров\w*|бажа(?:ємо|ю)|желаем|желаю|пожела\w*|wish|наснаги|миру|добра|щастя"
    r"|чека(?:ємо|тимемо|ти|ю)|ждем|ждём|очаква(?:ме|м)|look|looking|forward|зустріч\w*|встреч\w*|среща\w*|meeting|рад[іа]?|рад[ыи]|glad|happy"
    r"|надішл(?:емо|ю|ем)|відправ(?:имо|лю)|вишл(?:емо|ю)|пришл(?:емо|ю|ем)|отправ(?:им|лю)|вышл(?:ем|ю)|ще|изпрат(?:им|я)|send|виправ(?:имо|лю)|исправ(?:им|лю)|поправ(?:им|я)|доповн(?:имо|ю)|дополн(?:им|ю)|допълн(?:им|я)|уточн(?:имо|ю|им)|зробимо|сделаем|направим|сьогодні|сегодня|днес|today|завтра|утре|tomorrow|найближчим|ближайшее|часом|время|скоро|soon|зараз|сейчас|сега|now|протягом|течение|години|часа|hour|обов'язково|обязательно|задължително)",
    re.IGNORECASE,
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
# Faces and hearts that people put for words.
_NO_WORDS = re.compile(r"^[^\w?]+$")

# What people say around the values they send: «надсилаємо уточнення», «забули вказати», a number of an application.
_AROUND = re.compile(
    r"(?:не|ні|забул[иаь]\w*|забыл\w*|забравих\w*|пропусти\w*|випадков\w*|случайно|помил\w*|ошиб\w*|грешк\w*|вказа\w*|указа\w*|вказу\w*|указыва\w*|зазнач\w*|посоч\w*|заповн\w*|заполн\w*|попълн\w*|надсила\w*|надісла\w*|відправля\w*|отправля\w*|высыла\w*|направля\w*|изпраща\w*|пода[єюя]\w*|надає\w*|нада\w*|предостав\w*|предоставя\w*|повідомля\w*|сообща\w*|sending|send|here|is|are|was|were|missing|details|data|дан[іи]\w*|відомост\w*|сведени\w*|данни\w*|уточн\w*|доповнен\w*|доповнює\w*|дополн\w*|допълн\w*|додатков\w*|дополнительн\w*|допълнителн\w*|виправ\w*|исправл\w*|поправ\w*|correct\w*|complete\w*|addition\w*|прохан\w*|прос(?:имо|им|ьба)|прошу|молим|врахув\w*|учесть|учтите|вземе\w*|предвид|внес\w*|внести|добав\w*|додати|add|зміни|змін\w*"
    r"|заявк\w*|заявл\w*|форм\w*|анкет\w*|application|form|щодо|стосовно|относно|касательно|regarding|concerning|по|відповідно|згідно|запит\w*|request\w*|як|просили|вимагал\w*|ваш\w*|громад\w*|громади|общин\w*|hromada|пункт\w*|п|т|item|items|номер\w*|№|number|no|нижче|ниже|по-долу|below|наступн\w*|следующ\w*|такі|такие|ось|вот|ето|а|саме|відсутн\w*|недостающ\w*|липсващ\w*|інформац\w*|також|также|също|also|вибач\w*|перепрошу\w*|непорозумін\w*|недоразумен\w*|недоразумени\w*|незручн\w*|неудобств\w*|плутанин\w*|путаниц\w*|неточн\w*|клопіт|клопот\w*|inconvenience|confusion|mistake|наш\w*|извини\w*|извинете|sorry|apolog\w*|кз|учасник\w*|участник\w*|participant\w*|мережі|мереж\w*|про|відбір|конкурс\w*|далі|итак)",
    re.IGNORECASE,
)  # fmt: skip


# «Надсилаємо заявку», «форма у вкладенні»: the letter says itself that a file comes with it.
_SENDS = re.compile(
    r"\b(?:надсила(?:ю|ємо|єм)|надіслал[иа]|надіслав|направля(?:ю|ємо)|відправля(?:ю|ємо)|пода(?:ю|ємо)|дода(?:ю|ємо)|додан[аоі]\w*|прикріп\w+|прикладаю|прилага(?:ю|ем|ется)\w*"
    r"|вкладен\w+|вложени\w+|[ув]\s+додатку|во\s+вложении|высыла(?:ю|ем)|отправля(?:ю|ем)|направля(?:ю|ем)|изпраща(?:м|ме)|прилага(?:м|ме)|прикач\w+|приложен\w*|attach\w*|enclos\w*|sending)\b",
    re.IGNORECASE,
)


def courteous(text: str, *, around: bool = False) -> bool:
    """Return whether a text says nothing but courtesy; `around`: or what people put around values they send."""
    for word in _WORD.findall(_APOSTROPHES.sub("'", text)):
        if _COURTESY.fullmatch(word):
            continue
        if around and (_AROUND.fullmatch(word) or word.isdigit()):
            continue
        return False
    return True


def intent_of(plain: str) -> tuple[Intent, str]:
    """Return the gravest intent of a letter proper (`proper`) and the sentence that shows it, "" for thanks."""
    said = sentences(plain)
    kinds: tuple[tuple[Intent, Callable[[str], bool]], ...] = (
        ("withdrawal", _withdraws),
        ("question", _asks),
        ("confirmation", _confirms),
    )
    for intent, found in kinds:
        sentence = next((one for one in said if found(one)), None)
        if sentence is None:
            continue
        more = next((one for one in said if not _confirms(one) and not courteous(one)), None)
        if intent == "confirmation" and (more is not None or _BUT.search(sentence)):
            # They take part and say something else, such as who comes instead: a person reads it.
            return "statement", sentence[:_SHOWN]
        return intent, sentence[:_SHOWN]
    if not plain.strip():
        return "nothing", ""
    if _NO_WORDS.match(plain) or (_WORD.search(plain) and courteous(plain)):
        return "thanks", ""
    return "statement", (said[0] if said else plain.strip())[:_SHOWN]


def withdraws_all(plain: str) -> bool:
    """Return whether a letter that brings a form says all the same that its senders want out."""
    return any(_withdraws(one) and not _EARLIER.search(one) for one in sentences(plain))


def sends(plain: str) -> bool:
    """Return whether a letter proper says that a file comes with it; a question whether one may send is none of that."""
    return any(_SENDS.search(one) and not _asks(one) for one in sentences(plain))


def _withdraws(sentence: str) -> bool:
    return _WITHDRAWAL.search(sentence) is not None


def _asks(sentence: str) -> bool:
    if sentence.count("?") * 4 > len(sentence):
        # «???? ???» is what became of letters on the way.
        return False
    return _QUESTION.search(sentence) is not None or _MARK.search(sentence) is not None


def _confirms(sentence: str) -> bool:
    return _CONFIRMATION.search(sentence) is not None
