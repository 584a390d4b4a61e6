"""Minds that change: a decision edited or emptied is a new one; what has left stays left, and the row says so."""

from tests.decisions.minds import Minds
from tests.decisions.room import ALL, ATTENTION, DECIDED, LATE


def test_another_place_keeps_the_number_and_tells_what_the_applicant_has_got(minds: Minds) -> None:
    first, second, _ = (sheets[DECIDED][minds.keys["another place"][0]] for sheets in minds.sheets)
    assert first["№ заявки"] == second["№ заявки"]
    assert minds.sheets[1][ALL][first["№ заявки"]]["Громада"] == "Чуднівська"
    assert minds.note("another place", 2) == (
        f"Зареєстровано за номером {first['№ заявки']}: Чуднівська міська територіальна громада. Лист заявникові: "
        "«прийнято». Заявник уже отримав: «прийнято» (11.03 12:00). Надісланого не повернути: за потреби напишіть йому самі."
    )
    # Each of the two places was told once.
    assert minds.letters[1]["another place"].count("accepted") == 2


def test_a_decision_that_is_emptied_is_undone_and_what_had_not_left_is_taken_back(minds: Minds) -> None:
    assert minds.stands("emptied", 1) == [DECIDED, ALL]
    assert minds.stands("emptied", 2) == [ATTENTION]
    assert [minds.letters[round_]["emptied"] for round_ in (0, 1)] == [
        ["subject_unrecognised", "accepted"],
        ["subject_unrecognised"],
    ]
    assert minds.note("emptied", 2) == (
        "Ваше рішення скасовано: лист знову чекає. Такий самий лист уже складено раніше. Не встиг піти й відкликаний лист: «прийнято»."
    )


def test_decided_again_it_has_its_number_again_and_the_letter_is_put_once_more(minds: Minds) -> None:
    numbers = [minds.sheets[round_][DECIDED][minds.keys["emptied"][0]]["№ заявки"] for round_ in (0, 2)]
    assert numbers[0] == numbers[1]
    assert minds.letters[2]["emptied"] == ["subject_unrecognised", "accepted"]


def test_a_letter_that_was_closed_can_be_registered_and_the_other_way_round(minds: Minds) -> None:
    assert [minds.stands("closed", round_) for round_ in (1, 2, 3)] == [[DECIDED], [DECIDED, ALL], [DECIDED]]
    assert minds.letters[2]["closed"] == ["subject_unrecognised", "accepted"]
    assert minds.note("closed", 3).startswith(
        "Закрито: лист іншого конкурсу. Заявник уже отримав: «прийнято» (11.03"
    )


def test_a_refusal_can_become_an_exception(minds: Minds) -> None:
    number = minds.keys["refused"][1]
    assert minds.letters[1]["refused"] == ["late", "accepted"]
    assert number not in minds.sheets[1][LATE]
    assert minds.sheets[1][ALL][number]["Примітка"] == "дзвонила голова"


def test_a_refusal_that_is_emptied_leaves_the_matter_to_the_rules(minds: Minds) -> None:
    assert minds.keys["left to the rules"][1] in minds.sheets[1][LATE]
    assert minds.note("left to the rules", 2).startswith("Ваше рішення скасовано: лист знову чекає.")
    told = minds.room.replay()[1]
    assert told.endswith("Nothing would change.\n")


def test_what_was_impossible_is_forgotten_when_emptied_and_done_when_possible(minds: Minds) -> None:
    code = minds.keys["impossible"][0]
    assert "немає в довіднику" in minds.note("impossible", 1)
    assert minds.sheets[1][ATTENTION][code]["Що зроблено"] is None
    assert minds.stands("impossible", 3) == [DECIDED, ALL]


def test_every_letter_of_a_late_application_is_forgiven_with_it(minds: Minds) -> None:
    number = minds.keys["twice late"][1]
    assert minds.keys["second"][1] == number
    row = minds.sheets[0][ALL][number]
    assert (row["Зміна"], row["Листів"]) == ("Інша зміна", 2)
    told = [*minds.letters[0]["twice late"], *minds.letters[0]["second"]]
    assert told.count("accepted") == 1
    assert not {minds.keys[name][0] for name in ("twice late", "second")} & minds.sheets[0][ATTENTION].keys()
