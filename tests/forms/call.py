"""The call the museum's forms are for: a blank without numbers, its labels and the wordings people replace them by."""

from rules.call import Call

PERSON = (
    ("name", "ПІБ", ("Прізвище, ім’я, по батькові", "ФИО", "ПІБ учасника"), "name"),
    ("position", "Посада", ("Займана посада", "Должность"), "text"),
    ("phone", "Контактний телефон", ("Телефон", "Контактный телефон", "Phone"), "phone"),
    ("email", "Електронна адреса", ("Email", "E-mail", "Электронный адрес"), "email"),
)
LABELS = {
    "hromada": "Назва громади",
    "oblast": "Область",
    "raion": "Район",
    "address": "Поштова адреса",
    "head": "Керівник громади (ПІБ)",
    "experience": "Досвід участі у навчальних програмах з комунікацій",
    "change": "Яку зміну плануєте впровадити у громаді?",
    "motivation": "Мотивація участі у мережі",
    "consent": "Згода на обробку персональних даних",
    "date": "Дата заповнення",
}
RUSSIAN = {
    "hromada": "Название громады", "oblast": "Область", "raion": "Район", "address": "Почтовый адрес",
    "head": "Руководитель громады (ФИО)", "experience": "Опыт участия в учебных программах по коммуникациям",
    "change": "Какое изменение планируете внедрить в громаде?", "motivation": "Мотивация участия в сети",
    "consent": "Согласие на обработку персональных данных", "date": "Дата заполнения",
}  # fmt: skip
KINDS = {
    "hromada": "hromada", "oblast": "oblast", "raion": "raion", "head": "name", "experience": "long", "change": "long",
    "motivation": "long", "consent": "consent", "date": "date",
}  # fmt: skip
HEAD = ("hromada", "oblast", "raion", "address", "head")
TAIL = ("experience", "change", "motivation", "consent", "date")
PERSONS = ("p1", "p2")
PERSON_KEYS = tuple(suffix for suffix, *_ in PERSON)
PERSON_LABELS = {suffix: label for suffix, label, *_ in PERSON}


def _fields() -> list[dict[str, object]]:
    def own(key: str) -> dict[str, object]:
        return {"key": key, "label": LABELS[key], "aliases": [RUSSIAN[key]], "kind": KINDS.get(key, "text")}

    people: list[dict[str, object]] = [
        {
            "key": f"{person}_{suffix}",
            "label": label,
            "aliases": list(aliases),
            "kind": kind,
            "person": person,
        }
        for person in PERSONS
        for suffix, label, aliases, kind in PERSON
    ]
    return [*map(own, HEAD), *people, *map(own, TAIL)]


def call_with(**changes: object) -> Call:
    """Return the museum's call with some of its keys changed."""
    keys: dict[str, object] = {
        "id": "museum",
        "title": "Мережа",
        "prefix": "М-2023",
        "deadline": "2023-03-10T18:00",
        "subject": {"topic": "Мережа", "example": "Мережа/Громада, область"},
        "participants": [
            {"key": "p1", "label": "Учасник 1", "aliases": ["Участник 1"]},
            {"key": "p2", "label": "Учасник 2", "aliases": ["Участник 2"]},
        ],
        "fields": _fields(),
        "replies": {
            "address": "merezha@example.org", "sender_name": "Мережа", "contact_name": "Оргкомітет",
            "contact_phone": "+380 44 000 00 00", "signature": "Оргкомітет",
        },
    }  # fmt: skip
    return Call.model_validate(keys | changes)


CALL = call_with()
