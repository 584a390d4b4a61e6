"""requirements.lock can be installed by any pip that a Python 3.11 brings along."""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKED = {
    Requirement(line.removesuffix("\\").strip())
    for name in ("requirements.lock", "requirements-ocr.lock")
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    if re.match(r"[A-Za-z0-9]", line)
}
EXTRAS = {canonicalize_name(one.name): one.extras for one in LOCKED}


def asked_for(name: str) -> list[Requirement]:
    """What an installed package needs here."""
    try:
        needed = [Requirement(text) for text in requires(name) or ()]
    except PackageNotFoundError:
        return []
    return [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]


def test_every_package_that_a_package_needs_is_locked_with_the_extras_it_is_needed_with() -> None:
    """pip 23, which comes with Python 3.11, takes `coverage[toml]` for another package than a locked `coverage`."""
    missing = [
        (name, str(one))
        for name in EXTRAS
        for one in asked_for(name)
        if (key := canonicalize_name(one.name)) not in EXTRAS or not one.extras <= EXTRAS[key]
    ]
    assert missing == []
