"""Good applications in any number, one for each hromada, with some automatic mail between them: for tests of endurance."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator

from intake.blank import form_docx
from intake.demo.applicants import Applicant, Person, answers, phone
from intake.demo.machines import out_of_office
from intake.demo.post import AGENTS, DemoLetter, File, moment, office, polite, subject, write
from intake.places import ukraine
from rules.call import Call
from rules.place import Place
from rules.verdict import Disposition

_SURNAMES = (
    "Гончар", "Ковалюк", "Тесля", "Ткаченко", "Бондарук", "Шевчик", "Кравчина", "Мельник", "Олійник", "Рибак",
    "Скляр", "Чумак", "Гайдай", "Дзюба", "Журба", "Зозуля", "Їжак", "Калина", "Лелека", "Яворів",
)  # fmt: skip
_WOMEN = ("Ганна", "Дарина", "Євгенія", "Зоряна", "Ірина", "Леся", "Мар’яна", "Оксана", "Соломія", "Юлія")
_MEN = ("Андрій", "Богдан", "Василь", "Ігор", "Ілля", "Лук’ян", "Назар", "Остап", "Роман", "Юрій")
_FATHERS = (
    ("Андріївна", "Андрійович"), ("Богданівна", "Богданович"), ("Іванівна", "Іванович"),
    ("Ігорівна", "Ігорович"), ("Петрівна", "Петрович"), ("Юріївна", "Юрійович"),
)  # fmt: skip
_CHANGES = (
    "Переведення послуг у старостинські округи.",
    "Новий порядок сортування відходів.",
    "Об’єднання шкіл і підвезення дітей.",
    "Електронна черга до дитячого садка.",
)
# One letter in twenty is a machine's.
_AUTOMATIC = 20


def many_letters(call: Call, count: int, seed: int = 2023) -> Iterator[DemoLetter]:
    """Yield `count` letters, in the order they reach the server, all in time, for a Ukrainian call.

    Each application is complete and for another hromada, one whose name no other bears; about one letter in twenty
    is an automatic answer (disposition `discard`). The same seed gives the same octets. Raises `ValueError` when
    there are not so many hromadas.
    """
    # Nothing secret is drawn here: the same seed must give the same letters.
    dice = random.Random(seed)  # noqa: S311
    places = _unambiguous(ukraine().places())
    if count > len(places):
        raise ValueError(f"there are {len(places)} hromadas with a name of their own, not {count}")
    start = moment(call, 9, "08:00:00")
    step = (call.deadline_at - start) / (count + 1)
    for number, where in enumerate(dice.sample(places, count)):
        at = (start + step * number).replace(microsecond=0)
        applicant = _applicant(where, number, dice)
        agent = AGENTS[number % len(AGENTS)]
        title = subject(call, f"{where.name} громада, {where.oblast}")
        if number % _AUTOMATIC == _AUTOMATIC - 1:
            octets = out_of_office(call, office(applicant, agent), title, at)
            yield DemoLetter("Out of office", octets, at, "never answered, no row", Disposition.DISCARD)
            continue
        form = File("Заявка.docx", form_docx(call, answers(call, applicant)))
        octets = write(call, office(applicant, agent), title, polite(applicant), at, files=[form])
        yield DemoLetter(f"Application {number + 1}", octets, at, "accepted: a row of its own")


def _unambiguous(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return the hromadas whose name no other bears, and which no oblast is called after; Kyiv city is none."""
    hromadas = tuple(place for place in places if place.raion)
    names = Counter(place.name for place in hromadas)
    oblasts = {place.oblast.removesuffix(" область") for place in hromadas}
    return tuple(place for place in hromadas if names[place.name] == 1 and place.name not in oblasts)


def _applicant(where: Place, number: int, dice: random.Random) -> Applicant:
    domain = f"hromada-{number + 1:03d}.example"

    def person(serial: int, position: str, box: str) -> Person:
        woman = dice.random() < 0.5
        name = f"{dice.choice(_SURNAMES)} {dice.choice(_WOMEN if woman else _MEN)} {dice.choice(_FATHERS)[not woman]}"
        return Person(
            name, position, phone(2 * number + serial), f"{box}@{domain}", woman, dice.randrange(1, 15)
        )

    head, first = person(0, "", ""), person(0, "заступник голови громади", "zastupnyk")
    second = person(1, "спеціаліст із комунікацій", "pressa")
    # Two of one name would be one person to the rules.
    while second.name == first.name:
        second = person(1, "спеціаліст із комунікацій", "pressa")
    return Applicant(
        where, domain, head.name, first, second, dice.randrange(3000, 60000), dice.choice(_CHANGES),
        unit=number % 3, stage=number,
    )  # fmt: skip
