"""The words of the robot's own pages in the call's language. Nothing of one call."""

from dataclasses import dataclass

from outbox.words import Language


@dataclass(frozen=True, slots=True)
class PageWords:
    """Every text of the pages. `meanings` explains statuses, decisions and fates by what they are called in the code.

    Texts that stand inside formulas hold no quotation mark.
    """

    deadline: str
    left: str
    over: str
    days_short: str
    hours_short: str
    minutes_short: str
    last_letter: str
    written: str
    polled: str
    unread: str
    status: str
    decision: str
    count: str
    share: str
    total: str
    together: str
    undecided: str
    others: str
    uncounted: str
    elsewhere: str
    attention: str
    undelivered: str
    missing: str
    deleted: str
    day: str
    hour: str
    in_time: str
    late: str
    growing: str
    last_day: str
    addresses: str
    in_this_cell: str
    chart_days: str
    chart_hours: str
    chart_statuses: str
    chart_oblasts: str
    word: str
    meaning: str
    colours: str
    colour_meanings: tuple[str, ...]
    settings: str
    setting: str
    value: str
    labels: tuple[str, ...]
    statuses: dict[str, str]
    decisions: tuple[str, ...]
    late_decisions: tuple[str, ...]
    attention_decisions: tuple[str, ...]
    fates: dict[str, str]
    policies: dict[str, str]
    all: str
    version: str


_UK = PageWords(
    deadline="Заявки приймаються до", left="Залишилося", over="строк минув", days_short="дн.", hours_short="год",
    minutes_short="хв", last_letter="Останній лист надійшов", written="Файл оновлено", polled="Пошту перевірено", unread="Листів іще не прочитано", status="Статус",
    decision="Рішення", count="Кількість", share="Частка", total="Усього", together="Разом", undecided="ще без рішення", others="інші слова або два рішення", uncounted="{word} (не враховано)", elsewhere="інші області",
    attention="Листи, що чекають на людину", undelivered="Наші листи, які не дійшли",
    missing="Громади без заявки", deleted="Видалені рядки", day="День", hour="Година", in_time="Вчасно", late="Із запізненням",
    growing="Наростаючим", last_day="Останній день, {day}, за годинами",
    addresses="Адреси всіх заявників (скопіюйте у «Приховану копію»)", in_this_cell="← у цій клітинці адрес: {count}", chart_days="Надходження за днями",
    chart_hours="Останній день за годинами", chart_statuses="Заявки за статусом", chart_oblasts="Заявки за областями",
    word="Слово", meaning="Що означає",
    colours="Кольори",
    colour_meanings=("гаразд", "чогось бракує", "перевірте самі", "відмова або помилка", "до уваги не береться"),
    settings="Налаштування конкурсу (знімок; змінює адміністратор)", setting="Налаштування", value="Значення",
    labels=(
        "Назва", "Код", "Номери починаються з", "Строк", "Допуск після строку, хв", "Якщо лист запізнився",
        "Друга заявка від тієї самої громади", "Тема не за зразком", "Області", "Відповіді", "Адреса для заявок",
        "Доповнити заявку можна до", "Пунктів у формі", "Версія правил",
    ),
    statuses={
        "complete": "форма заповнена, усе обов’язкове є",
        "incomplete": "заявку зареєстровано, але форма має прогалини: дивіться «Чого бракує»",
        "held": "потрібне рішення людини: дивіться «Потребують уваги»",
        "late": "надійшла після строку: аркуш «Запізнілі»",
        "no_form": "лист зараховано за темою, але заповненої форми у ньому немає",
        "void": "за рішенням людини листи виявилися не цією заявкою; рядок лишається, поки в ньому є ваші записи",
        "withdrawn": "громада сама відкликала заявку, і людина це записала",
    },
    decisions=(
        "комісія ще розглядає", "громада бере участь", "громада в резерві", "громада не бере участі",
        "заявка не відповідає умовам конкурсу", "ще одна заявка тієї самої громади", "громада сама відкликала заявку",
    ),
    late_decisions=("заявку зараховано попри запізнення", "відмову залишено в силі"),
    attention_decisions=(
        "вважати лист заявкою громади, яку вписано поруч", "людина вже відповіла, робот мовчить",
        "лист стосується іншого конкурсу", "не заявка: спам, подяка, запитання",
        "громада відкликає заявку, до якої належить лист; їй піде підтвердження",
    ),
    fates={
        "accept": "лист зараховано", "hold": "чекає на людину", "reject": "відмовлено, відповідь пояснює чому",
        "discard": "автоматичний лист: рядка немає, відповіді немає", "copy": "той самий лист надійшов ще раз",
        "answered_by_hand": "координатор відповів сам", "other_call": "координатор вирішив: інший конкурс",
        "not_ours": "координатор вирішив: конкурсу не стосується",
        "withdrawn_by_hand": "координатор вирішив: заявку відкликано",
        "shunted": "програма не впоралася з листом; його збережено", "sent": "наш лист прийняв поштовий сервер",
        "failed": "наш лист не дійшов: зателефонуйте", "uncertain": "зв’язок обірвався під час надсилання; перевірте",
        "draft": "лист підготовлено, але не надіслано",
        "held": "лист надійде, коли його дозволить людина", "cancelled": "людина скасувала лист; його не надіслано",
    },
    policies={
        "reject": "відмовити", "reserve": "лишити в резерві", "hold": "вирішує людина",
        "keep_first": "діє перша", "keep_last": "діє остання", "tolerant": "зарахувати й нагадати зразок",
        "strict": "відмовити", "review": "вирішує людина", "send": "надсилаються", "draft": "лише чернетки",
    },
    all="усі", version="версія",
)  # fmt: skip

_BG = PageWords(
    deadline="Заявки се приемат до", left="Остават", over="срокът изтече", days_short="дни", hours_short="ч",
    minutes_short="мин", last_letter="Последно писмо", written="Файлът е обновен", polled="Пощата е проверена", unread="Още непрочетени писма", status="Статус",
    decision="Решение", count="Брой", share="Дял", total="Общо", together="Общо", undecided="още без решение", others="други думи или две решения", uncounted="{word} (не се брои)", elsewhere="други области",
    attention="Писма, които чакат човек", undelivered="Наши писма, които не са стигнали",
    missing="Общини без заявка", deleted="Изтрити редове", day="Ден", hour="Час", in_time="Навреме", late="Със закъснение",
    growing="Натрупано", last_day="Последният ден, {day}, по часове",
    addresses="Адреси на всички заявители (копирайте в „Скрито копие“)", in_this_cell="← адреси в тази клетка: {count}", chart_days="Постъпили по дни",
    chart_hours="Последният ден по часове", chart_statuses="Заявки по статус", chart_oblasts="Заявки по области",
    word="Дума", meaning="Какво означава",
    colours="Цветове",
    colour_meanings=("наред", "нещо липсва", "проверете сами", "отказ или грешка", "не се взема предвид"),
    settings="Настройки на конкурса (снимка; променя ги администраторът)", setting="Настройка", value="Стойност",
    labels=(
        "Име", "Код", "Номерата започват с", "Срок", "Допуск след срока, мин", "Ако писмото закъснее",
        "Втора заявка от същата община", "Тема не по образец", "Области", "Отговори", "Адрес за заявки",
        "Заявката може да се допълни до", "Точки във формуляра", "Версия на правилата",
    ),
    statuses={
        "complete": "формулярът е попълнен, всичко задължително е налице",
        "incomplete": "заявката е регистрирана, но във формуляра има пропуски: вижте „Какво липсва“",
        "held": "нужно е решение на човек: вижте „За преглед“",
        "late": "получена след срока: лист „Закъснели“",
        "no_form": "зачетена по темата, но без попълнен формуляр",
        "void": "по решение на човек писмата не са тази заявка; редът остава, докато в него има ваши записки",
        "withdrawn": "общината оттегли заявката и човек го записа",
    },
    decisions=(
        "комисията още разглежда", "общината участва", "общината е в резерв", "общината не участва",
        "заявката не отговаря на условията", "още една заявка от същата община", "общината оттегли заявката",
    ),
    late_decisions=("заявката се зачита въпреки закъснението", "отказът остава"),
    attention_decisions=(
        "писмото е заявка на общината, вписана до него", "човек вече е отговорил, роботът мълчи",
        "писмото е за друг конкурс", "не е заявка: спам, благодарност, въпрос",
        "общината оттегля заявката, към която е писмото; тя получава потвърждение",
    ),
    fates={
        "accept": "писмото е зачетено", "hold": "чака човек", "reject": "отказано, отговорът обяснява защо",
        "discard": "автоматично писмо: без ред и без отговор", "copy": "същото писмо дойде още веднъж",
        "answered_by_hand": "координаторът е отговорил сам", "other_call": "координаторът реши: друг конкурс",
        "not_ours": "координаторът реши: не се отнася",
        "withdrawn_by_hand": "координаторът реши: заявката е оттеглена",
        "shunted": "програмата не се справи с писмото; то е запазено", "sent": "нашето писмо е прието от сървъра",
        "failed": "нашето писмо не е стигнало: обадете се", "uncertain": "връзката прекъсна при изпращане; проверете",
        "draft": "писмото е подготвено, но не е изпратено",
        "held": "писмото тръгва, когато човек го разреши", "cancelled": "човек отмени писмото; не е изпратено",
    },
    policies={
        "reject": "отказ", "reserve": "остава в резерв", "hold": "решава човек",
        "keep_first": "важи първата", "keep_last": "важи последната", "tolerant": "зачита се с напомняне на образеца",
        "strict": "отказ", "review": "решава човек", "send": "изпращат се", "draft": "само чернови",
    },
    all="всички", version="версия",
)  # fmt: skip

_EN = PageWords(
    deadline="Applications until", left="Left", over="the deadline is over", days_short="d", hours_short="h",
    minutes_short="min", last_letter="Last letter received", written="File updated", polled="Mail checked", unread="Letters not read yet", status="Status",
    decision="Decision", count="Count", share="Share", total="Total", together="All", undecided="not decided yet", others="other words, or two decisions", uncounted="{word} (not counted)", elsewhere="other oblasts",
    attention="Letters that wait for a person", undelivered="Letters of ours that did not arrive",
    missing="Places without an application", deleted="Deleted rows", day="Day", hour="Hour", in_time="In time", late="Late",
    growing="So far", last_day="The last day, {day}, by hour",
    addresses="Addresses of all applicants (copy into Bcc)", in_this_cell="← addresses in this cell: {count}", chart_days="Arrivals by day",
    chart_hours="The last day by hour", chart_statuses="Applications by status",
    chart_oblasts="Applications by oblast", word="Word", meaning="What it means",
    colours="Colours",
    colour_meanings=("all right", "something is missing", "please check", "refused or failed", "not considered"),
    settings="Settings of the call (a snapshot; the administrator changes them)", setting="Setting", value="Value",
    labels=(
        "Name", "Code", "Numbers begin with", "Deadline", "Grace after it, min", "When a letter is late",
        "A second application from one place", "Subject not as wanted", "Oblasts", "Answers", "Address for applications",
        "May be completed until", "Items in the form", "Version of the rules",
    ),
    statuses={
        "complete": "the form is filled in, nothing required is missing",
        "incomplete": "registered, but the form has gaps: see “What is missing”",
        "held": "a person must decide: see “Needs attention”",
        "late": "arrived after the deadline: sheet “Late”",
        "no_form": "counted by its subject, but there is no completed form in it",
        "void": "a person decided that its letters are not this application; the row stays while it holds your notes",
        "withdrawn": "the place withdrew it, and a person recorded that",
    },
    decisions=(
        "the committee is considering it", "the place takes part", "the place is in reserve",
        "the place does not take part", "the application breaks the conditions", "another application of one place",
        "the place withdrew it",
    ),
    late_decisions=("counted in spite of being late", "the refusal stands"),
    attention_decisions=(
        "the letter is an application of the place written beside it", "a person has answered, the robot is silent",
        "the letter is for another call", "no application: spam, thanks, a question",
        "the place withdraws the application this letter belongs to, and gets a confirmation",
    ),
    fates={
        "accept": "the letter counts", "hold": "waits for a person", "reject": "refused, the answer says why",
        "discard": "automatic mail: no row, no answer", "copy": "the same letter came again",
        "answered_by_hand": "a coordinator answered", "other_call": "a coordinator decided: another call",
        "not_ours": "a coordinator decided: not for us",
        "withdrawn_by_hand": "a coordinator decided: the application is withdrawn",
        "shunted": "the program failed on the letter; it is kept", "sent": "the mail server took our letter",
        "failed": "our letter did not arrive: please call", "uncertain": "the line broke while sending; please check",
        "draft": "the letter is prepared but not sent",
        "held": "the letter leaves once a person approves it", "cancelled": "a person took the letter back; it was not sent",
    },
    policies={
        "reject": "refuse", "reserve": "keep in reserve", "hold": "a person decides",
        "keep_first": "the first stands", "keep_last": "the last stands", "tolerant": "count, and recall the example",
        "strict": "refuse", "review": "a person decides", "send": "are sent", "draft": "drafts only",
    },
    all="all", version="version",
)  # fmt: skip

PAGES: dict[Language, PageWords] = {"uk": _UK, "bg": _BG, "en": _EN}
