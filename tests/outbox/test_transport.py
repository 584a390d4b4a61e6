import base64
import smtplib
import ssl
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from outbox.transport import Again, Barred, Failed, Outcome, Sent, SmtpTrouble, Transport, Uncertain
from tests.outbox.samples import NOW
from tests.outbox.scripted_smtp import (
    DROP_BEFORE,
    DROP_IN,
    SUCCESS,
    TAKEN_THEN_DROP,
    Cue,
    Script,
    ScriptedSmtp,
    drop_after,
    say,
)
from tests.outbox.test_message import reply
from tests.servers.certificate import Certificate

OCTETS = reply().octets
TO = "iryna@ukr.net"


@dataclass(frozen=True)
class Settings:
    port: int
    host: str = "127.0.0.1"
    tls: Literal["implicit", "starttls", "none"] = "none"
    ca_file: Path | None = None
    user: str = ""
    token_file: Path | None = None
    envelope_from: str = ""
    timeout_seconds: int = 2


@dataclass
class Went:
    outcome: Outcome | SmtpTrouble
    marked: int
    server: ScriptedSmtp


def attempt(
    *scripts: Script, octets: bytes = OCTETS, to: str = TO, password: str = "", **settings: Any
) -> Went:
    marks: list[int] = []
    outcome: Outcome | SmtpTrouble
    with (
        ScriptedSmtp(*scripts) as server,
        Transport(Settings(server.port, **settings), password) as transport,
    ):
        try:
            outcome = transport.send(octets, to, on_data=lambda: marks.append(1))
        except SmtpTrouble as trouble:
            outcome = trouble
    return Went(outcome, len(marks), server)


def test_a_letter_arrives_as_it_was_composed() -> None:
    went = attempt()
    assert went.outcome == Sent("250 queued as 4711")
    (taken,) = went.server.taken
    assert taken.octets == OCTETS
    assert taken.mail == f"MAIL FROM:<intake@merezha.org.ua> SIZE={len(OCTETS)}".replace("MAIL", "mail")
    assert taken.rcpt == "rcpt TO:<iryna@ukr.net>"
    assert went.server.commands[-1] == "QUIT"


def test_lines_that_begin_with_a_dot_survive() -> None:
    octets = b"From: a@b.net\r\n\r\n.\r\n..x\r\n.end\r\n"
    assert attempt(octets=octets).server.taken[0].octets == octets


@pytest.mark.parametrize(
    ("setting", "path"),
    [("", "intake@merezha.org.ua"), ("<>", ""), ("bounces@merezha.org.ua", "bounces@merezha.org.ua")],
)
def test_the_reverse_path_is_the_configured_one(setting: str, path: str) -> None:
    assert attempt(envelope_from=setting).server.taken[0].mail.startswith(f"mail FROM:<{path}> ")


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "end"])
@pytest.mark.parametrize("code", [450, 451, 452])
def test_4yz_means_again(stage: str, code: int) -> None:
    went = attempt({stage: say(f"{code} 4.7.1 not now")})
    words = {"end": "end of data"}.get(stage, stage)
    assert went.outcome == Again(code, f"{words}: 4.7.1 not now")
    assert went.marked == (1 if stage == "end" else 0)
    assert went.server.taken == []
    assert went.server.commands[-2:] == ["rset", "QUIT"]


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "end"])
@pytest.mark.parametrize("code", [550, 552, 554])
def test_5yz_means_failed(stage: str, code: int) -> None:
    went = attempt({stage: say(f"{code} no such person")})
    assert went.outcome == Failed(code, f"{'end of data' if stage == 'end' else stage}: no such person")


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("MAIL", "550 no"),
        ("MAIL", "553 5.7.1 <intake@merezha.org.ua>: Sender address rejected"),
        ("MAIL", "554 5.7.1 blocked"),
        # Postfix, which answers all that at RCPT.
        ("RCPT", "553 5.7.1 <intake@merezha.org.ua>: Sender address rejected: not owned by user robot"),
        # Google, Microsoft.
        ("RCPT", "550 5.4.5 Daily user sending limit exceeded"),
        ("end", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        ("end", "554 5.2.252 SendAsDenied; robot@rada.example not allowed to send as intake@merezha.org.ua"),
        ("end", "550 5.7.705 Access denied, tenant has exceeded threshold"),
    ],
)
def test_a_refusal_that_is_about_us_blames_no_letter(stage: str, said: str) -> None:
    went = attempt({stage: say(said)})
    assert isinstance(went.outcome, Barred)
    assert (went.outcome.code, went.server.taken) == (int(said[:3]), [])


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("MAIL", "552 5.3.4 message size exceeds fixed limit"),
        ("MAIL", "553 5.6.7 non-ASCII address not permitted"),
        ("MAIL", "555 parameters not recognized"),
        ("RCPT", "550 5.1.1 <iryna@ukr.net>: Recipient address rejected: User unknown"),
        ("RCPT", "552 5.2.2 mailbox over quota"),
        ("RCPT", "554 5.7.1 <iryna@ukr.net>: Relay access denied"),
        ("end", "550 5.7.1 looks like spam"),
    ],
)
def test_a_refusal_of_one_letter_is_final_for_that_letter(stage: str, said: str) -> None:
    assert isinstance(attempt({stage: say(said)}).outcome, Failed)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "end"])
def test_421_closes_the_session_and_means_again(stage: str) -> None:
    went = attempt({stage: say("421 closing")})
    assert isinstance(went.outcome, Again)
    assert went.outcome.code == 421
    assert "QUIT" not in went.server.commands


@pytest.mark.parametrize(
    ("stage", "cue"),
    [
        ("MAIL", DROP_BEFORE),
        ("MAIL", DROP_IN),
        ("RCPT", DROP_BEFORE),
        ("RCPT", DROP_IN),
        ("DATA", DROP_BEFORE),
    ],
)
def test_a_line_lost_before_the_octets_means_again(stage: str, cue: Cue) -> None:
    went = attempt({stage: cue})
    assert isinstance(went.outcome, Again)
    assert (went.outcome.code, went.marked, went.server.taken) == (0, 0, [])


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
def test_a_line_lost_after_a_command_means_again(stage: str) -> None:
    went = attempt({stage: drop_after(stage)})
    assert isinstance(went.outcome, Again)
    assert (went.marked, went.server.taken) == (0, [])


@pytest.mark.parametrize(
    "script",
    [
        {"DATA": DROP_IN},
        {"DATA": drop_after("DATA")},
        {"content": DROP_BEFORE},
        {"end": DROP_BEFORE},
        {"end": TAKEN_THEN_DROP},
        {"end": Cue("25", half=True, hang_up=True)},
        {"end": say("what? no code")},
        {"end": say("354 once more")},
    ],
    ids=[
        "half a 354",
        "after 354",
        "in the octets",
        "after the dot",
        "taken unsaid",
        "half an answer",
        "no code",
        "nonsense",
    ],
)
def test_a_line_lost_once_octets_went_out_is_uncertain(script: Script) -> None:
    went = attempt(script)
    assert isinstance(went.outcome, Uncertain)
    assert went.marked == 1


def test_a_server_that_falls_silent_after_the_octets_is_uncertain() -> None:
    went = attempt({"end": Cue(reply="")}, timeout_seconds=1)
    assert isinstance(went.outcome, Uncertain)


@pytest.mark.parametrize("cue", [say("421 too many today"), DROP_BEFORE, DROP_IN, say("500 what?")])
def test_a_bad_quit_changes_nothing(cue: Cue) -> None:
    assert attempt({"QUIT": cue}).outcome == Sent("250 queued as 4711")


@pytest.mark.parametrize(
    "script",
    [
        {"greeting": say("554 not you")},
        {"greeting": say("421 busy")},
        {"greeting": DROP_BEFORE},
        {"greeting": DROP_IN},
        {"EHLO": DROP_BEFORE},
        {"MAIL": say("530 5.7.0 log in first")},
    ],
    ids=["554", "421", "no greeting", "half a greeting", "EHLO", "530"],
)
def test_a_server_that_cannot_be_used_is_a_trouble_and_no_letters_fault(script: Script) -> None:
    went = attempt(script)
    assert isinstance(went.outcome, SmtpTrouble)
    assert (went.marked, went.server.taken) == (0, [])


def test_a_server_that_is_not_there_is_a_trouble() -> None:
    with ScriptedSmtp() as gone:
        pass
    with Transport(Settings(gone.port), "") as transport, pytest.raises(SmtpTrouble, match="connect"):
        transport.send(OCTETS, TO, on_data=lambda: None)


@pytest.mark.parametrize("answer", ["535 5.7.8 wrong", "454 4.7.0 not now"])
def test_a_login_that_fails_is_a_trouble_that_tells_no_secret(answer: str) -> None:
    ehlo = say("250-scripted\r\n250 AUTH PLAIN")
    went = attempt({"EHLO": ehlo, "AUTH": say(answer)}, user="intake", password="geheim")
    assert isinstance(went.outcome, SmtpTrouble)
    assert "geheim" not in str(went.outcome)
    assert str(went.outcome).startswith(f"SMTP login: {answer[:3]}")


BEARER = say("250-scripted\r\n250 AUTH XOAUTH2 PLAIN")


def test_a_token_file_is_read_at_each_login(tmp_path: Path) -> None:
    token = tmp_path / "token"
    for written in ("first", "second"):
        token.write_text(f"{written}\n")
        went = attempt({"EHLO": BEARER}, user="kz@rada.gov.ua", token_file=token)
        assert went.outcome == Sent("250 queued as 4711")
        (login,) = [line for line in went.server.commands if line.startswith("AUTH")]
        words = base64.b64decode(login.removeprefix("AUTH XOAUTH2 ")).decode()
        assert words == f"user=kz@rada.gov.ua\1auth=Bearer {written}\1\1"


def test_a_token_that_is_refused_or_missing_is_a_trouble_of_logging_in(tmp_path: Path) -> None:
    token = tmp_path / "token"
    missing = attempt({"EHLO": BEARER}, user="kz@rada.gov.ua", token_file=token)
    assert isinstance(missing.outcome, SmtpTrouble)
    assert missing.server.taken == []
    token.write_text("geheim")
    # The challenge says why; what answers it is an empty line.
    script = {"EHLO": BEARER, "AUTH": say("334 eyJzdGF0dXMiOiI0MDEifQ=="), "": say("535 5.7.3 expired")}
    refused = attempt(script, user="kz@rada.gov.ua", token_file=token)
    assert isinstance(refused.outcome, SmtpTrouble)
    assert (str(refused.outcome), refused.outcome.kind) == ("SMTP login: 535 5.7.3 expired", "login")


def test_a_letter_too_big_for_the_server_is_not_even_offered() -> None:
    went = attempt({"EHLO": say("250-scripted\r\n250 SIZE 100")})
    assert went.outcome == Failed(552, f"the message has {len(OCTETS)} octets, the server takes 100 (SIZE)")
    assert went.server.commands == ["ehlo " + went.server.commands[0][5:], "QUIT"]


def test_an_address_outside_ascii_needs_smtputf8() -> None:
    octets = reply(recipient="рада@громада.укр").octets
    to = "рада@xn--80aahf2bln.xn--j1amh"
    assert isinstance(attempt(octets=octets, to=to).outcome, Failed)
    went = attempt({"EHLO": say("250-scripted\r\n250-8BITMIME\r\n250 SMTPUTF8")}, octets=octets, to=to)
    assert went.outcome == Sent("250 queued as 4711")
    assert went.server.taken[0].mail == "mail FROM:<intake@merezha.org.ua> BODY=8BITMIME SMTPUTF8"
    assert went.server.taken[0].rcpt == f"rcpt TO:<{to}>"


def test_8_bit_text_needs_8bitmime() -> None:
    octets = "From: a@b.net\r\n\r\nї\r\n".encode()
    assert attempt(octets=octets).server.taken[0].mail.endswith(" BODY=8BITMIME")
    assert isinstance(attempt({"EHLO": say("250 scripted")}, octets=octets).outcome, Failed)


def test_one_session_carries_many_letters_and_a_refused_one_does_not_end_it() -> None:
    with (
        ScriptedSmtp({"RCPT": [say("250 ok"), say("550 no")]}) as server,
        Transport(Settings(server.port), "") as way,
    ):
        fates = [type(way.send(OCTETS, TO, on_data=lambda: None)) for _ in range(4)]
    assert fates == [Sent, Failed, Sent, Sent]
    assert (server.sessions, len(server.taken)) == (1, 3)


@pytest.mark.parametrize("cue", [DROP_BEFORE, say("421 idle too long")], ids=["dropped", "421"])
def test_a_session_the_server_closed_between_letters_is_opened_anew(cue: Cue) -> None:
    with ScriptedSmtp({"MAIL": [say("250 ok"), cue]}) as server, Transport(Settings(server.port), "") as way:
        fates = [way.send(OCTETS, TO, on_data=lambda: None) for _ in range(2)]
    assert fates == [Sent("250 queued as 4711")] * 2
    assert server.sessions == 2


def test_a_session_ends_after_a_hundred_letters() -> None:
    with ScriptedSmtp() as server, Transport(Settings(server.port), "") as way:
        for _ in range(101):
            way.send(OCTETS, TO, on_data=lambda: None)
    assert (server.sessions, len(server.taken)) == (2, 101)


def test_when_the_stage_cannot_be_recorded_no_message_goes_out() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with ScriptedSmtp() as server, Transport(Settings(server.port), "") as way:
        with pytest.raises(ZeroDivisionError):
            way.send(OCTETS, TO, on_data=broken)
        assert way.send(OCTETS, TO, on_data=lambda: None) == Sent("250 queued as 4711")
    assert len(server.taken) == 1


def test_abort_wakes_a_waiting_send_and_nothing_more_is_sent() -> None:
    with ScriptedSmtp({"MAIL": Cue(reply="")}) as server:
        with Transport(Settings(server.port, timeout_seconds=60), "") as way:
            threading.Timer(0.1, way.abort).start()
            assert isinstance(way.send(OCTETS, TO, on_data=lambda: None), Again)
            with pytest.raises(SmtpTrouble, match="stopping"):
                way.send(OCTETS, TO, on_data=lambda: None)
        assert server.taken == []


def test_check_logs_in_and_sends_nothing() -> None:
    with ScriptedSmtp() as server, Transport(Settings(server.port), "") as way:
        assert way.check() == "250 fine"
    assert (server.taken, server.commands[1:]) == ([], ["noop", "QUIT"])


def test_check_asks_whether_an_address_is_ours_to_send_from() -> None:
    with ScriptedSmtp() as server, Transport(Settings(server.port), "") as way:
        assert way.check(["intake@merezha.org.ua"]) == "250 fine"
    asked = ["mail FROM:<intake@merezha.org.ua>", "rcpt TO:<intake@merezha.org.ua>", "rset"]
    assert (server.taken, server.commands[1:]) == ([], ["noop", *asked, "QUIT"])


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ({"MAIL": say("553 5.7.1 not yours")}, "MAIL: 553 5.7.1 not yours"),
        ({"RCPT": say("553 5.7.1 <x>: Sender address rejected: not owned by user y")}, "RCPT: 553 "),
        # What is only about a letter to ourselves, or passes, says nothing of the address.
        ({"RCPT": say("550 5.1.1 no such user")}, ""),
        ({"RCPT": say("450 4.2.0 greylisted")}, ""),
    ],
)
def test_check_tells_of_an_address_that_is_not(script: Script, told: str) -> None:
    with ScriptedSmtp(script) as server, Transport(Settings(server.port), "") as way:
        if not told:
            assert way.check(["a@b.example"]) == "250 fine"
            return
        with pytest.raises(SmtpTrouble) as refused:
            way.check(["a@b.example"])
    assert str(refused.value).startswith(told)
    assert (refused.value.kind, server.taken) == ("login", [])


def test_tls_is_switched_off_only_for_this_machine() -> None:
    for host in ("localhost", "127.0.0.1", "::1"):
        Transport(Settings(25, host=host), "")
    with pytest.raises(ValueError, match="only on this machine"):
        Transport(Settings(25, host="smtp.ukr.net"), "")


def served(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


WITH_STARTTLS = {"EHLO": [say("250-scripted\r\n250 STARTTLS"), say(SUCCESS["EHLO"])]}


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_verified_connection_carries_letters(certificate: Certificate, tls: Any) -> None:
    script = WITH_STARTTLS if tls == "starttls" else {}
    with ScriptedSmtp(script, tls=served(certificate), implicit=tls == "implicit") as server:
        settings = Settings(server.port, host="localhost", tls=tls, ca_file=certificate.certificate)
        with Transport(settings, "") as way:
            assert way.send(OCTETS, TO, on_data=lambda: None) == Sent("250 queued as 4711")
    assert server.taken[0].octets == OCTETS


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("fault", ["unknown certificate", "other name"])
def test_an_unverified_connection_carries_nothing(certificate: Certificate, tls: Any, fault: str) -> None:
    script = WITH_STARTTLS if tls == "starttls" else {}
    with ScriptedSmtp(script, tls=served(certificate), implicit=tls == "implicit") as server:
        right = Settings(server.port, host="localhost", tls=tls, ca_file=certificate.certificate, user="u")
        wrong = (
            replace(right, ca_file=None)
            if fault == "unknown certificate"
            else replace(right, host="127.0.0.1")
        )
        with Transport(wrong, "secret") as way, pytest.raises(SmtpTrouble, match=r"(?i)certificate"):
            way.send(OCTETS, TO, on_data=lambda: None)
    assert server.taken == []
    assert [command for command in server.commands if command.upper().startswith(("AUTH", "MAIL"))] == []


@pytest.mark.parametrize(
    "script",
    [
        {},
        {**WITH_STARTTLS, "STARTTLS": say("454 TLS not available")},
        {**WITH_STARTTLS, "STARTTLS": DROP_BEFORE},
    ],
    ids=["not offered", "refused", "dropped"],
)
def test_a_server_without_tls_gets_neither_secret_nor_letter(script: Script) -> None:
    went = attempt(script, tls="starttls", host="localhost", user="u", password="secret")
    assert isinstance(went.outcome, SmtpTrouble)
    assert [command for command in went.server.commands if command.upper().startswith(("AUTH", "MAIL"))] == []


def test_every_trouble_of_smtplib_is_known_here() -> None:
    # All of them are OSErrors: nothing of the library can slip past the except clauses.
    assert issubclass(smtplib.SMTPException, OSError)
    assert NOW.tzinfo is not None
