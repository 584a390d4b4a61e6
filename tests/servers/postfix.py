"""A private Postfix on a free port of this machine: the SMTP server by which ours is judged.

It touches no system files: configuration, queue and mail lie in a folder of their own. Postfix starts as root only, so
elsewhere its tests are skipped. Mail for `громада.укр` and most other domains is delivered into one Maildir; `nobody@` is
unknown there, `grey@` is put off, `.com` is refused; from `foreign@` nothing is taken.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self

import pytest

from tests.require import absent, require
from tests.servers.certificate import Certificate, make_certificate

HOST = "localhost"
LARGEST = 200_000

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = localhost
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
smtputf8_enable = yes
message_size_limit = {largest}
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {idn}, regexp:{folder}/domains
virtual_mailbox_base = {folder}
virtual_mailbox_maps = regexp:{folder}/recipients
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/access, reject_unauth_destination, reject_unlisted_recipient
smtpd_sender_restrictions = check_sender_access regexp:{folder}/senders
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/chain.pem
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
"""

# Nothing runs chrooted; what is not needed for taking mail and putting it into a Maildir is left out.
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
flush unix n - n 1000? 0 flush
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
"""

RECIPIENTS = """\
if !/^nobody@/
/./ box/
endif
"""
DOMAINS = "/\\.(example|net|org|ua)$/ yes\n"
# The folders of a queue that Postfix owns; those for its programs' sockets and for mail from the machine itself come besides.
QUEUE = [
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
]
SENDERS = "/^foreign@/ REJECT not owned by you\n"
ACCESS = "/^grey@/ 450 4.2.0 Greylisted, please try again later\n"


class Postfix:
    """Started on entering the context, gone with all its mail on leaving it."""

    def __init__(self) -> None:
        self.host = HOST
        self.port = 0
        self._program = require("postfix", "postfix")
        if os.getuid() != 0:
            absent("Postfix starts as root only")
        self._folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.certificate: Certificate = make_certificate(self._folder)

    def __enter__(self) -> Self:
        owner, postfix = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
        with closing(socket.create_server(("127.0.0.1", 0))) as reserved:
            self.port = int(reserved.getsockname()[1])
        for name in ("queue", "data", "box"):
            (self._folder / name).mkdir()
        os.chown(self._folder / "data", postfix.pw_uid, postfix.pw_gid)
        self._make_queue(postfix.pw_uid)
        os.chown(self._folder / "box", owner.pw_uid, owner.pw_gid)
        self._folder.chmod(0o755)
        chain = self.certificate.key.read_text() + self.certificate.certificate.read_text()
        values = {"folder": self._folder, "port": self.port, "largest": LARGEST, "idn": "громада.укр".encode("idna").decode(),
                  "uid": owner.pw_uid, "gid": owner.pw_gid}  # fmt: skip
        for name, text in (
            ("chain.pem", chain),
            ("main.cf", MAIN.format(**values)),
            ("master.cf", MASTER.format(**values)),
            ("recipients", RECIPIENTS),
            ("access", ACCESS),
            ("senders", SENDERS),
            ("domains", DOMAINS),
        ):
            (self._folder / name).write_text(text, encoding="utf-8")
            # A file changed this moment may still be being written: Postfix waits two seconds before it believes it.
            os.utime(self._folder / name, (0, 0))
        self._run("start")
        self._await_greeting()
        return self

    def __exit__(self, *_: object) -> None:
        self._run("abort", check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_queue(self, owner: int) -> None:
        """Make the folders of a queue, and say so: Postfix then starts without looking through all its files for seconds."""
        queue, group = self._folder / "queue", grp.getgrnam("postdrop").gr_gid
        folders = [(name, 0o700, owner, 0) for name in QUEUE]
        folders += [
            ("maildrop", 0o1730, owner, group),
            ("public", 0o2710, owner, group),
            ("pid", 0o755, 0, 0),
        ]
        for name, mode, user, of_group in folders:
            (queue / name).mkdir()
            os.chown(queue / name, user, of_group)
            (queue / name).chmod(mode)
        (queue / "quick-start").touch()

    def letters(self, count: int) -> list[bytes]:
        """Wait until so many letters were delivered; return all there are, each as it lies in the Maildir."""
        box = self._folder / "box" / "new"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = sorted(box.iterdir()) if box.is_dir() else []
            if len(found) >= count:
                return [path.read_bytes() for path in found]
            time.sleep(0.02)
        raise AssertionError(f"fewer than {count} letters arrived: {self.log()}")

    def arrived(self, ids: Sequence[str]) -> list[EmailMessage]:
        """Wait for the letters with these Message-IDs and return them in this order."""
        count = len(ids)
        while True:
            heads = [message_from_bytes(one, policy=policy.default) for one in self.letters(count)]
            by_id = {str(head["Message-ID"]): head for head in heads if isinstance(head, EmailMessage)}
            if set(ids) <= set(by_id):
                return [by_id[one] for one in ids]
            count = len(heads) + 1

    def log(self) -> str:
        """Return the end of what Postfix has to say."""
        path = self._folder / "log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def _run(self, command: str, *, check: bool = True) -> None:
        done = subprocess.run(
            [self._program, "-c", str(self._folder), command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if check and done.returncode != 0:
            text = f"{done.stderr}{self.log()}"
            self.__exit__()
            pytest.fail(f"Postfix did not {command}: {text}", pytrace=False)

    def _await_greeting(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as probe:
                    if probe.recv(4) == b"220 ":
                        return
            except OSError:
                time.sleep(0.02)
        text = self.log()
        self.__exit__()
        pytest.fail(f"Postfix did not start: {text}", pytrace=False)
