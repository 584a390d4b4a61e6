"""What can still be read of a config.toml with mistakes: where the ledger lies, so that its state can be looked at.

Only for looking: nothing may work, send or judge by what comes from here. What is wrong in a table makes that table the
default one.
"""

import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ValidationError

from intake.config import Alarms, Config, MailboxSettings, SmtpSettings, StorageSettings
from intake.mistakes import ConfigMistake
from intake.toml_file import read_text
from intake.toml_lines import with_seconds
from rules.call import Call, FormField, Replies, SubjectRule

_Table = TypeVar("_Table", bound=BaseModel)
_HEADER = re.compile(r"^\s*\[", re.MULTILINE)


def salvaged(path: Path) -> Config | None:
    """Return a configuration by which the ledger can be read, or None when it is not known where one lies.

    Its calls are one call that says nothing but a time zone.
    """
    values = _values(path)
    if values is None:
        return None
    config = Config(
        mailbox=_table(values, "mailbox", MailboxSettings(host="localhost", user="unknown")),
        smtp=_table(values, "smtp", SmtpSettings(host="localhost")),
        storage=_table(values, "storage", StorageSettings()),
        alarms=_table(values, "alarms", Alarms()),
        calls=(_silent_call(_zone(values)),),
        base=path.absolute().parent,
    )
    file = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+).*", config.database_url)
    return config if file is None or Path(file[1]).exists() else None


def _silent_call(zone: str) -> Call:
    nobody = Replies(
        address="nobody@localhost", sender_name="-", contact_name="", contact_phone="", signature="-"
    )
    return Call(
        id="none",
        title="-",
        prefix="-",
        time_zone=zone,
        deadline=datetime(2000, 1, 1),  # noqa: DTZ001 - local, as deadlines are written
        subject=SubjectRule(topic="-", example="-/-"),
        fields=(FormField(key="none", label="-"),),
        replies=nobody,
    )


def _values(path: Path) -> dict[str, Any] | None:
    """Return what the file says up to the table in which its syntax goes wrong; None when it cannot be read at all."""
    try:
        text = with_seconds(read_text(path))
    except ConfigMistake:
        return None
    ends = [len(text), *reversed([found.start() for found in _HEADER.finditer(text)])]
    for end in ends:
        try:
            return tomllib.loads(text[:end])
        except tomllib.TOMLDecodeError:
            continue
    return None


def _table(values: dict[str, Any], name: str, default: _Table) -> _Table:
    try:
        return type(default).model_validate(values.get(name, {}))
    except ValidationError:
        return default


def _zone(values: dict[str, Any]) -> str:
    calls = values.get("calls")
    name = (
        calls[0].get("time_zone")
        if isinstance(calls, list) and calls and isinstance(calls[0], dict)
        else None
    )
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError):
        return "Europe/Kyiv"
