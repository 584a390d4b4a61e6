"""config.toml while the worker runs: looked at between cycles, and taken over whole or not at all.

A file with a mistake leaves the rules as they were; the log and an alarm say what is wrong. Servers, folders and limits
are never exchanged under a running worker: that needs a restart, and is said.
"""

import hashlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from intake.config import Config, ConfigMistake, load
from intake.database import writing
from intake.ledger import health
from intake.reply_texts import text_files
from intake.station import Station
from intake.toml_file import matching, patterns, read

log = structlog.get_logger()

# What a worker opened at its start.
FIXED = ("mailbox", "smtp", "storage", "limits")
ALARM = "config_mistake"


@dataclass(slots=True)
class ConfigWatch:
    """A configuration file and what was last seen of it. `codes` and `templates` are as for `intake.config.load`."""

    path: Path
    codes: Collection[str]
    templates: Collection[str]
    seen: str = ""

    def look(self, station: Station) -> bool:
        """Let the station work by the file as it is now; return whether its rules changed.

        Costs the reading of the files; they are understood anew only when their content changed. Raises `LedgerTrouble`.
        """
        content = fingerprint(self.path, station.config)
        if content == self.seen:
            return False
        try:
            config = load(self.path, known_codes=self.codes, known_templates=self.templates)
        except ConfigMistake as mistake:
            log.error("configuration not taken over", mistakes=str(mistake).splitlines())
            with writing(station.engine) as tx:
                health.end_alarm(tx, ALARM, self.path.name, station.now())
                health.raise_alarm(tx, ALARM, self.path.name, {"mistakes": str(mistake)}, station.now())
            self.seen = content
            return False
        with writing(station.engine) as tx:
            health.end_alarm(tx, ALARM, self.path.name, station.now())
        self.seen = content
        return _take_over(station, config)


def fingerprint(path: Path, known: Config) -> str:
    """Return a digest of the file, of all it includes, and of the texts of replies it names.

    `known` is the configuration as last understood: a file that cannot be read now does not say what it includes.
    """
    included = set(known.include)
    with suppress(ConfigMistake):
        included.update(patterns(read(path).values))
    files = [path, *sorted({file for pattern in included for file in matching(path, pattern)})]
    texts: set[Path] = set()
    for file in files:
        with suppress(ConfigMistake):
            texts.update(text_files(read(file).values, path.absolute().parent))
    files += sorted(texts)
    digest = hashlib.sha256()
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            content = str(error).encode()
        digest.update(hashlib.sha256(str(file).encode()).digest() + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _take_over(station: Station, config: Config) -> bool:
    before = station.config
    if waiting := [name for name in FIXED if getattr(before, name) != getattr(config, name)]:
        log.warning("restart needed", sections=waiting)
    after = config.model_copy(update={name: getattr(before, name) for name in FIXED})
    if after == before:
        return False
    station.adopt(after)
    digests = {call.id: call.digest for call in before.calls}
    changed = [call.id for call in after.calls if digests.pop(call.id, "") != call.digest]
    # Letters that were judged before keep their verdict until somebody has seen what would change.
    log.info("configuration taken over", changed=changed, gone=sorted(digests), see="intake replay --diff")
    return True
