"""HTML files, as browsers and office suites save them, and Word's «filtered» pages.

Scripts are never run and nothing is fetched; what a page hides is not read. It is also the example of how a
format is added (CONTRIBUTING.md).
"""

import re
from html.parser import HTMLParser

from intake.readers.guard import MAX_DEPTH, MAX_ELEMENTS, Refused
from intake.readers.text import by_mark
from rules.table import Block, Cell, Para, Reading, Table

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "dl",
    ]
)
_IGNORED = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "noscript",
        "template",
        "svg",
        "math",
        "object",
        "select",
        "textarea",
        "del",
        "s",
        "strike",
    ]
)
_VOID = frozenset(
    [
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "col",
        "area",
        "base",
        "embed",
        "source",
        "track",
        "wbr",
        "param",
    ]
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def read(content: bytes, sha256: str) -> Reading:
    """Return what an HTML file says. Raises `Refused` for one that is empty or nested without end."""
    page = _Page()
    page.feed(_decoded(content))
    page.close()
    blocks = page.finish()
    if not blocks:
        raise Refused("empty")
    return Reading(sha256, "read", reader="html", blocks=tuple(blocks))


def _decoded(content: bytes) -> str:
    marked = by_mark(content)
    if marked is not None:
        return marked
    declared = _CHARSET.search(content[:4096])
    for codec in ((declared.group(1).decode("ascii"),) if declared else ()) + ("utf-8", "windows-1251"):
        try:
            return content.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


class _Flow:
    """Blocks being gathered: of the page, or of one cell."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.text: list[str] = []

    def end_paragraph(self) -> None:
        lines = "".join(self.text).split("\n")
        text = "\n".join(re.sub(r"[^\S\n]+", " ", line).strip() for line in lines).strip()
        if text:
            self.blocks.append(Para(text, f"p {len(self.blocks) + 1}"))
        self.text = []


class _Grid:
    """A table being gathered, with the row spans still open."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.down: dict[int, int] = {}
        self.cell: _Flow | None = None
        self.spans = (1, 1)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._page = _Flow()
        self._tables: list[_Grid] = []
        self._ignored = 0
        self._elements = 0

    @property
    def _flow(self) -> _Flow:
        return next((grid.cell for grid in reversed(self._tables) if grid.cell is not None), self._page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._tables) > MAX_DEPTH // 4:
            raise Refused("bomb")
        if tag in _IGNORED:
            self._ignored += 1
        if self._ignored:
            return
        given = {name: value or "" for name, value in attrs}
        if tag == "br":
            self._flow.text.append("\n")
        elif tag == "input" and given.get("type", "").lower() in {"checkbox", "radio"}:
            self._flow.text.append("☒" if "checked" in given else "☐")
        elif tag == "input" and given.get("type", "text").lower() == "text":
            self._flow.text.append(given.get("value", ""))
        elif tag == "table":
            self._flow.end_paragraph()
            self._tables.append(_Grid())
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._tables[-1].rows.append([])
        elif tag in {"td", "th"} and self._tables:
            self._start_cell(given)
        elif tag in _BLOCKS:
            self._flow.end_paragraph()

    def handle_endtag(self, tag: str) -> None:
        if tag in _IGNORED:
            self._ignored = max(0, self._ignored - 1)
        elif self._ignored:
            return
        elif tag in {"td", "th", "tr"} and self._tables:
            self._end_cell()
        elif tag == "table" and self._tables:
            self._end_cell()
            grid = self._tables.pop()
            rows = tuple(tuple(row) for row in grid.rows if row)
            if rows:
                self._flow.blocks.append(Table(rows, "table"))
        elif tag in _BLOCKS:
            self._flow.end_paragraph()

    def handle_data(self, data: str) -> None:
        if not self._ignored:
            # Line breaks of the source are blanks; those of the page come from <br>.
            self._flow.text.append(re.sub(r"\s+", " ", data.replace("\u00ad", "")))

    def _start_cell(self, given: dict[str, str]) -> None:
        self._end_cell()
        grid = self._tables[-1]
        if not grid.rows:
            grid.rows.append([])
        row = grid.rows[-1]
        at = sum(cell.colspan for cell in row)
        while grid.down.get(at, 0) > 0:
            grid.down[at] -= 1
            row.append(Cell((), 1, continued=True))
            at += 1
        grid.spans = (_span(given.get("colspan", "")), _span(given.get("rowspan", "")))
        grid.cell = _Flow()

    def _end_cell(self) -> None:
        grid = self._tables[-1]
        if grid.cell is None:
            return
        grid.cell.end_paragraph()
        across, down = grid.spans
        row = grid.rows[-1]
        if down > 1:
            grid.down[sum(cell.colspan for cell in row)] = down - 1
        row.append(Cell(tuple(grid.cell.blocks), across))
        grid.cell = None

    def finish(self) -> list[Block]:
        while self._tables:
            self.handle_endtag("table")
        self._page.end_paragraph()
        return self._page.blocks


def _span(text: str) -> int:
    return min(max(int(text), 1), 64) if text.isascii() and text.isdigit() and len(text) < 6 else 1
