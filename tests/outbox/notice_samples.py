"""Letters to coordinators as they ought to read: `python -m tests.outbox.notice_samples` writes them anew."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from outbox.notice import render_notice
from outbox.notice_words import Summary, Trouble, digest_words
from outbox.notice_words import alarm_words as words_of_alarm
from rules.call import Call
from tests.outbox.samples import call

GOLDEN = Path(__file__).parent / "golden_notices"
SINCE = datetime(2023, 3, 8, 8, 12, tzinfo=UTC)
REFUSED = "SMTP login: 535 5.7.8 Error: authentication failed: Invalid user or password"
BUSY = Summary(
    total=14,
    new=("КЗ-2023-013", "КЗ-2023-014"),
    incomplete=tuple(f"КЗ-2023-{number:03}" for number in range(1, 15)),
    waiting=2,
    undelivered=3,
    undelivered_numbers=("КЗ-2023-009",),
    to_approve=3,
    drafts=0,
)
QUIET = Summary(0, (), (), 0, 0, (), 0, 1)


def alarm_words(code: str, of: Call, *, subject: str = "", details: str = "") -> dict[str, Any]:
    """Return the words of an alarm and of its end."""
    return words_of_alarm(Trouble(code, SINCE, subject, details, SINCE + timedelta(minutes=49)), of)


def notices() -> dict[str, str]:
    """Return every golden file's name with what it ought to say."""
    letters = {}
    for language in ("uk", "bg", "en"):
        of: Call = call(language)
        day = of.deadline_at.replace(hour=8) - timedelta(days=2)
        shown = {
            "alarm": render_notice("alarm", alarm_words("smtp_trouble", of, details=REFUSED), of),
            "alarm_workbook": render_notice(
                "alarm", alarm_words("workbook_locked", of, subject="kz-2023"), of
            ),
            "alarm_over": render_notice("alarm_over", alarm_words("smtp_trouble", of), of),
            "digest": render_notice(
                "digest", digest_words(BUSY, ("workbook_locked", "outbox_held"), of, "Заявки.xlsx", day), of
            ),
            "digest_last_day": render_notice(
                "digest", digest_words(QUIET, (), of, "Заявки.xlsx", day + timedelta(days=2)), of
            ),
            "digest_closed": render_notice(
                "digest", digest_words(BUSY, (), of, "Заявки.xlsx", day + timedelta(days=3)), of
            ),
        }
        letters |= {
            f"{language}_{name}.txt": f"Subject: {head}\n\n{text}" for name, (head, text) in shown.items()
        }
    return letters


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, letter in notices().items():
        (GOLDEN / name).write_text(letter, encoding="utf-8")
