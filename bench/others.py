"""Runs one library over forms and says what it cost and what text came out. Knows nothing of this project: it is run by
the interpreter of another environment, which has the library and not us.
"""

import importlib
import json
import sys
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any


def with_python_docx(path: Path) -> str:
    """Paragraphs and cells, in order, nested tables too: what its documentation shows as reading all text."""
    document = importlib.import_module("docx").Document(str(path))

    def texts(holder: Any) -> list[str]:
        out = []
        for item in holder.iter_inner_content():
            if hasattr(item, "rows"):
                seen: set[object] = set()
                for row in item.rows:
                    for cell in row.cells:
                        if cell._tc not in seen:
                            seen.add(cell._tc)
                            out.extend(texts(cell))
            else:
                out.append(item.text)
        return out

    return "\n".join(texts(document))


def with_docx2python(path: Path) -> str:
    with importlib.import_module("docx2python").docx2python(str(path)) as content:
        return str(content.text)


def with_mammoth(path: Path) -> str:
    with path.open("rb") as file:
        return str(importlib.import_module("mammoth").extract_raw_text(file).value)


def with_markitdown(path: Path) -> str:
    return str(_markitdown().convert(str(path)).text_content)


@cache
def _markitdown() -> Any:
    """Return the converter, which loads a model once."""
    return importlib.import_module("markitdown").MarkItDown(enable_plugins=False)


def with_pdfplumber(path: Path) -> str:
    with importlib.import_module("pdfplumber").open(path) as pdf:
        return "\n".join(page.extract_text() or "" for page in pdf.pages)


TOOLS: dict[str, Callable[[Path], str]] = {
    "python-docx": with_python_docx,
    "docx2python": with_docx2python,
    "mammoth": with_mammoth,
    "markitdown": with_markitdown,
    "pdfplumber": with_pdfplumber,
}


def main(tool: str, paths: list[Path]) -> None:
    """Print one JSON line for each file: its time in ms, the text, or what kept it from being read."""
    warnings.simplefilter("ignore")
    read = TOOLS[tool]
    # The first file starts what is started once.
    _tried(read, paths[0])
    for path in paths:
        start = time.perf_counter()
        text, trouble = _tried(read, path)
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000, "text": text, "trouble": trouble}))


def _tried(read: Callable[[Path], str], path: Path) -> tuple[str, str]:
    try:
        return read(path), ""
    except Exception as error:  # noqa: BLE001 - whatever it fails with is its result
        return "", type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1], [Path(name) for name in sys.argv[2:]])
