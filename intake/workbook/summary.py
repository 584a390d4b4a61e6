"""The page of totals: formulas over the sheets of rows, so that it follows what people decide; and its charts. Pure.

No formula is made from anybody's text: labels stand in cells of their own and formulas refer to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from intake.ledger.views import ApplicationView
from intake.workbook.calls import alphabetical
from intake.workbook.page import Chart, LastRun, Page, PageCell, Reference, Sheaf
from intake.workbook.page_words import PAGES, PageWords
from intake.workbook.sheet import Desk, Tone, status_tones

# A call that is open for longer is shown by its last days.
MOST_DAYS = 45
# A spreadsheet's moment is a fraction of a day: the exact hour may be a hair before or after itself.
_HAIR = "1/172800"
_CODE = "?" * 12
_LONGEST = 30000
_MOST_NAMED = 30
# Every status that counts; what is void never does, and late ones stand on a sheet of their own.
_COUNTED = ("complete", "incomplete", "held", "no_form", "withdrawn")
_LETTERS = "BCDEFGH"
WIDTHS = (34.0, 16.5, 14.0, 14.0, 16.5, 13.0, 13.0, 11.0)


@dataclass(frozen=True, slots=True)
class _Totals:
    desk: Desk
    words: PageWords
    at: Reference
    sheaf: Sheaf

    def count(self, *pairs: tuple[str, str]) -> str:
        """Return a formula that counts the rows for which every (reference, criterion) holds; "" without a reference."""
        if not all(reference for reference, _ in pairs):
            return ""
        return f"=COUNTIFS({','.join(f'{reference},{criterion}' for reference, criterion in pairs)})"

    @property
    def standing(self) -> tuple[tuple[str, str], ...]:
        """What every row of an application that counts fulfils, whatever else is asked of it."""
        status = self.at("applications", "status")
        void = self.desk.words.statuses["void"]
        return ((status, f'"<>{void}"'),) if status else ()


def summary_page(
    desk: Desk,
    applications: Sequence[ApplicationView],
    newest: datetime | None,
    oblasts: Sequence[str],
    at: Reference,
    *,
    now: datetime,
    run: LastRun | None = None,
    deleted: Sequence[str] = (),
) -> Page:
    """Return the page. `newest` is when the last letter came (aware), `oblasts` are the admitted ones; `at` tells where a column stands in the file; `now` is aware.

    `deleted` are the applications and letters whose rows people deleted, by number and by code. When the mail was looked at is told as of the
    writing of the file: it is no reason to write it.
    """
    totals = _Totals(desk, PAGES[desk.call.language], at, Sheaf())
    _heading(totals, newest, now, run)
    statuses = _statuses(totals, deleted)
    _decisions(totals)
    oblast = _oblasts(totals, applications, oblasts)
    days = _days(totals, applications)
    hours = _hours(totals)
    _addresses(totals, applications)
    words = totals.words
    tones = status_tones(desk.words)
    pie: tuple[Tone, ...] = tuple(tones[desk.words.statuses[one]] for one in (*_COUNTED, "late"))
    stretch = max(7.5, 2.5 + 0.55 * (oblast[2] - oblast[1] + 1))
    # The one that grows stands last, so that the others keep their places; on paper it is the first of the second page.
    charts = (
        Chart("columns", words.chart_days, days, tuple((column, *days[1:]) for column in (2, 3)), "J2", tones=("good", "bad"), stacked=True),
        Chart("pie", words.chart_statuses, statuses, ((2, *statuses[1:]),), "J19", tones=pie),
        Chart("columns", words.chart_hours, hours, tuple((column, *hours[1:]) for column in (2, 3)), "J36", tones=("good", "bad"), stacked=True),
        Chart("bars", words.chart_oblasts, oblast, tuple((column, *oblast[1:]) for column in range(2, 8)), "J56", (16.0, stretch), tones=pie, stacked=True),
    )  # fmt: skip
    return Page("summary", desk.words.sheets["summary"], totals.sheaf.cells, WIDTHS, charts, first=True)


def _heading(totals: _Totals, newest: datetime | None, now: datetime, run: LastRun | None) -> None:
    desk, words, sheaf = totals.desk, totals.words, totals.sheaf
    sheaf.line(PageCell(desk.call.title, "title"))
    deadline = sheaf.line(
        PageCell(words.deadline, "label"), PageCell(desk.local(desk.call.deadline_at), "moment")
    )
    left = f"(B{deadline}-NOW())"
    sheaf.line(
        PageCell(words.left, "label"),
        PageCell(
            look="moment",
            formula=f'=IF({left}<=0,"{words.over}",INT({left})&" {words.days_short} "&INT(MOD({left},1)*24)&" {words.hours_short} "&INT(MOD({left}*24,1)*60)&" {words.minutes_short}")',
        ),
    )
    polled = desk.local(run.at) if run is not None else None
    sheaf.line(
        PageCell(words.last_letter, "label"),
        PageCell(desk.local(newest), "moment"),
        PageCell(words.polled, "label"),
        None,
        PageCell(polled, "moment", moving=True),
    )
    sheaf.line(
        PageCell(words.written, "label"),
        PageCell(desk.local(now), "moment", moving=True),
        PageCell(words.unread, "label"),
        None,
        PageCell(run.waiting if run is not None else None, "number", moving=True),
    )
    sheaf.gap()


def _statuses(totals: _Totals, deleted: Sequence[str]) -> tuple[int, int, int]:
    """Add the totals by status; return where their names stand."""
    desk, words, sheaf, at = totals.desk, totals.words, totals.sheaf, totals.at
    tones = status_tones(desk.words)
    prefix = f'"{desk.call.prefix}-*"'
    first = sheaf.table((words.status, words.count, words.share))
    last = first + len(_COUNTED)
    for status in _COUNTED:
        row, word = sheaf.row, desk.words.statuses[status]
        sheaf.line(
            PageCell(word, tone=tones[word]),
            PageCell(look="number", formula=totals.count((at("applications", "status"), f"$A{row}"))),
            _share(row, first, last),
        )
    late = desk.words.statuses["late"]
    sheaf.line(
        PageCell(late, tone="bad"),
        PageCell(look="number", formula=totals.count((at("late", "number"), prefix))),
        _share(last, first, last),
    )
    sheaf.line(PageCell(words.total, "total"), PageCell(look="total", formula=f"=SUM(B{first}:B{last})"))
    void = desk.words.statuses["void"]
    counted = totals.count((at("applications", "status"), f'"{void}"'))
    sheaf.line(
        PageCell(words.uncounted.format(word=void), tone="quiet"), PageCell(look="number", formula=counted)
    )
    sheaf.line(
        PageCell(words.attention),
        PageCell(
            look="number",
            # What is decided leaves the sheet; a decision that is still there could not be carried out.
            formula=totals.count((at("attention", "letter"), f'"{_CODE}"')),
        ),
    )
    sheaf.line(
        PageCell(words.undelivered),
        PageCell(
            look="number",
            formula=totals.count(
                (at("letters", "letter"), f'"{_CODE}"'),
                (at("letters", "fate"), f'"{desk.words.fates["failed"]}"'),
            ),
        ),
    )
    sheaf.line(
        PageCell(words.missing),
        PageCell(
            look="number",
            formula=totals.count((at("missing", "code"), '"?*"'), (at("missing", "number"), '""')),
        ),
    )
    # They are counted nowhere: whoever deleted one by mistake must be able to see it.
    named = "; ".join(deleted[:_MOST_NAMED]) + ("; …" if len(deleted) > _MOST_NAMED else "")
    sheaf.line(
        PageCell(words.deleted, tone="bad" if deleted else None),
        PageCell(len(deleted), "number"),
        PageCell(named or None, "quiet"),
    )
    sheaf.gap()
    return 1, first, last


def _share(row: int, first: int, last: int) -> PageCell:
    return PageCell(
        look="percent", formula=f"=IF(SUM(B${first}:B${last})=0,0,B{row}/SUM(B${first}:B${last}))"
    )


def _decisions(totals: _Totals) -> None:
    """Add the decisions of all applications but the late: they come to as many as there are."""
    desk, words, sheaf, at = totals.desk, totals.words, totals.sheaf, totals.at
    ours = ((at("applications", "number"), f'"{desk.call.prefix}-*"'), *totals.standing)
    decision = at("applications", "decision")
    first = sheaf.table((words.decision, words.count))
    for word in desk.words.decisions:
        formula = totals.count(*ours, (decision, f"$A{sheaf.row}"))
        sheaf.line(PageCell(word), PageCell(look="number", formula=formula))
    undecided = totals.count(*ours, (decision, '""'))
    last = sheaf.line(PageCell(words.undecided), PageCell(look="number", formula=undecided))
    # Two decisions in one cell, or a word that is none of the list.
    others = f"=B{last + 2}-SUM(B{first}:B{last})" if undecided else ""
    sheaf.line(PageCell(words.others), PageCell(look="number", formula=others))
    sheaf.line(PageCell(words.total, "total"), PageCell(look="total", formula=totals.count(*ours)))
    sheaf.gap()


def _oblasts(
    totals: _Totals, applications: Sequence[ApplicationView], admitted: Sequence[str]
) -> tuple[int, int, int]:
    """Add oblast × status; return where the names of the oblasts stand."""
    desk, words, sheaf, at = totals.desk, totals.words, totals.sheaf, totals.at
    counted: dict[str, int] = {desk.short_oblast(oblast): 0 for oblast in admitted}
    for one in applications:
        counted[desk.oblast(one)] = counted.get(desk.oblast(one), 0) + 1
    language = desk.call.language
    names = sorted(filter(None, counted), key=lambda name: (-counted[name], alphabetical(name, language)))
    statuses = [desk.words.statuses[one] for one in (*_COUNTED, "late")]
    first = sheaf.table((desk.header("oblast"), *statuses, words.together))
    head = first - 1
    for name in names or [""]:
        row = sheaf.row
        counts = [
            PageCell(
                look="number",
                formula=totals.count(
                    (at("applications", "oblast"), f"$A{row}"),
                    (at("applications", "status"), f"{column}${head}"),
                ),
            )
            for column in _LETTERS[: len(_COUNTED)]
        ]
        late = PageCell(look="number", formula=totals.count((at("late", "oblast"), f"$A{row}")))
        sheaf.line(PageCell(name), *counts, late, PageCell(look="total", formula=f"=SUM(B{row}:G{row})"))
    last = sheaf.row - 1
    # A place whose oblast somebody wrote otherwise.
    words_of = [
        totals.count((at("applications", "status"), f"{column}${head}"))
        for column in _LETTERS[: len(_COUNTED)]
    ]
    words_of.append(totals.count((at("late", "number"), f'"{desk.call.prefix}-*"')))
    rest = [
        PageCell(look="number", formula=f"{counted}-SUM({column}{first}:{column}{last})" if counted else "")
        for column, counted in zip(_LETTERS, words_of, strict=False)
    ]
    row = sheaf.line(PageCell(words.elsewhere), *rest)
    sheaf.cells[row, 8] = PageCell(look="total", formula=f"=SUM(B{row}:G{row})")
    sums = [PageCell(look="total", formula=f"=SUM({c}{first}:{c}{row})") for c in _LETTERS]
    sheaf.line(PageCell(words.total, "total"), *sums)
    sheaf.gap()
    return 1, first, last


def _days(totals: _Totals, applications: Sequence[ApplicationView]) -> tuple[int, int, int]:
    """Add the arrivals by day, in time and late; return where the days stand."""
    desk, words, sheaf, at = totals.desk, totals.words, totals.sheaf, totals.at
    arrived = [one.first_received_at.astimezone(desk.call.zone).date() for one in applications]
    end = max([*arrived, min([*arrived, desk.call.deadline.date()])])
    start = max(min([*arrived, end]), end - timedelta(days=MOST_DAYS - 1))
    first = sheaf.table((words.day, words.in_time, words.late, words.growing))
    day = start
    while day <= end:
        row = sheaf.row
        sheaf.line(
            PageCell(_midnight(day), "day"),
            PageCell(
                look="number",
                formula=_between(totals, at("applications", "received"), row, "1", totals.standing),
            ),
            PageCell(look="number", formula=_between(totals, at("late", "received"), row, "1")),
            PageCell(look="number", formula=_until(totals, row)),
        )
        day += timedelta(days=1)
    last = sheaf.row - 1
    sheaf.gap()
    return 1, first, last


def _hours(totals: _Totals) -> tuple[int, int, int]:
    """Add the arrivals by hour on the day of the deadline; return where the hours stand."""
    desk, words, sheaf, at = totals.desk, totals.words, totals.sheaf, totals.at
    day = desk.call.deadline.date()
    sheaf.line(PageCell(words.last_day.format(day=f"{day:%d.%m.%Y}"), "head"))
    first = sheaf.table((words.hour, words.in_time, words.late))
    for hour in range(24):
        row = sheaf.row
        sheaf.line(
            PageCell(_midnight(day) + timedelta(hours=hour), "hour"),
            PageCell(
                look="number",
                formula=_between(totals, at("applications", "received"), row, "1/24", totals.standing),
            ),
            PageCell(look="number", formula=_between(totals, at("late", "received"), row, "1/24")),
        )
    last = sheaf.row - 1
    sheaf.gap()
    return 1, first, last


def _between(
    totals: _Totals, column: str, row: int, length: str, also: tuple[tuple[str, str], ...] = ()
) -> str:
    span = ((column, f'">="&($A{row}-{_HAIR})'), (column, f'"<"&($A{row}+{length}-{_HAIR})'))
    return totals.count(*span, *also)


def _until(totals: _Totals, row: int) -> str:
    """Return how many had come by the end of a day, those before the first day shown included."""
    end = f'"<"&($A{row}+1-{_HAIR})'
    counts = (
        totals.count((totals.at("applications", "received"), end), *totals.standing),
        totals.count((totals.at("late", "received"), end)),
    )
    return "=" + "+".join(one.removeprefix("=") for one in counts) if all(counts) else ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _addresses(totals: _Totals, applications: Sequence[ApplicationView]) -> None:
    """Add every address an application came from, for a hidden copy to all: one cell, or several when they are many."""
    words, sheaf = totals.words, totals.sheaf
    addresses = list(dict.fromkeys(one.sender_address for one in applications if one.sender_address))
    sheaf.line(PageCell(words.addresses, "head"))
    cells: list[list[str]] = [[]]
    for address in addresses:
        if len("; ".join((*cells[-1], address))) > _LONGEST:
            cells.append([])
        cells[-1].append(address)
    for cell in cells:
        # The neighbour keeps a long text from running over the whole paper, and says that it does.
        told = words.in_this_cell.format(count=len(cell))
        sheaf.line(PageCell("; ".join(cell) or "—", "quiet"), PageCell(told, "quiet"))
