"""The page of reference: what every word and colour of the workbook means, and the call's settings as they are. Pure."""

from datetime import datetime

from intake.workbook.page import Look, Page, PageCell, Sheaf
from intake.workbook.page_words import PAGES
from intake.workbook.sheet import Desk, Tone, status_tones
from intake.workbook.values import Value

_TONES: tuple[Tone, ...] = ("good", "wait", "doubt", "bad", "quiet")


def reference_page(desk: Desk) -> Page:
    """Return the page."""
    words, told = desk.words, PAGES[desk.call.language]
    sheaf = Sheaf()
    sheaf.line(PageCell(words.sheets["reference"], "title"))
    sheaf.gap()
    tones = status_tones(words)
    tables: tuple[tuple[str, list[tuple[str, str]]], ...] = (
        (told.status, [(words.statuses[code], text) for code, text in told.statuses.items()]),
        (
            f"{told.decision} · {words.sheets['applications']}",
            list(zip(words.decisions, told.decisions, strict=True)),
        ),
        (
            f"{told.decision} · {words.sheets['attention']}",
            list(zip(words.attention_decisions, told.attention_decisions, strict=True)),
        ),
        (
            f"{told.decision} · {words.sheets['late']}",
            list(zip(words.late_decisions, told.late_decisions, strict=True)),
        ),
        (
            f"{desk.header('fate')} · {words.sheets['letters']}",
            [(words.fates[code], text) for code, text in told.fates.items()],
        ),
    )
    for heading, lines in tables:
        sheaf.table((heading, told.meaning))
        for word, meaning in lines:
            sheaf.line(PageCell(word, tone=tones.get(word)), PageCell(meaning))
        sheaf.gap()
    sheaf.table((told.colours, told.meaning))
    for tone, meaning in zip(_TONES, told.colour_meanings, strict=True):
        sheaf.line(PageCell("■", tone=tone), PageCell(meaning))
    sheaf.gap()
    sheaf.line(PageCell(told.settings, "head"))
    sheaf.table((told.setting, told.value))
    for label, value in zip(told.labels, _settings(desk), strict=True):
        look: Look = "when" if isinstance(value, datetime) else "text"
        sheaf.line(PageCell(label), PageCell(value, look))
    return Page("reference", words.sheets["reference"], sheaf.cells, (38.0, 78.0), portrait=True)


def _settings(desk: Desk) -> tuple[Value, ...]:
    call, told = desk.call, PAGES[desk.call.language]
    policy = call.policy
    return (
        call.title,
        call.id,
        f"{call.prefix}-",
        desk.local(call.deadline_at),
        str(call.grace_minutes),
        told.policies[policy.late],
        told.policies[policy.duplicate],
        told.policies[policy.subject],
        "; ".join(policy.oblasts) or told.all,
        told.policies[call.replies.mode],
        call.replies.address,
        desk.local(call.cure_at) or "—",
        str(len(call.fields)),
        call.digest,
    )
