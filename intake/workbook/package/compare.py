"""The rows of a worksheet that were written otherwise than they stood: only these need to be read again."""

from collections.abc import Collection, Iterator

from intake.workbook.package.worksheet import Worksheet


def rewritten_only(
    old: Worksheet, new: Worksheet, also: Collection[int], seen: set[int]
) -> Iterator[tuple[int, bytes]]:
    """Yield (number, XML) of the new rows that are not, octet for octet, the old ones of that number, and those in `also`.

    `seen` gets the numbers of all new rows. Raises `Damaged`.
    """
    before = old.rows()
    number, octets = next(before, (0, b""))
    for at, now in new.rows():
        seen.add(at)
        while number and number < at:
            number, octets = next(before, (0, b""))
        if number != at or octets != now or at in also:
            yield at, now
