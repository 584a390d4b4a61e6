"""`intake form`: the blank form of a call as a Word file, or the `fields` block for a blank form of somebody else's.

With a call it writes one file, and never over another one unless that is named; learning writes nothing but its text.
"""

import hashlib
import sys
from pathlib import Path

from intake.blank import form_docx
from intake.blank.layout import printed
from intake.commands import ATTENTION, DONE, MISTAKE, WORLD
from intake.commands.output import Console, many
from intake.config import Config
from intake.learn import Proposal, learn
from intake.learn.lists import offered
from intake.learn.toml import written
from intake.places import gazetteers
from intake.readers.pool import ReaderPool
from rules.call import Call
from rules.table import Reading


def write(config: Config, *, call_id: str, target: Path | None, force: bool = False) -> int:
    """Write the blank form of a call as .docx; without `target`, into this folder under the call's prefix.

    A file that is there is written over with `force` only.
    """
    call = _call(config, call_id) or (config.calls[0] if not call_id and len(config.calls) == 1 else None)
    if call is None:
        return _refuse(_which(config, call_id), MISTAKE)
    path = target or Path(f"{call.prefix}.docx")
    if path.suffix.lower() != ".docx":
        return _refuse(
            f"{path}: the form is a Word file; name one, e.g. -o {path.with_suffix('.docx')}", MISTAKE
        )
    if path.exists() and not force:
        return _refuse(_there(path), MISTAKE)
    oblasts = [oblast.name for oblast in gazetteers(config.places)[call.country].oblasts.rows]
    try:
        path.write_bytes(form_docx(call, oblasts=oblasts))
    except OSError as error:
        return _refuse(f"{path}: cannot be written: {error.strerror}", WORLD)
    _say(f"{path}: the form of {call.id}, {many(len(printed(call)), 'item')}")
    return DONE


def propose(config: Config, file: Path, *, call_id: str, target: Path | None, force: bool = False) -> int:
    """Print the `fields` block that reads an organiser's own blank form; with a call, its keys and kinds are kept.

    1 when the file cannot be read, asks nothing or something in it is doubtful.
    """
    like = _call(config, call_id)
    if call_id and like is None:
        return _refuse(_which(config, call_id), MISTAKE)
    if target is not None and target.exists() and not force:
        return _refuse(_there(target), MISTAKE)
    try:
        content = file.read_bytes()
    except OSError as error:
        return _refuse(f"{file}: cannot be read: {error.strerror}", MISTAKE)
    with ReaderPool(config.limits) as readers:
        reading = readers.read(content, file.name, hashlib.sha256(content).hexdigest())
    leaf = next((leaf for leaf in reading.leaves if leaf.status == "read"), None)
    if leaf is None:
        return _refuse(f"{file}: not read: {_telling(reading)}", ATTENTION)
    lists = offered(content) if reading.reader == "docx" else {}
    proposal = learn(leaf.blocks, like, wrapped=leaf.reader == "pdf", lists=lists)
    if not proposal.fields:
        return _refuse(f"{file}: no labels with a place for an answer were found in it", ATTENTION)
    text = written(proposal, file.name)
    if target is None:
        sys.stdout.write(text)
    else:
        try:
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            return _refuse(f"{target}: cannot be written: {error.strerror}", WORLD)
    _say(_summary(file, proposal))
    return ATTENTION if proposal.left_out or proposal.answered else DONE


def _summary(file: Path, proposal: Proposal) -> str:
    people = sum(person.get("repeat", 1) for person in proposal.participants)
    doubts = [
        f"{len(keys)} {what}"
        for keys, what in (
            (proposal.left_out, "left out, called like another field"),
            (proposal.answered, "with an answer in the blank"),
            (proposal.unfound, "without a place of its own in the blank"),
        )
        if keys
    ]
    told = "; ".join((f"{many(len(proposal.fields), 'field')}, {many(people, 'participant')}", *doubts))
    return f"{file}: {told}. Put the block into a call, then: intake check; intake read FILLED-IN-COPY"


def _there(path: Path) -> str:
    return f"{path} is there already; --force writes over it, -o names another file"


def _telling(reading: Reading) -> str:
    return next((leaf.reason for leaf in reading.leaves if leaf.reason), reading.status)


def _call(config: Config, call_id: str) -> Call | None:
    return config.call(call_id) if call_id else None


def _which(config: Config, call_id: str) -> str:
    ids = ", ".join(one.id for one in config.calls)
    return (
        f"There is no call {call_id!r}; there are: {ids}" if call_id else f"--call is wanted, one of: {ids}"
    )


def _say(sentence: str) -> None:
    """Tell people what was done; standard output is for what was asked for."""
    Console(stderr=True).print(sentence, markup=False, highlight=False, soft_wrap=True)


def _refuse(sentence: str, code: int) -> int:
    Console(stderr=True).print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    return code
