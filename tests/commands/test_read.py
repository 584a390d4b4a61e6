"""`intake read`: what a file says as JSON and as a table, and how it is told why a file is no form."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from intake import logs
from intake.commands import ATTENTION, DONE, MISTAKE
from intake.commands.read_words import REASONS
from intake.commands.reading import run
from intake.config import Config, load
from tests.config.shipped import SHIPPED
from tests.forms import layouts, word
from tests.forms.applicants import LUHOVA, PARTIAL
from tests.forms.call import CALL, call_with

KEYS = (
    "file", "status", "reason", "reader", "container", "fields", "raw", "faults", "unknown_labels", "signature",
)  # fmt: skip


@pytest.fixture(scope="module")
def config() -> Config:
    logs.quiet()
    fields = [
        field.model_dump() | {"required": "yes" if field.key == "raion" else "no"} for field in CALL.fields
    ]
    return load(SHIPPED).model_copy(update={"calls": (call_with(fields=fields),)})


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def saved(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


ANSWERED = word.tr(word.tc(word.p(word.r("Чи потрібно"))), word.tc(word.p(word.r("так"))))
OTHER = LUHOVA | {"hromada": "Степова ОТГ", "p1_name": "Бойко Тетяна", "p2_name": "Гай Ганна"}


def rows(*pairs: tuple[str, str]) -> str:
    return word.tbl(
        *(word.tr(word.tc(word.paragraphs(one)), word.tc(word.paragraphs(two))) for one, two in pairs)
    )


# name → content, status, reason
FILES = {
    "Заявка.docx": (layouts.right(LUHOVA), "read", ""),
    "частково.docx": (layouts.right(PARTIAL), "read", ""),
    "пакет.zip": (
        word.package(
            {"Заявка.zip": word.package({"Заявка.docx": layouts.right(LUHOVA), "лист.txt": b"\x00"})}
        ),
        "read",
        "",
    ),
    "колір.docx": (
        word.document(
            rows(("Назва громади", "х"), ("Область", "х"), ("Район", "х"), ("Улюблений колір", "синій"))
        ),
        "read",
        "",
    ),
    "дві.zip": (
        word.package({"1.docx": layouts.right(LUHOVA), "2.docx": layouts.right(OTHER)}),
        "needs_person",
        "several_forms",
    ),
    "порожній.docx": (b"", "unreadable", "empty"),
    "обрізаний.docx": (layouts.right(LUHOVA)[:900], "unreadable", "damaged"),
    "план.docx": (word.document(word.p(word.r("План заходів на 2023 рік"))), "not_a_form", "no_labels"),
    "анкета.docx": (word.document(word.tbl(ANSWERED * 5)), "needs_person", "unknown_form"),
    "нотатка.bin": (bytes(range(1, 200)), "needs_person", "format"),
}


@pytest.fixture(scope="module")
def said(config: Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What `intake read --json` says of all the files, by their names; `код` is the exit code."""
    folder = tmp_path_factory.mktemp("files")
    paths = [saved(folder, name, content) for name, (content, _, _) in FILES.items()]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = run(config, paths, call_id="", as_json=True)
    assert sorted(folder.iterdir()) == sorted(paths)
    objects = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["file"] for one in objects] == list(map(str, paths))
    return {Path(one["file"]).name: one for one in objects} | {"код": {"": code}}


def test_every_file_is_told_its_status_and_reason(said: dict[str, dict[str, object]]) -> None:
    assert {name: (said[name]["status"], said[name]["reason"]) for name in FILES} == {
        name: (status, reason) for name, (_, status, reason) in FILES.items()
    }
    assert said["код"][""] == ATTENTION


def test_a_form_gives_its_values_what_stood_there_and_nothing_else(
    said: dict[str, dict[str, object]],
) -> None:
    one = said["Заявка.docx"]
    assert tuple(one) == KEYS
    assert (one["reader"], one["container"], one["signature"]) == ("docx", "", "")
    assert one["raw"] == LUHOVA
    assert one["fields"] == LUHOVA | {
        "p1_phone": "+380671234567",
        "p2_phone": "+380507654321",
        "date": "2023-03-07",
        "consent": True,
    }
    assert (one["faults"], one["unknown_labels"]) == ([], [])


def test_what_gives_no_form_gives_no_fields(said: dict[str, dict[str, object]]) -> None:
    for name in ("порожній.docx", "план.docx", "анкета.docx", "нотатка.bin"):
        assert (said[name]["fields"], said[name]["raw"], said[name]["faults"]) == ({}, {}, [])


def test_empty_answers_are_no_fields_and_missing_ones_are_asked_for(
    said: dict[str, dict[str, object]],
) -> None:
    one = said["частково.docx"]
    fields = one["fields"]
    assert isinstance(fields, dict)
    assert {key for key, answer in PARTIAL.items() if not answer}.isdisjoint(fields)
    assert one["faults"] == [
        {"key": "raion", "code": "missing", "found": "", "ask": "«Район» — не заповнено"}
    ]


def test_what_lies_in_an_archive_is_read_and_the_way_to_it_told(said: dict[str, dict[str, object]]) -> None:
    one = said["пакет.zip"]
    assert (one["reader"], one["container"], one["raw"]) == ("docx", "zip/zip", LUHOVA)


def test_labels_nobody_asked_for_are_told(said: dict[str, dict[str, object]]) -> None:
    assert said["колір.docx"]["unknown_labels"] == ["Улюблений колір"]


def test_of_several_calls_the_one_whose_form_fits_best_counts(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = call_with(id="few", prefix="F", participants=[], fields=[
        {"key": "oblast", "label": "Область"}, {"key": "raion", "label": "Район"}, {"key": "date", "label": "Дата заповнення"},
    ])  # fmt: skip
    both = config.model_copy(update={"calls": (few, CALL)})
    path = saved(tmp_path, "Заявка.docx", layouts.right(LUHOVA))
    assert run(both, [path, path], call_id="", as_json=True) == DONE
    assert [one["raw"] for one in told(capsys)] == [LUHOVA, LUHOVA]
    assert run(both, [path], call_id="few", as_json=True) == DONE
    assert [set(one["raw"]) for one in told(capsys)] == [{"oblast", "raion", "date"}]


def test_a_missing_file_is_a_mistake_and_the_others_are_read(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, "Заявка.docx", layouts.right(LUHOVA))
    assert run(config, [tmp_path / "немає.docx", path], call_id="", as_json=True) == MISTAKE
    out, err = capsys.readouterr()
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["read"]
    assert err.endswith("cannot be read: No such file or directory\n")


def test_an_unknown_call_is_a_mistake(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, [], call_id="kz-2024", as_json=False) == MISTAKE
    assert capsys.readouterr().err == "There is no call 'kz-2024'; there are: museum\n"


def test_for_people_a_table_tells_field_value_place_and_question(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    path = saved(tmp_path, "Заявка.docx", layouts.right(LUHOVA | {"p1_email": "olena[at]rada.example"}))
    assert run(config, [path], call_id="", as_json=False) == DONE
    out = capsys.readouterr().out
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in out.splitlines()]
    by_key = {row[1]: row for row in rows if len(row) == 6}
    assert by_key["p1_position"] == [
        "",
        "p1_position",
        "керуюча справами виконкому",
        "table 1, row 8",
        "100%",
        "",
    ]
    assert by_key["p1_email"][2:] == [
        "empty",
        "table 1, row 10",
        "100%",
        "«Електронна адреса» (Учасник 1) — перевірте",
    ]


def test_nothing_in_a_file_is_obeyed_by_the_terminal(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"<tr><td>{label}</td><td>a\x1b]0;title\x07b\x9b2J[red]</td></tr>"
        for label in ("Назва громади", "Область", "Район")
    )
    page = f"<!DOCTYPE html><html><meta charset=utf-8><body><table>{rows}</table></body></html>"
    run(config, [saved(tmp_path, "Заявка.html", page.encode())], call_id="", as_json=False)
    out = capsys.readouterr().out
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out) == []
    assert "[red]" in out


def test_every_reason_is_said_in_a_sentence(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manual = (SHIPPED.parent / "docs/admin.md").read_text(encoding="utf-8")
    table = re.search(r"^\| `read` \|.*?\n\n", manual, re.MULTILINE | re.DOTALL)
    assert table is not None
    statuses = {"read", "draft", "needs_person", "unreadable", "not_a_form", "intake check"}
    assert set(re.findall(r"`([a-z_ ]+)`", table[0])) - statuses == set(REASONS)
    assert run(config, [saved(tmp_path, "порожньо.docx", b"")], call_id="", as_json=False) == ATTENTION
    assert REASONS["empty"] in " ".join(capsys.readouterr().out.split())
