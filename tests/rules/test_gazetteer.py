"""Names of places as people write them, against the official list. The shipped data is part of what is tested."""

import random
from collections.abc import Callable
from datetime import date

import pytest

from intake.places import bulgaria, gazetteers, ukraine
from rules.gazetteer.find import candidates_text, find, find_oblast
from rules.place import Place

UKRAINE = ukraine()
LETTERS = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"


def hromadas() -> tuple[Place, ...]:
    return tuple(place for place in UKRAINE.places() if place.type != "місто")


def test_the_data_holds_every_hromada_and_kyiv_city():
    assert len(hromadas()) == 1469
    assert len(UKRAINE.places("Житомирська область")) == 66
    kyiv = UKRAINE.by_code("UA80000000000093317")
    assert kyiv is not None
    assert kyiv.full == "місто Київ"
    assert len(bulgaria().places()) == 265
    assert set(gazetteers()) == {"ua", "bg"}


def test_a_place_is_found_by_its_code():
    found = find("код UA18060190000071101", UKRAINE)
    assert (found.level, found.how, found.place) == ("exact", "code", UKRAINE.by_code("ua18060190000071101"))
    assert UKRAINE.by_code("UA00000000000000000") is None


# Text → the hromada that must be recognised with certainty.
CERTAIN = {
    "full name": [
        ("Коростенська міська територіальна громада", "Коростенська"),
        ("Вінницька міська територіальна громада Вінницького району Вінницької області", "Вінницька"),
    ],
    "short forms": [
        ("Олевська МТГ", "Олевська"),
        ("Народицька СТГ, Житомирська обл.", "Народицька"),
        ("ТГ Олевська", "Олевська"),
        ("Переяславська об’єднана територіальна громада", "Переяславська"),
    ],
    "councils and military administrations": [
        ("Виконавчого комітету Зіньківської міської ради Полтавської області", "Зіньківська"),
        ("Миколаївської міської військової адміністрації Донецької області", "Миколаївська"),
        ("Лисичанська ВЦА", "Лисичанська"),
    ],
    "cases": [
        ("Олевської громади Житомирської області", "Олевська"),
        ("в Олевській громаді", "Олевська"),
        ("Квітневої громади Житомирської області", "Квітнева"),
        ("громада міста Трускавця Львівської області", "Трускавецька"),
        ("Жовтих Вод", "Жовтоводська"),
        ("Кривого Рогу", "Криворізька"),
        ("Умані Черкаської області", "Уманська"),
    ],
    "the centre instead of the hromada": [
        ("м. Трускавець, Львівська область", "Трускавецька"),
        ("смт Романів, Житомирська обл.", "Романівська"),
        ("Біла Церква Київської області", "Білоцерківська"),
        ("м. Запоріжжя", "Запорізька"),
        ("м. Київ", "Київ"),
    ],
    "hyphens": [
        ("Кам’янець-Подільська", "Кам’янець-Подільська"),
        ("Корсунь Шевченківська, Черкаська обл", "Корсунь-Шевченківська"),
        ("Кам'янки-Бузької громади", "Кам’янка-Бузька"),
        ("Асканія Нова", "Асканіє-Нова"),
        ("Станиця Луганська, Луганська область", "Станично-Луганська"),
        ("Олевська громада-Житомирська область", "Олевська"),
    ],
    "apostrophes": [
        (f"Кам{apostrophe}янська громада, Черкаська область", "Кам’янська")
        for apostrophe in ("'", "’", "ʼ", "`", "‘", '"', "*", "?", "", " ")
    ],
    "capitals and lower case": [
        ("КОРОСТЕНСЬКА МІСЬКА РАДА", "Коростенська"),
        ("олевськ, житомирська область", "Олевська"),
    ],
    "look-alikes": [
        ("Вiнницька мiська територiальна громада, Вiнницька область", "Вінницька"),
        ("OЛEBСЬКА ГPOMАДA, ЖИTОМИPСЬКA OБЛACTЬ", "Олевська"),
    ],
    "Latin letters": [
        ("Dniprovska hromada, Dnipropetrovska oblast", "Дніпровська"),
        ("Olevskaja gromada, Zhitomirskaja oblast", "Олевська"),
        ("Berdychivska MTG, Jitomirska obl", "Бердичівська"),
        ("Kamianets-Podilska hromada, Khmelnytska oblast", "Кам’янець-Подільська"),
        ("Truskavets, Lviv region", "Трускавецька"),
    ],
    "Russian spelling": [
        ("Черняховская громада, Житомирская область", "Черняхівська"),
        ("Николаевская громада, Николаевская область", "Миколаївська"),
        ("Каменец-Подольская громада, Хмельницкая область", "Кам’янець-Подільська"),
        ("Ровенская громада, Ровенская область", "Рівненська"),
    ],
    "former names": [
        ("Новоград-Волинська міська ТГ", "Звягельська"),
        ("м. Новоград-Волинський, Житомирська область", "Звягельська"),
        ("Червоноградська громада", "Шептицька"),
        ("Новомосковська МТГ, Дніпропетровська область", "Самарівська"),
        ("Первомайська громада, Харківська область", "Златопільська"),
        ("Красноградська громада", "Берестинська"),
        ("Переяслав-Хмельницька ОТГ", "Переяславська"),
    ],
    "order and raion": [
        ("Житомирська область, Коростенський район, Олевська громада", "Олевська"),
        ("Калинівська селищна громада, Броварський район, Київська область", "Калинівська"),
    ],
    "oblast without the word": [
        ("Олевська, Житомирська", "Олевська"),
        ("Хмельницька, Хмельницька", "Хмельницька"),
        ("Мелітопольська громада, Запоріжжя", "Мелітопольська"),
        ("Хмельницька, область Хмельницька", "Хмельницька"),
        ("Дебальцівська громада, Донецьк", "Дебальцівська"),
        ("Якимівська адміністрація (Запоріжжя) (виконком)", "Якимівська"),
    ],
    "one slip in a long name, far from any other of the oblast": [
        ("Маргганецька громада, Дніпропетровська область", "Марганецька"),
        ("ТГ Маргганецька, Дніпропетровська", "Марганецька"),
    ],
    "run together": [
        ("ОлевськаТГ, Житомирська обл.", "Олевська"),
        ("Олевськагромада,Житомирськаобласть", "Олевська"),
        ("СкалаПодільська громада, Тернопільська область", "Скала-Подільська"),
    ],
    "a word for a kind of settlement as the name": [
        ("Старе Село, Рівненська область", "Старосільська"),
        ("с. Селище, Черкаська область", "Селищенська"),
    ],
}


@pytest.mark.parametrize(
    ("text", "name"), [case for cases in CERTAIN.values() for case in cases], ids=lambda value: value
)
def test_a_place_is_recognised_with_certainty(text, name):
    found = find(text, UKRAINE)
    assert (found.level, found.place and found.place.name) == ("exact", name)


# What a machine must not take for granted, with what it may suggest.
DOUBTFUL = [
    ("Городоцька громада", "ambiguous", None),
    ("Миколаївська громада, Сумська область", "ambiguous", None),
    ("Миколаївська сільська громада, Дніпропетровська область", "ambiguous", None),
    ("Первомайська, Миколаївська область", "ambiguous", None),
    ("Бучацька громада, Житомирська область", "mismatch", None),
    ("Вересівська громада, Житомирська область", "unknown", None),
    ("Винниківська громада, Львів", "unknown", None),
    ("Житомирська", "suggested", "Житомирська"),
    ("Запоріжжя", "suggested", "Запорізька"),
    ("с. Щасливе, Київська обл.", "suggested", "Пристолична"),
    ("Олевська громада, Гданська область", "suggested", "Олевська"),
    ("Олевська громада, Польща", "suggested", "Олевська"),
    ("Андрушкивська громада, Житомирська область", "suggested", "Андрушківська"),
    ("Ів-Франківська МТГ, Івано-Франківська обл", "suggested", "Івано-Франківська"),
    ("Кчрсунь Шевченківська, Черкаська область", "suggested", "Шевченківська"),
    ("Зелена громада, Івано-Франківська область", "suggested", "Зеленська"),
    ("ТГ Вишнева, Дніпропетровська область", "suggested", "Вишнівська"),
    ("Калинська громада, Житомирська область", "unknown", None),
    ("Гданськ", "unknown", None),
    ("Житомирська обласна рада", "none", None),
    ("Звягельська районна рада", "none", None),
    ("Житомирська ОВА", "none", None),
    ("Коростенський район, Житомирська область", "none", None),
    ("громада", "none", None),
    ("", "none", None),
]


@pytest.mark.parametrize(("text", "level", "name"), DOUBTFUL)
def test_a_place_is_not_guessed(text, level, name):
    found = find(text, UKRAINE)
    assert (found.level, found.place and found.place.name) == (level, name)
    assert not found.certain


def test_the_other_fields_of_a_form_help_and_contradict():
    assert find("Городоцька", UKRAINE, oblast="Львівщина").certain
    assert find("Калинівська селищна", UKRAINE, oblast="Київська обл.", raion="Броварський").certain
    assert find("Олевська", UKRAINE, oblast="Рівненська").level == "mismatch"
    assert find("Олевська", UKRAINE, oblast="Польща").level == "suggested"
    assert find("Олевська громада, Житомирська обл.", UKRAINE, oblast="Рівненська").certain


def test_ambiguous_places_are_told_apart_for_people():
    found = find("Миколаївська громада, Сумська область", UKRAINE)
    assert candidates_text(found.candidates) == (
        "Миколаївська селищна / Сумська область / Сумський р-н / UA59080130000022249",
        "Миколаївська сільська / Сумська область / Сумський р-н / UA59080150000013842",
    )


@pytest.mark.parametrize(
    ("text", "oblast"),
    [
        ("Житомирська область", "Житомирська область"),
        ("Житомирської обл.", "Житомирська область"),
        ("обл. Житомирська", "Житомирська область"),
        ("Житомирщини", "Житомирська область"),
        ("Жит. обл.", "Житомирська область"),
        ("Житомир", "Житомирська область"),
        ("Житомирьска", "Житомирська область"),
        ("Zhytomyr region", "Житомирська область"),
        ("Днепропетровская область", "Дніпропетровська область"),
        ("Кропивницька область", "Кіровоградська область"),
        ("Ужгородська обл", "Закарпатська область"),
        ("Івано Франківська", "Івано-Франківська область"),
        ("ІФ", "Івано-Франківська область"),
        ("Волині", "Волинська область"),
        ("АР Крим", "Автономна Республіка Крим"),
        ("Гданськ", None),
        ("", None),
    ],
)
def test_an_oblast_is_recognised_in_every_form(text, oblast):
    assert find_oblast(text, UKRAINE) == oblast


@pytest.mark.parametrize(
    ("text", "level", "name"),
    [
        ("Община Бургас, област Бургас", "exact", "Бургас"),
        ("Созопол и Бургас", "exact", "Созопол"),
        ("Община Малко Търново, Бургаска област", "exact", "Малко Търново"),
        ("Obshtina Burgas, oblast Burgas", "exact", "Бургас"),
        ("Община Бяла, обл. Русе", "exact", "Бяла"),
        ("Община Своге, Софийска област", "exact", "Своге"),
        ("Община Своге, област София", "exact", "Своге"),
        ("Столична община, област София", "exact", "Столична"),
        ("Община Ново село, област Видин", "exact", "Ново село"),
        ("Полски Тръмбеш, Велико Търново", "exact", "Полски Тръмбеш"),
        ("Казанлък и Стара Загора", "exact", "Казанлък"),
        ("Obshtina Chernoochene, oblast Kurdjali", "exact", "Черноочене"),
        ("Община Новоселци, област Видин", "unknown", None),
        ("Община Бяла", "ambiguous", None),
        ("Община Бургас, област Варна", "mismatch", None),
        ("Община Гданск", "unknown", None),
    ],
)
def test_bulgarian_municipalities(text, level, name):
    found = find(text, bulgaria())
    assert (found.level, found.place and found.place.name) == (level, name)


def count(write: Callable[[Place], str]) -> tuple[int, list[str]]:
    """Return how many hromadas were recognised for certain, and the texts that gave a wrong one."""
    right, wrong = 0, []
    for place in hromadas():
        text = write(place)
        found = find(text, UKRAINE)
        if found.certain and found.place != place:
            wrong.append(text)
        right += found.place == place and found.certain
    return right, wrong


def test_every_name_with_its_oblast_is_recognised_and_none_wrongly():
    right, wrong = count(lambda place: f"{place.name}, {place.oblast}")
    assert wrong == []
    assert right >= 1447


def test_every_full_name_with_its_oblast_is_recognised_but_two_pairs():
    assert count(lambda place: f"{place.full}, {place.oblast}") == (1465, [])


def test_every_centre_with_its_oblast_is_never_taken_for_another_hromada():
    right, wrong = count(lambda place: f"{place.centre}, {place.oblast}")
    assert wrong == []
    assert right >= 1200


@pytest.mark.parametrize(("seed", "slips"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2)])
def test_random_slips_never_make_another_hromada(seed, slips):
    # The slips themselves may spell another hromada of the oblast (Козлівська, Козівська): no reader could know.
    official = {(place.oblast, place.name.lower()) for place in hromadas()}
    chance = random.Random(seed)

    def slip(name: str) -> str:
        at = chance.randrange(len(name))
        return chance.choice(
            [
                name[:at] + name[at + 1 :],
                name[:at] + chance.choice(LETTERS) + name[at + 1 :],
                name[:at] + chance.choice(LETTERS) + name[at:],
                name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
            ]
        )

    def write(place: Place) -> str:
        while True:
            name = place.name
            for _ in range(slips):
                name = slip(name)
            if name == place.name or (place.oblast, name.lower()) not in official:
                return f"{name} громада, {place.oblast}"

    assert count(write)[1] == []


def test_a_place_is_shown_under_the_name_of_the_day():
    place = UKRAINE.by_code("UA46120130000026331")
    assert place is not None
    assert UKRAINE.named_on(place, date(2023, 3, 10)).full == "Червоноградська міська територіальна громада"
    assert UKRAINE.named_on(place, date(2025, 3, 10)).full == "Шептицька міська територіальна громада"
