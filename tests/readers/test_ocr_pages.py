"""Photos of single pages: read as one form whatever order they are attached in, and never mixed with another form."""

from itertools import permutations

from intake import scans
from rules.table import Block, Cell, Para, Reading, Table
from tests.forms.applicants import LUHOVA, STEPOVA, Answers
from tests.forms.call import CALL
from tests.forms.paper import rows


def page(name: str, *lines: tuple[str, ...]) -> Reading:
    blocks: tuple[Block, ...] = (
        Table(tuple(tuple(Cell((Para(text),)) for text in line) for line in lines), name),
    )
    return Reading(name, "read", "ocr", blocks=blocks, draft=True)


def pages(answers: Answers) -> list[Reading]:
    every = rows(answers)
    return [page("a", *every[:5]), page("b", *every[5:13]), page("c", *every[13:])]


def test_pages_are_one_draft_in_any_order() -> None:
    wanted = scans.joined(pages(LUHOVA), CALL)
    assert wanted is not None
    assert (wanted.draft, len(wanted.fields)) == (True, len(LUHOVA))
    for order in permutations(pages(LUHOVA)):
        found = scans.joined(order, CALL)
        assert found is not None
        assert found.fields == wanted.fields


def test_two_whole_forms_are_not_mixed() -> None:
    found = scans.joined([page("one", *rows(LUHOVA)), page("other", *rows(STEPOVA))], CALL)
    assert found is not None
    assert (found.form, found.rivals) == ("one", ("other",))


def test_pages_without_the_form_are_none() -> None:
    assert scans.joined([page("a", ("Список", "1")), page("b", ("Підпис", "2"))], CALL) is None
    assert scans.joined([], CALL) is None
