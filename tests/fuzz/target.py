"""What is fuzzed: octets become a letter, and what holds of every letter is asserted."""

from intake.parsing import parse
from intake.trust import trust
from tests.parsing.test_any_octets import check


def target(octets: bytes) -> None:
    """Parse octets. Anything raised is a finding."""
    letter = parse(octets)
    check(letter)
    for server in ("mx.example.org", "microsoft"):
        trust(letter, server)
