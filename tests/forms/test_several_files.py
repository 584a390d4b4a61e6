"""A letter with several files, as `intake judge` sees it: what is one application, what is not, what a person decides."""

import hashlib
import io
import random
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from intake.blank import form_docx
from intake.commands.judging import as_dict
from intake.config import load
from intake.demo.applicants import answers
from intake.demo.people import OLEVSK, OVRUCH
from intake.examine import Examiner
from intake.readers.pool import ReaderPool
from intake.station import examiner
from rules.judge import judge
from tests.config.shipped import SHIPPED
from tests.forms.scans import jpeg, scanned, sheet
from tests.forms.word import document, p, package, r
from tests.readers.hostile import encrypted_office
from tests.readers.signing import asice, signed
from tests.replay.desk import Desk, at, letter
from tests.require import require_ocr
from tests.rules.cases import IN_TIME

CONFIG = load(SHIPPED)
CALL = CONFIG.calls[0]
BOTH = answers(CALL, OLEVSK)
NEIGHBOUR = answers(CALL, OVRUCH)
PERSON = tuple(field.key.removeprefix("p1_") for field in CALL.fields if field.person == "p1")
SIGNER = {"common_name": "Коваль Іван Михайлович", "surname": "Коваль", "given_name": "Іван Михайлович"}
Files = Mapping[str, bytes]


def without(person: str, values: Mapping[str, str] = BOTH) -> dict[str, str]:
    return {key: text for key, text in values.items() if not key.startswith(f"{person}_")}


def moved(source: str, target: str, values: Mapping[str, str] = BOTH) -> dict[str, str]:
    """The form with one person only: whoever was `source` stands in the place of `target`."""
    bare = without("p2", without("p1", values))
    return bare | {f"{target}_{suffix}": values[f"{source}_{suffix}"] for suffix in PERSON}


@cache
def _form(values: tuple[tuple[str, str], ...]) -> bytes:
    return form_docx(CALL, dict(values))


def form(values: Mapping[str, str] = BOTH) -> bytes:
    return _form(tuple(sorted(values.items())))


def lines(values: Mapping[str, str], *, people: bool = True) -> bytes:
    """The form typed anew as plain lines, in HTML: another format and another order of things."""
    out = ["<!DOCTYPE html><html><meta charset='utf-8'><body>"]
    for field in CALL.fields:
        if field.number and values.get(field.key) and (people or not field.person):
            text = values[field.key].replace("\n", "<br>")
            tick = "☒ так" if field.kind == "consent" and text == "так" else text
            out.append(f"<p>{field.number} {field.label}: {tick}</p>")
    return "".join(out).encode()


@cache
def scan() -> bytes:
    """A photo of an empty page, as large as photos are."""
    out = io.BytesIO()
    Image.new("L", (300, 400), 255).save(out, "JPEG")
    return out.getvalue() + random.Random(1).randbytes(70_000)


COVER = document(
    p(r("Доброго дня! Надсилаємо заявку Олевської громади та підписаний скан. З повагою, відділ."))
)


@pytest.fixture(scope="module")
def desk() -> Iterator[Examiner]:
    with ReaderPool(CONFIG.limits) as readers:
        yield examiner(CONFIG, readers)


def judged(desk: Examiner, files: Files, tmp_path: Path, text: str = "Надсилаємо заявку.") -> dict[str, Any]:
    letter = EmailMessage()
    letter["From"], letter["To"] = "rada@olevsk.example", CALL.replies.address
    letter["Subject"] = "Комунікація змін/Олевська громада, Житомирська область"
    letter["Message-ID"] = "<1@olevsk.example>"
    letter.set_content(text)
    for name, content in files.items():
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    path = tmp_path / "letter.eml"
    path.write_bytes(bytes(letter))
    found = desk.parse(path, hashlib.sha256(path.read_bytes()).hexdigest())
    case = desk.examine(found, desk.receipt(found, None, given=IN_TIME, fallback=IN_TIME))
    said = as_dict(path, case, judge(case))
    said["codes"] = {finding["code"] for finding in said["findings"]} - {"subject_deviates"}
    return said


def normal(fields: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in fields.items() if not key.startswith("contact_")}


WHOLE = form()
FIRST, SECOND = form(without("p2")), form(without("p1"))
SECOND_AS_FIRST = form(moved("p2", "p1"))

ONE_APPLICATION: dict[str, tuple[Files, str, set[str]]] = {
    "word and its scan": ({"Заявка.docx": WHOLE, "скан.jpg": scan()}, "Заявка.docx", {"supporting_files"}),
    "the scan first": ({"скан.jpg": scan(), "Заявка.docx": WHOLE}, "Заявка.docx", {"supporting_files"}),
    "word twice": ({"a.docx": WHOLE, "b.docx": WHOLE}, "a.docx", set()),
    "word and its signed copy": (
        {"Заявка.docx.p7s": signed(WHOLE, SIGNER), "Заявка.docx": WHOLE}, "Заявка.docx", {"signed"},
    ),
    "word and a copy in another format": (
        {"copy.html": lines(BOTH), "Заявка.docx": WHOLE}, "Заявка.docx", {"supporting_files"},
    ),
    "word and an asice of a copy": (
        {"Заявка.docx": WHOLE, "a.asice": asice({"c.html": lines(BOTH)}, signed(None, SIGNER))},
        "Заявка.docx", {"signed", "supporting_files"},
    ),
    "blank and filled": ({"blank.docx": form({}), "Заявка.docx": WHOLE}, "Заявка.docx", set()),
    "each person a form": ({"1.docx": FIRST, "2.docx": SECOND}, "1.docx", set()),
    "each person in the first block": ({"1.docx": FIRST, "2.docx": SECOND_AS_FIRST}, "1.docx", set()),
    "persons in two formats": ({"1.docx": FIRST, "2.html": lines(without("p1"))}, "1.docx", set()),
    "one form and the other person's alone": (
        {"1.docx": FIRST, "2.docx": form({key: text for key, text in BOTH.items() if key.startswith("p2_")})}, "1.docx", set(),
    ),
    "two pages in two files": (
        {"1.html": lines(without("p2")), "2.html": lines({key: text for key, text in BOTH.items() if key.startswith("p2_")})},
        "1.html", set(),
    ),
    "a zip with a cover letter": (
        {"all.zip": package({"лист.docx": COVER, "Заявка.docx": WHOLE, "скан.jpg": scan()})}, "Заявка.docx", {"supporting_files"},
    ),
    "a zip of two persons": ({"all.zip": package({"1.docx": FIRST, "2.docx": SECOND_AS_FIRST})}, "1.docx", set()),
    "each person's form signed": (
        {"1.docx.p7s": signed(FIRST, SIGNER), "2.docx.p7s": signed(SECOND_AS_FIRST, SIGNER)}, "1.docx.p7s", {"signed"},
    ),
    "both persons, and one of them once more": ({"1.docx": WHOLE, "2.docx": SECOND_AS_FIRST}, "Заявка.docx", {"supporting_files"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", ONE_APPLICATION)
def test_files_that_make_one_application(desk: Examiner, tmp_path: Path, kind: str) -> None:
    files, _, codes = ONE_APPLICATION[kind]
    alone = judged(desk, {"Заявка.docx": WHOLE}, tmp_path)
    said = judged(desk, files, tmp_path)
    assert (said["disposition"], said["codes"]) == ("accept", codes)
    assert normal(said["fields"]) == normal(alone["fields"])
    assert alone["codes"] == set()


def test_the_form_that_was_typed_is_the_one_that_counts(desk: Examiner, tmp_path: Path) -> None:
    forms = {kind: judged(desk, files, tmp_path)["form"] for kind, (files, _, _) in ONE_APPLICATION.items()}
    typed = {
        "Заявка.docx": WHOLE,
        "a.docx": WHOLE,
        "1.docx": FIRST,
        "1.docx.p7s": FIRST,
        "1.html": lines(without("p2")),
    }
    wanted = {kind: hashlib.sha256(typed[name]).hexdigest() for kind, (_, name, _) in ONE_APPLICATION.items()}
    assert forms == wanted


def photo(values: Mapping[str, str]) -> bytes:
    """A scan of the form with these answers, a heading above each participant."""
    require_ocr()
    rows: list[tuple[str, ...]] = []
    headings = {person.key: person.label for person in CALL.participants}
    for field in CALL.fields:
        if field.number and field.kind not in {"consent", "long"}:
            if field.person in headings:
                rows.append((headings.pop(field.person),))
            rows.append((f"{field.number} {field.label}", values.get(field.key, "")))
    return jpeg(scanned(sheet(rows), 0.3), 75)


def test_the_other_persons_form_on_a_scan_is_added_and_a_person_compares_it(
    desk: Examiner, tmp_path: Path
) -> None:
    files = {"підписано.jpg": photo(moved("p2", "p1")), "Заявка.docx": FIRST}
    said = judged(desk, files, tmp_path)
    assert (said["disposition"], said["form"]) == ("hold", hashlib.sha256(FIRST).hexdigest())
    assert [finding for finding in said["findings"] if finding["code"] != "subject_deviates"] == [
        {"code": "draft", "file": "підписано.jpg", "reason": "scan"}
    ]
    typed = judged(desk, {"Заявка.docx": FIRST}, tmp_path)["fields"]
    assert said["fields"]["p2_name"] == BOTH["p2_name"]
    assert typed.items() <= said["fields"].items()


def test_the_scan_of_a_form_for_one_person_is_its_signed_print(desk: Examiner, tmp_path: Path) -> None:
    alone = judged(desk, {"Заявка.docx": FIRST}, tmp_path)
    said = judged(desk, {"Заявка.docx": FIRST, "підписано.jpg": photo(without("p2"))}, tmp_path)
    assert (said["disposition"], said["fields"]) == (alone["disposition"], alone["fields"])
    assert said["codes"] - alone["codes"] == {"supporting_files"}


FOR_A_PERSON: dict[str, tuple[Files, str]] = {
    "two hromadas": ({"1.docx": WHOLE, "2.docx": form(NEIGHBOUR)}, "several_forms"),
    "two hromadas in a zip": ({"a.zip": package({"1.docx": WHOLE, "2.docx": form(NEIGHBOUR)})}, "several_forms"),
    "two telephones": ({"1.docx": WHOLE, "2.docx": form(BOTH | {"p1_phone": "+380 50 111 22 33"})}, "several_forms"),
    "two changes": ({"1.docx": FIRST, "2.docx": form(moved("p2", "p1") | {"change": "Зовсім інша зміна в іншій галузі."})}, "several_forms"),
    "another person": ({"1.docx": WHOLE, "2.docx": form(BOTH | {"p2_name": "Зірка Ганна Петрівна", "p2_email": "z@olevsk.example", "p2_phone": "+380501112244"})}, "several_forms"),
    "a third person": ({"1.docx": WHOLE, "2.docx": form(moved("p1", "p1", NEIGHBOUR) | {key: text for key, text in BOTH.items() if not key.startswith("p")})}, "several_forms"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FOR_A_PERSON)
def test_files_that_contradict_each_other_wait_for_a_person(
    desk: Examiner, tmp_path: Path, kind: str
) -> None:
    files, code = FOR_A_PERSON[kind]
    said = judged(desk, files, tmp_path)
    assert (said["disposition"], code in said["codes"], said["reply"]) == ("hold", True, None)


WITHOUT_A_FORM: dict[str, tuple[Files, str, str]] = {
    "a cover letter and a locked form in a zip": (
        {"all.zip": package({"лист.docx": COVER, "Заявка.docx": encrypted_office()})}, "password", "all.zip: Заявка.docx",
    ),
    "a cover letter and a broken form in a zip": (
        {"all.zip": package({"лист.docx": COVER, "Заявка.docx": WHOLE[:-500]})}, "unreadable", "all.zip: Заявка.docx",
    ),
    "a cover letter and a photo in a zip": (
        {"all.zip": package({"лист.docx": COVER, "скан.jpg": scan()})}, "unreadable", "all.zip: скан.jpg",
    ),
    "a cover letter and a photo": ({"лист.docx": COVER, "скан.jpg": scan()}, "unreadable", "скан.jpg"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WITHOUT_A_FORM)
def test_a_form_that_cannot_be_read_is_not_said_to_be_missing(
    desk: Examiner, tmp_path: Path, kind: str
) -> None:
    files, code, name = WITHOUT_A_FORM[kind]
    said = judged(desk, files, tmp_path)
    assert said["disposition"] == "hold"
    assert [finding["file"] for finding in said["findings"] if finding["code"] == code] == [name]


def test_a_signature_without_its_document_is_no_form(desk: Examiner, tmp_path: Path) -> None:
    said = judged(desk, {"Заявка.docx.p7s": signed(None, SIGNER)}, tmp_path)
    assert [finding for finding in said["findings"] if finding["code"] == "no_form"] == [
        {"code": "no_form", "files": ["Заявка.docx.p7s"], "reason": "signature"}
    ]
    assert [finding for finding in said["findings"] if finding["code"] == "signed"] == [
        {"code": "signed", "signers": ["Коваль Іван Михайлович"]}
    ]


SUBJECT = "Комунікація змін/Олевська громада, Житомирська область"


def test_a_later_letter_with_the_other_persons_form_completes_the_application(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.configure()
    desk.take_in(
        letter(SUBJECT, at("01.03 10:00"), form=FIRST),
        letter(f"Re: [{CALL.prefix}-001] {SUBJECT}", at("02.03 10:00"), form=SECOND_AS_FIRST),
    )
    standing = desk.standing()
    assert [one["disposition"] for one in standing.letters] == ["accept", "accept"]
    assert {one["status"] for one in standing.applications.values()} == {"complete"}
    revision = standing.newest(f"{CALL.prefix}-001")
    assert revision is not None
    assert {
        key: revision["values"][key]["raw"] for key in ("p1_name", "p2_name", "p1_email", "p2_email")
    } == {key: BOTH[key] for key in ("p1_name", "p2_name", "p1_email", "p2_email")}
    assert desk.replay() == (0, "Nothing would change.\n")
