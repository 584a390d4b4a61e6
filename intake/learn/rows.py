"""Tables of a blank form: labels with a place beside or under them, people in rows, in columns, side by side."""

import re
from collections.abc import Iterator, Sequence

from intake.learn.asked import (
    LONGEST_HEADING,
    ORDINAL,
    Asked,
    Heading,
    People,
    Place,
    asked_from,
    beside_label,
    heading_of,
    only_place,
    person_named,
    unfilled,
)
from intake.learn.lines import before_empty, before_table, line_places
from rules.labels import clean, item_numbers
from rules.table import Block, Table

# In a document without tables, so many short lines above empty ones are no accident.
_MANY_OPEN = 5
_ROW_NUMBER = re.compile(r"^\s*№?\s*\d{1,2}\s*[.)]?\s*$")
# What stands above the columns of a form and asks for nothing.
_COLUMN_NAMES = re.compile(
    r"(?i)^(?:№(?: ?з/?п| ?п/?п)?|n|no\.?|поле|поля|назва(?: поля)?|питання|запитання|пункт|відповідь|ваша відповідь|інформація|"
    r"дані|значення|заповнює заявник|ответ|вопрос|информация|отговор|въпрос|данни|question|answer|field|your answer)$"
)


def flow(blocks: Sequence[Block]) -> Iterator[Place]:
    """Yield what paragraphs and tables ask; of paragraphs only those that leave a place for the answer."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            yield from line_places(before_table(lines))
            lines = []
            yield from _Rows(block).places()
        else:
            lines.extend(clean(block.text).split("\n"))
    tables = any(isinstance(block, Table) for block in blocks)
    opened = sum(bool(line.strip()) and before_empty(lines, at) for at, line in enumerate(lines, 1))
    yield from line_places(lines, loose=not tables and opened >= _MANY_OPEN)


class _Rows:
    """One pass over a table, row by row."""

    def __init__(self, table: Table) -> None:
        self.rows = [[clean(cell.text).strip() for cell in row] for row in table.rows]
        self.blocks = [[cell.blocks for cell in row] for row in table.rows]
        # In a table of single cells each is a question; among rows of several a single one is a heading.
        self.single = sum(len(row) == 1 for row in self.rows) * 2 > len(self.rows)
        pairs = [row for row in self.rows if len(row) > 1 and row[0]]
        self.ordinals = sum(bool(ORDINAL.match(row[0])) for row in pairs) * 2 > len(pairs)

    def places(self) -> Iterator[Place]:
        at = 0
        while at < len(self.rows):
            row, blocks = self.rows[at], self.blocks[at]
            below = self.rows[at + 1 :]
            at += 1
            if not any(row) or self._names_columns(row):
                continue
            taken = self._people(row, below) or self._by_columns(row, below) or self._side_by_side(row, below)
            if taken is not None:
                found, used = taken
                yield from found
                at += used
            elif any(isinstance(block, Table) for cell in blocks for block in cell):
                yield from self._nested(row, blocks)
            elif self._is_alone(row):
                answer = below[0][0] if below and len(below[0]) == 1 and only_place(below[0][0]) else None
                yield from _alone(row[0], answer, alone_always=self.single)
                at += answer is not None
            else:
                yield from self._labelled(row)

    def _is_alone(self, row: list[str]) -> bool:
        """Return whether a row is one text, with no place for an answer beside it."""
        if len(row) == 1:
            return True
        return bool(row[0]) and not any(row[1:]) and not self._beside(row[0])

    def _beside(self, text: str) -> bool:
        """Return whether an empty cell beside a text is a place for an answer; beside a heading it is not."""
        heading = heading_of(text.split("\n", maxsplit=1)[0])
        if heading is None or item_numbers(text):
            return True
        if heading.person:
            return bool(re.search(r"\d\)?\s*:\s*\S", text.split("\n", maxsplit=1)[0]))
        return self.ordinals

    @staticmethod
    def _nested(row: list[str], blocks: list[tuple[Block, ...]]) -> Iterator[Place]:
        """Yield what a row with tables in its cells asks; a heading may stand beside them."""
        for text, cell in zip(row, blocks, strict=True):
            if any(isinstance(block, Table) for block in cell):
                yield from flow(cell)
            elif heading := heading_of(text):
                yield heading

    @staticmethod
    def _side_by_side(row: list[str], below: list[list[str]]) -> tuple[list[Place], int] | None:
        """Return what is asked of people side by side, each with labels of their own."""
        people = [person_named(cell) if cell and heading_of(cell) else 0 for cell in row]
        if len(people) < 2 or not all(people):
            return None
        wide = 2 * len(row)
        used = []
        for one in below:
            if len(one) != wide or any(not one[n] or not unfilled(one[n + 1]) for n in range(0, wide, 2)):
                break
            used.append(one)
        found: list[Place] = []
        for at, person in enumerate(people):
            found.append(Heading(row[at], "", person))
            found += [asked_from(one[2 * at], *beside_label(one[2 * at + 1])) for one in used]
        return (found, len(used)) if used else None

    @staticmethod
    def _names_columns(row: list[str]) -> bool:
        named = [cell for cell in row if cell]
        return len(named) > 1 and all(_COLUMN_NAMES.match(cell.strip(" :*.")) for cell in named)

    def _people(self, row: list[str], below: list[list[str]]) -> tuple[list[Place], int] | None:
        """Return a table with a row for each person, when a row of labels stands above rows to fill in."""
        rows = []
        for one in below:
            blank = [cell for cell in one[1:] if cell and not unfilled(cell)]
            first = one[0] if one else ""
            if (
                len(one) != len(row)
                or blank
                or not (_ROW_NUMBER.match(first) or person_named(first) or not first)
            ):
                break
            rows.append(one)
        labels = [cell for cell in row[1:] if cell]
        numbered = bool(rows) and all(_ROW_NUMBER.match(one[0]) or person_named(one[0]) for one in rows)
        if (
            len(row) < 3
            or len(labels) != len(row) - 1
            or any(map(unfilled, labels))
            or any(map(person_named, labels))
        ):
            return None
        if numbered:
            columns = zip(row[1:], rows[0][1:], strict=True)
            return [People(tuple(asked_from(label, "", cell) for label, cell in columns), len(rows))], len(
                rows
            )
        if rows and row[0] and not any(any(one) for one in rows):
            # One row of labels above empty rows: people when there is room for several, else plain questions.
            asked = [asked_from(label, "", "") for label in row]
            return ([People(tuple(asked), len(rows))] if len(rows) > 1 else list(asked)), len(rows)
        return None

    def _by_columns(self, row: list[str], below: list[list[str]]) -> tuple[list[Place], int] | None:
        """Return what is asked of people who have a column each: their headings stand above, labels on the left."""
        people = [(at, person_named(cell)) for at, cell in enumerate(row) if at and cell and heading_of(cell)]
        people = [(at, person) for at, person in people if person]
        if len(people) < 2:
            return None
        used = [one for one in below if len(one) == len(row)]
        used = used[
            : next((n for n, one in enumerate(used) if not one[0] or not all(map(unfilled, one[1:]))), None)
        ]
        found: list[Place] = []
        for at, person in people:
            found.append(Heading(row[at], "", person))
            found += [asked_from(one[0], "", one[at]) for one in used]
        return found, len(used)

    def _labelled(self, row: list[str]) -> Iterator[Place]:
        """Yield the questions of a row: a label, its number perhaps in a cell of its own, the place beside it."""
        at, number = 0, ""
        while at < len(row):
            cell = row[at]
            at += 1
            if not cell:
                continue
            heading = heading_of(cell) if at == 1 and len(row) > 2 else None
            if heading is not None and heading.person and row[at]:
                # «Учасник 1» in a cell that is merged down its rows.
                yield heading
                continue
            if (item_numbers(cell) and not any(char.isalpha() for char in cell)) or _ROW_NUMBER.match(cell):
                number = cell
                continue
            beside = row[at] if at < len(row) else ""
            yield asked_from(f"{number} {cell}" if item_numbers(number) else cell, *beside_label(beside))
            number = ""
            at += 1


def _alone(text: str, answer: str | None, *, alone_always: bool) -> Iterator[Place]:
    """Yield what a row of one cell says: a heading, a question answered under it, or lines of questions."""
    lines = text.split("\n")
    heading = heading_of(lines[0])
    if heading is not None and answer is None and (heading.person or not alone_always):
        yield heading
        yield from line_places(lines[1:])
        return
    asked = list(line_places(lines)) if answer is None else []
    if any(isinstance(place, Asked) for place in asked):
        yield from asked
    elif answer is not None:
        yield asked_from(text, *beside_label(answer))
    elif len(lines[0]) <= LONGEST_HEADING and not lines[0].rstrip().endswith("."):
        yield asked_from(text, "", "") if alone_always else Heading(lines[0].strip(" :"))
