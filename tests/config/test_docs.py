"""What docs/admin.md shows of config.toml is understood by the program it describes."""

import re
import tomllib
from pathlib import Path

import pytest

from intake.config import Config
from intake.toml_lines import with_seconds
from rules.judge import CODES
from tests.config.shipped import SHIPPED, changed
from tests.config.test_mistakes import told

DOCS = SHIPPED.parent / "docs"
BLOCKS = [
    (path.name, place, block)
    for path in sorted(DOCS.glob("*.md"))
    for place, block in enumerate(
        re.findall(r"^```toml\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL), 1
    )
]


def overlaid(below: object, above: object) -> object:
    """Return `below` with what `above` says put over it, table by table and call by call; other lists are replaced."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: overlaid(below.get(key), value) for key, value in above.items()}
    if (
        isinstance(below, list)
        and isinstance(above, list)
        and above
        and isinstance(above[0], dict)
        and "key" not in above[0]
    ):
        return [overlaid(*pair) for pair in zip(below, above, strict=True)]
    return above


@pytest.mark.parametrize(("document", "place", "block"), BLOCKS, ids=lambda value: str(value)[:20])
def test_an_example_put_over_the_shipped_file_is_a_good_configuration(
    document: str, place: int, block: str
) -> None:
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    config = Config.model_validate(overlaid(shipped, tomllib.loads(with_seconds(block))))
    assert set(config.calls[0].policy.dispositions) <= CODES


def test_there_are_examples() -> None:
    assert len(BLOCKS) >= 7


def test_the_mistakes_shown_are_those_that_are_told(tmp_path: Path) -> None:
    shown = re.findall(
        r"^    (config\.toml:\d+: .*)$", (DOCS / "admin.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    path = changed(
        tmp_path,
        ("port = 993", 'port = "abc"'),
        ("read_only = false", "readonly = false"),
        ("deadline = 2023-03-10T18:00:00", "deadline = 2023-03-10"),
    )
    assert [line.split(" (the last moment")[0] for line in told(path)] == shown


def test_every_template_named_in_the_examples_exists() -> None:
    text = (DOCS / "admin.md").read_text(encoding="utf-8")
    named = {
        name
        for row in re.findall(r"^replies\.off = \[(.*)\]", text, re.MULTILINE)
        for name in re.findall(r'"(\w+)"', row)
    }
    assert named <= {path.stem for path in (SHIPPED.parent / "outbox/templates/uk").glob("*.txt")}


def test_links_between_documents_lead_somewhere() -> None:
    for path in (
        *DOCS.rglob("*.md"),
        *(SHIPPED.parent / name for name in ("CONTRIBUTING.md", "CHANGELOG.md")),
    ):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
