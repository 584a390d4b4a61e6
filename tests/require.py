"""System programs that some tests need: absent on a developer's machine they are skipped, absent in CI they fail."""

import os
import shutil
from typing import NoReturn

import pytest

from intake.readers import tools

# Servers live where an ordinary user's PATH does not reach.
SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"))


def require(program: str, apt_package: str) -> str:
    """Return the path of `program`; without it skip the test, or fail when the environment says CI=true."""
    path = shutil.which(program, path=SYSTEM_PATH)
    if path is None:
        absent(f"{program} is not installed (apt: {apt_package})")
    return path


def absent(reason: str) -> NoReturn:
    """Skip the test for `reason`, or fail when the environment says CI=true: there everything must be present."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require_ocr() -> None:
    """Skip the test, or fail in CI, where scans cannot be read: tesseract, one of its languages, or the extra `ocr` is absent."""
    require("tesseract", "tesseract-ocr tesseract-ocr-ukr tesseract-ocr-eng tesseract-ocr-osd")
    lacking = [tool for tool in tools.missing() if "tesseract" in tool.program or tool is tools.EXTRA]
    if lacking:
        absent(f"{lacking[0].program} is not installed ({lacking[0].install})")
