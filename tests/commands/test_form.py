"""`intake form`: the blank of a call as a file, the fields of a foreign blank as text, and what is wrong with either."""

import hashlib
from pathlib import Path

import pytest

from intake import logs
from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.forming import propose, write
from intake.config import Config, load
from intake.readers import opening
from rules.application import match
from tests.config.shipped import SHIPPED, changed
from tests.forms import layouts, word
from tests.forms.applicants import LUHOVA

EMPTY = dict.fromkeys(LUHOVA, "") | {"consent": "☐ Так, надаю згоду"}
EXAMPLE = SHIPPED.parent / "examples" / "burgas.toml"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    logs.quiet()
    path = changed(tmp_path_factory.mktemp("two"), ("include = []", f'include = ["{EXAMPLE}"]'))
    return load(path)


def test_the_blank_of_a_call_is_written_where_it_is_wanted(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "Форма.docx"
    assert write(config, call_id="burgas-2023", target=path) == DONE
    call = config.call("burgas-2023")
    assert call is not None
    content = path.read_bytes()
    application = match([opening.read(content, path.name, hashlib.sha256(content).hexdigest())], call)
    assert application is not None
    assert list(application.values) == ["oblast", "hromada", "unit", "hromada_email", "contact_name", "contact_position",
        "contact_phone", "contact_email", *(f"p1_{key}" for key in ("name", "position", "email", "phone")), "experience",
        "expectations", "accessibility", "p1_consent", "p1_photo", "head_signature"]  # fmt: skip


def test_without_a_name_it_is_written_here_and_never_over_another(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    alone = config.model_copy(update={"calls": config.calls[:1]})
    assert write(alone, call_id="", target=None) == DONE
    assert [path.name for path in tmp_path.iterdir()] == ["КЗ-2023.docx"]
    written = Path("КЗ-2023.docx").read_bytes()
    assert write(alone, call_id="", target=None) == MISTAKE
    assert Path("КЗ-2023.docx").read_bytes() == written
    assert capsys.readouterr().err.splitlines()[-1] == (
        "КЗ-2023.docx is there already; --force writes over it, -o names another file"
    )
    assert write(alone, call_id="", target=None, force=True) == DONE


def test_the_blank_is_a_word_file_and_a_named_file_that_is_there_stays(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, filled = tmp_path / "Форма.pdf", tmp_path / "Заповнена.docx"
    filled.write_bytes(b"filled in")
    assert write(config, call_id="kz-2023", target=path) == MISTAKE
    assert write(config, call_id="kz-2023", target=filled) == MISTAKE
    assert propose(config, filled, call_id="", target=filled) == MISTAKE
    assert capsys.readouterr().err.splitlines() == [
        f"{path}: the form is a Word file; name one, e.g. -o {path.with_suffix('.docx')}",
        *[f"{filled} is there already; --force writes over it, -o names another file"] * 2,
    ]
    assert (path.exists(), filled.read_bytes()) == (False, b"filled in")
    assert write(config, call_id="kz-2023", target=filled, force=True) == DONE
    assert capsys.readouterr().err == f"{filled}: the form of kz-2023, 46 items\n"


def test_which_call_is_asked_for_and_a_folder_that_is_not_there_told(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(config, call_id="", target=None) == MISTAKE
    assert write(config, call_id="none", target=None) == MISTAKE
    assert write(config, call_id="kz-2023", target=tmp_path / "no" / "x.docx") == WORLD
    assert capsys.readouterr().err.splitlines() == [
        "--call is wanted, one of: kz-2023, burgas-2023",
        "There is no call 'none'; there are: kz-2023, burgas-2023",
        f"{tmp_path}/no/x.docx: cannot be written: No such file or directory",
    ]


def test_a_foreign_blank_gives_a_block_for_config_toml(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blank = tmp_path / "Бланк.zip"
    blank.write_bytes(word.package({"Бланк.docx": layouts.right(EMPTY)}))
    assert propose(config, blank, call_id="", target=None) == DONE
    out, err = capsys.readouterr()
    (phone,) = [line for line in out.splitlines() if line.startswith('    { key = "p1_phone"')]
    assert phone == (
        '    { key = "p1_phone", label = "Контактний телефон", kind = "phone", required = "yes", person = "p1", '
        'column = "Учасник 1: Контактний телефон", aliases = ["Телефон", "Мобільний телефон"] },'
    )
    assert err.startswith(f"{blank}: 18 fields, 2 participants. ")
    target = tmp_path / "fields.toml"
    assert propose(config, blank, call_id="", target=target) == DONE
    assert (target.read_text(encoding="utf-8"), capsys.readouterr().out) == (out, "")


def test_a_blank_that_asks_nothing_or_cannot_be_read_is_told(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, broken = tmp_path / "план.docx", tmp_path / "битий.docx"
    plan.write_bytes(word.document(word.p(word.r("План заходів на 2023 рік"))))
    broken.write_bytes(plan.read_bytes()[:300])
    assert propose(config, plan, call_id="", target=None) == ATTENTION
    assert propose(config, broken, call_id="", target=None) == ATTENTION
    assert propose(config, tmp_path / "none", call_id="", target=None) == MISTAKE
    assert propose(config, plan, call_id="none", target=None) == MISTAKE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f"{plan}: no labels with a place for an answer were found in it",
        f"{broken}: not read: damaged",
        f"{tmp_path}/none: cannot be read: No such file or directory",
        "There is no call 'none'; there are: kz-2023, burgas-2023",
    ]
