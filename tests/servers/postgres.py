"""A private PostgreSQL cluster on a free port, thrown away after the run.

PostgreSQL refuses to run as root; when the tests do (CI), it runs as `nobody`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self
from uuid import uuid4

import psycopg

from tests.require import absent

HOST = "127.0.0.1"


class Postgres:
    """A running cluster; `database()` is the URL of a fresh, empty database on it."""

    def __enter__(self) -> Self:
        self._binaries = _binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="skrynka-pg-"))
        self._data = self._folder / "data"
        self._user: str | None = None
        if os.geteuid() == 0:
            self._user = "nobody"
            shutil.chown(self._folder, self._user, pwd.getpwnam(self._user).pw_gid)
        self._run(
            "initdb", "-D", str(self._data), "-U", "skrynka", "--auth=trust", "--encoding=UTF8", "--no-sync"
        )
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        options = f"-p {self.port} -c listen_addresses={HOST} -c unix_socket_directories='' -c fsync=off"
        self._run(
            "pg_ctl", "-D", str(self._data), "-l", str(self._folder / "log"), "-o", options, "-w", "start"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def database(self) -> str:
        """Make a database and return its SQLAlchemy URL."""
        name = f"t{uuid4().hex[:12]}"
        where = f"host={HOST} port={self.port} user=skrynka dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://skrynka@{HOST}:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            user=self._user,
            cwd=self._folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
        )


def _binaries() -> Path:
    """Return the folder of the newest PostgreSQL: Debian keeps it outside of PATH."""
    found = shutil.which("initdb")
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found is None and not candidates:
        absent("PostgreSQL is not installed (apt: postgresql)")
    return Path(found).parent if found else candidates[-1].parent
