"""The walk through a letter: every leaf is either text or an attachment, and each attachment knows through what it was reached. Envelopes are opened on the way (forwarded letters, .eml files, winmail.dat, opaque S/MIME, uuencode, AppleDouble); documents are not. The walk is a loop over a list, never a recursion."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from intake.config import Limits
from intake.parsing import structure
from intake.parsing.envelopes import Opened, open_envelope
from intake.parsing.kinds import (
    BODY_TYPES,
    DEEPEST,
    LETTER_TYPES,
    METHOD,
    REPORT_PARTS,
    REPORT_TYPES,
    UU_LIMIT,
    Leaf,
    Place,
    as_attachment,
    at_position,
    stands_plain,
)
from intake.parsing.names import clean_name, file_name, name_text
from intake.parsing.octets import HeaderBlock, letter_start
from intake.parsing.parameters import Value, read_content_type, read_disposition
from intake.parsing.structure import HEADER_LINES, Allowance, Entity, Source
from intake.parsing.texts import Texts, is_body
from intake.parsing.transfer import declared_encoding, decode_transfer, uu_files
from intake.parsing.words import Notes
from intake.sniff import sniff
from rules.letter import Attachment


@dataclass(frozen=True, slots=True)
class _Task:
    source: Source
    entity: Entity
    place: Place


class Walk:
    """Collects the attachments and texts of one letter. `attachments` and `texts.parts` are in the order of the letter."""

    def __init__(self, limits: Limits, notes: Notes, hint: str | None) -> None:
        self.attachments: list[Attachment] = []
        self.texts = Texts(notes, hint)
        # Of delivery reports: type and octets of their parts, the header blocks of the letters returned in them.
        self.reports: list[tuple[str, bytes]] = []
        self.returned: list[HeaderBlock] = []
        self._limits = limits
        self._notes = notes
        self._hint = hint
        self._leaves = 0
        self._tasks: list[_Task] = []
        self._allowance = Allowance(HEADER_LINES)
        # What compressed S/MIME may still unpack to, in octets, in the whole letter.
        self._unpackable = limits.letter_mb * 1024 * 1024

    def letter(self, octets: bytes, block: HeaderBlock, *, bounce: bool) -> str:
        """Walk through a whole letter whose header block was already read; return its media type."""
        source = self._source(octets)
        end = len(source.octets)
        entity = Entity(block, structure.choose_type(block, source, end), block.body, end)
        self._tasks.append(_Task(source, entity, Place("", 0, bounce=bounce)))
        while self._tasks:
            task = self._tasks.pop()
            if task.source.too_many:
                self._notes.add("limit_parts")
            self._tasks.extend(reversed(list(self._visit(task))))
        return entity.type.value

    def _visit(self, task: _Task) -> Iterator[_Task]:
        """Handle one entity; yield what lies below it."""
        entity, place = task.entity, task.place
        self._notes_of(entity.block, place)
        if place.depth > self._limits.depth:
            self._notes.add("limit_depth")
        if place.depth > DEEPEST:
            return
        kind = self._kind(task)
        if kind.startswith("multipart/"):
            split = structure.split(
                task.source, entity, limit=self._limits.header_kb * 1024, part_limit=self._part_limit
            )
            for code in split.defects:
                self._notes.add(code if code.startswith("limit_") else at_position(code, place.position))
            if split.children is not None:
                yield from self._children(task, kind, split.children)
                return
        elif kind in LETTER_TYPES:
            yield from self._forwarded(task, "rfc822")
            return
        elif kind in REPORT_TYPES:
            self._report(task, kind)
            return
        yield from self._leaf(task, kind)

    @property
    def _part_limit(self) -> int:
        return self._limits.parts * 8

    def _kind(self, task: _Task) -> str:
        """Return the type of an entity, inferring a multipart whose Content-Type was lost."""
        declared = task.entity.type.value
        if declared:
            return declared
        lines = task.source.delimiters(task.entity.start, task.entity.end)
        if lines and structure.infer_boundary(task.source, lines, task.entity.end) is not None:
            self._notes.add(at_position("content_type_missing", task.place.position))
            return "multipart/mixed"
        if task.entity.block.all("content-type"):
            self._notes.add(at_position("content_type_unreadable", task.place.position))
            return ""
        return "text/plain"

    def _children(self, task: _Task, kind: str, children: tuple[Entity, ...]) -> Iterator[_Task]:
        """Yield the parts of a multipart, each with what the multipart makes of it."""
        place = task.place
        reports = any(child.type.value in REPORT_TYPES for child in children)
        bounce = place.bounce or kind == "multipart/report" or reports
        if kind == "multipart/encrypted":
            self._notes.add(at_position("encrypted", place.position))
        for number, child in enumerate(children, 1):
            if kind == "multipart/appledouble" and child.type.value == "application/applefile":
                # The resource fork: icons and window places of the file beside it.
                continue
            entity = child
            if kind == "multipart/digest" and not child.type.value:
                entity = replace(child, type=read_content_type(b"message/rfc822"))
            yield _Task(
                task.source,
                entity,
                Place(
                    f"{place.position}.{number}" if place.position else str(number),
                    place.depth + 1,
                    "bounce" if bounce else place.via,
                    self._alternative(place, kind),
                    place.level,
                    bounce,
                ),
            )

    @staticmethod
    def _alternative(place: Place, kind: str) -> str:
        """Return which multipart/alternative a child belongs to; other multiparts inside one belong to it as a whole."""
        if place.alternative:
            return place.alternative
        return place.position or "0" if kind == "multipart/alternative" else ""

    def _forwarded(self, task: _Task, via: str, octets: bytes | None = None) -> Iterator[_Task]:
        """Yield the letter inside a letter: identity-encoded in place, else decoded first."""
        place = task.place.inside(via)
        place = replace(place, position=place.position or "1", level=place.level + 1)
        source, start, end = task.source, task.entity.start, task.entity.end
        if octets is None:
            encoding, defects = declared_encoding(task.entity.block.all("content-transfer-encoding"))
            if encoding or not stands_plain(source.octets, start, end):
                octets, more = decode_transfer(source.octets[start:end], encoding, binary=True)
                self._note_all((*defects, *more), place.position)
        if octets is not None:
            source, start, end = self._source(octets), 0, len(octets)
        start, _ = letter_start(source.octets, start, end)
        entity = structure.read_entity(source, start, end, limit=self._limits.header_kb * 1024)
        if place.bounce and len(self.returned) < REPORT_PARTS:
            self.returned.append(entity.block)
        yield _Task(source, entity, place)

    def _report(self, task: _Task, kind: str) -> None:
        """Keep a part that a mail system wrote for programs. In a forwarded letter it was written to somebody else."""
        if task.place.level:
            return
        body = task.source.octets[task.entity.start : task.entity.end]
        encoding, _ = declared_encoding(task.entity.block.all("content-transfer-encoding"))
        if len(self.reports) < REPORT_PARTS:
            self.reports.append((kind, decode_transfer(body, encoding, binary=False)[0]))

    def _source(self, octets: bytes) -> Source:
        return Source(octets, self._part_limit, self._allowance)

    def _leaf(self, task: _Task, kind: str) -> Iterator[_Task]:
        """Handle a leaf: text, envelope or attachment."""
        entity, place = task.entity, replace(task.place, position=task.place.position or "1")
        self._leaves += 1
        if self._leaves > self._limits.parts:
            self._notes.add("limit_parts")
            if self._leaves > self._part_limit:
                return
        encoding, defects = declared_encoding(entity.block.all("content-transfer-encoding"))
        disposition = read_disposition(entity.block.first("content-disposition"))
        binary = not kind.startswith("text/")
        body = task.source.octets[entity.start : entity.end]
        octets, more = decode_transfer(body, encoding, binary=binary)
        self._note_all((*defects, *more), place.position)
        where = f"name.{place.position}"
        name = file_name(disposition, entity.type, where, self._notes, self._hint)
        found = sniff(octets, name)
        if is_body(kind, name, disposition, found):
            yield from self._text(task, place, octets, kind if kind in BODY_TYPES else f"text/{found}")
            return
        content_id = entity.block.first("content-id")
        inline = disposition.value == "inline" or (not disposition.value and content_id is not None)
        leaf = Leaf(octets, kind, name, found, inline)
        opened = self._opened(task, place, leaf)
        if opened is not None:
            yield from opened
            return
        if name is None and not octets.strip():
            return
        self._attach(place, leaf)
        if (
            kind in {"text/plain", "text/html"}
            and found in {"txt", "html"}
            and disposition.value != "attachment"
        ):
            # A body that was given a name: it serves as the text when there is no other.
            self.texts.named(place, octets, kind, entity.type)

    def _text(self, task: _Task, place: Place, octets: bytes, kind: str) -> Iterator[_Task]:
        """Keep a body text; take out the files that are uuencoded in it."""
        if kind == "text/calendar":
            found = METHOD.search(octets[:65536])
            self._notes.add(f"calendar:{found[1].decode('ascii').upper() if found else ''}")
            return
        if b"begin " in octets[:UU_LIMIT]:
            kept, at = [], 0
            for number, (raw_name, content, start, end) in enumerate(uu_files(octets), 1):
                kept.append(octets[at:start])
                at = end
                yield from self._embedded(replace(task, place=place), number, Value(raw_name), content, "uu")
            octets = b"".join((*kept, octets[at:]))
        self.texts.body(place, octets, kind, task.entity.type)

    def _opened(self, task: _Task, place: Place, leaf: Leaf) -> Iterator[_Task] | None:
        """Return what lies in an envelope, or None when the leaf is none or cannot be opened."""
        lower = (leaf.name or "").lower()
        if lower.endswith(".eml") or (leaf.found == "eml" and leaf.kind not in BODY_TYPES and not lower):
            return self._forwarded(task, "eml-file", leaf.octets) if leaf.found == "eml" else None
        opened = open_envelope(leaf, budget=self._unpackable, hint=self._hint)
        if opened is None:
            return None
        if opened.defect:
            self._notes.add(at_position(opened.defect, place.position))
        if opened.empty:
            return None
        unpacked = len(opened.entity) + sum(len(file.content) for file in opened.files)
        self._unpackable = max(1, self._unpackable - unpacked)
        return self._entity(place, opened) if opened.entity else self._inside(task, place, opened)

    def _entity(self, place: Place, opened: Opened) -> Iterator[_Task]:
        """Yield the MIME entity that an envelope is, as if it stood in the envelope's place."""
        source = self._source(opened.entity)
        limit = self._limits.header_kb * 1024
        entity = structure.read_entity(source, 0, len(opened.entity), limit=limit)
        yield _Task(source, entity, place.inside(opened.via))

    def _inside(self, task: _Task, place: Place, opened: Opened) -> Iterator[_Task]:
        """Keep the files of an envelope; its text serves when the letter has no other."""
        via = opened.via or place.via
        for number, file in enumerate(opened.files, 1):
            if file.letter is not None:
                inside = replace(place.inside(via), position=f"{place.position}.{number}")
                yield from self._inside(task, inside, file.letter)
            else:
                yield from self._embedded(
                    replace(task, place=place), number, Value(file.name), file.content, via
                )
        for octets, subtype, charset in opened.texts:
            self.texts.enveloped(place, octets, subtype, charset)

    def _embedded(self, task: _Task, number: int, value: Value, content: bytes, via: str) -> Iterator[_Task]:
        """Keep a file that was embedded in the leaf `task` stands at, under a position of its own; an .eml is opened."""
        inside = replace(task.place.inside(via), position=f"{task.place.position}.{number}")
        name = clean_name(name_text(value, f"name.{inside.position}", self._notes, self._hint))
        found = sniff(content, name)
        if found == "eml" and (name or "").lower().endswith(".eml"):
            yield from self._forwarded(replace(task, place=inside), "eml-file", content)
            return
        self._attach(inside, Leaf(content, "application/octet-stream", name, found))

    def _attach(self, place: Place, leaf: Leaf) -> None:
        if len(self.attachments) >= self._limits.parts:
            self._notes.add("limit_parts")
            return
        self.attachments.append(as_attachment(place, leaf))

    def _notes_of(self, block: HeaderBlock, place: Place) -> None:
        for code in block.defects:
            self._notes.add(code if code.startswith("limit_") else at_position(code, place.position))

    def _note_all(self, codes: tuple[str, ...], position: str) -> None:
        for code in codes:
            self._notes.add(at_position(code, position))
