"""The relationships of one part (ECMA-376, part 2, 6.5): what it refers to, by ids that stand in its XML.

A sheet may have a link in every row, so links are not held: they are read anew from the part whenever somebody asks.
"""

import posixpath
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from intake.workbook.package.markup import OFFICE, named, parse, written
from intake.workbook.package.zipped import Damaged

_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_NONE = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELS}"></Relationships>'.encode()
_OURS = re.compile(r"rId(\d{1,9})$")
_ROOT_END = re.compile(rb"</([^<>\s]*?)Relationships\s*>\s*$")
_LINK = "hyperlink"
# So many octets hold the end of the root.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part: its id, its type, and the part or address it leads to."""

    id: str
    type: str
    target: str
    external: bool

    @property
    def kind(self) -> str:
        """The last word of the type."""
        return self.type.rpartition("/")[2]


class Relations:
    """The relationships of one part, "" for the package's own.

    `chunks` yields the part they are kept in, as often as it is asked. Raises `Damaged` when they cannot be read.
    """

    def __init__(self, source: str, chunks: Callable[[], Iterable[bytes]] = tuple) -> None:
        self.source = source
        self.changed = False
        self._chunks = chunks
        self._added: list[Relation] = []
        self._highest: int | None = None
        self._end = b""
        self._others = [one for one in self._read() if one.kind != _LINK]

    def __iter__(self) -> Iterator[Relation]:
        """Yield them in the order of the file."""
        yield from self._read()
        yield from self._added

    def links(self) -> Iterator[Relation]:
        """Yield those of links in cells."""
        return (one for one in self if one.kind == _LINK)

    def without_links(self, but: Collection[str]) -> bytes:
        """Return the part they are kept in without those of links, but for some ids."""
        other = Relations(self.source)
        for one in (*self._others, *(one for one in self.links() if one.id in but)):
            other.append(one)
        return b"".join(other.pieces())

    def of_kind(self, kind: str) -> list[Relation]:
        """Return those whose type ends in a word."""
        return [one for one in (self if kind == _LINK else self._others) if one.kind == kind]

    def target(self, relation_id: str | None) -> str:
        """Return what a relationship leads to, "" when there is none of that id."""
        return next((one.target for one in self if one.id == relation_id), "")

    def add(self, kind: str, target: str, *, external: bool = False) -> str:
        """Add one and return its id. `kind` is the last word of an office type, or a whole type."""
        if self._highest is None:
            numbers = (_OURS.match(one.id) for one in self)
            self._highest = max((int(found[1]) for found in numbers if found is not None), default=0)
        self._highest += 1
        relation_id = f"rId{self._highest}"
        self.append(
            Relation(relation_id, kind if ":" in kind else f"{OFFICE}/{kind}", target, external=external)
        )
        return relation_id

    def append(self, relation: Relation) -> None:
        """Add one that has an id, which no other has."""
        self._added.append(relation)
        if relation.kind != _LINK:
            self._others.append(relation)
        self.changed = True

    def remove(self, relation_id: str) -> None:
        """Remove the one of an id."""
        root = parse(b"".join(self.pieces()))
        for one in named(root, "Relationship"):
            if one.get("Id") == relation_id:
                root.remove(one)
                self.changed = True
        octets = written(root)
        self.settle(lambda: (octets,))

    def settle(self, chunks: Callable[[], Iterable[bytes]]) -> None:
        """Read them anew from a part into which those that were added have been written."""
        self._chunks = chunks
        self._added.clear()
        self._others = [one for one in self._read() if one.kind != _LINK]

    def pieces(self) -> Iterator[bytes]:
        """Yield the part they are kept in: as it stood, with those added at its end."""
        if not self._added:
            yield from self._chunks()
            return
        end = _ROOT_END.search(self._end)
        if end is None:
            # There is no part yet, or an empty one, or one in another encoding.
            stored = b"".join(self._chunks())
            root = parse(stored or _NONE)
            octets = written(root) if len(root) else _NONE
            end = _ROOT_END.search(octets)
            assert end is not None
            yield octets[: end.start()]
        else:
            held = b""
            for chunk in self._chunks():
                held += chunk
                yield held[:-_KEPT]
                held = held[-_KEPT:]
            yield held[: len(held) - len(end[0])]
        prefix = f"<{end[1].decode()}"
        yield from (_written(one).replace("<", prefix).encode() for one in self._added)
        yield end[0]

    def _read(self) -> Iterator[Relation]:
        found: list[Relation] = []
        encodings: list[str | None] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.rpartition(" ")[2] == "Relationship":
                external = attributes.get("TargetMode") == "External"
                target = attributes.get("Target", "")
                found.append(
                    Relation(
                        attributes.get("Id", ""),
                        sys.intern(attributes.get("Type", "")),
                        target if external else self._absolute(target),
                        external,
                    )
                )

        def refuse(*_: object) -> None:
            raise Damaged("a part has a document type")

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = refuse
        parser.XmlDeclHandler = lambda _version, encoding, _standalone: encodings.append(encoding)
        end = b""
        try:
            for chunk in self._chunks():
                parser.Parse(chunk)
                end = (end + chunk)[-_KEPT:]
                yield from found
                found.clear()
            if end:
                parser.Parse(b"", bool(end))
        except expat.ExpatError as error:
            raise Damaged(f"the relationships of {self.source or 'the package'}: {error}") from error
        plain = all(one is None or one.casefold() in {"utf-8", "us-ascii"} for one in encodings)
        self._end = end if plain else b""

    def _absolute(self, target: str) -> str:
        target = unquote(target.replace("\\", "/"))
        folder = "" if target.startswith("/") else posixpath.dirname(self.source)
        return posixpath.normpath(posixpath.join("/", folder, target.lstrip("/"))).lstrip("/")


def _written(relation: Relation) -> str:
    target = relation.target if relation.external else f"/{relation.target}"
    mode = ' TargetMode="External"' if relation.external else ""
    names = zip(("Id", "Type", "Target"), (relation.id, relation.type, target), strict=True)
    return f"<Relationship {' '.join(f'{name}={_quoted(value)}' for name, value in names)}{mode}/>"


def _quoted(value: str) -> str:
    return quoteattr(value, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
