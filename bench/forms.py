"""How fast filled forms are read and how much of what was written is found, beside libraries that only give text.

The forms are the museum of tests/forms, as Word files and as LibreOffice saved some of them. Of ours a value counts only
when it stands under the right field; of the others already when its text occurs anywhere in what they say, and so it is
in the line «ours, text only», which does no more than they do. The first line is what a letter's attachment costs: guard,
limited worker process, reader, mapping to fields.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from intake.config import Limits
from intake.readers import opening
from intake.readers.pool import ReaderPool
from intake.readers.tools import find
from rules.application import match
from rules.table import text_of
from tests.forms import layouts
from tests.forms.applicants import LUHOVA, STEPOVA, Answers
from tests.forms.call import CALL

ROOT = Path(__file__).parents[1]
SAVED = ROOT / "tests" / "readers" / "saved"
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
# An environment of the bench's own, made only when asked for.
ENVIRONMENT = ROOT / "var" / "bench"
OTHERS: dict[str, tuple[str, ...]] = {
    "docx": ("python-docx", "docx2python", "mammoth", "markitdown"),
    "pdf": ("pdfplumber",),
}
MODULES = {"python-docx": "docx"}
OURS = "ours, under its field"
BY_OFFICE = frozenset({"doc", "rtf", "xls", "ods"})


@dataclass(frozen=True)
class Form:
    """A filled form and what its applicant wrote."""

    path: Path
    answers: Answers


@dataclass(frozen=True)
class Line:
    """One reader's result in one format: the median of its files' times in ms, values found of how many there are."""

    format: str
    reader: str
    files: int
    ms: float
    found: int
    values: int
    whole: int

    @property
    def share(self) -> float:
        return self.found / self.values


def run(console: Console, folder: Path, *, with_others: bool = False) -> None:
    """Print the table. `folder` takes the forms; with `with_others` the comparison's packages are installed first."""
    if with_others:
        _install(console)
    files = _files(folder)
    lines: list[Line] = []
    absent: list[str] = []
    with console.status("reading forms"), ReaderPool(Limits()) as pool:
        for ending, forms in files.items():
            lines.append(_ours(ending, forms, pool))
            if ending not in BY_OFFICE:
                lines.append(_text_only(ending, forms))
            for tool in OTHERS.get(ending, ()):
                python = _python_with(MODULES.get(tool, tool))
                if python is None:
                    absent.append(tool)
                else:
                    lines.append(_other(ending, tool, forms, python))
    console.print(_table(lines))
    if not find("soffice"):
        console.print("LibreOffice is not installed: doc, rtf, xls and ods were left out.")
    if absent:
        console.print(
            f"Not installed here, so not compared: {', '.join(absent)}. To compare (about 300 MB, into {ENVIRONMENT.relative_to(ROOT)}): "
            "python -m bench forms --with-others",
            soft_wrap=True,
        )


def _files(folder: Path) -> dict[str, list[Form]]:
    """Return format → filled forms. Each file is read once: a second time its texts would be known already."""
    out: dict[str, list[Form]] = {"docx": []}
    for who, answers in {"luhova": LUHOVA, "stepova": STEPOVA}.items():
        for layout in layouts.LAYOUTS:
            path = folder / f"{layout.__name__}-{who}.docx"
            path.write_bytes(layout(answers))
            out["docx"].append(Form(path, answers))
    for path in sorted(SAVED.iterdir()):
        out.setdefault(path.suffix[1:], []).append(Form(path, LUHOVA))
    return {ending: forms for ending, forms in out.items() if ending not in BY_OFFICE or find("soffice")}


def _ours(ending: str, forms: Sequence[Form], pool: ReaderPool) -> Line:
    contents = [form.path.read_bytes() for form in forms]
    # The first file starts what is started once: the process, LibreOffice's profile.
    pool.read(contents[0], forms[0].path.name, "")
    times: list[float] = []
    found = []
    for form, content in zip(forms, contents, strict=True):
        start = time.perf_counter()
        reading = pool.read(content, form.path.name, hashlib.sha256(content).hexdigest())
        application = match([reading], CALL)
        times.append((time.perf_counter() - start) * 1000)
        raw = {key: value.raw for key, value in application.values.items()} if application else {}
        found.append(sum(_plain(raw.get(key, "")) == _plain(text) for key, text in form.answers.items()))
    return _line(ending, OURS, times, found)


def _text_only(ending: str, forms: Sequence[Form]) -> Line:
    contents = [form.path.read_bytes() for form in forms]
    times: list[float] = []
    found = []
    for form, content in zip(forms, contents, strict=True):
        start = time.perf_counter()
        text = "\n".join(map(text_of, opening.read(content, form.path.name, "").blocks))
        times.append((time.perf_counter() - start) * 1000)
        found.append(sum(_plain(answer) in _plain(text) for answer in form.answers.values()))
    return _line(ending, "ours, text only", times, found)


def _other(ending: str, tool: str, forms: Sequence[Form], python: str) -> Line:
    command = [python, str(ROOT / "bench" / "others.py"), tool, *(str(form.path) for form in forms)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=_bare())
    results = [json.loads(line) for line in done.stdout.splitlines()]
    found = [
        sum(_plain(text) in _plain(one["text"]) for text in form.answers.values())
        for form, one in zip(forms, results, strict=True)
    ]
    return _line(ending, tool, [one["ms"] for one in results], found)


def _line(ending: str, reader: str, times: Sequence[float], found: Sequence[int]) -> Line:
    whole = sum(count == len(LUHOVA) for count in found)
    return Line(ending, reader, len(times), median(times), sum(found), len(LUHOVA) * len(times), whole)


def _plain(text: str) -> str:
    """Return text without what every reader may write in its own way: marks of a tick, escapes, blanks."""
    text = unicodedata.normalize("NFC", text).translate(dict.fromkeys(map(ord, "☑☒☐\\*_")))
    return " ".join(text.split())


def _table(lines: Sequence[Line]) -> Table:
    table = Table(
        title="forms: ms a file (median), share of values found, files wholly right", title_justify="left"
    )
    for heading in ("format", "reader", "files", "ms", "to ours", "found", "whole"):
        table.add_column(heading, justify="left" if heading in {"format", "reader"} else "right")
    base = {line.format: line.ms for line in lines if line.reader == OURS}
    before = ""
    for line in lines:
        if before and line.format != before:
            table.add_section()
        before = line.format
        table.add_row(
            line.format,
            line.reader,
            str(line.files),
            f"{line.ms:.1f}",
            f"{line.ms / base[line.format]:.2f}",
            f"{line.share:.1%}",
            str(line.whole),
        )
    table.caption = (
        "In the first line a value counts only under the right field; in the others when its text occurs at all.\n"
        "«to ours» compares with the first line; above 1 the other is slower."
    )
    return table


def _python_with(module: str) -> str | None:
    """Return an interpreter that has a module: this one, or that of the bench's own environment."""
    own = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / "python"
    probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    for python in (sys.executable, str(own)):
        if Path(python).exists() and not subprocess.run([python, "-c", probe], check=False).returncode:
            return python
    return None


def _install(console: Console) -> None:
    with console.status(f"installing what is compared with into {ENVIRONMENT.relative_to(ROOT)}"):
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        python = str(ENVIRONMENT / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)


def _bare() -> dict[str, str]:
    """Return an environment without what would lead the other interpreter to our packages."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
