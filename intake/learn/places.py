"""Where a blank form asks something: labels with the place for their answer, headings, tables with a row for each person.

It knows layouts and no meanings: what a label asks for, `guess` says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from intake.learn.asked import Asked, Heading, People, Place
from intake.learn.rows import flow
from rules.table import Block, Para, Table


def places(blocks: Sequence[Block]) -> tuple[Place, ...]:
    """Return what a blank form asks, in order."""
    found = list(flow(blocks))
    tables = any(isinstance(block, Table) for block in blocks)
    asked = [place for place in found if not isinstance(place, Heading)]
    if tables and len(asked) < 3:
        # Some forms put everything into the cells of one table for the looks only.
        found = list(flow([block for table in blocks for block in _unpacked(table)])) or found
    return tuple(_with_followers(_joined(found)))


def _joined(found: Sequence[Place]) -> list[Place]:
    """Return the places, a table of people that goes on under its repeated header on the next page made one."""
    out: list[Place] = []
    for place in found:
        last = out[-1] if out else None
        if isinstance(place, People) and isinstance(last, People) and _same(place, last):
            out[-1] = replace(last, count=last.count + place.count)
        else:
            out.append(place)
    return out


def _same(one: People, other: People) -> bool:
    return [column.label for column in one.columns] == [column.label for column in other.columns]


def _with_followers(found: Sequence[Place]) -> Iterator[Place]:
    """Drop headings under which nothing is asked (numbered sentences of an introduction), and questions without words."""
    found = [place for place in found if not isinstance(place, Asked) or any(map(str.isalpha, place.label))]
    for at, place in enumerate(found):
        if isinstance(place, Heading) and not place.person:
            after = found[at + 1] if at + 1 < len(found) else None
            if after is None or (isinstance(after, Heading) and not after.person):
                continue
        yield place


def _unpacked(block: Block) -> list[Block]:
    if isinstance(block, Para):
        return [block]
    return [inner for row in block.rows for cell in row for inner in cell.blocks]
