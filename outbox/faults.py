"""What a form lacks, in the applicant's language: one line for each thing to mend, with its item number. Pure.

Every code of `rules.application.Fault` has its wording here; one that has none yet gets the general line, so that a
new check never silences a reply.
"""

from dataclasses import dataclass
from typing import Literal

from outbox.plain import NBSP, clean, unbroken
from outbox.words import Language
from rules.application import Fault
from rules.call import Call, FormField, Participant

# {where}: пункт 1.3 «Назва» · {item}: пункт 1.3 · {items}: пункти 3.4 і 3.10 · {person}: (Учасник 1)
_WORDING: dict[Language, dict[str, str]] = {
    "uk": {
        "missing": "{where} — не заповнено",
        "unclear": "{where} — не зрозуміло: «{found}»; напишіть «так» або «ні»",
        "bad_email": "{where} — перевірте адресу: «{found}»",
        "several_emails": "{where} — зазначте одну адресу, а не кілька: «{found}»",
        "bad_name": "{where} — потрібні прізвище та ім’я, а зазначено «{found}»",
        "bad_phone": "{where} — перевірте номер: «{found}»",
        "bad_code": "{where} — перевірте код: «{found}»",
        "bad_number": "{where} — напишіть число цифрами: «{found}»",
        "bad_date": "{where} — перевірте дату: «{found}»",
        "bad_choice": "{where} — позначте один із варіантів, наведених у формі",
        "shared_email": "{items} — зазначте окрему адресу для кожного учасника",
        "same_person": "{items} — зазначено одну й ту саму особу",
        "initials": "{item} — напишіть ім’я повністю (потрібно для сертифіката)",
        "no_consent": "{item} — позначте згоду на обробку персональних даних{person}",
        "not_ready": "{where} — ваша відповідь «ні», а участь можлива лише за відповіді «так»: чи змінилося ваше рішення?",
        "too_long": "{where} — скоротіть, будь ласка: до {limit} знаків",
        "no_participant": "{section}вкажіть усі дані: {label}",
        "second_of_two": "{section}вкажіть другого учасника: від громади беруть участь двоє",
        "place_differs": "у темі листа — «{said}», у формі{item} — «{other}»: яка назва правильна?",
        "place_taken": "{item} — «{said}», а заявку записано за громадою «{other}»: яка назва правильна?",
        "oblast_differs": "{item} — «{said}», а громада належить до області: {other}",
        "place_ambiguous": "{item} — уточніть тип громади (міська, селищна, сільська) або район",
        "": "{where} — перевірте, будь ласка: «{found}»",
    },
    "bg": {
        "missing": "{where} — не е попълнено",
        "unclear": "{where} — не е ясно: „{found}“; напишете „да“ или „не“",
        "bad_email": "{where} — проверете адреса: „{found}“",
        "several_emails": "{where} — посочете само един адрес: „{found}“",
        "bad_name": "{where} — необходими са име и фамилия, а е посочено „{found}“",
        "bad_phone": "{where} — проверете номера: „{found}“",
        "bad_code": "{where} — проверете кода: „{found}“",
        "bad_number": "{where} — напишете числото с цифри: „{found}“",
        "bad_date": "{where} — проверете датата: „{found}“",
        "bad_choice": "{where} — отбележете една от възможностите във формуляра",
        "shared_email": "{items} — посочете отделен имейл за всеки участник",
        "same_person": "{items} — посочено е едно и също лице",
        "initials": "{item} — напишете пълното име (необходимо е за удостоверението)",
        "no_consent": "{item} — отбележете съгласието за обработване на лични данни{person}",
        "not_ready": "{where} — отговорили сте „не“, а участието е възможно само при отговор „да“: промени ли се решението ви?",
        "too_long": "{where} — моля, съкратете: до {limit} знака",
        "no_participant": "{section}посочете всички данни: {label}",
        "second_of_two": "{section}посочете втория участник: от общината участват двама",
        "place_differs": "в полето „Относно“ — „{said}“, във формуляра{item} — „{other}“: кое е вярното име?",
        "place_taken": "{item} — „{said}“, а заявката е записана за „{other}“: кое е вярното име?",
        "oblast_differs": "{item} — „{said}“, а общината е в област: {other}",
        "place_ambiguous": "{item} — уточнете общината",
        "": "{where} — моля, проверете: „{found}“",
    },
    "en": {
        "missing": "{where} — not filled in",
        "unclear": "{where} — we cannot tell what “{found}” means: please write “yes” or “no”",
        "bad_email": "{where} — please check the address: “{found}”",
        "several_emails": "{where} — please give one address only: “{found}”",
        "bad_name": "{where} — a first name and surname are needed; it says “{found}”",
        "bad_phone": "{where} — please check the number: “{found}”",
        "bad_code": "{where} — please check the code: “{found}”",
        "bad_number": "{where} — please write the number in digits: “{found}”",
        "bad_date": "{where} — please check the date: “{found}”",
        "bad_choice": "{where} — please mark one of the choices in the form",
        "shared_email": "{items} — please give each participant an address of their own",
        "same_person": "{items} — the same person is named twice",
        "initials": "{item} — please write the name in full (it goes on the certificate)",
        "no_consent": "{item} — please mark the consent to the processing of personal data{person}",
        "not_ready": "{where} — your answer is “no”, and taking part requires a “yes”: has your decision changed?",
        "too_long": "{where} — please shorten it to {limit} characters",
        "no_participant": "{section}please give all the details: {label}",
        "second_of_two": "{section}please name the second participant: two people take part from each hromada",
        "place_differs": "the subject says “{said}”, the form{item} says “{other}”: which name is right?",
        "place_taken": "{item} — “{said}”, but the application is filed under “{other}”: which name is right?",
        "oblast_differs": "{item} — “{said}”, but the hromada belongs to: {other}",
        "place_ambiguous": "{item} — please add the type of the hromada (urban, settlement, rural) or its raion",
        "": "{where} — please check: “{found}”",
    },
}

# item · items · section · and · opening and closing quotation mark · «form» when the item has no number
_NOUNS: dict[Language, tuple[str, str, str, str, str, str]] = {
    "uk": ("пункт", "пункти", "розділ", "і", "«", "»"),
    "bg": ("т.", "т.", "раздел", "и", "„", "“"),
    "en": ("item", "items", "section", "and", "“", "”"),
}

_SAME_KIND = {"shared_email": "email", "same_person": "name"}


@dataclass(frozen=True, slots=True)
class PlaceQuestion:
    """A doubt about the place that the applicant can settle.

    `differs`: the subject says `said`, the form `other` · `taken`: the form says `said`, the application stands for
    `other` · `oblast`: the form's oblast is `said`, the place lies in `other` · `ambiguous`: several bear the name.
    """

    code: Literal["differs", "taken", "oblast", "ambiguous"]
    said: str = ""
    other: str = ""


def fault_lines(faults: tuple[Fault, ...], question: PlaceQuestion | None, call: Call) -> tuple[str, ...]:
    """Return what to mend, in the form's order, each as one line without a bullet.

    A participant of whom nothing is given takes one line, not one for each field.
    """
    language = call.language
    absent = tuple(person for person in call.participants if _absent(person, faults, call))
    absent_keys = {person.key for person in absent}
    order = {field.key: at for at, field in enumerate(call.fields)}
    lines: dict[str, None] = {}
    if question is not None:
        lines[_question(question, call)] = None
    for fault in sorted(faults, key=lambda fault: order.get(fault.key, len(order))):
        field = call.field(fault.key)
        owner = field.person if field is not None else fault.key
        if owner in absent_keys:
            lines[_participant(next(person for person in absent if person.key == owner), call)] = None
        else:
            lines[_line(fault, field, call, language)] = None
    return tuple(lines)


def field_words(key: str, call: Call) -> str:
    """Return how a field is named in a list of changes: «3.4 «Електронна пошта»»; a key the call lacks as it is."""
    field = call.field(key)
    if field is None:
        return clean(key)
    _, _, _, _, opening, closing = _NOUNS[call.language]
    return f"{field.number}{NBSP if field.number else ''}{opening}{clean(field.label)}{closing}"


def _line(fault: Fault, field: FormField | None, call: Call, language: Language) -> str:
    item, items, _, and_, opening, closing = _NOUNS[language]
    number = field.number if field is not None else ""
    label = f"{opening}{clean(field.label if field is not None else fault.key)}{closing}"
    person = _label_of(field.person, call) if field is not None else ""
    wording = _WORDING[language].get(fault.code)
    found = clean(fault.found, 80)
    if wording is None:
        wording = _WORDING[language]["" if found else "missing"]
    alone = label + (f" ({person})" if person else "")
    return wording.format(
        where=f"{item}{NBSP}{number} {label}" if number else alone,
        item=f"{item}{NBSP}{number}" if number else alone,
        items=_numbers(_of_persons(_SAME_KIND.get(fault.code, ""), call), items, and_) or alone,
        person=f" ({unbroken(person)})" if person and number else "",
        found=found,
        limit=field.limit if field is not None else 0,
    )


def _question(question: PlaceQuestion, call: Call) -> str:
    kind: Literal["oblast", "hromada"] = "oblast" if question.code == "oblast" else "hromada"
    field = next(iter(call.fields_of_kind(kind)), None)
    noun, _, _, _, opening, closing = _NOUNS[call.language]
    number = field.number if field is not None else ""
    label = f"{opening}{clean(field.label)}{closing}" if field is not None else ""
    item = f"{noun}{NBSP}{number}" if number else label
    code = {"differs": "place_differs", "taken": "place_taken", "oblast": "oblast_differs"}.get(
        question.code, "place_ambiguous"
    )
    if question.code == "differs":
        item = f" ({item})" if item else ""
    return _WORDING[call.language][code].format(
        item=item, said=unbroken(clean(question.said, 120)), other=unbroken(clean(question.other, 120))
    )


def _absent(person: Participant, faults: tuple[Fault, ...], call: Call) -> bool:
    """Return whether nothing that is required of a participant was given."""
    if any(fault.key == person.key for fault in faults):
        return True
    wanted = [field.key for field in call.fields if field.person == person.key and field.required == "yes"]
    given_up = {fault.key for fault in faults if fault.code in {"missing", "no_consent"}}
    return len(wanted) > 1 and all(key in given_up for key in wanted)


def _participant(person: Participant, call: Call) -> str:
    _, _, section, _, _, _ = _NOUNS[call.language]
    numbers = [field.number for field in call.fields if field.person == person.key and field.number]
    two = len(call.participants) == 2 and call.participants[1].key == person.key
    return _WORDING[call.language]["second_of_two" if two else "no_participant"].format(
        section=f"{section}{NBSP}{numbers[0].partition('.')[0]} — " if numbers else "",
        label=unbroken(clean(person.label)),
    )


def _of_persons(kind: str, call: Call) -> tuple[str, ...]:
    return tuple(
        field.number for field in call.fields if field.kind == kind and field.person and field.number
    )


def _numbers(numbers: tuple[str, ...], noun: str, and_: str) -> str:
    if not numbers:
        return ""
    joined = f" {and_} ".join((", ".join(numbers[:-1]), numbers[-1])) if len(numbers) > 1 else numbers[0]
    return f"{noun}{NBSP}{unbroken(joined)}"


def _label_of(key: str, call: Call) -> str:
    return next((clean(person.label) for person in call.participants if person.key == key), "")
