"""From a document's blocks to answers: the layouts of tables.

An answer stands beside its label, under it, or in its cell; people one under another, side by side, as rows
or as columns; cells are merged, nested, continued. Pure; it knows layouts, not kinds of values.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from rules.cells import Column, Layout, Placed, numbered
from rules.found import Found, Pairs
from rules.hints import explains
from rules.labels import BEYOND, Hit, Section, Vocabulary, clean, item_numbers, normalise
from rules.lines import EMAIL, MAX_LINES, PHONE, SHORT_KINDS, Lines
from rules.marks import CHECKED
from rules.table import Block, Cell, Para, Table

# Kinds of answers that are never in the words of a label; others may be: «Посада | Голова громади», «Звертання | пані».
_OWN_WORDS = frozenset(
    ["name", "phone", "email", "katottg", "edrpou", "number", "date", "oblast", "raion", "hromada", "url"]
)
# What a label ends with may stand on a line of its own.
_LABEL_END = re.compile(r"^[\s*]*:\s*|^\*+\s*$")
_ROW_NUMBER = re.compile(r"^\s*(?:№\s*)?(\d{1,2})\s*[.)]?\s*$")


def pair(blocks: Sequence[Block], vocabulary: Vocabulary, *, person: str = "") -> Pairs:
    """Return the answers that stand in a document's blocks. `person` is the participant it begins with, if it is known."""
    document = _Document(vocabulary)
    if person:
        document.enter(Section(person=person))
    document.flow(blocks)
    return document.pairs


class _Document(Lines):
    """One pass through a document."""

    def table(self, table: Table) -> None:
        """Take the answers of a table, row by row."""
        allowed = max(0, MAX_LINES - self._lines)
        rows = [self._placed(row) for row in table.rows[:allowed]]
        self._lines += len(rows)
        layout = Layout(table.where)
        if self.ended is not None and rows and rows[0] and rows[0][0].empty:
            layout.last, layout.last_start = self.ended
        self.ended = None
        narrow = all(len(row) == 1 for row in rows)
        for index, row in enumerate(rows):
            where = f"{table.where}, row {index + 1}".lstrip(", ")
            below = rows[index + 1] if index + 1 < len(rows) else []
            if not (narrow and self._more(row, layout)):
                self._row(row, below, layout, where)
        self.settle()
        self.ended = (layout.last, layout.last_start) if layout.last is not None else None

    def _more(self, row: list[Placed], layout: Layout) -> bool:
        """Take one more line of a long answer, as a sheet of a single column has them; return whether it was one."""
        item = row[0]
        if layout.last is None or item.empty or item.hit is not None or layout.above is not None:
            return False
        if self.vocabulary.fields[layout.last.key].kind in SHORT_KINDS or self.vocabulary.section(item.text):
            return False
        layout.last.raw = f"{layout.last.raw}\n{item.text}".strip()
        return True

    def _placed(self, row: tuple[Cell, ...]) -> list[Placed]:
        placed: list[Placed] = []
        at = 0
        number = ""
        for cell in row:
            text = clean(cell.text).strip()
            item = Placed(at, at + cell.colspan, cell, text)
            at += cell.colspan
            alone = item_numbers(text) and normalise(text) == ""
            if alone and len(row) > 2:
                # The item number has a column of its own: it belongs to the label beside it.
                number = text
                placed.append(item)
                continue
            hit, rest = self._cell_label(f"{number} {text}" if number else text)
            number = ""
            placed.append(replace(item, hit=hit, rest=rest))
        return placed

    def _cell_label(self, text: str) -> tuple[Hit | None, str]:
        """Return the label a cell begins with and what else stands in the cell."""
        if not text:
            return None, ""
        lines = text.split("\n")
        found: list[tuple[float, int, Hit, str]] = []
        for count in range(1, min(len(lines), 4) + 1):
            if count > 1 and not normalise(lines[count - 1]):
                # A plus or a tick under the label is an answer, though it has no letters.
                break
            head, tail = " ".join(lines[:count]), _LABEL_END.sub("", "\n".join(lines[count:]).strip())
            hit = self.vocabulary.label(head)
            if hit is not None:
                found.append((hit.score, count, hit, tail))
        split = self.split(lines[0]) if "\n" not in lines[0] else None
        if split is not None and split[1]:
            best = max((score for score, *_ in found), default=0.0)
            # A wording found in a part of the cell may have its answer in the rest of the line: «Назва / Name: Лугова».
            if split[0].score > best or (split[0].score == best and (best < 100 or not normalise(split[1]))):
                return split[0], "\n".join([split[1], *lines[1:]]).strip()
        if not found:
            return None, ""
        # Of equal scores the shorter head wins: what is added to it is no part of the label.
        _, _, hit, tail = max(found, key=lambda item: (item[0], -item[1]))
        return hit, tail

    # --- one row ---------------------------------------------------------------------------------------------------

    def _row(self, row: list[Placed], below: list[Placed], layout: Layout, where: str) -> None:
        filled = [item for item in row if not item.empty]
        if not filled:
            layout.above = None
            return
        row = self._headings(row, layout)
        filled = [item for item in row if not item.empty]
        if not filled:
            return
        if layout.header and self._under_header(row, layout, where):
            return
        labels = [item for item in filled if item.hit is not None]
        if self._is_header(filled, labels, below):
            layout.header = tuple(Column(item.start, item.end, item.hit) for item in labels)
            layout.next_person = 0
            layout.last = None
            return
        alone = len(filled) == 1 and (len(row) == 1 or (filled == row[:1] and layout.inside > layout.beside))
        if layout.above is not None and not labels and alone:
            layout.last = self._answer(layout.above, filled[0], where)
            layout.last_start = filled[0].start
            layout.above = None
            return
        layout.above = None
        if labels:
            self._labelled_row(row, layout, where)
        else:
            self._unlabelled_row(row, filled, layout, where)

    def _headings(self, row: list[Placed], layout: Layout) -> list[Placed]:
        """Take people's headings out of a row; two or more of them own the columns under them."""
        headed = self._headed(row)
        if len(headed) == 1 and any(item.hit is not None and item.start < headed[0][0].start for item in row):
            # «Контактна особа | учасник 1»: an answer, not a heading.
            return row
        people = [(item, section) for item, section in headed if section.person]
        if len(people) >= 2:
            ends = [item.start for item, _ in people[1:]] + [max(item.end for item in row)]
            layout.owners = tuple(
                Column(item.start, end, person=section.person)
                for (item, section), end in zip(people, ends, strict=True)
            )
            layout.header = ()
            self.settle()
            return []
        if not headed:
            return row
        item, section = headed[0]
        others = [other for other in row if other is not item]
        if all(other.empty for other in others):
            return self._lone_heading(item, section, row, layout)
        self.enter(section)
        if layout.header or any(other.hit is not None for other in others):
            return others
        # «Учасник 1» beside one cell with all of the person's data.
        for other in others:
            if not other.empty:
                self._inside(other, layout.where)
        return []

    def _headed(self, row: list[Placed]) -> list[tuple[Placed, Section]]:
        """Return the cells of a row that are headings; beside other text only a person's heading is one."""
        lone = len([item for item in row if not item.empty]) == 1
        out = []
        for item in row:
            if item.empty or (item.hit is not None and not lone) or self._holds_pairs(item):
                continue
            section = self.vocabulary.section(item.text)
            if section is not None and (section.person or lone):
                out.append((item, section))
        return out

    def _lone_heading(
        self, item: Placed, section: Section, row: list[Placed], layout: Layout
    ) -> list[Placed]:
        """Take a heading that has its row to itself; return the row again when it is rather a label."""
        wording = item.hit is not None and not section.person and not re.match(r"\s*\d", item.text)
        if wording and item.rest == "" and len(row) > 1:
            # An empty cell beside it: «Згода на обробку персональних даних» is asked here, not announced.
            return row
        layout.owners, layout.header, layout.last = (), (), None
        self.enter(section)
        if section.rest and section.person:
            self.person_line(section.rest, layout.where)
        elif wording:
            # A heading in the words of a label: the row below may be its answer.
            layout.above = item.hit
        return []

    def _is_header(self, filled: list[Placed], labels: list[Placed], below: list[Placed]) -> bool:
        """Return whether a row holds only labels, whose answers are in the rows below."""
        bare = [item for item in labels if not item.rest]
        keys = {item.hit.keys for item in labels if item.hit is not None}
        if len(labels) < 2 or len(keys) < 2 or len(bare) < len(labels):
            return False
        answers = [item for item in below if not item.empty]
        # One answer may read like a label («Голова громади» is a position too); several are labels.
        if not below or len([item for item in below if item.hit is not None]) * 2 >= len(labels):
            return False
        if len(labels) >= 3:
            return len(labels) * 2 > len(filled)
        return len(labels) == len(filled) and bool(answers) and len(below) >= 2

    def _under_header(self, row: list[Placed], layout: Layout, where: str) -> bool:
        """Take a row of answers under a header; return False when the header does not reach here."""
        labels = [item for item in row if item.hit is not None and item.hit.score >= 95]
        if len(labels) >= 2 or (labels and len(row) <= 2) or len(row) == 1:
            layout.header = ()
            return False
        persons = self.vocabulary.persons
        person = self.person
        column_keys = [column.hit for column in layout.header if column.hit is not None]
        personal = any(len(hit.keys) > 1 and not hit.person for hit in column_keys)
        if personal:
            numbered = _ROW_NUMBER.match(row[0].text)
            if numbered and not any(column.holds(row[0]) for column in layout.header):
                index = int(numbered.group(1)) - 1
                person = persons[index] if index < len(persons) else ""
            elif not person or layout.next_person:
                person = persons[layout.next_person] if layout.next_person < len(persons) else ""
            layout.next_person += 1
            if not person:
                self._too_many_in(row, layout)
                return True
        part, before = self.part, self.person
        for column in layout.header:
            cell = next((item for item in row if column.holds(item)), None)
            if cell is None or column.hit is None:
                continue
            key = self.choose(column.hit, person)
            if key is None:
                self.orphan(column.hit)
                continue
            self.take(key, cell.text, where, column.hit.score, self._marked(cell))
        if personal:
            self.part, self.person = part, "" if layout.next_person else before
        else:
            layout.header = ()
        return True

    def _too_many_in(self, row: list[Placed], layout: Layout) -> None:
        """Note the person in a row of a list that is longer than the form's."""
        for column in layout.header:
            cell = next((item for item in row if column.holds(item)), None)
            kinds = {self.vocabulary.fields[key].kind for key in column.hit.keys} if column.hit else set()
            if cell is not None and "name" in kinds:
                self.too_many(cell.text)

    def _labelled_row(self, row: list[Placed], layout: Layout, where: str) -> None:
        """Take a row with labels in it: each one's answer is beside it, or in its own cell."""
        at = 0
        while at < len(row):
            item = row[at]
            at += 1
            if item.hit is None:
                continue
            owner = next((column.person for column in layout.owners if column.holds(item)), "")
            answered = bool(item.rest) and not self._is_hint(item.rest, item.hit)
            beside = self._beside(row, at, item.hit, answered=answered)
            owned = [cell for cell in row[at:] if self._owner(cell, layout) and cell.hit is None]
            if layout.owners and not owner and owned and any(self._personal(key) for key in item.hit.keys):
                for cell in owned:
                    key = self.choose(item.hit, self._owner(cell, layout))
                    if key is not None:
                        self.take(key, cell.text, where, item.hit.score, self._marked(cell))
                    elif self._owner(cell, layout) == BEYOND:
                        self.orphan(item.hit, cell.text, BEYOND)
                return
            if beside is None:
                layout.last = self._alone(item, row, layout, where, owner)
                layout.last_start = item.start
                continue
            at = beside + 1
            value = row[beside]
            layout.beside += not value.empty
            if value.empty and answered:
                layout.inside += 1
                # The answer was typed under the label, in the label's own cell.
                layout.last = self._answer(item.hit, item, where, raw=item.rest, person=owner)
            else:
                # The beginning of an answer may stand behind a tab in the label's own cell, where a long label left it.
                begun = answered and f"\t{item.rest}" in item.text
                raw = f"{item.rest}\n{value.text}" if begun else None
                layout.last = self._answer(item.hit, value, where, raw=raw, person=owner)
                if layout.last is not None and self._awaits(row, layout):
                    layout.last.unanswered, layout.above = True, item.hit
            layout.last_start = value.start

    @staticmethod
    def _awaits(row: list[Placed], layout: Layout) -> bool:
        """Return whether a label alone in its row has its answer in the row below, as others have it below in their cells."""
        return layout.inside > layout.beside and [item for item in row if not item.empty] == row[:1]

    def _beside(self, row: list[Placed], at: int, hit: Hit, *, answered: bool) -> int | None:
        """Return the index of the cell that answers a label, or None: the next one, unless it is a label or a hint.

        `answered`: the label's own cell has an answer already.
        """
        if at >= len(row):
            return None
        if row[at].hit is not None:
            # «Посада | Голова громади»: in a row of two, what stands beside a label is its answer; but where either
            # has an answer in its own cell, they are two pairs.
            if answered or row[at].rest:
                return None
            two = len([item for item in row if not item.empty]) == 2 and at == len(row) - 1
            kinds = {self.vocabulary.fields[key].kind for key in hit.keys}
            return at if two and not kinds <= _OWN_WORDS else None
        if at + 1 < len(row) and row[at + 1].hit is None and self._is_hint(row[at].text, hit):
            return at + 1
        return at

    def _alone(self, item: Placed, row: list[Placed], layout: Layout, where: str, owner: str) -> Found | None:
        """Take a label with no cell beside it: its answer is in its own cell, or in the row below."""
        assert item.hit is not None
        if self._holds_pairs(item) or any(isinstance(block, Table) for block in item.cell.blocks):
            self._inside(item, where)
            return None
        if item.rest:
            if self._is_hint(item.rest, item.hit):
                return self._answer(item.hit, item, where, raw="", person=owner)
            layout.inside += 1
            return self._answer(item.hit, item, where, raw=item.rest, person=owner)
        if len(row) == 1:
            layout.above = item.hit
        return None

    def _holds_pairs(self, item: Placed) -> bool:
        """Return whether a cell is a small form of its own: further lines in it begin with labels."""
        return any(self.split(line) is not None for line in item.text.split("\n")[1:] if line.strip())

    def _unlabelled_row(self, row: list[Placed], filled: list[Placed], layout: Layout, where: str) -> None:
        """Take a row without labels: the rest of an answer above, or text to look into."""
        first = row[0]
        aligned = len(filled) == 1 and filled[0].start == layout.last_start
        if (
            layout.last is not None
            and aligned
            and filled[0] is not first
            and (first.empty or first.cell.continued)
        ):
            layout.last.raw = f"{layout.last.raw}\n{filled[0].text}".strip()
            layout.last.marked += self._marked(filled[0])
            return
        layout.last = None
        if len(filled) >= 2 and len(filled[0].text) <= 120 and not re.search(r"\d{3}|@", filled[0].text):
            self.unknown(filled[0].text)
        for item in filled:
            self._inside(item, where)

    def _inside(self, item: Placed, where: str) -> None:
        """Read a cell as a small document of its own."""
        self.settle()
        text = item.text
        if (
            self.person
            and not any(self.split(line) for line in text.split("\n"))
            and self.composite(text, where)
        ):
            return
        people = numbered(text) if EMAIL.search(text) or PHONE.search(text) else []
        if people and self.composite(people[0], where):
            for line in people[1:]:
                if not self.composite(line, where):
                    self.line(line, where)
            return
        self.flow(
            [replace(block, where=where) if isinstance(block, Para) else block for block in item.cell.blocks]
        )
        self.settle()

    # --- answers -----------------------------------------------------------------------------------------------

    def _answer(
        self, hit: Hit, item: Placed, where: str, *, raw: str | None = None, person: str = ""
    ) -> Found | None:
        key = self.choose(hit, person or None)
        if key is None:
            self.orphan(hit, item.text if raw is None else raw, person)
            return None
        if raw is None and self._nested(item):
            self._inside(item, where)
            return None
        found = self.take(key, item.text if raw is None else raw, where, hit.score, self._marked(item))
        self._stay_with(key)
        return found

    def _nested(self, item: Placed) -> bool:
        """Return whether a cell holds a table that is a piece of the form itself."""
        tables = [block for block in item.cell.blocks if isinstance(block, Table)]
        hits = [placed.hit for table in tables for row in table.rows for placed in self._placed(row)]
        return len([hit for hit in hits if hit is not None]) >= 2

    @staticmethod
    def _marked(item: Placed) -> tuple[str, ...]:
        return tuple(piece for block in item.cell.blocks if isinstance(block, Para) for piece in block.marked)

    def _owner(self, item: Placed, layout: Layout) -> str:
        return next((column.person for column in layout.owners if column.holds(item)), "")

    def _personal(self, key: str) -> bool:
        return bool(self.vocabulary.fields[key].person)

    def _is_hint(self, text: str, hit: Hit) -> bool:
        """Return whether text beside or under a label explains it instead of answering it."""
        if any(char in CHECKED for char in text):
            return False
        for key in hit.keys:
            field = self.vocabulary.fields[key]
            if field.hint and fuzz.ratio(normalise(text), normalise(field.hint)) >= 85:
                return True
        return explains(text)
