"""What is wrong with a letter, in a coordinator's words. Pure; every ground of the rules has a phrase here.

A ground that has none yet is shown by its code, so that a new rule never hides a letter.
"""

from collections.abc import Mapping
from datetime import datetime

from intake.ledger.views import FindingView
from outbox.words import Language, duration_words
from rules.call import Call

# The names in braces are the finding's facts: times in the call's zone, lists joined, a missing fact left empty.
_PHRASES: dict[Language, dict[str, str]] = {
    "uk": {
        "late": "надійшов після строку: на {by}",
        "late_update": "оновлення заявки {number} після строку",
        "sent_in_time": "за годинником відправника надіслано вчасно ({date}), надійшов {received}",
        "clocks_disagree": "годинники розходяться щодо строку: {clocks}",
        "no_form": "немає заповненої форми; у листі: {files}",
        "unreadable": "файл не читається: {file} ({reason})",
        "password": "файл захищено паролем: {file}",
        "cloud_link": "замість файла посилання на {host}",
        "conversation": "лист у листуванні щодо {number}: прочитайте й за потреби дайте відповідь",
        "not_an_application": "не схоже на заявку: запитання, подяка чи інша справа",
        "incomplete": "у формі потрібні уточнення: {faults}",
        "limit": "лист завеликий або заскладний: {limits}",
        "place_unknown": "громаду не розпізнано: «{text}»",
        "place_uncertain": "громаду не визначено однозначно: «{text}»",
        "place_conflict": "громади різняться: у темі «{subject}», у формі «{form}», записано «{taken}»",
        "placeholder": "у темі зразок з оголошення замість назви громади",
        "oblast_not_admitted": "область не бере участі: {oblast}",
        "subject_deviates": "тема не за зразком",
        "subject_refused": "тему не прийнято: не за зразком",
        "duplicate": "від цієї громади вже є заявка {number} з адреси {first_sender}",
        "replaces": "оновлює заявку {number}",
        "copy": "копія листа, що вже надійшов",
        "no_sender": "нема кому відповісти: немає адреси відправника",
        "daily_cap": "за добу на цю адресу вже надіслано відповідей: {answers}",
        "reply_switched_off": "цю відповідь вимкнено в налаштуваннях",
        "shunted": "збій програми під час обробки: лист збережено, повідомте розробника",
    },
    "bg": {
        "late": "получено след срока: с {by}",
        "late_update": "обновяване на заявка {number} след срока",
        "sent_in_time": "според часовника на подателя е изпратено навреме ({date}), получено {received}",
        "clocks_disagree": "часовниците се разминават спрямо срока: {clocks}",
        "no_form": "няма попълнен формуляр; в писмото: {files}",
        "unreadable": "файлът не се чете: {file} ({reason})",
        "password": "файлът е с парола: {file}",
        "cloud_link": "вместо файл — връзка към {host}",
        "conversation": "писмо по заявка {number}: прочетете и при нужда отговорете",
        "not_an_application": "не прилича на заявка: въпрос, благодарност или друго",
        "incomplete": "във формуляра са нужни уточнения: {faults}",
        "limit": "писмото е твърде голямо или сложно: {limits}",
        "place_unknown": "общината не е разпозната: „{text}“",
        "place_uncertain": "общината не е определена еднозначно: „{text}“",
        "place_conflict": "общините се разминават: в темата „{subject}“, във формуляра „{form}“, записана „{taken}“",
        "placeholder": "в темата е образецът от обявата вместо име на община",
        "oblast_not_admitted": "областта не участва: {oblast}",
        "subject_deviates": "темата не е по образец",
        "subject_refused": "темата не е приета: не е по образец",
        "duplicate": "от тази община вече има заявка {number} от адрес {first_sender}",
        "replaces": "обновява заявка {number}",
        "copy": "копие на вече получено писмо",
        "no_sender": "няма на кого да се отговори: липсва адрес на подателя",
        "daily_cap": "за денонощие на този адрес вече са изпратени отговори: {answers}",
        "reply_switched_off": "този отговор е изключен в настройките",
        "shunted": "грешка в програмата: писмото е запазено, уведомете разработчика",
    },
    "en": {
        "late": "arrived after the deadline: by {by}",
        "late_update": "an update of {number} after the deadline",
        "sent_in_time": "sent in time by the sender's clock ({date}), received {received}",
        "clocks_disagree": "clocks disagree about the deadline: {clocks}",
        "no_form": "no completed form; the letter has: {files}",
        "unreadable": "a file cannot be read: {file} ({reason})",
        "password": "a file is protected by a password: {file}",
        "cloud_link": "a link to {host} instead of a file",
        "conversation": "a letter in the conversation about {number}: please read, and answer if needed",
        "not_an_application": "does not look like an application: a question, thanks or something else",
        "incomplete": "the form needs details: {faults}",
        "limit": "the letter is too large or too complex: {limits}",
        "place_unknown": "the place was not recognised: “{text}”",
        "place_uncertain": "the place is not certain: “{text}”",
        "place_conflict": "places differ: subject “{subject}”, form “{form}”, filed under “{taken}”",
        "placeholder": "the subject has the announcement's sample instead of a name",
        "oblast_not_admitted": "this oblast takes no part: {oblast}",
        "subject_deviates": "the subject does not keep the announced form",
        "subject_refused": "the subject was refused: not of the announced form",
        "duplicate": "this place already has application {number}, from {first_sender}",
        "replaces": "updates {number}",
        "copy": "a copy of a letter that came before",
        "no_sender": "nobody to answer: no sender's address",
        "daily_cap": "answers to this address in 24 hours already: {answers}",
        "reply_switched_off": "this reply is switched off in the settings",
        "shunted": "our program failed on this letter: it is kept, please tell the developer",
    },
}

_REASONS: dict[Language, dict[str, str]] = {
    "uk": {
        "damaged": "пошкоджений", "empty": "порожній", "password": "пароль", "too_large": "завеликий",
        "too_slow": "читається надто довго", "bomb": "небезпечний архів", "format": "невідомий формат",
        "crashed": "програма читання зупинилася", "picture": "зображення", "scan": "скан",
    },
    "bg": {
        "damaged": "повреден", "empty": "празен", "password": "парола", "too_large": "твърде голям",
        "too_slow": "чете се твърде дълго", "bomb": "опасен архив", "format": "непознат формат",
        "crashed": "програмата за четене спря", "picture": "изображение", "scan": "скан",
    },
    "en": {},
}  # fmt: skip

# Subject problems (DOMAIN.md C); what is not here is shown by its code.
_DEVIATIONS: dict[Language, dict[str, str]] = {
    "uk": {
        "no_oblast": "без області", "no_hromada": "без громади", "separator_backslash": "\\ замість /",
        "separator_dash": "тире замість /", "separator_colon": "двокрапка замість /",
        "separator_missing": "без роздільника", "no_separator": "без роздільника", "separator": "інший роздільник",
        "separator_dot": "крапка замість /", "separator_comma": "кома замість /", "separator_pipe": "| замість /",
        "separator_semicolon": "крапка з комою замість /",
        "order_swapped": "інший порядок", "placeholder_literal": "зразок з оголошення", "empty_subject": "порожня тема",
        "typo_hromada": "описка в назві", "typo_topic": "описка в темі", "typo_oblast": "описка в області",
        "oblast_colloquial": "розмовна назва області", "former_name": "колишня назва", "quotes": "лапки",
        "transliterated": "латиницею", "homoglyph": "латинські літери серед кирилиці", "extra_words": "зайві слова",
        "town_instead_of_hromada": "місто замість громади", "hromada_oblast_mismatch": "громада не з цієї області",
        "ambiguous_in_oblast": "в області кілька таких громад", "ambiguous_hromada": "кілька таких громад",
        "unknown_hromada": "такої громади немає", "unknown_oblast": "такої області немає",
        "several_hromadas": "кілька громад", "apostrophe_wrong_char": "інший апостроф", "wrong_layout": "інша розкладка",
        "keyboard_layout": "інша розкладка", "no_topic": "без назви конкурсу", "russian": "російською",
        "topic_only": "лише назва конкурсу", "topic_missing": "без назви конкурсу",
    },
    "bg": {
        "no_oblast": "без област", "order_swapped": "друг ред", "placeholder_literal": "образецът от обявата",
        "empty_subject": "празна тема", "typo_hromada": "грешка в името", "transliterated": "на латиница",
        "unknown_hromada": "няма такава община", "ambiguous_hromada": "няколко такива общини",
    },
    "en": {},
}  # fmt: skip


def phrase(finding: FindingView, call: Call) -> str:
    """Return a finding as one phrase in the call's language, without a full stop."""
    template = _PHRASES[call.language].get(finding.code)
    if template is None:
        return finding.code.replace("_", " ")
    facts = _Facts({name: _fact(name, value, call) for name, value in finding.facts.items()})
    if "by_seconds" in finding.facts:
        facts["by"] = _by(finding.facts["by_seconds"], call)
    return template.format_map(facts)


def deviations(problems: tuple[str, ...], call: Call) -> str:
    """Return what is odd about a subject, in a few words."""
    words = _DEVIATIONS[call.language]
    return ", ".join(dict.fromkeys(words.get(problem, problem.replace("_", " ")) for problem in problems))


class _Facts(dict[str, str]):
    """The facts of a finding; one that is missing is a dash, never an error."""

    def __missing__(self, _name: str) -> str:
        return "—"


def _by(seconds: object, call: Call) -> str:
    return duration_words(int(seconds), call.language) if isinstance(seconds, int | float) else "—"


def _fact(name: str, value: object, call: Call) -> str:
    match value:
        case None | "" | []:
            return "—"
        case list():
            if name == "faults":
                return ", ".join(dict.fromkeys(_field(str(item), call) for item in value))
            return ", ".join(str(item) for item in value)
        case Mapping():
            return ", ".join(f"{key} {_time(str(item), call)}" for key, item in value.items())
        case str() if name == "reason":
            return _REASONS[call.language].get(value, value)
        case _:
            return _time(str(value), call)


def _field(fault: str, call: Call) -> str:
    field = call.field(fault.partition(":")[0])
    return (field.number or field.column or field.label) if field is not None else fault


def _time(text: str, call: Call) -> str:
    """Return an instant in ISO form as local time; any other text as it is."""
    try:
        at = datetime.fromisoformat(text) if "T" in text[:12] else None
    except ValueError:
        return text
    if at is None or at.tzinfo is None:
        return text
    return f"{at.astimezone(call.zone):%d.%m.%Y %H:%M:%S}"
