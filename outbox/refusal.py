"""Whom a server blames when it refuses a letter for good: the letter and its recipient, or us who send it. Pure.

What is said of us befalls every letter alike: the configured address is not ours to send as, the account has sent its
fill for the day, we are blocked. No letter may be given up for that.
"""

import re

# In answer to MAIL no recipient was named yet. It may still be the letter that is too large (RFC 1870, 6.1), or whose
# parameters are not understood (RFC 5321, 4.1.1.11).
_OF_THE_LETTER = frozenset({552, 555})
_ENHANCED_OF_THE_LETTER = re.compile(r"5\.(?:3\.4|6\.\d+)\b")

# At later stages only what is unmistakable. 5.1.7 and 5.1.8 are the sender's address, 5.4.5 is congestion (RFC 3463),
# which Google says of an account's fill for the day; 5.7.60, 5.2.252 and 5.7.7xx are Microsoft's for a sender that is not
# permitted, an account without leave to send as another, and a blocked organisation. Postfix says it in words, after RCPT.
_OF_US = re.compile(
    r"^5\.(?:1\.[78]|4\.5|7\.60|2\.252|7\.7\d\d)\b|sender address rejected|sendasdenied|sending limit exceeded",
    re.IGNORECASE,
)


def is_about_us(stage: str, code: int, text: str) -> bool:
    """Return whether a 5yz at a stage of SMTP is about who sends, and not about the letter or its recipient."""
    if stage == "MAIL":
        return code not in _OF_THE_LETTER and not _ENHANCED_OF_THE_LETTER.match(text)
    return _OF_US.search(text) is not None
