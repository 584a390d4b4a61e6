"""An SMTP server that fails on cue: each connection follows a script, and what was taken is kept.

A script names, by stage, what happens instead of success. The stages of a session are `greeting`, EHLO, STARTTLS, AUTH,
MAIL, RCPT, DATA, `content` (while the message is coming in), `end` (the answer to the final dot), RSET, NOOP, QUIT.
"""

import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

SUCCESS = {
    "greeting": "220 scripted ready",
    "EHLO": "250-scripted\r\n250-SIZE 10000000\r\n250 8BITMIME",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 welcome",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "DATA": "354 go ahead",
    "end": "250 queued as 4711",
    "RSET": "250 reset",
    "NOOP": "250 fine",
    "QUIT": "221 bye",
}


@dataclass(frozen=True, slots=True)
class Cue:
    """What happens at a stage: say `reply`, all of it or its first half, and perhaps hang up then."""

    reply: str | None = None
    half: bool = False
    hang_up: bool = False
    # At `end`: the message counts as taken although the answer does not reach the client.
    taken: bool = False


def say(reply: str) -> Cue:
    return Cue(reply)


DROP_BEFORE = Cue(hang_up=True)
DROP_IN = Cue(half=True, hang_up=True)
TAKEN_THEN_DROP = Cue(hang_up=True, taken=True)


def drop_after(stage: str) -> Cue:
    return Cue(SUCCESS[stage], hang_up=True)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message the server has taken: envelope and octets with dot-stuffing undone."""

    mail: str
    rcpt: str
    octets: bytes


Script = Mapping[str, Cue | Sequence[Cue]]


class ScriptedSmtp:
    """The server: `with ScriptedSmtp({...}) as server`. The n-th connection follows the n-th script, then all succeed.

    A stage with a sequence of cues plays one each time the stage is reached, then succeeds.
    """

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None, implicit: bool = False) -> None:
        self.taken: list[Taken] = []
        self.sessions = 0
        self.commands: list[str] = []
        # Those of them that anybody on the way could read.
        self.overheard: list[str] = []
        self._scripts = list(scripts)
        self._tls = tls
        self._implicit = implicit
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone does not wake a thread that waits in accept().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(5)
            script = self._scripts[self.sessions] if self.sessions < len(self._scripts) else {}
            self.sessions += 1
            with suppress(OSError, EOFError):
                _Session(self, connection, script, self._tls, implicit=self._implicit).run()
            connection.close()


class _Session:
    def __init__(
        self,
        server: ScriptedSmtp,
        connection: socket.socket,
        script: Script,
        tls: ssl.SSLContext | None,
        *,
        implicit: bool,
    ) -> None:
        self.server = server
        self.tls = tls
        self.cues = {stage: [cue] if isinstance(cue, Cue) else list(cue) for stage, cue in script.items()}
        self.connection = tls.wrap_socket(connection, server_side=True) if tls and implicit else connection
        self.lines = self.connection.makefile("rb")

    def run(self) -> None:
        try:
            self._play("greeting")
            mail = rcpt = ""
            while True:
                command = self._line()
                verb = command.split(None, 1)[0].upper() if command.strip() else ""
                self.server.commands.append(command.strip())
                if not isinstance(self.connection, ssl.SSLSocket):
                    self.server.overheard.append(command.strip())
                if verb == "MAIL":
                    mail = command.strip()
                if verb == "RCPT":
                    rcpt = command.strip()
                answer = self._play(verb)
                if verb == "STARTTLS" and answer.startswith("220"):
                    assert self.tls is not None
                    self.connection = self.tls.wrap_socket(self.connection, server_side=True)
                    self.lines = self.connection.makefile("rb")
                if verb == "DATA" and answer.startswith("354"):
                    self._message(mail, rcpt)
                if verb == "QUIT":
                    return
        finally:
            self.lines.close()
            with suppress(OSError):
                self.connection.close()

    def _message(self, mail: str, rcpt: str) -> None:
        if "content" in self.cues:
            self.lines.readline()
            raise EOFError
        octets = b""
        while True:
            line = self.lines.readline()
            if not line:
                raise EOFError
            if line == b".\r\n":
                break
            octets += line[1:] if line.startswith(b".") else line
        waiting = self.cues.get("end")
        cue = waiting[0] if waiting else Cue(SUCCESS["end"], taken=True)
        if cue.taken or (cue.reply or "").startswith("250"):
            self.server.taken.append(Taken(mail, rcpt, octets))
        self._play("end")

    def _line(self) -> str:
        line = self.lines.readline()
        if not line:
            raise EOFError
        return line.decode()

    def _play(self, stage: str) -> str:
        waiting = self.cues.get(stage)
        cue = waiting.pop(0) if waiting else Cue(SUCCESS.get(stage, "502 what?"))
        reply = cue.reply if cue.reply is not None else ("" if not cue.half else SUCCESS[stage])
        octets = (reply + "\r\n").encode() if reply else b""
        self.connection.sendall(octets[: len(octets) // 2] if cue.half else octets)
        if cue.hang_up:
            raise EOFError
        return reply
