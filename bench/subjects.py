"""How long one subject takes to be recognised: not only on average but at worst, because one letter must not hold up the rest.

The subjects are made from the official names in the ways people write them, with the same dice in each run.
"""

import random
import time

from bench.measure import Measure
from intake.places import gazetteers
from rules.call import Call
from rules.place import Place
from rules.subject import read

# KMU № 55/2010; what stands in no pair is said by the first table letter for letter.
_LETTERS = str.maketrans("абвгґдезиіїйклмнопрстуф", "abvhgdezyiiiklmnoprstuf", "ь’")
_GROUPS = {
    "є": "ie",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "iu",
    "я": "ia",
}
_KEYS = str.maketrans("йцукенгшщзхїфівапролджєячсмитьбю/", "qwertyuiop[]asdfghjkl;'zxcvbnm,.|")
# What hostile and careless people send: long, repeated, without an end.
_HOSTILE = ("Комунікація змін/" + "Вересівська " * 80, "Слово " * 160, "Rjveysrfwsz pvsy " * 60, "а-б-" * 250)


def _latin(text: str) -> str:
    return "".join(_GROUPS.get(char, char) for char in text.lower().translate(_LETTERS))


def _slip(name: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(name) - 1)
    return name[:at] + dice.choice("аеикнорст") + name[at + 1 :]


def _written(place: Place, topic: str, dice: random.Random) -> tuple[str, ...]:
    where = f"{place.full}, {place.oblast}"
    return (
        f"{topic}/{where}",
        f"Fwd: Re[2]: [EXTERNAL] {topic} - {place.oblast}, {place.name} ТГ (уточнена заявка)",
        f"{topic}\\м. {place.centre}, {place.oblast}",
        f"{topic}/{_slip(place.name, dice)} громада, {place.oblast}",
        f"{topic}/{_slip(place.name, dice)} громада",
        _latin(f"{topic}/{place.name} громада, {place.oblast}"),
        f"{topic}/{where}".lower().replace("’", "'").translate(_KEYS),
        f"Лист від {place.name} громади",
        f"Чи можна подати заявку від {place.name} громади двічі?",
        f"Запрошення на нараду, {place.centre}",
    )


def subject_times(call: Call, count: int = 60) -> list[Measure]:
    """Return mean, 99th percentile and worst time of a subject, in milliseconds; each is the best of three tries."""
    # Nothing secret is drawn here.
    dice = random.Random(5)
    known = gazetteers()
    places = dice.sample(known[call.country].places(), count)
    texts = [text for place in places for text in _written(place, call.subject.topic, dice)]
    # The indexes for rare spellings are made by the first subject that needs them.
    for text in texts[:10]:
        read(text, (call,), known)
    times = sorted(_best_of_three(text, call) for text in (*texts, *_HOSTILE))
    return [
        Measure("recognise a subject, mean", sum(times) / len(times), unit="ms"),
        Measure("recognise a subject, 99 of 100", times[len(times) * 99 // 100], unit="ms"),
        Measure(f"recognise a subject, worst of {len(times)}", times[-1], unit="ms"),
    ]


def _best_of_three(text: str, call: Call) -> float:
    known = gazetteers()
    tries = []
    for turn in range(3):
        # A dot more: what is remembered of the subject before must not help. The processor's time is counted, because a
        # machine that does something else as well is not the subject's fault.
        start = time.process_time()
        read(text + "." * turn, (call,), known)
        tries.append((time.process_time() - start) * 1000)
    return min(tries)
