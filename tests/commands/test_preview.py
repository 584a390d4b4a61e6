"""Texts of an admin's own: read with the configuration, refused with file and line, shown by `intake preview`."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from intake.commands import DONE, MISTAKE
from intake.commands.preview import check_texts, run
from intake.config import Config, ConfigMistake, load
from intake.reload import fingerprint
from outbox.texts import template_names, troubles
from tests.config.shipped import SHIPPED, changed, line_of

OWN = ('replies.templates_dir = ""', 'replies.templates_dir = "texts"')
BURGAS = ("include = []", f'include = ["{SHIPPED.parent}/examples/burgas.toml"]')


def written(folder: Path, **texts: str) -> Path:
    """Write a configuration with texts of its own, by name; return the path of config.toml."""
    (folder / "texts").mkdir()
    for name, text in texts.items():
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    return changed(folder, OWN)


def shown(config: Config) -> tuple[int, list[str]]:
    out = io.StringIO()
    code = check_texts(Console(file=out, width=500), config)
    return code, out.getvalue().splitlines()


def test_a_text_of_ones_own_is_taken_whatever_editor_wrote_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = load(written(tmp_path, accepted="\ufeffSubject: {{ tag }}Є!\r\n\r\nВаша заявка в нас.\r\n"))
    assert run(config, "accepted", call_id="", html=False) == DONE
    assert capsys.readouterr().out.startswith(
        "Subject: [КЗ-2023-014] Є!\n\nВаша заявка в нас.\n\nЗ повагою\n"
    )
    assert shown(config) == (DONE, ["✓ texts of kz-2023: 23 replies, of your own: accepted"])


def test_every_mistake_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        accepted="Subject: а\n\n{{ numbr }}",
        acepted="Subject: а\n\nб",
        late="Subject: а\n\n{% if number %}\nб",
        _closing="Дякуємо {{ contact }}",
    )
    (tmp_path / "texts" / "waiting.txt").write_bytes("Subject: a\n\nДякуємо".encode("cp1251"))
    (tmp_path / "texts" / "notes.md").write_text("not a text", encoding="utf-8")
    with pytest.raises(ConfigMistake) as refused:
        load(path)
    told = {line.removeprefix(f"{tmp_path}/texts/") for line in str(refused.value).splitlines()}
    assert {line.partition(";")[0] for line in told} == {
        "acepted.txt: found a text for no reply",
        "waiting.txt:3: not UTF-8, probably windows-1251",
        "accepted.txt:3: found an unknown variable {{ numbr }}",
        "_closing.txt:1: found an unknown variable {{ contact }}",
        (
            "late.txt:4: found unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or "
            "'endif'. The innermost block that needs to be closed is 'if'"
        ),
    }


def test_check_ends_with_2_and_names_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, late="Subject: а\n\n\n{{ numbr }}")
    command = (
        sys.executable,
        "-c",
        "from intake.cli import main; main()",
        "check",
        "--offline",
        "--config",
        path,
    )
    done = subprocess.run(command, cwd=SHIPPED.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (
        MISTAKE,
        f"{tmp_path}/texts/late.txt:4: found an unknown variable {{{{ numbr }}}}; did you mean {{{{ number }}}}?",
    )


def test_a_folder_that_is_not_there_is_a_mistake_of_the_option(tmp_path: Path) -> None:
    path = changed(tmp_path, OWN)
    with pytest.raises(ConfigMistake) as refused:
        load(path)
    assert str(refused.value) == (
        f'{path}:{line_of(path, "replies.templates_dir")}: calls[0].replies.templates_dir: found "texts"; '
        f"a folder is wanted; there is none at {tmp_path}/texts"
    )


def test_a_changed_text_is_a_changed_configuration_even_before_the_folder_was_taken_over(
    tmp_path: Path,
) -> None:
    known = load(SHIPPED)
    path = written(tmp_path, late="Subject: а\n\n{{ numbr }}")
    before = fingerprint(path, known)
    assert fingerprint(path, known) == before
    (tmp_path / "texts" / "late.txt").write_text("Subject: а\n\n{{ number }}", encoding="utf-8")
    assert fingerprint(path, known) != before


def test_every_reply_of_every_call_can_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = load(changed(tmp_path, BURGAS))
    code, lines = shown(config)
    assert (code, lines) == (DONE, [f"✓ texts of {call.id}: 23 replies" for call in config.calls])
    assert run(config, "late", call_id=config.calls[1].id, html=False) == DONE
    assert capsys.readouterr().out.startswith("Subject: [")
    assert run(config, "late", call_id=config.calls[1].id, html=True) == DONE
    assert capsys.readouterr().out.startswith('<!DOCTYPE html>\n<html lang="bg">')


def test_letters_to_coordinators_are_shown_too_in_ones_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = load(written(tmp_path, _alarm="Subject: Лихо: {{ code }}\n\nВідколи: {{ since }}"))
    assert run(config, "_alarm", call_id="", html=False) == DONE
    assert (
        capsys.readouterr().out == "Subject: Лихо: mailbox_trouble\n\nВідколи: 8 березня 2023 року, 08:12\n"
    )
    assert run(config, "_troubles", call_id="", html=False) == DONE
    assert capsys.readouterr().out.count("Subject: Лихо: ") == len(troubles(config.calls[0]).names)
    assert run(config, "_digest", call_id="", html=False) == DONE
    assert capsys.readouterr().out.startswith("Subject: Заявки: зведення за 08.03.2023, КЗ-2023\n")
    assert run(config, "_digest", call_id="", html=True) == MISTAKE
    assert shown(config) == (
        DONE,
        [f"✓ texts of kz-2023: {len(template_names('uk'))} replies, of your own: _alarm"],
    )


@pytest.mark.parametrize(
    ("template", "call", "said"),
    [
        ("acepted", "", "There is no reply 'acepted'; did you mean accepted?\n"),
        ("late", "kz", "There is no call 'kz'; there are: kz-2023\n"),
    ],
)
def test_what_is_not_there_is_said(
    template: str, call: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(load(SHIPPED), template, call_id=call, html=False) == MISTAKE
    assert capsys.readouterr().err == said
