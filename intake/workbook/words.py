"""The words of the workbook in the call's language: sheets, headers, statuses, decisions. Nothing of one call."""

from dataclasses import dataclass

from outbox.words import Language


@dataclass(frozen=True, slots=True)
class Words:
    """Every text of the workbook that does not come from a letter or from the call."""

    sheets: dict[str, str]
    headers: dict[str, str]
    statuses: dict[str, str]
    place_by: dict[str, str]
    decisions: tuple[str, ...]
    late_decisions: tuple[str, ...]
    attention_decisions: tuple[str, ...]
    templates: dict[str, str]
    replies: dict[str, str]
    fates: dict[str, str]
    kinds: tuple[str, str, str]
    open: str
    incoming: str
    outgoing: str
    yes: str
    no: str
    unknown: str
    files: tuple[str, str, str]
    forms: tuple[str, str]
    page: str
    only_these: str
    corrected: str
    conflict: str
    robot: str
    file: str
    copy: str
    damaged: str
    kept: str


_UK = Words(
    sheets={
        "applications": "Заявки",
        "people": "Учасники",
        "attention": "Потребують уваги",
        "decided": "Вирішені листи",
        "late": "Запізнілі",
        "letters": "Листування",
        "summary": "Зведення",
        "missing": "Громади без заявки",
        "attendance": "Список реєстрації",
        "reference": "Довідник",
    },
    headers={
        "number": "№ заявки", "status": "Статус", "decision": "Рішення", "score": "Бали", "note": "Примітка",
        "owner": "Відповідальний", "oblast": "Область", "raion": "Район", "place": "Громада", "type": "Тип",
        "code": "КАТОТТГ", "received": "Надійшла", "hours": "До строку, год", "by": "Спосіб визначення громади",
        "deviation": "Відхилення теми", "subject": "Тема як є", "sender": "Відправник", "email": "E-mail",
        "percent": "Повнота %", "lacks": "Чого бракує", "files": "Файли", "signed": "Підпис/КЕП", "revision": "Редакція", "letters": "Листів",
        "reply": "Останній автолист", "delivered": "Доставлено", "confirmed": "Участь підтверджено", "person": "Код учасника", "role": "Учасник",
        "came": "Надійшов", "from": "Від кого", "wrong": "Що не так", "suggestion": "Пропозиція", "taken": "Хто взяв", "open": "Лист",
        "correct_place": "Громада (вписати)", "outcome": "Що зроблено", "letter": "Код листа", "by_how_much": "Запізнення",
        "sent": "Надіслано", "sent_in_time": "Надіслано вчасно?", "at": "Час", "direction": "Напрям",
        "address": "Адреса", "letter_subject": "Тема", "kind": "Вид", "fate": "Доля", "words": "Зауваги", "signature": "Підпис",
    },
    statuses={
        "complete": "Повна", "incomplete": "Потрібні уточнення", "held": "На перевірці", "late": "Запізніла",
        "no_form": "Немає форми", "void": "Знято", "withdrawn": "Відкликано",
    },
    place_by={"sender": "відправник", "form": "форма", "subject": "тема", "thread": "листування", "form+subject": "форма і тема", "person": "вручну", "reply": "відповідь заявника"},
    decisions=(
        "на розгляді", "відібрано", "перелік очікування", "не відібрано", "не відповідає умовам", "дублікат",
        "відкликано громадою",
    ),
    late_decisions=("прийняти як виняток", "відхилити"),
    attention_decisions=("зареєструвати", "відповіли вручну", "інший конкурс", "не стосується", "відкликати заявку"),
    templates={
        "accepted": "прийнято", "accepted_incomplete": "прийнято, є питання", "late": "запізніла",
        "no_form": "немає форми", "subject_unrecognised": "яка громада?", "subject_placeholder": "яка громада?",
        "duplicate_new": "заявка вже є", "duplicate_first": "надійшла ще одна", "replaced_first": "замінено іншою", "deadline_extended": "строк продовжено", "replaced": "оновлено",
        "password_protected": "файл із паролем", "form_unreadable": "файл не читається",
        "scan_received": "скан або фото",
        "cloud_link": "лише посилання",
        "reminder": "нагадування", "corrected": "дякуємо за уточнення", "question_ack": "запитання отримано",
        "selected": "відібрано", "waiting": "перелік очікування", "not_selected": "не відібрано", "confirmed": "участь підтверджено",
        "withdrawn": "відкликано",
    },
    replies={
        "pending": "у черзі", "sending": "надсилається", "sent": "надіслано", "delivered": "так", "delayed": "затримується", "failed": "не вдалося", "uncertain": "невідомо",
        "draft": "чернетка", "held": "чекає на дозвіл", "cancelled": "скасовано",
    },
    fates={
        "accept": "зараховано", "hold": "на розгляд людині", "reject": "не зараховано", "discard": "не заявка",
        "copy": "копія, не враховано", "answered_by_hand": "відповіли вручну", "other_call": "інший конкурс", "not_ours": "не стосується",
        "withdrawn_by_hand": "заявку відкликано",
        "shunted": "збій обробки", "sent": "надіслано", "delivered": "доставлено", "delayed": "надіслано, затримується", "pending": "у черзі", "sending": "надсилається",
        "failed": "не доставлено", "uncertain": "невідомо, чи дійшов", "draft": "чернетка, не надіслано",
        "held": "чекає на дозвіл", "cancelled": "скасовано, не надіслано",
    },
    kinds=("заявка", "лист", "автоматичний лист"),
    open="відкрити",
    incoming="вхідний",
    outgoing="вихідний",
    yes="так",
    no="ні",
    unknown="невідомо",
    files=("файл", "файли", "файлів"),
    forms=("заповненої форми", "форми, яку можна прочитати"),
    page="Сторінка &P з &N",
    only_these="Оберіть зі списку: {options}.",
    corrected="Виправлено вручну. За даними листа: «{robot}».",
    conflict="Виправлено вручну, а дані листа відтоді змінилися: було «{before}», тепер «{robot}».",
    robot="Скринька",
    file="Заявки",
    copy="оновлено {time}",
    damaged="пошкоджений",
    kept="збережено",
)  # fmt: skip

_BG = Words(
    sheets={
        "applications": "Заявки",
        "people": "Участници",
        "attention": "За преглед",
        "decided": "Решени писма",
        "late": "Закъснели",
        "letters": "Кореспонденция",
        "summary": "Обобщение",
        "missing": "Общини без заявка",
        "attendance": "Присъствен списък",
        "reference": "Справочник",
    },
    headers={
        "number": "№ на заявката", "status": "Статус", "decision": "Решение", "score": "Точки", "note": "Бележка",
        "owner": "Отговорник", "oblast": "Област", "raion": "Район", "place": "Община", "type": "Вид община",
        "code": "ЕКАТТЕ", "received": "Получена", "hours": "До срока, ч", "by": "Как е определена общината",
        "deviation": "Отклонение в темата", "subject": "Тема в оригинал", "sender": "Подател", "email": "Имейл",
        "percent": "Пълнота %", "lacks": "Какво липсва", "files": "Файлове", "signed": "Ел. подпис", "revision": "Редакция", "letters": "Писма",
        "reply": "Последен отговор", "delivered": "Доставен", "confirmed": "Участие потвърдено", "person": "Код на участника", "role": "Участник",
        "came": "Получено", "from": "От кого", "wrong": "Какво не е наред", "suggestion": "Предложение",
        "taken": "Кой го пое", "open": "Писмо", "correct_place": "Община (впишете)", "outcome": "Какво е направено", "letter": "Код на писмото",
        "by_how_much": "Закъснение", "sent": "Изпратено", "sent_in_time": "Изпратено навреме?", "at": "Време",
        "direction": "Посока", "address": "Адрес", "letter_subject": "Тема", "kind": "Вид", "fate": "Съдба",
        "words": "Забележки", "signature": "Подпис",
    },
    statuses={
        "complete": "Пълна", "incomplete": "Нужни уточнения", "held": "На проверка", "late": "Закъсняла",
        "no_form": "Няма формуляр", "void": "Отпаднала", "withdrawn": "Оттеглена",
    },
    place_by={"sender": "подател", "form": "формуляр", "subject": "тема", "thread": "кореспонденция", "form+subject": "формуляр и тема", "person": "ръчно", "reply": "отговор на подателя"},
    decisions=(
        "разглежда се", "избрана", "резервен списък", "неизбрана", "не отговаря на условията", "дублирана", "оттеглена",
    ),
    late_decisions=("приема се по изключение", "отхвърля се"),
    attention_decisions=("да се регистрира", "отговорено ръчно", "друг конкурс", "не се отнася", "оттегляне на заявката"),
    templates={
        "accepted": "приета", "accepted_incomplete": "приета, има въпроси", "late": "закъсняла",
        "no_form": "няма формуляр", "subject_unrecognised": "коя община?", "subject_placeholder": "коя община?",
        "duplicate_new": "вече има заявка", "duplicate_first": "има втора заявка", "replaced_first": "заменена с друга", "deadline_extended": "срокът е удължен", "replaced": "обновена",
        "password_protected": "файл с парола", "form_unreadable": "файлът не се чете",
        "scan_received": "сканирано или снимано",
        "cloud_link": "само връзка",
        "reminder": "напомняне", "corrected": "благодарим за уточненията", "question_ack": "въпросът е получен",
        "selected": "одобрена", "waiting": "списък на чакащите", "not_selected": "не е одобрена", "confirmed": "участието е потвърдено",
        "withdrawn": "оттеглена",
    },
    replies={
        "pending": "на опашка", "sending": "изпраща се", "sent": "изпратен", "delivered": "да", "delayed": "забавя се", "failed": "неуспешно", "uncertain": "неизвестно",
        "draft": "чернова", "held": "чака разрешение", "cancelled": "отменено",
    },
    fates={
        "accept": "зачетено", "hold": "за преглед от човек", "reject": "не е зачетено", "discard": "не е заявка",
        "copy": "копие, не се брои", "answered_by_hand": "отговорено ръчно", "other_call": "друг конкурс", "not_ours": "не се отнася",
        "withdrawn_by_hand": "заявката е оттеглена",
        "shunted": "грешка при обработка", "sent": "изпратено", "delivered": "доставено", "delayed": "изпратено, забавя се", "pending": "на опашка", "sending": "изпраща се",
        "failed": "не е доставено", "uncertain": "не е ясно дали е стигнало", "draft": "чернова, не е изпратено",
        "held": "чака разрешение", "cancelled": "отменено, не е изпратено",
    },
    kinds=("заявка", "писмо", "автоматично писмо"),
    open="отвори",
    incoming="входящо",
    outgoing="изходящо",
    yes="да",
    no="не",
    unknown="неизвестно",
    files=("файл", "файла", "файла"),
    forms=("попълнен формуляр", "формуляр, който може да се прочете"),
    page="Страница &P от &N",
    only_these="Изберете от списъка: {options}.",
    corrected="Поправено на ръка. Според писмото: „{robot}“.",
    conflict="Поправено на ръка, а данните в писмото се промениха: беше „{before}“, сега е „{robot}“.",
    robot="Кутията",
    file="Заявки",
    copy="обновено {time}",
    damaged="повреден",
    kept="запазено",
)  # fmt: skip

_EN = Words(
    sheets={
        "applications": "Applications",
        "people": "Participants",
        "attention": "Needs attention",
        "decided": "Decided letters",
        "late": "Late",
        "letters": "Correspondence",
        "summary": "Summary",
        "missing": "Places without application",
        "attendance": "Attendance list",
        "reference": "Reference",
    },
    headers={
        "number": "Application", "status": "Status", "decision": "Decision", "score": "Score", "note": "Note",
        "owner": "In charge", "oblast": "Oblast", "raion": "Raion", "place": "Place", "type": "Type", "code": "Code",
        "received": "Received", "hours": "Before deadline, h", "by": "How the place was found",
        "deviation": "Subject deviates", "subject": "Subject as it is", "sender": "Sender", "email": "E-mail",
        "percent": "Complete %", "lacks": "What is missing", "files": "Files", "signed": "Signed", "revision": "Revision",
        "letters": "Letters", "reply": "Last answer", "delivered": "Delivered", "confirmed": "Taking part confirmed", "person": "Person code",
        "role": "Participant", "came": "Received", "from": "From", "wrong": "What is wrong", "suggestion": "Suggestion",
        "taken": "Taken by", "open": "Letter", "correct_place": "Place (write it here)", "outcome": "What was done", "letter": "Letter code", "by_how_much": "Late by",
        "sent": "Sent", "sent_in_time": "Sent in time?", "at": "Time", "direction": "Direction", "address": "Address",
        "letter_subject": "Subject", "kind": "Kind", "fate": "Fate", "words": "Remarks", "signature": "Signature",
    },
    statuses={
        "complete": "Complete", "incomplete": "Needs details", "held": "Being checked", "late": "Late",
        "no_form": "No form", "void": "Dropped", "withdrawn": "Withdrawn",
    },
    place_by={"sender": "sender", "form": "form", "subject": "subject", "thread": "conversation", "form+subject": "form and subject", "person": "by hand", "reply": "the applicant's answer"},
    decisions=("under review", "selected", "waiting list", "not selected", "not eligible", "duplicate", "withdrawn"),
    late_decisions=("accept as an exception", "refuse"),
    attention_decisions=("register", "answered by hand", "another call", "not for us", "withdraw the application"),
    templates={
        "accepted": "accepted", "accepted_incomplete": "accepted, questions", "late": "late", "no_form": "no form",
        "subject_unrecognised": "which place?", "subject_placeholder": "which place?",
        "duplicate_new": "already have one", "duplicate_first": "another one came", "replaced_first": "replaced by another", "deadline_extended": "deadline extended", "replaced": "updated",
        "password_protected": "password on the file", "form_unreadable": "file unreadable",
        "scan_received": "scan or photo",
        "cloud_link": "only a link",
        "reminder": "reminder", "corrected": "thanks for the details", "question_ack": "question received",
        "selected": "selected", "waiting": "waiting list", "not_selected": "not selected", "confirmed": "participation confirmed",
        "withdrawn": "withdrawn",
    },
    replies={
        "pending": "queued", "sending": "being sent", "sent": "sent", "delivered": "yes", "delayed": "delayed", "failed": "failed", "uncertain": "unknown",
        "draft": "draft", "held": "waits for approval", "cancelled": "taken back",
    },
    fates={
        "accept": "counted", "hold": "for a person to decide", "reject": "not counted", "discard": "no application",
        "copy": "a copy, not counted", "answered_by_hand": "answered by hand", "other_call": "another call", "not_ours": "not for us",
        "withdrawn_by_hand": "application withdrawn",
        "shunted": "processing failed", "sent": "sent", "delivered": "delivered", "delayed": "sent, delayed", "pending": "queued", "sending": "being sent",
        "failed": "not delivered", "uncertain": "unknown whether it arrived", "draft": "draft, not sent",
        "held": "waits for approval", "cancelled": "taken back, not sent",
    },
    kinds=("application", "letter", "automatic mail"),
    open="open",
    incoming="in",
    outgoing="out",
    yes="yes",
    no="no",
    unknown="unknown",
    files=("file", "files", "files"),
    forms=("a form that is filled in", "a form that can be read"),
    page="Page &P of &N",
    only_these="Choose from the list: {options}.",
    corrected="Corrected by hand. The letter says: “{robot}”.",
    conflict="Corrected by hand, and the letter's data have changed since: “{before}” before, “{robot}” now.",
    robot="Skrynka",
    file="Applications",
    copy="updated {time}",
    damaged="damaged",
    kept="kept",
)  # fmt: skip

WORDS: dict[Language, Words] = {"uk": _UK, "bg": _BG, "en": _EN}


def form_lacks(status: str, language: Language) -> str:
    """Return what an application lacks of which no form stands: that it came at all, or that it can be read."""
    none, unread = WORDS[language].forms
    return {"no_form": none, "held": unread, "incomplete": unread}.get(status, "")


def counted_files(count: int, language: Language) -> str:
    """Return a count of files in words: «1 файл», «2 файли», «5 файлів»; "" for none."""
    if not count:
        return ""
    one, few, many = WORDS[language].files
    if language == "uk" and count % 10 == 1 and count % 100 != 11:
        return f"{count} {one}"
    if language != "uk" and count == 1:
        return f"{count} {one}"
    is_few = language != "uk" or (count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14})
    return f"{count} {few if is_few else many}"
