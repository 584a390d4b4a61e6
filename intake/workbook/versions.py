"""The last versions of a workbook, in a folder beside it: what we wrote, and what people had before we did.

They are for people who want something back, and for the merge: a copy that somebody kept open is compared with the
version it was made from.
"""

import re
import shutil
from pathlib import Path

FOLDER = "versions"
KEPT = 5


def keep_versions(path: Path, writing: int, new: Path, before: bytes) -> None:
    """Keep the file about to be put in place, and `before` (empty: nothing worth keeping); forget the oldest."""
    folder = path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    shutil.copyfile(new, folder / f"{path.stem}.{writing:06d}.xlsx")
    if before:
        (folder / f"{path.stem}.{writing:06d}-before.xlsx").write_bytes(before)
    for ending in (r"\.xlsx", r"-before\.xlsx"):
        pattern = re.compile(re.escape(path.stem) + r"\.\d{6,}" + ending)
        kept = sorted(one for one in folder.iterdir() if pattern.fullmatch(one.name))
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)


def versions_of(path: Path, writing: int) -> tuple[Path, ...]:
    """Return the file as we wrote it, and as it was before we wrote the next one, as far as they are kept."""
    folder = path.parent / FOLDER
    names = (f"{path.stem}.{writing:06d}.xlsx", f"{path.stem}.{writing + 1:06d}-before.xlsx")
    return tuple(folder / name for name in names if (folder / name).exists())


def set_aside(path: Path, word: str) -> Path:
    """Move a file to a free name that says why: `… (пошкоджений).xlsx`. Return where it lies."""
    count, target = 1, path.with_name(f"{path.stem} ({word}).xlsx")
    while target.exists():
        count += 1
        target = path.with_name(f"{path.stem} ({word} {count}).xlsx")
    path.rename(target)
    return target
