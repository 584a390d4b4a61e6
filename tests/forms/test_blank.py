"""The blank form of a call: what it asks for, that it reads back empty, and exactly as filled in, whoever saved it."""

import hashlib
import io
import os
import re
import subprocess
import textwrap
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from intake.blank import form_docx
from intake.blank.layout import printed
from intake.config import load
from intake.demo.applicants import answers
from intake.demo.people import OLEVSK
from intake.places import gazetteers
from intake.readers import opening
from rules.application import Application, match
from rules.call import Call
from rules.hints import printed_hint
from rules.kinds import value_of
from tests.config.shipped import SHIPPED, changed
from tests.forms.call import call_with
from tests.forms.filling import W, filled, tags
from tests.require import require

CI = os.environ.get("CI", "").lower() == "true"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Call, ...]:
    """The shipped call and the Bulgarian example."""
    examples = SHIPPED.parent / "examples" / "burgas.toml"
    path = changed(tmp_path_factory.mktemp("calls"), ("include = []", f'include = ["{examples}"]'))
    return load(path).calls


@pytest.fixture(scope="module")
def call(calls: tuple[Call, ...]) -> Call:
    return calls[0]


@pytest.fixture(scope="module")
def burgas(calls: tuple[Call, ...]) -> Call:
    return calls[1]


def blank(call: Call) -> bytes:
    return form_docx(call, oblasts=[oblast.name for oblast in gazetteers()[call.country].oblasts.rows])


def read(octets: bytes, call: Call, name: str = "Заявка.docx") -> Application:
    application = match([opening.read(octets, name, hashlib.sha256(octets).hexdigest())], call)
    assert application is not None
    return application


def document(octets: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(octets)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def said(element: etree._Element) -> str:
    """The text of an element, one line for each paragraph and break; an empty place says nothing."""
    lines = []
    for paragraph in element.iter(f"{W}p"):
        pieces = paragraph.iter(f"{W}t", f"{W}br")
        lines.append("".join("\n" if piece.tag == f"{W}br" else piece.text or "" for piece in pieces))
    return "\n".join(line.replace("\u2002", "") for line in lines)


def cells(octets: bytes) -> dict[str, str]:
    """Label (first line on the left) → text on the right."""
    rows = [[said(cell) for cell in row.iter(f"{W}tc")] for row in document(octets).iter(f"{W}tr")]
    found = {left.split("\n")[0]: right for left, right in rows}
    assert len(found) == len(rows)
    return found


def typed(call: Call) -> dict[str, str]:
    """Something for every field, with what breaks forms: quotes, brackets, several lines, words of other labels."""
    words = {"uk": ("так", "ні"), "bg": ("да", "не")}[call.language]
    people = {person.key for person in call.participants[:7]}
    out = {}
    for n, field in enumerate(printed(call)):
        if field.person and field.person not in people:
            continue
        by_kind = {
            "name": f"Ґудзь{'аеиоу'[n % 5]} Мар’яна Ігорівна",
            "phone": f"+380 67 000 {n:04d}" if call.country == "ua" else f"+359 88 800 {n:04d}",
            "email": f"o.gudz{n}@rada-test.example.org",
            "katottg": "UA18060190000071101",
            "edrpou": "00000052",
            "number": "11 562",
            "date": "07.03.2023",
            "oblast": {"ua": "Житомирська область", "bg": "област Бургас"}[call.country],
            "raion": "Коростенський",
            "hromada": "Олевська міська територіальна громада",
            "yesno": words[n % 2],
            "consent": words[0],
            "url": "https://olevsk.example/a?b=c&d",
            "unit": "Дирекция „Култура“ / отдел 2",
            "signature": "Голова громади Іван КОХАН",
            "long": "Перше: «лапки», <теги> & знаки; 1) пункт\nТелефон гарячої лінії – новий\n"
            "Область нашого інтересу: робота з негативом",
            "text": "начальниця відділу – секретар\nради",
        }
        value = by_kind.get(field.kind, "")
        if field.options:
            value = field.options[n % len(field.options)]
        if field.kind == "choices":
            more = "; інше: гучномовець" if "інше" in field.options else ""
            value = "; ".join(field.options[:2]) + more
        if "☐" in field.hint and field.kind == "text":
            option = field.hint.split("☐")[1].replace("_", "").strip()
            value = f"{option} Мережа 2021" if option.endswith(":") else option
        out[field.key] = value
    return out


def expected(call: Call, values: dict[str, str]) -> dict[str, str]:
    found = {field.key: value_of(values.get(field.key, ""), field, call)[0] for field in call.fields}
    return {key: " ".join(value.split()) for key, value in found.items() if value}


def found(application: Application) -> dict[str, str]:
    return {key: " ".join(value.split()) for key, value in application.fields.items()}


# --- what it asks for ------------------------------------------------------------------------------------------------


def test_the_blank_form_asks_for_each_numbered_field_once_and_in_order(call: Call) -> None:
    wanted = [f"{field.number} {field.label}" for field in call.fields if field.number]
    assert list(cells(blank(call))) == wanted


def test_a_field_without_a_number_is_only_for_forms_of_other_origin(call: Call) -> None:
    assert [field.key for field in call.fields if field not in printed(call)] == ["address", "consent"]
    assert printed(call_with()) == call_with().fields


def test_every_field_has_a_control_that_bears_its_key(call: Call, burgas: Call) -> None:
    for one in (call, burgas):
        assert sorted(tags(blank(one))) == sorted(field.key for field in printed(one))


def test_every_control_has_an_identifier_of_its_own(call: Call) -> None:
    ids = [control.get(f"{W}val") for control in document(blank(call)).iterfind(f".//{W}sdtPr/{W}id")]
    assert len(ids) == len(set(ids))


def test_lists_offer_the_options_and_the_oblasts(call: Call) -> None:
    lists = {}
    for control in document(blank(call)).iter(f"{W}sdt"):
        items = [str(item.get(f"{W}displayText")) for item in control.iter(f"{W}listItem")]
        tag = control.find(f"{W}sdtPr/{W}tag")
        if items and tag is not None:
            lists[str(tag.get(f"{W}val"))] = items
    assert lists.pop("oblast") == [oblast.name for oblast in gazetteers()["ua"].oblasts.rows]
    assert lists == {field.key: list(field.options) for field in call.fields_of_kind("choice")}


def test_every_part_of_the_package_is_declared_and_well_formed(call: Call) -> None:
    with zipfile.ZipFile(io.BytesIO(blank(call))) as package:
        assert package.testzip() is None
        types = etree.fromstring(package.read("[Content_Types].xml"))
        declared = {name.removeprefix("/") for part in types if (name := part.get("PartName")) is not None}
        parts = set(package.namelist())
        assert declared == {name for name in parts if not name.endswith(".rels")} - {"[Content_Types].xml"}
        for name in parts:
            etree.fromstring(package.read(name))


def test_the_same_form_has_the_same_octets(call: Call) -> None:
    values = answers(call, OLEVSK)
    assert form_docx(call, values) == form_docx(call, dict(reversed(values.items())))


def test_it_says_where_when_and_with_which_subject_to_send_it(call: Call, burgas: Call) -> None:
    text = said(document(blank(call)))
    for fact in (
        call.title,
        "18:00 10.03.2023 (за київським часом)",
        call.replies.address,
        call.subject.example,
    ):
        assert fact in text
    assert said(document(blank(burgas))).startswith("ЗАЯВКА ЗА УЧАСТИЕ\nЕфективни комуникационни кампании")
    assert "18:00 10.03.2023 (българско време)" in said(document(blank(burgas)))


def test_hints_stand_on_the_left_and_never_hold_a_box(call: Call) -> None:
    for row in document(blank(call)).iter(f"{W}tr"):
        assert "☐" not in said(next(row.iter(f"{W}tc")))
    hinted = next(row for row in document(blank(call)).iter(f"{W}tr") if said(row).startswith("1.3 "))
    (gray,) = [run for run in hinted.iter(f"{W}r") if run.find(f"{W}rPr/{W}i") is not None]
    assert (
        said(hinted).split("\n")[1]
        == gray.findtext(f"{W}t")
        == "наприклад: Коростенська міська територіальна громада"
    )


def test_a_few_participants_have_headings_and_many_have_rows_of_one_table(call: Call, burgas: Call) -> None:
    headings = [
        said(paragraph)
        for paragraph in document(blank(call)).iter(f"{W}p")
        if (style := paragraph.find(f"{W}pPr/{W}pStyle")) is not None and style.get(f"{W}val") == "Heading2"
    ]
    assert headings == ["Учасник 1", "Учасник 2"]
    headers = [
        [said(cell) for cell in row.iter(f"{W}tc")]
        for row in document(blank(burgas)).iter(f"{W}tr")
        if row.find(f"{W}trPr/{W}tblHeader") is not None
    ]
    assert headers == [
        ["", "Име, презиме и фамилия", "Длъжност", "Имейл", "Телефон"],
        ["", "Съгласие за обработване на лични данни", "Снимане по време на обучението"],
    ]


def test_people_whose_columns_would_not_be_understood_have_tables_of_their_own() -> None:
    people = [{"key": f"p{n}", "label": f"Учасник {n}"} for n in range(1, 5)]
    fields = [
        # Above a column «роль» would stand without its participant, and no field is called so.
        {"key": f"p{n}_{key}", "label": f"Учасник {n}: {key}", "person": f"p{n}"}
        for n in range(1, 5)
        for key in ("роль", "внесок")
    ]
    for field in fields:
        field["key"] = field["key"].replace("роль", "role").replace("внесок", "share")
    one = call_with(participants=people, fields=fields)
    rows = [[said(cell) for cell in row.iter(f"{W}tc")] for row in document(blank(one)).iter(f"{W}tr")]
    assert [row[0] for row in rows] == [field["label"] for field in fields]


# --- a blank reads back empty ------------------------------------------------------------------------------------------


def test_a_blank_answers_nothing_and_has_no_label_that_is_not_known(call: Call, burgas: Call) -> None:
    for one in (call, burgas):
        application = read(blank(one), one)
        # A box for consent that nobody ticked says no.
        given = {key for key in application.fields if one.field(key) not in one.fields_of_kind("consent")}
        assert (given, application.unknown_labels, application.orphans) == (set(), (), ())


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_in_every_language_a_blank_reads_back_empty(language: str) -> None:
    fields = [field.model_dump() for field in call_with().fields]
    more = ("katottg", "edrpou", "number", "url", "unit", "signature", "choice", "choices", "yesno", "text", "long", "phone", "oblast", "raion")  # fmt: skip
    fields += [
        {"key": f"more_{kind}", "label": f"Ще одне питання про {kind}", "kind": kind, "limit": 600,
         "options": ["перше", "друге"] if "choice" in kind else []}
        for kind in more
    ]  # fmt: skip
    one = call_with(fields=fields, language=language)
    application = read(blank(one), one)
    assert [key for key in application.fields if key != "consent"] == []
    assert (application.unknown_labels, application.orphans) == ((), ())
    assert set(application.values) == {field["key"] for field in fields}


def test_a_hint_that_would_be_taken_for_an_answer_is_not_printed() -> None:
    fields = [field.model_dump() for field in call_with().fields]
    fields[0]["hint"] = "оберіть: ☐ перше ☐ друге"
    fields[3] |= {"hint": "вулиця ☐ будинок ☐ корпус", "kind": "text"}
    one = call_with(fields=fields)
    assert read(blank(one), one).fields == {"consent": "ні"}
    left = [said(next(row.iter(f"{W}tc"))) for row in document(blank(one)).iter(f"{W}tr")]
    assert left[:4] == ["Назва громади\nоберіть", "Область\nоберіть зі списку", "Район\nнаприклад: Коростенський", "Поштова адреса"]  # fmt: skip


# --- filled in ---------------------------------------------------------------------------------------------------------


def test_what_is_filled_into_the_controls_is_what_is_read(call: Call, burgas: Call) -> None:
    for one in (call, burgas):
        values = typed(one)
        assert found(read(filled(blank(one), values), one)) == expected(one, values)


WORDS = ("Назва проєкту", "Мета заходу", "Партнери", "Бюджет, грн", "Телефон для зв’язку", "Керівник установи (ПІБ)",
         "Чи є досвід?", "Дата створення", "Згоду на обробку надаю", "Що зміниться після навчання і для кого саме")  # fmt: skip
SOME_KINDS = (
    "text",
    "long",
    "name",
    "phone",
    "email",
    "number",
    "date",
    "choice",
    "choices",
    "yesno",
    "consent",
    "url",
)
SOME_HINTS = ("", "наприклад: так", "оберіть ☐ одне ☐ друге", "будь-що", "до 300 знаків", "☐ є ☐ немає: ____")


@st.composite
def any_call(draw: st.DrawFn) -> Call:
    """A call of some questions and of some people who are all asked the same, numbered or not."""
    words, numbered = draw(st.permutations(WORDS)), draw(st.booleans())
    common = draw(st.integers(3, 6))

    def field(key: str, label: str, number: str) -> dict[str, object]:
        kind = draw(st.sampled_from(SOME_KINDS))
        options = draw(st.sampled_from((["перше", "друге", "третє"], ["онлайн", "наживо", "інше"])))
        return {
            "key": key, "label": label, "kind": kind, "hint": draw(st.sampled_from(SOME_HINTS)),
            "number": number if numbered else "", "options": options if "choice" in kind else [],
        }  # fmt: skip

    fields = [field(f"f{n}", words[n], f"1.{n + 1}") for n in range(common)]
    asked = [field(f"x{n}", words[common + n], "") for n in range(draw(st.integers(1, 4)))]
    people = [f"p{n}" for n in range(1, draw(st.integers(0, 5)) + 1)]
    for person in people:
        for one in asked:
            number = f"2.{len(fields)}" if numbered else ""
            fields.append(one | {"key": f"{person}_{one['key']}", "person": person, "number": number})
    return call_with(
        fields=fields,
        participants=[{"key": person, "label": f"Учасник {person[1:]}"} for person in people],
        sections={"1": "Відомості про заявника", "2": "Люди, які навчатимуться"} if numbered else {},
    )


@settings(max_examples=200 if CI else 20, deadline=None, derandomize=not CI)
@given(any_call())
def test_the_blank_of_any_call_reads_as_it_is_filled_in(one: Call) -> None:
    form = form_docx(one)
    assert sorted(tags(form)) == sorted(field.key for field in printed(one))
    values = typed(one)
    assert found(read(filled(form, values), one)) == expected(one, values)


@pytest.mark.libreoffice
def test_whatever_libreoffice_saves_it_as_reads_as_it_was_filled_in(
    call: Call, burgas: Call, tmp_path: Path
) -> None:
    soffice = require("soffice", "libreoffice-writer-nogui")

    def saved(ending: str, sources: list[Path]) -> list[Path]:
        folder = tmp_path / f"as-{ending}"
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [soffice, profile, "--headless", "--convert-to", ending, "--outdir", folder, *sources]
        subprocess.run(command, check=True, capture_output=True, timeout=170)
        return sorted(folder.iterdir())

    names = {one.id: one for one in (call, burgas)}
    for one in names.values():
        (tmp_path / f"{one.id}.docx").write_bytes(filled(blank(one), typed(one)))
    odt = saved("odt", sorted(tmp_path.glob("*.docx")))
    docx = saved("docx", odt)
    others = [file for ending in (("doc", "rtf", "pdf") if CI else ("pdf",)) for file in saved(ending, docx)]
    for file in (*odt, *docx, *others):
        one = names[file.stem]
        assert found(read(file.read_bytes(), one, file.name)) == expected(one, typed(one)), file.name


def as_text(octets: bytes, width: int = 0) -> str:
    """The form as text, as it is saved or pasted: label, hint and answer on lines of their own, broken at a width."""
    body = document(octets).find(f"{W}body")
    assert body is not None
    lines = "\n".join(said(child) for child in body).split("\n")
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if width else line
        for line in lines
    )


def tabbed(text: str, call: Call) -> str:
    """The same as a table copied from Word is: a tabulator between the columns."""
    hints = {printed_hint(field, call.language) for field in call.fields} - {""}
    return re.sub(rf"\n({'|'.join(map(re.escape, hints))})\n(?=[^\d])", r"\n\1\t", text)


@pytest.mark.parametrize("how", ["lines", "empty lines between", "broken lines", "tabs", "markup"])
def test_the_form_copied_as_text_reads_like_the_file(call: Call, how: str) -> None:
    octets = form_docx(call, answers(call, OLEVSK))
    text, name = as_text(octets, 72 if how == "broken lines" else 0), "Заявка.txt"
    if how == "empty lines between":
        text = text.replace("\n", "\n\n")
    elif how == "tabs":
        text = tabbed(text, call)
    elif how == "markup":
        text = "<!DOCTYPE html><html><body>" + "".join(f"<p>{line}</p>" for line in text.split("\n"))
        name = "Заявка.html"
    application = read(text.encode(), call, name)
    assert (found(application), application.unknown_labels) == (found(read(octets, call)), ())


def test_a_blank_copied_as_text_answers_nothing(call: Call) -> None:
    application = read(as_text(blank(call)).encode(), call, "Заявка.txt")
    assert (application.blank(call), application.unknown_labels, application.orphans) == (True, (), ())


def test_answers_stand_on_the_right_as_they_were_given(call: Call) -> None:
    octets = form_docx(
        call, {"hromada": 'Кам’янська <&> "громада"', "change": "Перше\nдруге", "nobody_asked": "x"}
    )
    shown = cells(octets)
    change = call.field("change")
    assert change is not None
    assert shown["1.3 Повна назва територіальної громади"] == 'Кам’янська <&> "громада"'
    assert shown[f"4.4 {change.label}"] == "Перше\nдруге"


def test_what_xml_cannot_hold_is_left_out(call: Call) -> None:
    shown = cells(form_docx(call, {"hromada": "Ол\x00ев\x0bська\ud800\ufffe"}))
    assert shown["1.3 Повна назва територіальної громади"] == "Олевська"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("p1_title", "пані", "пані"),
        ("p1_title", "", "Оберіть зі списку"),
        ("ready_plan", "так", "☒ так     ☐ ні"),
        ("ready_plan", "no", "☐ так     ☒ ні"),
        ("change_stage", "ще не знаємо", "ще не знаємо"),
        (
            "comm_docs",
            "план комунікації; положення про підрозділ; ще щось",
            "☐ комунікаційна стратегія     ☒ план комунікації\n☒ положення про підрозділ     ☐ немає\nще щось",
        ),
        ("p1_consent", "так", "☒ так   Підпис ____________   Дата ___.___.20__"),
        ("p1_consent", "", "☐ так   Підпис ____________   Дата ___.___.20__"),
        ("past_programmes", "так: Мережа 2021", "☐ так (яких?): \n☐ ні\nтак: Мережа 2021"),
        ("tech", "є частково (чого бракує): камери", "☐ є все\n☒ є частково (чого бракує): камери"),
    ],
)
def test_choices_are_ticked(call: Call, key: str, value: str, shown: str) -> None:
    field = call.field(key)
    assert field is not None
    assert cells(form_docx(call, {key: value}))[f"{field.number} {field.label}"] == shown


def test_an_option_may_be_continued_in_words(call: Call) -> None:
    field = call.field("channels")
    assert field is not None
    shown = cells(form_docx(call, {"channels": "Viber; інше: гучномовець"}))[f"{field.number} {field.label}"]
    assert shown.split("\n") == [
        "☐ вебсайт     ☐ Facebook     ☐ Instagram",
        "☐ Telegram     ☒ Viber     ☐ YouTube     ☐ газета",
        "☐ старости     ☐ збори жителів",
        "☒ інше: гучномовець",
    ]
