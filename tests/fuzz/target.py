"""What is fuzzed: octets become a letter, and what holds of every letter is asserted."""

from intake.parsing import parse
from intake.trust import trust
from tests.parsing.test_any_octets import check


def target(octets: bytes) -> None:
    """Parse octets. Anything raised is a finding."""
    letter = parse(octets)
    check(letter)
    if letter.report is not None:
        assert letter.report.fates
        told = [*letter.report.message_ids]
        told += [text for fate in letter.report.fates for text in (*fate.recipients, fate.words)]
        assert not any("\x00" in text or len(text.encode("utf-8")) > 4000 for text in told)
    for server in ("mx.example.org", "microsoft"):
        trust(letter, server)
