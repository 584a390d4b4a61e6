"""A call, a letter and facts for the tests of the outbox: small, complete, invented."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from outbox.context import Person, ReceivedFile, ReplyFacts
from outbox.faults import PlaceQuestion
from rules.application import Fault
from rules.call import Call
from rules.letter import Address, Letter
from rules.place import Place

RECEIVED = datetime(2023, 3, 9, 10, 41, 12, tzinfo=UTC)
LATE = datetime(2023, 3, 10, 16, 7, 40, tzinfo=UTC)
NOW = datetime(2023, 3, 9, 10, 42, tzinfo=UTC)

HROMADA = Place(
    code="UA18060130000012345",
    name="Коростенська",
    full="Коростенська міська територіальна громада",
    type="міська",
    raion="Коростенський",
    oblast="Житомирська область",
)
PISHCHANA = tuple(
    replace(
        HROMADA,
        code=f"UA{at:017}",
        name="Піщанська",
        full="Піщанська сільська територіальна громада",
        oblast=oblast,
    )
    for at, oblast in enumerate(("Вінницька область", "Дніпропетровська область"))
)

_UK: dict[str, Any] = {
    "id": "kz-2023",
    "title": "Створення плану комунікації змін у громаді",
    "title_forms": {
        "genitive": "Мережі з обміну досвідом «Створення плану комунікації змін у громаді»",
        "short_genitive": "Мережі",
        "short_locative": "Мережі",
    },
    "prefix": "КЗ-2023",
    "deadline": datetime(2023, 3, 10, 18),  # noqa: DTZ001 - a call's deadline is local time
    "subject": {
        "topic": "Комунікація змін",
        "placeholder": "Назва громади та область",
        "example": "Комунікація змін/Коростенська громада, Житомирська область",
    },
    "participants": [{"key": "p1", "label": "Учасник 1"}, {"key": "p2", "label": "Учасник 2"}],
    "fields": [
        {"key": "oblast", "number": "1.1", "label": "Область", "kind": "oblast", "required": "yes"},
        {
            "key": "hromada",
            "number": "1.3",
            "label": "Повна назва територіальної громади",
            "kind": "hromada",
            "required": "yes",
        },
        {
            "key": "hromada_email",
            "number": "1.8",
            "label": "Офіційна електронна пошта громади",
            "kind": "email",
            "required": "yes",
        },
        {
            "key": "contact_phone",
            "number": "2.3",
            "label": "Мобільний телефон",
            "kind": "phone",
            "required": "yes",
        },
        {
            "key": "p1_name",
            "number": "3.1",
            "label": "Прізвище, власне ім’я, по батькові (за наявності)",
            "kind": "name",
            "required": "yes",
            "person": "p1",
        },
        {"key": "p1_email", "number": "3.4", "label": "Електронна пошта", "kind": "email", "person": "p1"},
        {
            "key": "p2_name",
            "number": "3.7",
            "label": "Прізвище, власне ім’я, по батькові (за наявності)",
            "kind": "name",
            "required": "yes",
            "person": "p2",
        },
        {
            "key": "p2_position",
            "number": "3.8",
            "label": "Посада і структурний підрозділ",
            "required": "yes",
            "person": "p2",
        },
        {"key": "p2_email", "number": "3.10", "label": "Електронна пошта", "kind": "email", "person": "p2"},
        {
            "key": "change",
            "number": "4.4",
            "label": "Яку зміну громада планує запровадити й супроводжувати комунікацією у 2023 році чи пізніше",
            "kind": "long",
            "required": "yes",
            "limit": 1000,
        },
        {
            "key": "ready",
            "number": "5.1",
            "label": "Обидва учасники готові брати участь",
            "kind": "yesno",
            "required": "yes",
        },
        {
            "key": "p1_consent",
            "number": "6.1",
            "label": "Учасник 1: згоду надаю",
            "kind": "consent",
            "required": "yes",
            "person": "p1",
        },
        {
            "key": "p2_consent",
            "number": "6.2",
            "label": "Учасник 2: згоду надаю",
            "kind": "consent",
            "person": "p2",
        },
        {"key": "unnumbered", "label": "Поле без номера", "person": "p1"},
    ],
    "replies": {
        "mode": "send",
        "address": "intake@merezha.org.ua",
        "sender_name": "Мережа «Створення плану комунікації змін у громаді»",
        "contact_name": "Олена ПЕТРЕНКО",
        "contact_phone": "+380 44 000 00 00",
        "form_url": "https://decentralization.ua/news/16166",
        "news_url": "https://decentralization.ua",
        "results_date": "20 березня 2023 року",
        "start_date": "29 березня 2023 року",
        "confirm_until": "24 березня 2023 року",
        "schedule_date": "27 березня 2023 року",
        "waiting_until": "28 березня 2023 року",
        "places": 25,
        "answer_days": 2,
        "cure_until": datetime(2023, 3, 14, 18),  # noqa: DTZ001 - as above
        "signature": (
            "З повагою\nкоманда Мережі з обміну досвідом\n«Створення плану комунікації змін у громаді»"
        ),
    },
}

_SPARE: dict[str, Any] = {
    "form_url": "",
    "news_url": "",
    "results_date": "",
    "start_date": "",
    "confirm_until": "",
    "schedule_date": "",
    "waiting_until": "",
    "places": 0,
    "answer_days": 0,
    "cure_until": None,
}

_BG: dict[str, Any] = {
    "id": "bg-2023",
    "title": "Ефективни комуникационни кампании на местната власт",
    "title_forms": {"genitive": "обучението „Ефективни комуникационни кампании на местната власт“"},
    "language": "bg",
    "country": "bg",
    "prefix": "ОК-2023",
    "time_zone": "Europe/Sofia",
    "subject": {
        "topic": "Обучение комуникация",
        "placeholder": "Име на община и област",
        "example": "Обучение комуникация/Община Созопол, област Бургас",
    },
}
_BG_REPLIES: dict[str, Any] = {
    "sender_name": "Обучение „Ефективни комуникационни кампании“",
    "contact_name": "Мария ИВАНОВА",
    "contact_phone": "+359 2 000 00 00",
    "results_date": "20 март 2023 г.",
    "start_date": "29 март 2023 г.",
    "confirm_until": "24 март 2023 г.",
    "schedule_date": "27 март 2023 г.",
    "waiting_until": "28 март 2023 г.",
    "signature": ("С уважение,\nекипът на обучението"),
}
_EN: dict[str, Any] = {
    "language": "en",
    "prefix": "CN-2023",
    "subject": {
        "topic": "Communicating Change",
        "placeholder": "Name of hromada and oblast",
        "example": "Communicating Change/Коростенська громада, Житомирська область",
    },
    "title_forms": {"genitive": "the network “Creating a Plan for Communicating Change in a Hromada”"},
}
_EN_REPLIES: dict[str, Any] = {
    "sender_name": "Network “Communicating Change”",
    "contact_name": "Olena PETRENKO",
    "results_date": "20 March 2023",
    "start_date": "29 March 2023",
    "confirm_until": "24 March 2023",
    "schedule_date": "27 March 2023",
    "waiting_until": "28 March 2023",
    "signature": ("Kind regards,\nThe network team"),
}


def call(language: str = "uk", *, policy: dict[str, Any] | None = None, **replies: object) -> Call:
    """Return the call in a language; `replies` overrides single reply settings."""
    extra, said = {"uk": ({}, {}), "bg": (_BG, _BG_REPLIES), "en": (_EN, _EN_REPLIES)}[language]
    settings = {**_UK, **extra, "replies": {**_UK["replies"], **said, **replies}, "policy": policy or {}}
    if settings["policy"].get("one_per") == "unit":
        settings["fields"] = [
            *_UK["fields"],
            {"key": "unit", "label": "Структурний підрозділ", "kind": "unit"},
        ]
    return Call.model_validate(settings)


def bare_call(language: str = "uk") -> Call:
    """Return the call with every optional setting left empty."""
    full = call(language)
    spare = full.replies.model_copy(update=_SPARE)
    return full.model_copy(
        update={
            "replies": spare,
            "title_forms": type(full.title_forms)(),
            "participants": (),
            "subject": full.subject.model_copy(update={"placeholder": ""}),
        }
    )


def letter(**changes: Any) -> Letter:
    """Return the applicant's letter."""
    plain = Letter(
        digest="d" * 64,
        size=1000,
        message_id="<first@ukr.net>",
        in_reply_to=(),
        references=(),
        date=RECEIVED,
        subject="Комунікація змін/Коростенська громада, Житомирська область",
        from_=Address("Ірина", "iryna@ukr.net"),
        reply_to=(),
        to=(),
        cc=(),
        return_path=None,
        content_type="multipart/mixed",
        headers=(),
        received=(),
        text="",
        attachments=(),
    )
    return replace(plain, **changes)


_FAULTS = (
    Fault("hromada_email", "bad_email", "rada@korosten"),
    Fault("contact_phone", "bad_phone", "067-12"),
    Fault("p2_name", "missing"),
    Fault("p2_email", "shared_email", "rada@ukr.net"),
    Fault("p1_name", "initials", "Петренко О. В."),
    Fault("change", "missing"),
    Fault("ready", "not_ready", "ні"),
    Fault("p1_consent", "no_consent"),
)
_RECEIPT = ReplyFacts(
    RECEIVED,
    number="КЗ-2023-014",
    place=HROMADA,
    subject_received="Комунікація змін\\Коростенська",
    files=(
        ReceivedFile("Заявка Коростень остаточна версія (2).docx", "ab" * 32),
        ReceivedFile("Скан підписаної заявки.pdf", "cd" * 32),
    ),
    people=(
        Person(
            "Коваленко Ірина Василівна",
            "начальниця відділу комунікації та цифрового розвитку виконавчого комітету",
        ),
        Person("Бондар Петро", "головний спеціаліст"),
    ),
)
_LATE = replace(_RECEIPT, received_at=LATE)

# name of the golden file → template, facts, policy of the call
CASES: dict[str, tuple[str, ReplyFacts, dict[str, Any]]] = {
    "accepted": ("accepted", _RECEIPT, {}),
    "accepted_subject_deviates": ("accepted", replace(_RECEIPT, subject_deviates=True, people=()), {}),
    "accepted_incomplete": ("accepted_incomplete", replace(_RECEIPT, missing=_FAULTS), {}),
    "accepted_exception": ("accepted", replace(_LATE, exception=True), {}),
    "accepted_incomplete_exception": (
        "accepted_incomplete",
        replace(_LATE, exception=True, missing=_FAULTS[:1]),
        {},
    ),
    "accepted_incomplete_unclear": (
        "accepted_incomplete",
        replace(
            _RECEIPT,
            missing=(
                Fault("hromada_email", "several_emails", "rada@korosten.example; rada@ukr.net"),
                Fault("p1_name", "bad_name", "Учасник 3"),
                Fault("ready", "unclear", "Підготуємо"),
            ),
        ),
        {},
    ),
    "accepted_incomplete_second_person": (
        "accepted_incomplete",
        replace(
            _RECEIPT,
            missing=(
                Fault("p2_name", "missing"),
                Fault("p2_position", "missing"),
                Fault("unnumbered", "missing"),
            ),
            place_question=PlaceQuestion(
                "differs", "Коростишівська міська територіальна громада", HROMADA.full
            ),
        ),
        {},
    ),
    "accepted_incomplete_for_coordinator": ("accepted_incomplete", replace(_RECEIPT, number=None), {}),
    "subject_unrecognised": (
        "subject_unrecognised",
        ReplyFacts(RECEIVED, subject_received="RE: Re: заявка від громади", candidates=PISHCHANA),
        {},
    ),
    "subject_of_no_place": (
        "subject_unrecognised",
        ReplyFacts(
            RECEIVED,
            subject_received="Комунікація змін/Сонячнопільська громада, Житомирська область",
            place_unknown=True,
        ),
        {},
    ),
    "form_of_no_place": (
        "subject_unrecognised",
        ReplyFacts(
            RECEIVED,
            subject_received="Комунікація змін/Сонячнопільська громада, Житомирська область",
            place_unknown=True,
            place_said="Сонячнопільська сільська територіальна громада",
        ),
        {},
    ),
    "subject_unrecognised_alike": (
        "subject_unrecognised",
        ReplyFacts(
            RECEIVED, subject_received="RE: Re: заявка від громади", candidates=(HROMADA, PISHCHANA[0])
        ),
        {},
    ),
    "subject_empty": ("subject_unrecognised", ReplyFacts(RECEIVED), {}),
    "subject_refused": (
        "subject_unrecognised",
        replace(_RECEIPT, subject_refused=True, number=None),
        {},
    ),
    "subject_placeholder": (
        "subject_placeholder",
        ReplyFacts(RECEIVED, subject_received="Комунікація змін/Назва громади та область"),
        {},
    ),
    "no_form": ("no_form", replace(_RECEIPT, files=()), {}),
    "no_form_other_files": ("no_form", replace(_RECEIPT, number=None, place=None), {}),
    "form_unreadable": ("form_unreadable", replace(_RECEIPT, file="заявка.pages", reason="format"), {}),
    "form_unreadable_signature": (
        "form_unreadable",
        replace(_RECEIPT, file="Заявка.docx.p7s", reason="signature"),
        {},
    ),
    "scan_received": ("scan_received", replace(_RECEIPT, file="Скан заявки.pdf", reason="scan"), {}),
    "scan_received_nowhere": (
        "scan_received",
        ReplyFacts(RECEIVED, file="IMG_2023.jpg", reason="scan"),
        {},
    ),
    "cloud_link": ("cloud_link", replace(_RECEIPT, link_host="drive.google.com"), {}),
    "password_protected": ("password_protected", replace(_RECEIPT, file="Заявка.docx"), {}),
    "late": ("late", replace(_LATE, late_by=460), {}),
    "late_reserve": ("late", replace(_LATE, late_by=3 * 3600 + 61), {"late": "reserve"}),
    "late_by_seconds": (
        "late",
        replace(_LATE, received_at=datetime(2023, 3, 10, 16, 0, 31, tzinfo=UTC), late_by=31),
        {"late": "hold"},
    ),
    "late_final": ("late", replace(_LATE, late_by=460, final=True), {}),
    "replaced": (
        "replaced",
        replace(
            _RECEIPT,
            previous_received_at=RECEIVED.replace(day=2),
            changed_fields=("contact_phone", "p2_email", "change"),
        ),
        {},
    ),
    "replaced_after_deadline": (
        "replaced",
        replace(_LATE, previous_received_at=RECEIVED, after_deadline=True, changed_fields=("contact_phone",)),
        {},
    ),
    "duplicate_new": (
        "duplicate_new",
        replace(_RECEIPT, previous_received_at=RECEIVED.replace(day=2), other_address="olena@ukr.net"),
        {},
    ),
    "deadline_extended": ("deadline_extended", _RECEIPT, {}),
    "duplicate_first": (
        "duplicate_first",
        replace(_RECEIPT, other_address="iryna@ukr.net"),
        {"duplicate": "keep_last"},
    ),
    "replaced_first": (
        "replaced_first",
        replace(_RECEIPT, previous_received_at=RECEIVED.replace(day=2), other_address="iryna@ukr.net"),
        {},
    ),
    "corrected": ("corrected", replace(_RECEIPT, changed_fields=("contact_phone", "p2_email")), {}),
    "corrected_in_part": (
        "corrected",
        replace(_RECEIPT, changed_fields=("contact_phone",), missing=(Fault("p2_name", "missing"),)),
        {},
    ),
    "reminder": ("reminder", replace(_RECEIPT, missing=_FAULTS[:3], days_left=2), {}),
    "reminder_last_day": ("reminder", replace(_RECEIPT, days_left=0), {}),
    "selected": ("selected", _RECEIPT, {}),
    "selected_unit": ("selected", replace(_RECEIPT, people=()), {"one_per": "unit"}),
    "waiting": ("waiting", replace(_RECEIPT, applications=87), {}),
    "not_selected": (
        "not_selected",
        replace(_RECEIPT, applications=87, comment="зміну описано загально; радимо назвати одну конкретну."),
        {},
    ),
    "not_selected_without_reasons": ("not_selected", _RECEIPT, {}),
    "withdrawn": ("withdrawn", _RECEIPT, {}),
    "withdrawn_by_other": ("withdrawn", replace(_RECEIPT, other_address="iryna@ukr.net"), {}),
    "withdrawn_after_deadline": ("withdrawn", _LATE, {}),
    "question_ack": (
        "question_ack",
        ReplyFacts(RECEIVED, subject_received="Re: Чи можна подати заявку від двох громад?"),
        {},
    ),
    "confirmed": ("confirmed", _RECEIPT, {}),
}
