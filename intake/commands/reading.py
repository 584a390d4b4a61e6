"""`intake read`: what would be taken out of files, and why no more. Nothing is written, nothing is sent.

The files go through the same limited worker processes and the same mapper as a letter's attachments; scans and photos
are read when nothing else in the file is the form, and are never more than a draft.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from intake import scans
from intake.commands import ATTENTION, DONE, MISTAKE
from intake.commands.output import Console, json_line
from intake.commands.read_words import REASONS
from intake.config import Config
from intake.readers.pool import ReaderPool
from outbox.faults import fault_lines
from rules.application import Application, likely_form, match
from rules.call import Call
from rules.kinds import flag
from rules.table import Reading

# Reasons that are no fault of the file: a person can open it.
_FOR_A_PERSON = frozenset({"tool", "scan", "format"})
_SIGNED = "signature present, not verified"
# What a terminal would obey: escape sequences and the like out of an applicant's file.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_STYLES = {
    "read": "green",
    "draft": "yellow",
    "needs_person": "yellow",
    "unreadable": "red",
    "not_a_form": "red",
}


@dataclass(frozen=True, slots=True)
class Extract:
    """What one file gave: the application if there is one, and the way from the file to the form inside it.

    `status` is `read`, `draft`, `unreadable`, `not_a_form` or `needs_person`; `reason` a code, "" when it was read.
    """

    file: Path
    status: str
    reason: str
    way: tuple[Reading, ...]
    call: Call | None = None
    application: Application | None = None

    @property
    def reader(self) -> str:
        """The reader of the form itself, "" when nothing could be read."""
        return self.way[-1].reader

    @property
    def container(self) -> str:
        """The kinds of the containers around the form, outermost first: `zip/p7s`; "" when there is none."""
        return "/".join(outer.reader for outer in self.way[:-1])

    @property
    def signature(self) -> str:
        """What is said of an electronic signature, with the signer's name when one is known; "" without one."""
        names = [reading.signature for reading in self.way if reading.signature]
        if not names:
            return _SIGNED if self.reason == "signature" else ""
        name = next((name for name in names if name != "?"), "")
        return f"{_SIGNED}: {name}" if name else _SIGNED


def run(config: Config, paths: Sequence[Path], *, call_id: str, as_json: bool) -> int:
    """Print what each file says; 0 when every one was read, 1 when one needs a person, 2 when one cannot be opened.

    Without `call_id` each file is held against every call, and the one whose form it answers best counts.
    """
    call = config.call(call_id) if call_id else None
    if call_id and call is None:
        _complain(f"There is no call {call_id!r}; there are: {', '.join(one.id for one in config.calls)}")
        return MISTAKE
    calls = (call,) if call is not None else config.calls
    console = Console(markup=False, highlight=False)
    codes = {DONE}
    with ReaderPool(config.limits) as readers:
        for path in paths:
            try:
                content = path.read_bytes()
            except OSError as error:
                _complain(f"{path}: cannot be read: {error.strerror}")
                codes.add(MISTAKE)
                continue
            extract = extracted(path, content, calls, readers)
            codes.add(DONE if extract.status == "read" else ATTENTION)
            if as_json:
                json_line(as_dict(extract))
            else:
                _show(console, extract)
    return max(codes)


def extracted(path: Path, content: bytes, calls: Sequence[Call], readers: ReaderPool) -> Extract:
    """Return what would be taken out of one file. `path` only names it."""
    digest = hashlib.sha256(content).hexdigest()
    reading = readers.read(content, path.name, digest)
    call, application = _best(reading, calls)
    if application is None and any(leaf.reason in {"picture", "scan"} for leaf in reading.leaves):
        seen = readers.read(content, path.name, digest, pictures=True)
        call, application = _best(seen, calls)
        reading = seen if application is not None or seen.reason == "tool" else reading
    if application is None or call is None:
        way = _way(reading, _telling(reading).sha256)
        return Extract(path, *_without_form(reading, way[-1]), way)
    way = _way(reading, application.form)
    status, reason = "read", ""
    if application.draft:
        status, reason = "draft", "scan"
    elif application.rivals or application.conflicts or application.surplus:
        status, reason = "needs_person", "several_forms"
    return Extract(path, status, reason, way, call, application)


def _best(reading: Reading, calls: Sequence[Call]) -> tuple[Call | None, Application | None]:
    """Return the call whose form a file answers best, with the application; of equals the first."""
    found = [(call, application) for call in calls if (application := _match(reading, call)) is not None]
    return max(found, key=lambda one: (len(one[1].fields), len(one[1].values)), default=(None, None))


def _match(reading: Reading, call: Call) -> Application | None:
    application = match([reading], call)
    drafts = [leaf for leaf in reading.leaves if leaf.draft]
    return application if application is not None and not application.draft else scans.joined(drafts, call)


def _without_form(reading: Reading, leaf: Reading) -> tuple[str, str]:
    """Return status and reason of a file that gave no application."""
    if leaf.status == "read":
        # Somebody's own form, or ours beyond recognition.
        return ("needs_person", "unknown_form") if likely_form([reading]) else ("not_a_form", "no_labels")
    if leaf.status == "unreadable" and leaf.reason in _FOR_A_PERSON:
        return "needs_person", leaf.reason
    return leaf.status, leaf.reason


def _telling(reading: Reading) -> Reading:
    """Return the file inside that says most about why there is no form."""
    return min(reading.leaves, key=lambda leaf: ("read", "unreadable", "not_a_form").index(leaf.status))


def _way(reading: Reading, sha256: str) -> tuple[Reading, ...]:
    """Return the readings from a file down to the one inside it that has this digest."""
    for member in reading.members:
        if any(leaf.sha256 == sha256 for leaf in member.leaves):
            return (reading, *_way(member, sha256))
    return (reading,)


def as_dict(extract: Extract) -> dict[str, Any]:
    """Return the documented JSON object of one file.

    In `fields` an empty answer does not stand; yes/no and consent are true or false, everything else is text. `raw` has
    what stood in the file, also of fields that are empty or wrong.
    """
    application, call = extract.application, extract.call
    fields: dict[str, str | bool | None] = {}
    faults: list[dict[str, str]] = []
    if application is not None and call is not None:
        spoken = {field.key for field in call.fields if field.kind in {"yesno", "consent"}}
        fields = {key: flag(value) if key in spoken else value for key, value in application.fields.items()}
        faults = [
            {"key": fault.key, "code": fault.code, "found": fault.found, "ask": _question(fault_lines((fault,), None, call))}
            for fault in application.faults
        ]  # fmt: skip
    return {
        "file": str(extract.file),
        "status": extract.status,
        "reason": extract.reason,
        "reader": extract.reader,
        "container": extract.container,
        "fields": fields,
        "raw": {key: value.raw for key, value in application.values.items()} if application else {},
        "faults": faults,
        "unknown_labels": _unknown(application),
        "signature": extract.signature,
    }


def _question(lines: tuple[str, ...]) -> str:
    return "; ".join(line.replace("\u00a0", " ") for line in lines)


def _unknown(application: Application | None) -> list[str]:
    """Return the labels no field bears, and labels of a person that stood under no person."""
    if application is None:
        return []
    return list(dict.fromkeys((*application.unknown_labels, *application.orphans)))


def _show(console: Console, extract: Extract) -> None:
    """Print one file for people: how it was read, then a line for each field."""
    application, call = extract.application, extract.call
    status = Text(extract.status, style=_STYLES[extract.status])
    if extract.reason:
        status.append(f": {extract.reason}")
        status.append(f"\n{REASONS.get(extract.reason, '')}".rstrip(), style="dim")
    console.print(Text(str(extract.file), style="bold"))
    facts = Table(show_header=False, box=None, padding=(0, 2, 0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("status", status)
    facts.add_row("reader", extract.reader or "-")
    if extract.container:
        inner = extract.way[-1].container
        named = inner not in {"", extract.way[-2].reader}
        facts.add_row("container", _plain(extract.container + (f", file {inner}" if named else "")))
    if extract.signature:
        facts.add_row("signature", _plain(extract.signature))
    if call is not None:
        facts.add_row("call", call.id)
    unknown = _unknown(application)
    if unknown:
        facts.add_row("unknown labels", _plain("\n".join(unknown)))
    console.print(facts)
    if application is not None and call is not None:
        console.print(_fields(application, call))
    console.print()


def _fields(application: Application, call: Call) -> Table:
    table = Table(padding=(0, 1), header_style="bold")
    for heading in ("item", "field", "value", "stood", "sure", "to ask"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "sure" else "left")
    asked = {fault.key: _question(fault_lines((fault,), None, call)) for fault in application.faults}
    for field in call.fields:
        value = application.values.get(field.key)
        if value is None and field.key not in asked:
            continue
        shown = Text("-", style="dim")
        if value is not None:
            shown = _plain(value.value) if value.value else Text("empty", style="dim")
            if value.raw and value.raw != value.value:
                shown.append(Text("\n") + _plain(value.raw, "dim"))
        table.add_row(
            field.number,
            field.key,
            shown,
            _plain(value.where) if value is not None else "",
            f"{value.confidence:.0%}" if value is not None else "",
            _plain(asked.get(field.key, ""), "yellow"),
        )
    return table


def _plain(text: str, style: str = "") -> Text:
    """Return text of an applicant's file, with nothing in it that a terminal would obey."""
    return Text(_CONTROLS.sub("\ufffd", text), style=style)


def _complain(sentence: str) -> None:
    Console(stderr=True).print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
