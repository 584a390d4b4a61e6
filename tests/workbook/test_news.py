"""Only what is new is looked at in a file that nobody touched; looking at everything would have come to the same."""

from datetime import UTC, datetime

import pytest

from intake import workbook
from intake.database import reading, writing
from intake.ledger import health
from intake.ledger.stamps import stamps
from intake.workbook.wanted import rows_fact, wanted
from tests.workbook.desk import Desk, at

ONE, TWO = "КЗ-2023-001", "КЗ-2023-002"


@pytest.fixture
def forty(desk: Desk) -> Desk:
    desk.many_applications(40)
    desk.letter(
        "held", disposition="hold", findings=[{"code": "question", "disposition": "hold", "facts": {}}]
    )
    desk.update()
    return desk


def looked_at(desk: Desk) -> set[str] | None:
    """The applications whose rows the next cycle reads, None for all."""
    with reading(desk.engine) as tx:
        told = wanted(tx, desk.call, desk.path, None, desk.now, stamped=stamps(tx, desk.call.id))
    return set(told.only["applications"]) if told.only is not None else None


def whole(desk: Desk) -> str:
    """Look at everything, whatever is known, and return what came of it."""
    with writing(desk.engine) as tx:
        health.note(tx, rows_fact(desk.call), {"of": "nothing"}, desk.now)
    desk.letter("something else", disposition="discard")
    return desk.update().status


def test_what_is_new_is_written_as_if_everything_had_been_looked_at(forty: Desk) -> None:
    forty.application(40)
    forty.restate(ONE, "incomplete")
    forty.reply(TWO)
    assert looked_at(forty) == {ONE, TWO, "КЗ-2023-040"}
    assert forty.update().status == "written"
    assert looked_at(forty) == set()
    forty.restate("КЗ-2023-003", "late")
    forty.application(41, status="late", received=datetime(2023, 3, 10, 17, 0, tzinfo=UTC))
    assert forty.update().status == "written"
    assert [row["№ заявки"] for row in forty.rows("Запізнілі")] == ["КЗ-2023-003", "КЗ-2023-041"]
    before = forty.rows(), forty.rows("Учасники"), forty.rows("Список реєстрації")
    # The letter that made us look is the only news.
    assert whole(forty) == "written"
    assert (forty.rows(), forty.rows("Учасники"), forty.rows("Список реєстрації")) == before
    assert len(before[0]) == 40


def test_a_row_that_a_person_corrected_is_compared_at_every_look(forty: Desk) -> None:
    with forty.edit() as sheet:
        at(sheet, ONE, "Громада").value = "Інша"
        at(sheet, TWO, "Примітка").value = "дзвонили"
    forty.application(40)
    assert forty.update().status == "written"
    forty.application(41)
    assert looked_at(forty) == {ONE, "КЗ-2023-041"}
    forty.update()
    assert (forty.column("Громада")[ONE], forty.column("Примітка")[TWO]) == ("Інша", "дзвонили")
    assert at(forty.open()["Заявки"], ONE, "Громада").comment is not None


def test_a_file_that_somebody_saved_is_looked_at_whole(forty: Desk) -> None:
    forty.application(40)
    with forty.edit() as sheet:
        at(sheet, TWO, "Бали").value = 7
        sheet.delete_rows(2)
    assert forty.update().typed == (
        workbook.Typed("Заявки", "КЗ-2023-000", "", None, "deleted"),
        workbook.Typed("Заявки", TWO, "Бали", None, "n:7"),
    )
    assert (len(forty.rows()), forty.column("Бали")[TWO]) == (40, 7)
