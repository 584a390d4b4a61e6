"""The samples as a Bulgarian call, and one in English, would have them: their golden letters are read by people who know no Ukrainian."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from outbox.context import ReplyFacts
from rules.place import Place
from tests.outbox.samples import HROMADA, PISHCHANA

OBSHTINA = Place("BGS21", "Созопол", "Община Созопол", "община", "", "Бургас")
BYALA = (
    Place("VAR05", "Бяла", "Община Бяла", "община", "", "Варна"),
    Place("RSE04", "Бяла", "Община Бяла", "община", "", "Русе"),
)

# What stands in the samples and in the form's labels → in Bulgarian, in English.
_WORDS: dict[str, tuple[str, str]] = {
    "КЗ-2023-014": ("ОК-2023-014", "CN-2023-014"),
    "Комунікація змін\\Коростенська": ("Обучение комуникация - Созопол", "Communicating change Korosten"),
    "RE: Re: заявка від громади": ("RE: Отг: заявка от общината", "RE: Re: an application"),
    "Комунікація змін/Назва громади та область": (
        "Обучение комуникация/Име на община и област",
        "Communicating Change/Name of hromada and oblast",
    ),
    "Комунікація змін/Сонячнопільська громада, Житомирська область": (
        "Обучение комуникация/Община Слънчево поле, област Бургас",
        "Communicating Change/Сонячнопільська громада, Житомирська область",
    ),
    "Сонячнопільська сільська територіальна громада": (
        "Община Слънчево поле",
        "Сонячнопільська сільська територіальна громада",
    ),
    "Коростишівська міська територіальна громада": (
        "Община Поморие",
        "Коростишівська міська територіальна громада",
    ),
    "Re: Чи можна подати заявку від двох громад?": (
        "Отг: Може ли заявка от две общини?",
        "Re: May two hromadas apply together?",
    ),
    "Заявка Коростень остаточна версія (2).docx": (
        "Заявка Созопол окончателна (2).docx",
        "Application Korosten final (2).docx",
    ),
    "Скан підписаної заявки.pdf": ("Сканирана подписана заявка.pdf", "Scan of the signed application.pdf"),
    "Скан заявки.pdf": ("Сканирана заявка.pdf", "Scan of the application.pdf"),
    "Заявка.docx": ("Заявка.docx", "Application.docx"),
    "Заявка.docx.p7s": ("Заявка.docx.p7s", "Application.docx.p7s"),
    "заявка.pages": ("заявка.pages", "application.pages"),
    "Коваленко Ірина Василівна": ("Ирина Василева Ковачева", "Iryna Kovalenko"),
    "начальниця відділу комунікації та цифрового розвитку виконавчого комітету": (
        "началник на отдел „Връзки с обществеността и цифрово развитие“",
        "head of the department of communication and digital development",
    ),
    "Бондар Петро": ("Петър Бонев", "Petro Bondar"),
    "головний спеціаліст": ("главен експерт", "chief specialist"),
    "Петренко О. В.": ("Петрова О. В.", "Petrenko O. V."),
    "ні": ("не", "no"),
    "зміну описано загально; радимо назвати одну конкретну.": (
        "промяната е описана общо; препоръчваме да посочите една конкретна.",
        "the change is described in general terms; we suggest naming one.",
    ),
    "Підготуємо": ("Ще подготвим", "We shall prepare it"),
    "Учасник 3": ("Участник 3", "Participant 3"),
    "Учасник 1": ("Участник 1", "Participant 1"),
    "Учасник 2": ("Участник 2", "Participant 2"),
    "Область": ("Област", "Oblast"),
    "Повна назва територіальної громади": ("Пълно име на общината", "Full name of the hromada"),
    "Офіційна електронна пошта громади": ("Официален имейл на общината", "Official e-mail of the hromada"),
    "Мобільний телефон": ("Мобилен телефон", "Mobile phone"),
    "Прізвище, власне ім’я, по батькові (за наявності)": ("Име, презиме и фамилия", "First name and surname"),
    "Електронна пошта": ("Имейл", "E-mail"),
    "Посада і структурний підрозділ": ("Длъжност и отдел", "Position and department"),
    "Яку зміну громада планує запровадити й супроводжувати комунікацією у 2023 році чи пізніше": (
        "Каква промяна планира общината през 2023 г. или по-късно и как ще я съобщава",
        "Which change the hromada plans to make, and to communicate, in 2023 or later",
    ),
    "Обидва учасники готові брати участь": (
        "Двамата участници са готови да участват",
        "Both participants are ready to take part",
    ),
    "Учасник 1: згоду надаю": ("Участник 1: давам съгласие", "Participant 1: I consent"),
    "Учасник 2: згоду надаю": ("Участник 2: давам съгласие", "Participant 2: I consent"),
    "Поле без номера": ("Поле без номер", "A field without a number"),
}
_PLACES = {HROMADA.full: OBSHTINA, PISHCHANA[0].oblast: BYALA[0], PISHCHANA[1].oblast: BYALA[1]}


def in_language(facts: ReplyFacts, language: str) -> ReplyFacts:
    """Return the facts of a case as they would be in a call of the language."""
    return facts if language == "uk" else translated(facts, language)


def translated(value: Any, language: str) -> Any:
    """Return a value of the samples, or what is made of them, with the words that are in the list exchanged."""
    if isinstance(value, str):
        bulgarian, english = _WORDS.get(value, (value, value))
        said = bulgarian if language == "bg" else english
        return OBSHTINA.full if language == "bg" and said == HROMADA.full else said
    if isinstance(value, (tuple, list)):
        return type(value)(translated(one, language) for one in value)
    if isinstance(value, dict):
        return {key: translated(one, language) for key, one in value.items()}
    if isinstance(value, Place):
        known = _PLACES.get(value.full) or _PLACES.get(value.oblast)
        return known if language == "bg" and known is not None else value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {one.name: translated(getattr(value, one.name), language) for one in fields(value)}
        return replace(value, **changed)
    return value
