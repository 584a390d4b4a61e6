"""A self-signed certificate for `localhost` (and not for 127.0.0.1), made anew for each test run."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.require import require


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: `certificate` is what a client must trust, `key` is the server's secret."""

    certificate: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Write both files into `folder`."""
    made = Certificate(folder / "localhost.pem", folder / "localhost.key")
    subprocess.run(
        [
            *(
                require("openssl", "openssl"),
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
            ),
            *("-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
            *("-keyout", str(made.key), "-out", str(made.certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return made
