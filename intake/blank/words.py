"""The words of the blank form that belong to no call, in each language: how to apply, consent, answers.

A call's own words (labels, hints, headings, dates, addresses) stand in config.toml and must never stand here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.call import Call


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words. `{…}` are filled from the call; hints are in `rules.hints`.

    `answers` are the words of yes and no; `choose` stands in a list nobody chose from, and every reader knows it as empty;
    `zones` says a time zone as people do.
    """

    locale: str
    # Nothing below has a colon after a few words: the reader of forms would report it as an unknown label.
    heading: str
    purpose: str
    how_heading: str
    how: tuple[str, ...]
    how_example: str
    mandatory: str
    consent: str
    answers: tuple[str, str]
    signature: str
    page: str
    choose: str
    zones: Mapping[str, str]


UKRAINIAN = Words(
    locale="uk-UA",
    heading="ЗАЯВКА",
    purpose="на участь у {short}",
    how_heading="Як подати заявку",
    how=(
        "Заповніть праву колонку таблиці на комп’ютері. Назв і номерів полів, будь ласка, не змінюйте.",
        "Надішліть файл (.docx) вкладенням до листа на адресу {address} до {until}.",
        "Тема листа — {subject}",
        "Якщо заявку підписано від руки чи КЕП, додайте скан або підписаний файл разом із файлом Word.",
        (
            "Ви отримаєте лист-підтвердження з номером заявки. Не отримали — перевірте теку «Спам» "
            "і зателефонуйте нам: {phone}."
        ),
    ),
    how_example="Приклад теми — {example}",
    mandatory="Жирним виділено пункти, без яких заявка неповна.",
    consent="Добровільно надаю організаторам ({controller}, {address}) згоду на обробку моїх персональних даних, "
    "зазначених у цій заявці, для її розгляду, відбору учасників, проведення навчання, видачі сертифікатів "
    "і звітування. Мене повідомлено про володільця даних, їх склад, мету збирання, осіб, яким їх передають, "
    "та про мої права за статтею 8 Закону України «Про захист персональних даних». Згоду можу будь-коли "
    "відкликати, написавши на цю адресу.",
    answers=("так", "ні"),
    signature="Підпис ____________   Дата ___.___.20__",
    page="Сторінка {page} з {pages}",
    choose="Оберіть зі списку",
    zones={"Europe/Kyiv": "за київським часом", "Europe/Sofia": "за болгарським часом"},
)

BULGARIAN = Words(
    locale="bg-BG",
    heading="ЗАЯВКА ЗА УЧАСТИЕ",
    purpose="",
    how_heading="Как да кандидатствате",
    how=(
        "Попълнете дясната колона на компютър. Моля, не променяйте имената и номерата на полетата.",
        "Изпратете файла (.docx) като прикачен файл на {address} до {until}.",
        "Относно — {subject}",
        (
            "Ще получите потвърждение с номер на заявката. Ако не го получите, проверете папка „Спам“ "
            "и ни се обадете: {phone}."
        ),
    ),
    how_example="Пример — {example}",
    mandatory="С удебелен шрифт са полетата, без които заявката е непълна.",
    consent="Доброволно давам съгласието си на организаторите ({controller}, {address}) да обработват личните ми "
    "данни от тази заявка с цел организиране и отчитане на обучението, на основание чл. 6, пар. 1, б. „а“ от "
    "Регламент (ЕС) 2016/679 и Закона за защита на личните данни. Зная, че мога да оттегля съгласието си по "
    "всяко време на този адрес, че имам право на достъп, коригиране, изтриване и ограничаване на обработването, "
    "както и право на жалба до Комисията за защита на личните данни.",
    answers=("да", "не"),
    signature="Подпис ____________   Дата ___.___.20__",
    page="Страница {page} от {pages}",
    choose="Изберете елемент.",
    zones={"Europe/Sofia": "българско време", "Europe/Kyiv": "киевско време"},
)

ENGLISH = Words(
    locale="en-GB",
    heading="APPLICATION",
    purpose="",
    how_heading="How to apply",
    how=(
        "Fill in the right-hand column on a computer. Please leave the field names and numbers as they are.",
        "Send the file (.docx) as an attachment to {address} by {until}.",
        "Subject — {subject}",
        (
            "You will receive a confirmation with the number of your application. If not, look into your spam folder "
            "and call us: {phone}."
        ),
    ),
    how_example="Example — {example}",
    mandatory="Items in bold are needed for a complete application.",
    consent="I freely consent to the organisers ({controller}, {address}) processing my personal data given in this "
    "application in order to consider it, select participants, run the training, issue certificates and report. "
    "I have been told who holds the data, what they are, what they are for and who receives them, and what my "
    "rights are. I may withdraw my consent at any time by writing to this address.",
    answers=("yes", "no"),
    signature="Signature ____________   Date ___.___.20__",
    page="Page {page} of {pages}",
    choose="Choose an item.",
    zones={"Europe/Kyiv": "Kyiv time", "Europe/Sofia": "Bulgarian time"},
)


def words_of(call: Call) -> Words:
    """Return the words of the call's language."""
    return {"uk": UKRAINIAN, "bg": BULGARIAN, "en": ENGLISH}[call.language]


def call_facts(call: Call, words: Words) -> dict[str, str]:
    """Return what the `{…}` of the wording stand for: the short name, address, deadline in local time, subject, contacts."""
    zone = words.zones.get(call.time_zone, call.time_zone)
    placeholder = call.subject.placeholder
    return {
        "short": call.title_forms.short_locative,
        "address": call.replies.address,
        "until": f"{call.deadline:%H:%M %d.%m.%Y} ({zone})",
        "subject": call.subject.topic + (call.subject.separator + placeholder if placeholder else ""),
        "example": call.subject.example,
        "phone": call.replies.contact_phone,
        "controller": call.replies.sender_name,
    }
