"""What the workbook says in a row about what somebody decided there: done or impossible, and what was sent. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from intake.ledger.orders import Order
from intake.workbook.phrases import PHRASES
from intake.workbook.sheet import Tone
from intake.workbook.words import WORDS
from outbox.words import Language
from rules.call import Call
from rules.place import Place

# So many places are suggested.
MOST = 5
DONE, REFUSED = "✓", "✗"
# Notes begin with their mark, by which they are coloured.
TONES: dict[str, Tone] = {f"{DONE}*": "good", f"{REFUSED}*": "bad"}

_QUOTED: dict[Language, str] = {"uk": "«{}»", "bg": "„{}“", "en": "“{}”"}

NOTES: dict[Language, dict[str, str]] = {
    "uk": {
        "answered": "Закрито: відповіли вручну. Програма мовчить.",
        "other_call": "Закрито: лист іншого конкурсу.",
        "not_ours": "Закрито: конкурсу не стосується.",
        "withdrawn": "Заявку {number} відкликано.",
        "registered": "Зареєстровано за номером {number}: {place}.",
        "registered_late": "Записано за номером {number}: {place}. Заявка запізнілася: вирішіть на аркуші «Запізнілі».",
        "placed": "Громаду враховано: {number}, {place}.",
        "placed_open": "Громаду враховано: {place}. Лист іще чекає на рішення: дивіться «Що не так».",
        "exception": "Прийнято як виняток.",
        "exception_open": "Запізнення пробачено, але є інші зауваження: дивіться «Потребують уваги».",
        "refused_late": "Відмову залишено в силі.",
        "taken_back": "Ваше рішення скасовано: лист знову чекає.",
        "unknown_word": "«{typed}» немає у списку. Оберіть: {options}.",
        "place_unknown": "Громади «{text}» немає в довіднику. Впишіть її назву й область.",
        "place_ambiguous": "Громад із назвою «{text}» кілька.",
        "place_missing": "Впишіть громаду в сусідню клітинку.",
        "already_applied": "Від цієї громади вже є заявка {number}. Якщо цей лист має її замінити, впишіть замість громади номер {number}.",
        "nothing_to_register": "Форми в листі немає, а заявка {number} вже є: реєструвати нічого. Якщо відповіли самі, оберіть «відповіли вручну».",
        "nothing_to_withdraw": "Лист не належить до жодної заявки: відкликати нічого. Якщо заявка є, відповідайте самі, оберіть «відповіли вручну», а в «Заявках» поставте «відкликано громадою».",
        "no_letter": "Такого листа в журналі немає: покличте адміністратора.",
        "elsewhere": "Лист уже взяв інший конкурс: {call}.",
        "not_in_archive": "Листа немає в архіві: покличте адміністратора.",
        "failed": "Програма не змогла прочитати лист: покличте розробника. Закрити його можна: «відповіли вручну».",
        "not_late": "Ця заявка вже не запізніла.",
        "mended": "Виправлення враховано.",
        "mended_complete": "Виправлення враховано: тепер заявка повна.",
        "mended_address": "Адресу враховано: на неї підуть листи про результати.",
        "mended_place": "Громаду враховано: {place}.",
        "mended_place_outside": "Громаду враховано: {place}. Увага: {oblast} не серед областей, з яких приймаємо заявки. Якщо це не помилка, вирішіть у стовпці «Рішення».",
        "mended_elsewhere": "Не враховано: це поле вже виправлено на аркуші «{sheet}»: «{value}». Змініть його там або зітріть одне з двох.",
        "place_taken": "Не враховано: від цієї громади вже є заявка {number}.",
        "bad_phone": "Не враховано: «{text}» не схоже на номер телефону. Напишіть, наприклад, 067 123 45 67.",
        "bad_email": "Не враховано: «{text}» не схоже на адресу. Напишіть одну адресу латиницею.",
        "bad_code": "Не враховано: «{text}» не схоже на код. Перевірте цифри.",
        "bad_choice": "Не враховано: «{text}» немає серед варіантів. Можна: {options}.",
        "bad_answer": "Не враховано: «{text}». Напишіть «так» або «ні».",
        "bad_number": "Не враховано: «{text}» не число.",
        "bad_date": "Не враховано: «{text}» не дата. Напишіть, наприклад, 10.03.2023.",
        "bad_text": "Не враховано: «{text}» нічого не означає. Щоб повернути написане заявником, зітріть клітинку.",
        "too_long": "Не враховано: текст задовгий.",
        "candidates": "Скопіюйте потрібну: {candidates}.",
        "letters": "Лист заявникові: {letters}.",
        "prepared": "Лист підготовлено, але не надіслано: {letters}.",
        "told_before": "Такий самий лист уже складено раніше.",
        "withheld": "Листа не надсилаємо: {why}.",
        "unsent": "Не встиг піти й відкликаний лист: {letters}.",
        "left": "Заявник уже отримав: {left}. Надісланого не повернути: за потреби напишіть йому самі.",
    },
    "bg": {
        "answered": "Приключено: отговорено ръчно. Програмата мълчи.",
        "other_call": "Приключено: писмото е за друг конкурс.",
        "not_ours": "Приключено: не се отнася за конкурса.",
        "withdrawn": "Заявка {number} е оттеглена.",
        "registered": "Регистрирано под номер {number}: {place}.",
        "registered_late": "Записано под номер {number}: {place}. Заявката е закъсняла: решете на лист „Закъснели“.",
        "placed": "Общината е взета предвид: {number}, {place}.",
        "placed_open": "Общината е взета предвид: {place}. Писмото още чака решение: вижте „Какво не е наред“.",
        "exception": "Приета по изключение.",
        "exception_open": "Закъснението е простено, но има други забележки: вижте „За преглед“.",
        "refused_late": "Отказът остава.",
        "taken_back": "Решението ви е отменено: писмото отново чака.",
        "unknown_word": "„{typed}“ го няма в списъка. Изберете: {options}.",
        "place_unknown": "Община „{text}“ няма в справочника. Впишете името и областта.",
        "place_ambiguous": "Общините с име „{text}“ са няколко.",
        "place_missing": "Впишете общината в съседната клетка.",
        "already_applied": "От тази община вече има заявка {number}. Ако това писмо трябва да я замени, впишете вместо общината номера {number}.",
        "nothing_to_register": "В писмото няма формуляр, а заявка {number} вече има: няма какво да се регистрира. Ако сте отговорили сами, изберете „отговорено ръчно“.",
        "nothing_to_withdraw": "Писмото не е към никоя заявка: няма какво да се оттегли. Ако заявка има, отговорете сами, изберете „отговорено ръчно“, а в „Заявки“ — „оттеглена“.",
        "no_letter": "Такова писмо няма в дневника: повикайте администратора.",
        "elsewhere": "Писмото вече е взето от друг конкурс: {call}.",
        "not_in_archive": "Писмото липсва в архива: повикайте администратора.",
        "failed": "Програмата не можа да прочете писмото: повикайте разработчика. Може да го приключите: „отговорено ръчно“.",
        "not_late": "Тази заявка вече не е закъсняла.",
        "mended": "Поправката е взета предвид.",
        "mended_complete": "Поправката е взета предвид: заявката вече е пълна.",
        "mended_address": "Адресът е взет предвид: на него ще отидат писмата за резултатите.",
        "mended_place": "Общината е взета предвид: {place}.",
        "mended_place_outside": "Общината е взета предвид: {place}. Внимание: {oblast} не е сред областите, от които приемаме заявки. Ако не е грешка, решете в колона „Решение“.",
        "mended_elsewhere": "Не е взето предвид: полето вече е поправено на лист „{sheet}“: „{value}“. Променете го там или изтрийте едното от двете.",
        "place_taken": "Не е взето предвид: от тази община вече има заявка {number}.",
        "bad_phone": "Не е взето предвид: „{text}“ не прилича на телефонен номер. Напишете например 088 812 34 56.",
        "bad_email": "Не е взето предвид: „{text}“ не прилича на имейл адрес. Напишете един адрес на латиница.",
        "bad_code": "Не е взето предвид: „{text}“ не прилича на код. Проверете цифрите.",
        "bad_choice": "Не е взето предвид: „{text}“ не е сред възможностите. Може: {options}.",
        "bad_answer": "Не е взето предвид: „{text}“. Напишете „да“ или „не“.",
        "bad_number": "Не е взето предвид: „{text}“ не е число.",
        "bad_date": "Не е взето предвид: „{text}“ не е дата. Напишете например 10.03.2023.",
        "bad_text": "Не е взето предвид: „{text}“ не казва нищо. За да върнете написаното от кандидата, изтрийте клетката.",
        "too_long": "Не е взето предвид: текстът е твърде дълъг.",
        "candidates": "Копирайте вярната: {candidates}.",
        "letters": "Писмо до заявителя: {letters}.",
        "prepared": "Писмото е подготвено, но не е изпратено: {letters}.",
        "told_before": "Същото писмо вече е съставено.",
        "withheld": "Не изпращаме писмо: {why}.",
        "unsent": "Не тръгна и беше отменено писмото: {letters}.",
        "left": "Заявителят вече получи: {left}. Изпратеното не се връща: при нужда му пишете сами.",
    },
    "en": {
        "answered": "Closed: answered by hand. The program is silent.",
        "other_call": "Closed: the letter is for another call.",
        "not_ours": "Closed: not for us.",
        "withdrawn": "Application {number} is withdrawn.",
        "registered": "Registered as {number}: {place}.",
        "registered_late": "Entered as {number}: {place}. It is late: decide on the sheet “Late”.",
        "placed": "The place is taken over: {number}, {place}.",
        "placed_open": "The place is taken over: {place}. The letter still waits for a decision: see “What is wrong”.",
        "exception": "Accepted as an exception.",
        "exception_open": "The lateness is forgiven, but there are other remarks: see “Needs attention”.",
        "refused_late": "The refusal stands.",
        "taken_back": "Your decision is undone: the letter waits again.",
        "unknown_word": "“{typed}” is not in the list. Choose: {options}.",
        "place_unknown": "There is no place “{text}”. Write its name and oblast.",
        "place_ambiguous": "There are several places called “{text}”.",
        "place_missing": "Write the place into the cell beside.",
        "already_applied": "This place has an application already: {number}. If this letter is to replace it, write {number} instead of the place.",
        "nothing_to_register": "The letter has no form, and there is application {number}: nothing to register. If you answered, choose “answered by hand”.",
        "nothing_to_withdraw": "The letter belongs to no application: nothing to withdraw. If there is one, answer yourself, choose “answered by hand”, and “withdrawn” in “Applications”.",
        "no_letter": "There is no such letter in the ledger: call the administrator.",
        "elsewhere": "Another call has taken the letter: {call}.",
        "not_in_archive": "The letter is not in the archive: call the administrator.",
        "failed": "The program could not read the letter: call the developer. You can close it: “answered by hand”.",
        "not_late": "This application is not late any more.",
        "mended": "The correction counts.",
        "mended_complete": "The correction counts: the application is complete now.",
        "mended_address": "The address counts: the letters about the results will go to it.",
        "mended_place": "The place is taken over: {place}.",
        "mended_place_outside": "The place is taken over: {place}. Mind: {oblast} is none of the oblasts that may apply. If it is no mistake, decide in the column “Decision”.",
        "mended_elsewhere": "Not taken: this field is corrected on the sheet “{sheet}” already: “{value}”. Change it there, or clear one of the two.",
        "place_taken": "Not taken: this place has an application already: {number}.",
        "bad_phone": "Not taken: “{text}” does not look like a telephone number. Write, say, 067 123 45 67.",
        "bad_email": "Not taken: “{text}” does not look like an address. Write one address in Latin letters.",
        "bad_code": "Not taken: “{text}” does not look like a code. Check its digits.",
        "bad_choice": "Not taken: “{text}” is none of the choices. Possible are: {options}.",
        "bad_answer": "Not taken: “{text}”. Write “yes” or “no”.",
        "bad_number": "Not taken: “{text}” is no number.",
        "bad_date": "Not taken: “{text}” is no date. Write, say, 10.03.2023.",
        "bad_text": "Not taken: “{text}” says nothing. To have the applicant’s own answer again, clear the cell.",
        "too_long": "Not taken: the text is too long.",
        "candidates": "Copy the right one: {candidates}.",
        "letters": "Letter to the applicant: {letters}.",
        "prepared": "A letter is prepared but not sent: {letters}.",
        "told_before": "The same letter was made before.",
        "withheld": "No letter is sent: {why}.",
        "unsent": "Had not left and was taken back: {letters}.",
        "left": "The applicant has already got: {left}. What is sent cannot be unsent: write yourself if needed.",
    },
}


def note_of(order: Order, call: Call) -> str:
    """Return what a row says about the newest decision in it; "" when there is nothing to say."""
    words = NOTES[call.language]
    if not order.note or order.made_at is None:
        return ""
    facts = {name: _listed(value) for name, value in order.facts.items()}
    at = order.made_at.astimezone(call.zone)
    mark = REFUSED if order.outcome == "refused" else DONE
    told = [words[order.note].format_map(_Facts(facts))]
    if facts.get("candidates"):
        told.append(words["candidates"].format(candidates=facts["candidates"]))
    told += _letters(order.facts, call)
    return f"{mark} {at:%d.%m %H:%M}. " + " ".join(told)


def suggested(places: Sequence[Place]) -> list[str]:
    """Return places as they are suggested: short texts, each of which names just this one when somebody copies it."""
    return [
        f"{place.full.removesuffix(' територіальна громада')}, {place.oblast} ({place.code})"
        for place in places
    ]


def _letters(facts: Mapping[str, Any], call: Call) -> list[str]:
    """Return what is said of letters: put, withheld, taken back, and those that left before a mind changed."""
    words, templates = NOTES[call.language], WORDS[call.language].templates

    def named(names: list[str]) -> str:
        return ", ".join(_QUOTED[call.language].format(templates.get(name, name)) for name in names)

    told = []
    if put := facts.get("letters"):
        told.append(
            words["letters" if call.replies.mode == "send" else "prepared"].format(letters=named(put))
        )
    withheld = facts.get("withheld")
    if withheld == "told_before":
        told.append(words["told_before"])
    elif withheld:
        why = PHRASES[call.language].get(withheld, withheld).partition(":")[0]
        told.append(words["withheld"].format(why=why))
    if back := facts.get("taken_back"):
        told.append(words["unsent"].format(letters=named(back)))
    if left := facts.get("left"):
        shown = [f"{named([name])} ({_at(at, call)})" for name, at in left]
        told.append(words["left"].format(left=", ".join(shown)))
    return told


def _at(instant: str, call: Call) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(call.zone):%d.%m %H:%M}"


def _listed(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return "" if value is None else str(value)


class _Facts(dict[str, str]):
    """The facts of a note; one that is missing is a dash, never an error."""

    def __missing__(self, _name: str) -> str:
        return "—"
