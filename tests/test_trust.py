"""Whom our own server vouches for, and what follows: a label, sometimes silence, never a refusal."""

from dataclasses import replace

import pytest

from intake.parsing import parse
from intake.trust import LONGEST, trust
from rules.judge import judge
from tests.rules.cases import CALL, case

OURS = "mx.example.org"


def of(*fields: str, sender: str = "ivan@rada.gov.ua", server: str = OURS) -> str:
    """The trust in a letter with these Authentication-Results, topmost first."""
    lines = [f"Authentication-Results: {field}" for field in fields]
    return trust(parse("\r\n".join([*lines, f"From: <{sender}>", "", "x"]).encode()), server)


MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=rada.gov.ua; dkim=pass (signature was verified)\r\n"
    " header.d=rada.gov.ua;dmarc={} action=none\r\n header.from=rada.gov.ua;compauth=pass reason=100"
)


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("mx.example.org; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=rada.gov.ua", "pass"),
        ("MX.Example.ORG; dmarc=pass", "pass"),
        ("mx.example.org 1; dkim=pass header.d=rada.gov.ua", "pass"),
        ("mx.example.org; dkim=pass header.i=@rada.gov.ua header.s=s header.b=AbC; spf=softfail smtp.mailfrom=a@b.example", "pass"),
        ("mx.example.org; dkim=pass header.d=mail.rada.gov.ua", "pass"),
        ("mx.example.org;\r\n\tspf=pass (mx: 192.0.2.1 is permitted) smtp.mailfrom=\"ivan@rada.gov.ua\"", "pass"),
        ("mx.example.org; dkim=fail header.d=rada.gov.ua; spf=pass smtp.mailfrom=x@rada.gov.ua", "pass"),
        ("mx.example.org; dkim=pass header.d=rada.gov.ua; dmarc=fail header.from=rada.gov.ua", "fail"),
        ("mx.example.org; spf=fail smtp.mailfrom=ivan@rada.gov.ua", "fail"),
        ("mx.example.org; dkim=fail (bad signature) header.d=rada.gov.ua", "fail"),
        ("mx.example.org; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=a@evil.example", "none"),
        ("mx.example.org; dkim=pass header.d=notrada.gov.ua", "none"),
        ("mx.example.org; dkim=pass header.d=ua", "none"),
        ("mx.example.org; dmarc=pass header.from=evil.example", "none"),
        ("mx.example.org; dmarc=none header.from=rada.gov.ua; spf=none smtp.mailfrom=rada.gov.ua", "none"),
        ("mx.example.org; none", "none"),
        ("mx.example.org; dmarc=temperror header.from=rada.gov.ua", "unknown"),
        ("mx.example.org; spf=fail (a comment with dmarc=pass; dkim=pass) smtp.mailfrom=a@rada.gov.ua", "fail"),
        ("mx.example.org; spf=pass reason=\"; dmarc=pass header.from=rada.gov.ua\" smtp.mailfrom=a@evil.example", "none"),
        ("mx.example.org; dmarc=pass (open", "unknown"),
        ("mx.example.org.evil.example; dmarc=pass", "unknown"),
        ("", "unknown"),
    ],
)  # fmt: skip
def test_the_field_of_our_server_is_weighed(field: str, wanted: str) -> None:
    assert of(field) == wanted


def test_only_the_topmost_field_of_our_server_counts() -> None:
    forged = "mx.example.org; dmarc=pass header.from=rada.gov.ua"
    genuine = "mx.example.org; dmarc=fail header.from=rada.gov.ua"
    assert of("mx.other.example; dmarc=pass", genuine, forged) == "fail"
    assert of("mx.other.example; dmarc=pass header.from=rada.gov.ua") == "unknown"


def test_without_a_server_configured_nothing_is_believed() -> None:
    assert of("mx.example.org; dmarc=pass", server="") == "unknown"


@pytest.mark.parametrize(
    ("word", "wanted"), [("pass", "pass"), ("bestguesspass", "pass"), ("fail", "fail"), ("none", "pass")]
)
def test_microsofts_field_has_no_name_of_a_server(word: str, wanted: str) -> None:
    assert of(MICROSOFT.format(word), server="microsoft") == wanted
    assert of(MICROSOFT.format(word)) == "unknown"


def test_a_field_with_a_name_above_microsofts_is_the_senders() -> None:
    assert of("x; dmarc=pass", MICROSOFT.format("pass"), server="microsoft") == "unknown"


def test_a_field_without_end_is_not_read() -> None:
    field = "mx.example.org; " + "; ".join(["dkim=pass header.d=rada.gov.ua"] * 1000)
    assert len(field) > LONGEST
    assert of(field) == "unknown"


def test_a_letter_without_a_sender_is_not_known() -> None:
    assert trust(parse(b"Authentication-Results: mx.example.org; dmarc=pass\r\n\r\nx"), OURS) == "unknown"


def test_a_failed_check_is_noted_and_the_application_accepted_and_answered() -> None:
    verdict = judge(case(trust="fail"))
    assert verdict.codes == ("trust_failed",)
    assert (str(verdict.disposition), verdict.answerable, verdict.template) == ("accept", True, "accepted")


def test_a_failed_check_withholds_the_answer_where_the_call_wants_it() -> None:
    call = CALL.model_copy(update={"replies": CALL.replies.model_copy(update={"answer_untrusted": False})})
    verdict = judge(replace(case(trust="fail"), call=call))
    assert (verdict.codes, str(verdict.disposition)) == (("trust_failed", "reply_untrusted"), "accept")
    assert not verdict.answerable
    for word in ("pass", "none", "unknown"):
        assert judge(replace(case(trust=word), call=call)).answerable
