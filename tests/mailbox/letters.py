"""Letters for these tests."""


def letter(number: int = 1, size: int = 0) -> bytes:
    """Return a small message, or one of at least `size` octets in which no two places look alike."""
    head = f"From: a@town.test\r\nSubject: letter {number}\r\nMessage-ID: <{number}@town.test>\r\n\r\n"
    lines = (f"line {line} of letter {number}\r\n" for line in range(size // 20))
    return (head + "text\r\n" + "".join(lines)).encode()
