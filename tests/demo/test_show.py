from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from intake.demo.show import Line, letters_table, progress

RECEIVED = datetime(2023, 3, 10, 18, 1, tzinfo=ZoneInfo("Europe/Kyiv"))
LINES = (
    Line(
        "Second sender of the same hromada",
        RECEIVED,
        "hold",
        "spam_flag, not_an_application, mailing_list, bulk",
        "КЗ-2023-002",
        "duplicate_new (sent), duplicate_first (sent)",
    ),
    Line("Polite text, no form", RECEIVED, "reject", "no_form", "КЗ-2023-006", "no_form (sent)"),
    Line("Exact subject, complete form", RECEIVED, "accept", "", "КЗ-2023-001", "accepted"),
    Line("Late by one minute", RECEIVED, "reject", "late", "Запізнілі", "late"),
    Line(
        "[bold]No markup[/bold]",
        RECEIVED,
        "hold",
        "place_unknown, subject_deviates",
        "",
        "subject_unrecognised",
    ),
)


def shown(width: int) -> str:
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(letters_table(LINES, width))
    return capture.get()


@pytest.mark.parametrize("width", [80, 99, 100, 120, 200])
def test_the_table_fits_the_terminal_and_loses_no_word(width: int) -> None:
    text = shown(width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    for word in (
        "accept",
        "reject",
        "hold",
        "КЗ-2023-001",
        "Запізнілі",
        "10 Mar 18:01:00",
        "unrecognised",
        "deviates",
        "application,",
    ):
        assert word in text
    # Three answers are sent, and each says so to its last bracket.
    assert text.count("(sent)") == 3


def test_reasons_have_a_column_only_where_there_is_room() -> None:
    headings = {width: shown(width).split("\n")[1].split() for width in (80, 120)}
    assert headings[120] == ["№", "Letter", "Received", "Verdict", "Why", "Row", "Reply"]
    assert headings[80] == ["№", "Letter", "Received", "Verdict", "Row", "Reply"]


def test_titles_are_shown_as_they_are_not_as_markup() -> None:
    assert "[bold]No markup[/bold]" in shown(200)


def test_the_progress_bar_counts_letters() -> None:
    console = Console(width=80, color_system=None, force_terminal=False)
    with console.capture(), progress(console) as bar:
        task = bar.add_task("judging letters", total=3)
        bar.update(task, completed=3)
        assert bar.finished
