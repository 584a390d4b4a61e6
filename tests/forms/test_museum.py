"""Every layout of the museum, filled in by every applicant, gives back exactly what was written."""

import hashlib
import unicodedata

import pytest

from intake.readers import opening
from rules.application import match
from tests.forms.applicants import EVERYONE, Answers
from tests.forms.call import CALL
from tests.forms.layouts import LAYOUTS


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("☑", "☒").split())


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("who", EVERYONE)
def test_what_was_written_is_what_is_read(layout, who: str) -> None:
    answers: Answers = EVERYONE[who]
    content = layout(answers)
    reading = opening.read(content, "Заявка.docx", hashlib.sha256(content).hexdigest())
    application = match([reading], CALL)
    assert application is not None
    read = {key: plain(value.raw) for key, value in application.values.items()}
    assert {key: read.get(key, "") for key in answers} == {key: plain(text) for key, text in answers.items()}
    assert application.flag("consent") is answers["consent"].startswith("☒")


BARE = CALL.model_copy(
    update={"fields": tuple(field.model_copy(update={"aliases": ()}) for field in CALL.fields)}
)


@pytest.mark.parametrize(
    "layout",
    # Whole questions in another language are known by the call's aliases only.
    [one for one in LAYOUTS if one.__name__ != "russian"],
    ids=lambda layout: layout.__name__,
)
def test_the_labels_of_the_blank_are_enough_where_people_replace_them_by_usual_words(layout) -> None:
    answers: Answers = EVERYONE[next(iter(EVERYONE))]
    content = layout(answers)
    reading = opening.read(content, "Заявка.docx", hashlib.sha256(content).hexdigest())
    application = match([reading], BARE)
    assert application is not None
    read = {key: plain(value.raw) for key, value in application.values.items()}
    assert {key: read.get(key, "") for key in answers} == {key: plain(text) for key, text in answers.items()}
