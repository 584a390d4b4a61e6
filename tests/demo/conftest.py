"""The calls that the demo's tests write letters for: the shipped one, and a Bulgarian one with hardly any fields."""

from datetime import datetime
from pathlib import Path

import pytest

from intake.config import load
from rules.call import Call

SHIPPED = Path(__file__).parents[2] / "config.toml"


@pytest.fixture(scope="session")
def call() -> Call:
    return load(SHIPPED).calls[0]


@pytest.fixture(scope="session")
def burgas() -> Call:
    return Call.model_validate(
        {
            "id": "burgas",
            "title": "Ефективни комуникационни кампании на местната власт",
            "language": "bg",
            "country": "bg",
            "prefix": "ОК-2020",
            "time_zone": "Europe/Sofia",
            "deadline": datetime(2020, 7, 14, 12),  # noqa: DTZ001 a call's deadline is local time
            "subject": {"topic": "Обучение комуникация", "example": "Обучение комуникация/Община Созопол"},
            "fields": [
                {"key": "hromada", "label": "Община", "kind": "hromada", "required": "yes"},
                {"key": "agreed", "label": "Съгласие", "kind": "consent"},
                {"key": "remark", "label": "Бележка"},
            ],
            "replies": {
                "address": "obuchenie@example.org",
                "sender_name": "Работилница",
                "contact_name": "Мария Петрова",
                "contact_phone": "+359 2 000 00 00",
                "signature": "Екипът",
            },
        }
    )
