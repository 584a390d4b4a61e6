"""The relationships of one part (ECMA-376, part 2, 6.5): what it refers to, by ids that stand in its XML."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from intake.workbook.package.markup import OFFICE, child, named, parse

_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part: its id, the last word of its type, and the part or address it leads to."""

    id: str
    kind: str
    target: str
    external: bool


class Relations:
    """The relationships of one part, "" for the package's own."""

    def __init__(self, source: str, octets: bytes | None) -> None:
        self.source = source
        self.changed = False
        self._taken: set[str] | None = None
        self.root = parse(octets if octets is not None else f'<Relationships xmlns="{_RELS}"/>'.encode())

    def __iter__(self) -> Iterator[Relation]:
        """Yield them in the order of the file."""
        for one in named(self.root, "Relationship"):
            external = one.get("TargetMode") == "External"
            target = one.get("Target", "")
            kind = one.get("Type", "").rpartition("/")[2]
            yield Relation(one.get("Id", ""), kind, target if external else self._absolute(target), external)

    def _absolute(self, target: str) -> str:
        target = unquote(target.replace("\\", "/"))
        folder = "" if target.startswith("/") else posixpath.dirname(self.source)
        return posixpath.normpath(posixpath.join("/", folder, target.lstrip("/"))).lstrip("/")

    def of_kind(self, kind: str) -> list[Relation]:
        """Return those whose type ends in a word."""
        return [one for one in self if one.kind == kind]

    def target(self, relation_id: str | None) -> str:
        """Return what a relationship leads to, "" when there is none of that id."""
        return next((one.target for one in self if one.id == relation_id), "")

    def add(self, kind: str, target: str, *, external: bool = False) -> str:
        """Add one and return its id. `kind` is the last word of an office type, or a whole type."""
        # There may be as many as rows, and as many to be added.
        taken = self._taken = self._taken if self._taken is not None else {one.id for one in self}
        count = len(taken) + 1
        while f"rId{count}" in taken:
            count += 1
        taken.add(f"rId{count}")
        made = child(self.root, "Relationship")
        made.set("Id", f"rId{count}")
        made.set("Type", kind if ":" in kind else f"{OFFICE}/{kind}")
        made.set("Target", target if external else f"/{target}")
        if external:
            made.set("TargetMode", "External")
        self.changed = True
        return f"rId{count}"

    def remove(self, relation_id: str) -> None:
        """Remove the one of an id."""
        for one in named(self.root, "Relationship"):
            if one.get("Id") == relation_id:
                self.root.remove(one)
                self.changed = True
