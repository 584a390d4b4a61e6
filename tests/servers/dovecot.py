"""A private Dovecot on a free port of this machine: the IMAP server by which ours is judged.

It needs no privileges and touches no system files. When the tests run as root (CI does), it runs as `nobody`, because
Dovecot refuses to let root own mail. Every user name is accepted, so each test takes a new one and has a mailbox of
its own. It speaks plain and STARTTLS on `port`, implicit TLS on `tls_port`.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import pytest

from tests.require import absent, require
from tests.servers.account import Account
from tests.servers.certificate import Certificate, make_certificate

PASSWORD = "secret"

# Accepted as well: what LOGIN could not carry.
ODD_PASSWORD = 'таємниця"їжака'
HOST = "127.0.0.1"

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_idle_kill = 12 hours
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_chars =
passdb {{
  driver = static
  args = password={password}
}}
passdb {{
  driver = static
  args = password={odd_password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
  }}
  mailbox Drafts {{
    special_use = \\Drafts
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


class Dovecot:
    """Started on entering the context, gone with all its mail on leaving it."""

    def __init__(self) -> None:
        self.host = HOST
        self.password = PASSWORD
        self.port = 0
        self.tls_port = 0
        self._program = require("dovecot", "dovecot-imapd")
        version = subprocess.run(
            [self._program, "--version"], check=True, capture_output=True, text=True
        ).stdout
        if not version.startswith("2.3."):
            # 2.4 changed the language of its configuration altogether.
            absent(f"Dovecot 2.3 is needed, this is {version.strip()}")
        self._process: subprocess.Popen[bytes] | None = None
        # Not in pytest's folder: that is root's alone, and its path is too long for the names of UNIX sockets.
        self._folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.certificate: Certificate = make_certificate(self._folder)

    def __enter__(self) -> Self:
        me = pwd.getpwuid(os.getuid())
        owner = pwd.getpwnam("nobody") if me.pw_uid == 0 else me
        group = grp.getgrgid(owner.pw_gid).gr_name
        with closing(_reserve()) as one, closing(_reserve()) as other:
            self.port, self.tls_port = one.getsockname()[1], other.getsockname()[1]
        configuration = self._folder / "dovecot.conf"
        configuration.write_text(
            CONFIGURATION.format(
                folder=self._folder,
                user=owner.pw_name,
                group=group,
                port=self.port,
                tls_port=self.tls_port,
                password=PASSWORD,
                odd_password=ODD_PASSWORD,
                certificate=self.certificate.certificate,
                key=self.certificate.key,
            ),
            encoding="utf-8",
        )
        for name in ("run", "state", "mail"):
            (self._folder / name).mkdir()
        privileges: dict[str, Any] = {}
        if me.pw_uid == 0:
            for path in (self._folder, *self._folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)
            privileges = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._process = subprocess.Popen([self._program, "-F", "-c", str(configuration)], **privileges)
        self._await_greeting()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def account(self, user: str = "") -> Account:
        """Return a mailbox of its own for `user`, or for a name never used before."""
        return Account("dovecot", HOST, self.port, user or f"user-{uuid4().hex[:12]}@test", PASSWORD)

    def _await_greeting(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process is not None and self._process.poll() is None:
            try:
                with socket.create_connection((HOST, self.port), timeout=5) as probe:
                    if probe.recv(4) == b"* OK":
                        return
            except OSError:
                time.sleep(0.02)
        log = self._folder / "log"
        text = log.read_text(errors="replace") if log.exists() else ""
        self.__exit__()
        pytest.fail(f"Dovecot did not start: {text[-2000:]}", pytrace=False)


def _reserve() -> socket.socket:
    reserved = socket.socket()
    reserved.bind((HOST, 0))
    return reserved
