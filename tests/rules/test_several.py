"""Several forms, one application: people take seats, pages complete each other, and nobody is chosen over anybody."""

from dataclasses import replace

import pytest

from rules.application import Application, Value, complete, match
from rules.call import Call
from rules.case import Case, History
from rules.duplicates import continued
from rules.sameness import same_person, same_place
from rules.table import Reading
from tests.forms.applicants import LUHOVA, STEPOVA, Answers
from tests.forms.call import CALL, PERSON_LABELS, call_with
from tests.rules.cases import case, kyiv, registered
from tests.rules.test_application import form, lines, reading

COMMON = {key: text for key, text in LUHOVA.items() if not key.startswith(("p1_", "p2_"))}
PETRENKO = {key.removeprefix("p1_"): text for key, text in LUHOVA.items() if key.startswith("p1_")}
GUDZ = {key.removeprefix("p2_"): text for key, text in LUHOVA.items() if key.startswith("p2_")}
THIRD = {
    "name": "Зірка Ганна Петрівна",
    "position": "діловод",
    "phone": "0501112244",
    "email": "z@luhova-test.gov.ua",
}
Person = dict[str, str]


def of(*people: Person | None, common: Answers = COMMON) -> Answers:
    """The answers of a form with these people in these seats."""
    named = {f"p{at}_{key}": text for at, who in enumerate(people, 1) if who for key, text in who.items()}
    blank = {f"p{at}_{key}": "" for at, who in enumerate(people, 1) if not who for key in PERSON_LABELS}
    return {**common, **named, **blank}


def together(*answers: Answers, call: Call = CALL) -> Application:
    application = match([form(one, sha256=str(at)) for at, one in enumerate(answers, 1)], call)
    assert application is not None
    return application


def names(application: Application) -> list[str]:
    return [application.get(f"p{at}_name") for at in (1, 2, 3, 4)]


def three(people: int = 3) -> Call:
    persons = [
        {"key": f"p{at}", "label": f"Учасник {at}", "required": at == 1} for at in range(1, people + 1)
    ]
    fields = [field.model_dump() for field in CALL.fields]
    own = [field for field in fields if field["person"] == "p1"]
    more = [
        field | {"key": field["key"].replace("p1", f"p{at}"), "person": f"p{at}"}
        for at in range(3, people + 1)
        for field in own
    ]
    return call_with(participants=persons, fields=[*fields, *more])


P, G, Z = PETRENKO["name"], GUDZ["name"], THIRD["name"]
SEATS: dict[str, tuple[list[Answers], list[str]]] = {
    "each in the own seat": ([of(PETRENKO, None), of(None, GUDZ)], [P, G]),
    "each in the first seat": ([of(PETRENKO, None), of(GUDZ, None)], [P, G]),
    "the second one first": ([of(None, GUDZ), of(PETRENKO, None)], [P, G]),
    "both in the second seat": ([of(None, PETRENKO), of(None, GUDZ)], [G, P]),
    "one of them twice": ([of(PETRENKO, GUDZ), of(GUDZ, None)], [P, G]),
    "in two orders": ([of(PETRENKO, GUDZ), of(GUDZ, PETRENKO)], [P, G]),
    "three files of two people": ([of(PETRENKO, None), of(GUDZ, None), of(GUDZ, None)], [P, G]),
    "written with initials": ([of(PETRENKO, GUDZ), of(PETRENKO | {"name": "Петренко О. В."}, GUDZ)], [P, G]),
    "surname last": ([of(PETRENKO, GUDZ), of(PETRENKO | {"name": "Олена ПЕТРЕНКО"}, GUDZ)], [P, G]),
}  # fmt: skip


@pytest.mark.parametrize("kind", SEATS)
def test_people_of_several_forms_take_their_seats(kind: str) -> None:
    forms, wanted = SEATS[kind]
    application = together(*forms)
    assert names(application)[:2] == wanted
    assert (application.rivals, application.conflicts, application.faults) == ((), (), ())
    by_name = {PETRENKO["name"]: PETRENKO, GUDZ["name"]: GUDZ}
    for at, name in enumerate(wanted, 1):
        assert {key: application.values[f"p{at}_{key}"].raw for key in PERSON_LABELS} == by_name[name]


def test_three_people_need_a_call_with_three_seats() -> None:
    alone = [of(who, None) for who in (PETRENKO, GUDZ, THIRD)]
    assert names(together(*alone, call=three())) == [P, G, Z, ""]
    crowded = together(*alone)
    assert (names(crowded)[:2], crowded.rivals) == ([P, G], ("3",))
    pair_and_one = together(of(PETRENKO, GUDZ), of(THIRD, None), call=three(4))
    assert (names(pair_and_one), pair_and_one.rivals) == ([P, G, Z, ""], ())


@pytest.mark.parametrize(
    ("changes", "conflicts"),
    [
        ({"motivation": "Зовсім інша причина брати участь у навчанні"}, ("motivation",)),
        ({"p1_phone": "+380501112233"}, ("p1_phone",)),
        ({"address": "12001, м. Лугове, вул. Соборна, 24"}, ("address",)),
        ({"consent": "☐ Так, надаю згоду"}, ()),
        ({"date": "08.03.2023"}, ()),
        ({"motivation": ""}, ()),
        ({"hromada": "Лугівська МТГ", "oblast": "Житомирщина", "raion": "Житомирський р-н"}, ()),
        ({"change": LUHOVA["change"].replace("перетворення", "пере-\nтворення")}, ()),
        ({"p1_phone": "067 123 45 67", "p1_email": "O.Petrenko@luhova-test.gov.ua"}, ()),
    ],
)  # fmt: skip
def test_answers_are_compared_by_what_they_say(changes: Answers, conflicts: tuple[str, ...]) -> None:
    application = together(LUHOVA, LUHOVA | changes)
    assert (application.conflicts, application.rivals) == (conflicts, ())
    # Whichever is right, nothing of the fuller form is lost.
    assert application.fields == together(LUHOVA).fields


@pytest.mark.parametrize(
    "changes", [{"hromada": "Степова міська територіальна громада"}, {"oblast": "Сумська область"}]
)
def test_forms_of_two_places_are_never_put_together(changes: Answers) -> None:
    application = together(of(PETRENKO, None), of(GUDZ, None) | changes)
    assert (names(application)[:2], application.rivals) == ([P, ""], ("2",))
    assert together(LUHOVA, STEPOVA).rivals == ("2",)


def test_a_page_without_its_heading_continues_the_page_before_it() -> None:
    first = form({key: text for key, text in of(PETRENKO, None).items() if not key.startswith("p2_")})
    heading = reading([("Учасник 2",)]).blocks
    page = reading([(label, GUDZ[key]) for key, label in PERSON_LABELS.items()], "page 2")
    ended = replace(first, blocks=(*first.blocks[:1], *heading))
    assert names(_matched(ended, page))[:2] == [P, G]
    # Without any heading it can only be about the person who is not named yet.
    assert names(_matched(first, page))[:2] == [P, G]


def _matched(*readings: Reading) -> Application:
    application = match(readings, CALL)
    assert application is not None
    return application


def test_one_file_may_hold_a_form_for_each_person() -> None:
    both = replace(
        form(of(PETRENKO, None)), blocks=(*form(of(PETRENKO, None)).blocks, *form(of(GUDZ, None)).blocks)
    )
    assert names(_matched(both))[:2] == [P, G]
    other = replace(both, blocks=(*form(LUHOVA).blocks, *form(STEPOVA).blocks))
    assert _matched(other).rivals == ("form",)


def scan(answers: Answers, sha256: str = "scan") -> Reading:
    return replace(form(answers, sha256=sha256), reader="ocr", draft=True)


MISREAD = PETRENKO | {"name": "Пєтренко Олсна Васипівна", "position": "нача1ьник"}
OTHERS_SCAN: dict[str, tuple[Answers, Answers, list[str]]] = {
    "in the own seat": (of(PETRENKO, None), of(None, GUDZ), [P, G]),
    "in the first seat": (of(PETRENKO, None), of(GUDZ, None), [P, G]),
    "the first one's": (of(None, GUDZ), of(PETRENKO, None), [P, G]),
    "both of them": (of(PETRENKO, None), of(MISREAD, GUDZ), [P, G]),
    "both, the other first": (of(PETRENKO, None), of(GUDZ, MISREAD), [P, G]),
    "one telephone of both": (of(PETRENKO, None), of(None, GUDZ | {"phone": PETRENKO["phone"]}), [P, G]),
    "nobody typed yet": (of(None, None), of(GUDZ, None), [G, ""]),
    "another motivation": (of(PETRENKO, None), of(GUDZ, None) | {"motivation": "ІІеревiрка"}, [P, G]),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS_SCAN)
@pytest.mark.parametrize("scan_first", [False, True])
def test_a_scan_of_the_other_persons_form_adds_them_as_a_draft(kind: str, *, scan_first: bool) -> None:
    typed, seen, wanted = OTHERS_SCAN[kind]
    files = [form(typed, sha256="typed"), scan(seen)]
    application = _matched(*(reversed(files) if scan_first else files))
    assert (names(application)[:2], application.draft) == (wanted, True)
    assert (application.form, application.parts, application.copies) == ("typed", ("scan",), ())
    assert (application.rivals, application.conflicts) == ((), ())
    assert application.get("motivation") == LUHOVA["motivation"]


PRINTS: dict[str, Answers] = {
    "as it was typed": of(PETRENKO, None),
    "badly read": of(MISREAD, None) | {"hromada": "Пугівська тергромада", "motivation": "ІІеревiрка"},
    "hardly read": of(PETRENKO | {"name": "Пстрс Олсна Всип"}, None),
    "in the other's seat": of(None, MISREAD),
    "a signature for a name": of(PETRENKO, {"name": "Ґ Пж", "position": "ф", "phone": "", "email": ""}),
    "nobody": of(None, None),
}  # fmt: skip


@pytest.mark.parametrize("kind", PRINTS)
def test_a_scan_that_names_nobody_else_is_a_signed_print(kind: str) -> None:
    typed = form(of(PETRENKO, None), sha256="typed")
    application = _matched(typed, scan(PRINTS[kind]))
    assert application == replace(_matched(typed), copies=("scan",))


def test_a_scan_of_another_persons_form_for_another_place_is_a_rival() -> None:
    application = _matched(form(of(PETRENKO, None), sha256="typed"), scan(STEPOVA))
    assert (application.rivals, application.draft, names(application)[1]) == (("scan",), False, "")


def test_a_scanned_page_never_passes_for_typed() -> None:
    typed = form({key: text for key, text in of(PETRENKO, None).items() if not key.startswith("p2_")})
    page = reading([(label, GUDZ[key]) for key, label in PERSON_LABELS.items()], "page 2")
    application = _matched(typed, replace(page, draft=True))
    assert (names(application)[:2], application.draft, application.parts) == ([P, G], True, ("page 2",))


def test_people_beyond_the_form_are_named_and_fill_nothing() -> None:
    more = lines("Назва громади: Лугова", "Область: Житомирська", "Учасник 1", f"ПІБ: {P}", "Учасник 2", f"ПІБ: {G}",
                 "Учасник 3", f"ПІБ: {Z}", "Посада: діловод", "Контактний телефон: 0501112244")  # fmt: skip
    application = _matched(more)
    assert (names(application)[:2], application.surplus) == ([P, G], (Z,))
    assert "діловод" not in application.fields.values()


# --- what follows an earlier application ------------------------------------------------------------------------------


def after(earlier: Answers, later: Answers, call: Call = CALL) -> Application:
    known = together(earlier, call=call)
    return complete(together(later, call=call), known.values, call)


FOLLOWING: dict[str, tuple[Answers, Answers, list[str]]] = {
    "the second person's form": (of(PETRENKO, None), of(None, GUDZ), [P, G]),
    "the second person in the first seat": (of(PETRENKO, None), of(GUDZ, None), [P, G]),
    "the second person's page only": (of(PETRENKO, None), {f"p2_{k}": v for k, v in GUDZ.items()}, [P, G]),
    "one person's form corrected": (of(PETRENKO, GUDZ), of(PETRENKO, None), [P, G]),
    "all anew": (of(PETRENKO, GUDZ), of(PETRENKO, THIRD), [P, Z]),
    "two others instead": (of(PETRENKO, None), of(GUDZ, THIRD), [G, Z]),
}  # fmt: skip


@pytest.mark.parametrize("kind", FOLLOWING)
def test_a_later_form_completes_what_it_does_not_say_anew(kind: str) -> None:
    earlier, later, wanted = FOLLOWING[kind]
    application = after(earlier, later)
    assert (names(application)[:2], application.rivals, application.conflicts) == (wanted, (), ())
    assert application.get("motivation") == LUHOVA["motivation"]
    assert application.faults == ()


def test_a_correction_counts_and_what_was_taken_out_stays_out() -> None:
    corrected = after(LUHOVA, LUHOVA | {"address": "нова адреса", "experience": ""})
    assert (corrected.get("address"), corrected.get("experience"), corrected.kept) == ("нова адреса", "", ())
    kept = after(LUHOVA, {f"p2_{key}": text for key, text in GUDZ.items()} | {"p2_phone": "0509998877"})
    assert (kept.get("p2_phone"), kept.get("address")) == ("+380509998877", LUHOVA["address"])
    assert set(kept.kept) == {key for key in LUHOVA if not key.startswith("p2_")}


def test_one_new_person_for_two_seats_that_are_taken_is_for_people_to_decide() -> None:
    application = after(of(PETRENKO, GUDZ), of(THIRD, None))
    assert application.rivals == ("1",)


def test_another_persons_form_does_not_overwrite_the_answers_of_all() -> None:
    application = after(
        of(PETRENKO, None), of(GUDZ, None) | {"motivation": "Інша причина, що її назвав другий учасник"}
    )
    assert (application.get("motivation"), application.conflicts) == (LUHOVA["motivation"], ("motivation",))


def known_case(later: Answers, **changes: object) -> Case:
    earlier = together(of(PETRENKO, None))
    known = registered(fields=earlier.fields, status="incomplete", values=earlier.values, call_id=CALL.id)
    made = case(kyiv("10.03 12:00:00"), call=CALL, application=together(later), history=History(prior=known))
    return continued(replace(made, **changes))  # type: ignore[arg-type]


def test_only_the_same_hands_complete_an_application() -> None:
    own = known_case(of(None, GUDZ))
    assert own.application is not None
    assert names(own.application)[:2] == [P, G]
    stranger = known_case(of(None, GUDZ), letter=replace(own.letter, from_=None))
    assert stranger.application is not None
    assert names(stranger.application)[:2] == ["", G]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("петренко олена василівна", "олена петренко", True), ("петренко о в", "петренко олена василівна", True),
        ("петренко олена василівна", "петренко олена васильівна", True), ("петренко олена", "петренко ольга", False),
        ("петренко олена василівна", "петренко олеся василівна", False), ("петренко", "петренко олена", False),
        ("петренко о в", "петренко ганна василівна", False), ("коваль іван іванович", "коваль іванна іванівна", False),
    ],
)  # fmt: skip
def test_names_of_one_person(one: str, other: str, same: bool) -> None:
    assert (same_person(one, other), same_person(other, one)) == (same, same)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("олевська міська територіальна громада", "олевська мтг", True), ("олевської міської ради", "м олевськ", True),
        ("житомирська область", "житомирщина", True), ("андрушівська", "андрушківська", False),
        ("община бургас", "бургас", True), ("сумська", "київська", False),
    ],
)  # fmt: skip
def test_names_of_one_place(one: str, other: str, same: bool) -> None:
    assert same_place(one, other) is same


def test_values_that_were_kept_are_what_they_were() -> None:
    earlier = together(of(PETRENKO, None))
    application = complete(together(of(None, GUDZ)), earlier.values, CALL)
    assert isinstance(application.values["p1_name"], Value)
    assert application.values["p1_name"] == earlier.values["p1_name"]
