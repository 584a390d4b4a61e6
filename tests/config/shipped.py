"""The shipped config.toml, and copies of it with single places changed."""

from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "config.toml"


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the shipped file with each (old, new) put in place once; `old` must stand in it. Return where it is."""
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(path: Path, beginning: str, *, nth: int = 1) -> int:
    """Return the number of the nth line that begins so (blanks before it do not count)."""
    rows = path.read_text(encoding="utf-8").split("\n")
    return [number for number, row in enumerate(rows, 1) if row.strip().startswith(beginning)][nth - 1]
