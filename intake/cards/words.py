"""The words of a card, and of a letter's page, in the call's language. Nothing of one call."""

from dataclasses import dataclass

from outbox.words import Language


@dataclass(frozen=True, slots=True)
class CardWords:
    """Every text of a card that comes neither from a letter nor from the call."""

    received: str
    before: str
    after: str
    place_by: str
    sender: str
    letters: str
    letter: str
    revision: str
    back: str
    fields: str
    item: str
    field: str
    value: str
    written: str
    where: str
    sure: str
    scanned: str
    faults: str
    nothing_lacks: str
    findings: str
    no_findings: str
    clocks: str
    counts: str
    files: str
    text: str
    no_text: str
    place: str
    place_subject: str
    place_form: str
    replies: str
    no_replies: str
    our_letter: str
    answers: str
    answers_none: str
    of_no_application: str
    known_later: str
    to: str
    server: str
    history: str
    decided: str
    rules: str
    changed: str
    was: str
    became: str
    mended: str
    unknown: str
    other_lines: str
    made: str
    fault_codes: dict[str, str]
    dispositions: dict[str, str]
    clock_names: dict[str, str]
    places: dict[str, str]
    makers: dict[str, str]
    opinions: dict[str, str]
    read: dict[str, str]


_UK = CardWords(
    received="Надійшла", before="до строку лишалося", after="після строку минуло", place_by="Звідки відома громада",
    sender="Відправник", letters="Листи, як вони надійшли", letter="Лист", revision="редакція", back="До таблиці",
    fields="Поля форми", item="№", field="Поле", value="Значення", written="Як написано", where="Де знайдено",
    sure="Певність", scanned="зі скану: звірте", faults="Чого бракує", nothing_lacks="Нічого не бракує.", findings="Що встановлено",
    no_findings="Зауважень немає.", clocks="Годинники", counts="за цим судимо", files="Файли",
    text="Текст листа", no_text="Листа немає в архіві.", place="Громада", place_subject="тема каже",
    place_form="форма каже", replies="Наші відповіді", no_replies="Відповідей ще не було.", to="Кому",
    our_letter="Наш лист", answers="Лист, на який він відповідає", answers_none="Цей лист не є відповіддю.",
    of_no_application="Лист не належить до жодної заявки.", known_later="Лише згодом з’ясувалося, якої заявки це стосується:",
    server="Сервер", history="Історія", decided="вирішено", rules="правила", changed="Що змінилося",
    was="Було", became="Стало", mended="виправлено в робочій книзі", unknown="—", other_lines="Рядки форми, яких ми не чекали",
    made="Сторінку складено Скринькою з журналу; змінювати її немає сенсу: вона перезаписується.",
    fault_codes={
        "missing": "не заповнено", "no_consent": "немає згоди", "bad_email": "адреса з помилкою",
        "bad_phone": "номер із помилкою", "bad_code": "код із помилкою", "bad_choice": "немає такого варіанта",
        "shared_email": "та сама адреса, що й в іншого учасника", "same_person": "двічі та сама людина",
        "initials": "лише ініціали", "not_ready": "умову не підтверджено", "too_long": "задовгий текст", "bad_date": "дата з помилкою",
        "unclear": "ані «так», ані «ні»", "several_emails": "кілька адрес", "bad_name": "не ім’я", "bad_number": "не число",
    },
    dispositions={"accept": "зараховано", "hold": "на розгляд людині", "reject": "не зараховано", "discard": "не заявка"},
    clock_names={"INTERNALDATE": "скринька отримала (INTERNALDATE)", "Date": "годинник відправника (Date)", "Received": "наш сервер (Received)"},
    places={"form": "форма", "table": "таблиця", "row": "рядок", "p": "абзац", "page": "стор.", "cell": "клітинка", "sheet": "аркуш", "line": "рядок", "text": "текст", "letter": "лист"},
    makers={"rules": "програма", "replay": "програма, за зміненими правилами", "reply": "відповідь заявника", "workbook": "робоча книга"},
    opinions={"exact": "точно", "suggested": "схоже на", "ambiguous": "кілька однакових назв", "mismatch": "назва й область або код різняться", "unknown": "немає в довіднику", "code": "за кодом", "name": "за назвою", "centre": "за центром", "former": "за колишньою назвою", "homoglyph": "схожі літери", "latin": "латиницею", "latin-coarse": "латиницею", "russian": "російською", "typo": "з опискою"},
    read={"read": "прочитано", "not_a_form": "тексту немає", "unreadable": "не прочитано"},
)  # fmt: skip

_BG = CardWords(
    received="Получена", before="до срока оставаха", after="след срока минаха", place_by="Откъде е известна общината",
    sender="Подател", letters="Писмата, както са получени", letter="Писмо", revision="редакция", back="Към таблицата",
    fields="Полета на формуляра", item="№", field="Поле", value="Стойност", written="Както е написано",
    where="Къде е намерено", sure="Сигурност", scanned="от скан: сверете", faults="Какво липсва", nothing_lacks="Нищо не липсва.",
    findings="Какво е установено", no_findings="Няма забележки.", clocks="Часовници", counts="този важи",
    files="Файлове", text="Текст на писмото", no_text="Писмото не е в архива.", place="Община",
    place_subject="темата казва", place_form="формулярът казва", replies="Нашите отговори",
    our_letter="Нашето писмо", answers="Писмото, на което то отговаря", answers_none="Това писмо не е отговор.",
    of_no_application="Писмото не принадлежи към нито една заявка.", known_later="Едва по-късно стана ясно за коя заявка е:",
    no_replies="Още няма отговори.", to="До", server="Сървър", history="История", decided="решено", rules="правила",
    changed="Какво се е променило", was="Беше", became="Стана", mended="поправено в работната книга", unknown="—",
    other_lines="Редове на формуляра, които не очаквахме",
    made="Страницата е съставена от Скринка по дневника; няма смисъл да се променя: презаписва се.",
    fault_codes={
        "missing": "не е попълнено", "no_consent": "няма съгласие", "bad_email": "грешен адрес",
        "bad_phone": "грешен номер", "bad_code": "грешен код", "bad_choice": "няма такъв избор",
        "shared_email": "същият адрес като на друг участник", "same_person": "два пъти едно лице",
        "initials": "само инициали", "not_ready": "условието не е потвърдено", "too_long": "твърде дълъг текст", "bad_date": "грешна дата",
        "unclear": "нито „да“, нито „не“", "several_emails": "няколко адреса", "bad_name": "не е име", "bad_number": "не е число",
    },
    dispositions={"accept": "зачетено", "hold": "за преглед от човек", "reject": "не е зачетено", "discard": "не е заявка"},
    clock_names={"INTERNALDATE": "кутията получи (INTERNALDATE)", "Date": "часовникът на подателя (Date)", "Received": "нашият сървър (Received)"},
    places={"form": "формуляр", "table": "таблица", "row": "ред", "p": "абзац", "page": "стр.", "cell": "клетка", "sheet": "лист", "line": "ред", "text": "текст", "letter": "писмо"},
    makers={"rules": "програмата", "replay": "програмата, по променените правила", "reply": "отговор на кандидата", "workbook": "работната книга"},
    opinions={"exact": "точно", "suggested": "прилича на", "ambiguous": "няколко еднакви имена", "mismatch": "името и областта или кодът се разминават", "unknown": "няма го в справочника", "code": "по код", "name": "по име", "centre": "по център", "former": "по предишно име", "homoglyph": "прилични букви", "latin": "на латиница", "latin-coarse": "на латиница", "russian": "на руски", "typo": "с грешка"},
    read={"read": "прочетен", "not_a_form": "няма текст", "unreadable": "не е прочетен"},
)  # fmt: skip

_EN = CardWords(
    received="Received", before="left until the deadline", after="since the deadline", place_by="Place known from",
    sender="Sender", letters="The letters as received", letter="Letter", revision="revision", back="To the workbook",
    fields="The form's fields", item="No.", field="Field", value="Value", written="As written", where="Found at",
    sure="Certainty", scanned="off a scan: compare", faults="What is missing", nothing_lacks="Nothing is missing.", findings="Findings",
    no_findings="None.", clocks="Clocks", counts="this one counts", files="Files",
    text="Text of the letter", no_text="The letter is not in the archive.", place="Place",
    place_subject="the subject says", place_form="the form says", replies="Our replies", no_replies="None yet.",
    our_letter="Our letter", answers="The letter it answers", answers_none="This letter answers none.",
    of_no_application="The letter belongs to no application.", known_later="Only later was it known which application this is about:",
    to="To", server="Server", history="History", decided="decided", rules="rules", changed="What changed", was="Was",
    became="Became", mended="corrected in the workbook", unknown="—", other_lines="Lines of the form that were not expected",
    made="Made by Skrynka from the ledger; editing this page is of no use: it is written anew.",
    fault_codes={
        "missing": "not filled in", "no_consent": "no consent", "bad_email": "not a valid address",
        "bad_phone": "not a valid number", "bad_code": "not a valid code", "bad_choice": "not one of the choices",
        "shared_email": "the same address as another participant", "same_person": "the same person twice",
        "initials": "initials only", "not_ready": "the condition is not confirmed", "too_long": "too long", "bad_date": "not a valid date",
        "unclear": "neither yes nor no", "several_emails": "several addresses", "bad_name": "not a name", "bad_number": "not a number",
    },
    dispositions={"accept": "counted", "hold": "for a person to decide", "reject": "not counted", "discard": "no application"},
    clock_names={"INTERNALDATE": "the mailbox received it (INTERNALDATE)", "Date": "the sender's clock (Date)", "Received": "our server (Received)"},
    places={"p": "paragraph"},
    makers={"rules": "the program", "replay": "the program, by changed rules", "reply": "the applicant's answer", "workbook": "the workbook"},
    opinions={},
    read={"read": "read", "not_a_form": "no text in it", "unreadable": "not read"},
)  # fmt: skip

CARDS: dict[Language, CardWords] = {"uk": _UK, "bg": _BG, "en": _EN}
