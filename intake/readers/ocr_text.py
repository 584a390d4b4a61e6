"""The text of a page's regions: words in lines, lines joined to what was written.

What one paragraph was on paper is one paragraph again; letters of two alphabets in one word are made one.
"""

import itertools
import re
from collections.abc import Sequence

from intake.readers import ocr_addresses, ocr_doubts, ocr_ghe, ocr_strip
from intake.readers.ocr_cells import Box
from intake.readers.ocr_tesseract import Gray, Word
from rules.table import LOST_BOX

_LATIN = "ABCEHIKMOPTXYaceiopxy"
_CYRILLIC = "АВСЕНІКМОРТХУасеіорху"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
# What tesseract makes of the commonest label of all.
_FULL_NAME = re.compile(r"(?<!\w)(?:NIB|THB|TIIB|NMB|ШБ|ПШБ|ПІВ)(?!\w)")
# And of an abbreviation in many a position, and of the commonest behind a figure.
_SMM = re.compile(r"(?<![\w.,])5 ?[MМ]{2}(?=-[^\W\d_])")
_THOUSAND = re.compile(r"(?<=\d )[TТ][uи][cс](?=\.)")
# What begins a line of its own: a box, an item of a list, a label with its answer.
_BEGINS = re.compile(
    r"[☐☒]|\d{1,2}[.)]\s|[^\W\d_a-zа-яіїєґ][^:.\n]{1,45}:\s*\S|\(?(?:наприклад|напр\.|e\.g\.)[\s:,]"
)
# Of a line's height: wider gaps are no blanks; narrower ones are not when they are much wider than the line's others.
TAB, SHORT_TAB = 1.3, 0.7
WIDER = 1.5

# «ПРОГРАМАХ З КОМУНІКАЦІЙ»: among capitals a figure alone is the word; and a name never begins small.
_LONE_THREE = re.compile(r"(?<=[А-ЯІЇЄҐ]{2} )3(?= [А-ЯІЇЄҐ]{2})")
_SMALL_YI = re.compile(r"^ї(?=[а-яіїєґ]+ [А-ЯІЇЄҐ][а-яіїєґ’])")
# A hromada by its abbreviation, and the commonest word of all beside boxes, in Latin letters that are no Cyrillic ones.
_OTH = re.compile(r"(?<=[а-яіїєґ] )[OО][TТ][TFТГ](?!\w)")
_YES = re.compile(r"(?<!\w)T[aа]k(?=, [а-яіїєґ])")
# A box of which only a letter or a scrawl could be made out: whether it was ticked nobody can tell.
_MISREAD_BOX = re.compile(r"^(?![1-9]\d?[.)]\s|Ні\b)[^\s☐☒]{1,2}[:.)\]]?\s+(?=Так, )")
# A first name or a patronymic whose tall first letter was taken for a small one or for one with two dots.
_SMALL_I = re.compile(
    r"(?:(?<=[а-яіїєґ’] )і(?=[а-яіїєґ]{2,} [А-ЯІЇЄҐ][а-яіїєґ’]+(?:вич|вна|ївна)(?!\w))"
    r"|(?<=[а-яіїєґ’] )[іЇ](?=(?:ван|гор|лл|нн|рин)[а-яіїєґ’]*(?:вич|вна)(?!\w))|(?<!\w)Ї(?=(?:ван|гор|рина|нна)(?!\w)))"
)

Line = list[Word]


def lines_of(page: Gray, regions: Sequence[Box], ticks: Sequence[Word], until: float) -> list[list[Line]]:
    """Return for each region its lines of words, with places on the page.

    `ticks` are words known already (boxes, which tesseract does not know) and absent from the picture. `until` is the
    end of the time allowed. Raises `Refused` as `ocr_tesseract` does.
    """
    found = ocr_strip.read(page, [ocr_strip.trimmed(page, region) for region in regions], until)
    lines = [_lines(own) for own in found]
    ocr_doubts.settle(page, [line for own in lines for line in own], until)
    lines = [[[ocr_ghe.restored(page, word) for word in line] for line in own] for own in lines]
    return [
        _with(
            own,
            [
                tick
                for tick in ticks
                if region.left <= tick.left < region.right and region.top <= tick.middle < region.bottom
            ],
        )
        for region, own in zip(regions, lines, strict=True)
    ]


def _lines(own: list[Word]) -> list[Line]:
    lines: dict[tuple[int, ...], Line] = {}
    for word in own:
        # What is left of a ruled line is no word.
        if word.text.strip("|¦") == "":
            continue
        lines.setdefault(word.line, []).append(word)
    return list(lines.values())


def _with(lines: list[Line], ticks: list[Word]) -> list[Line]:
    """Return a region's lines from the top, its ticks among their words."""
    for tick in ticks:
        near = min(lines, key=lambda line: abs(_middle(line) - tick.middle), default=None)
        if near is not None and abs(_middle(near) - tick.middle) < tick.height:
            near.append(tick)
            near.sort(key=lambda word: word.left)
        else:
            lines.append([tick])
    return sorted(lines, key=_middle)


def _middle(line: Line) -> float:
    return sorted(word.middle for word in line)[len(line) // 2]


# --- lines to text ---------------------------------------------------------------------------------------------------


def joined(lines: Sequence[Line], right: int, *, tabs: bool = False, labels: bool = False) -> str:
    """Return lines as text. A line so full that the next word had no room goes on in the next one.

    `right` is the column where text must turn to the next line; `tabs`: a wide gap is a tab; `labels`: a label may end
    with any line, so that a capital begins a new one.
    """
    out = ""
    for at, line in enumerate(lines):
        text = _text(line, tabs=tabs)
        if not at:
            out = text
        elif (
            "\t" in text
            or _BEGINS.match(text)
            or not _full(lines[at - 1], line, right)
            or (labels and text[:1].isupper() and "\n" not in out and out[-1] not in ",;–—-(«")
        ):
            out += "\n" + text
        else:
            out += text if _cut_word(out, text) else " " + text
    return out


def _text(line: Line, *, tabs: bool) -> str:
    """Return one line as text. Letters of two alphabets are sorted out between tabs, where other matters stand."""
    pieces: list[list[str]] = [[]]
    tall = max(word.height for word in line)
    gaps = [word.left - before.right for before, word in itertools.pairwise(line)]
    for at, word in enumerate(line):
        if tabs and at and _is_tab(gaps, at - 1, tall):
            pieces.append([])
        pieces[-1].append(word.text)
    return "\t".join(mended(" ".join(piece)) for piece in pieces)


def _is_tab(gaps: Sequence[int], at: int, tall: int) -> bool:
    """Return whether a gap is a jump: wide, or much wider than all others of its line."""
    others = [*gaps[:at], *gaps[at + 1 :]]
    alone = len(others) >= 2 and gaps[at] > WIDER * max(others)
    return gaps[at] > (SHORT_TAB if alone else TAB) * tall


def _full(line: Sequence[Word], following: Sequence[Word], right: int) -> bool:
    """Return whether a line had no room for the first word of the following one."""
    height = max(word.height for word in line)
    if ocr_addresses.BEGUN.fullmatch(line[-1].text) and line[-1].text[-1] not in ".-":
        return _cut_word(line[-1].text, following[0].text)
    end, left = line[-1].right, min(line[0].left, following[0].left)
    if end + following[0].width + 0.8 * height > right:
        return True
    # Office suites do not part all words where they could: a sentence that goes on is told by its small letter.
    goes_on = following[0].text[:1].islower() and line[-1].text[-1:] not in ".:;!?"
    return goes_on and end - left > 0.7 * (right - left)


def _cut_word(before: str, after: str) -> bool:
    """Return whether a word goes on in the next line: behind a hyphen of its own, or in an address."""
    last, first = (
        before.rsplit(None, 1)[-1] if before.split() else "",
        after.split(None, 1)[0] if after.split() else "",
    )
    if re.search(r"[^\W\d_]-$", last) and first[:1].islower():
        return True
    if re.search(r"\d-$", last) and first[:1].isdigit():
        return True
    address = last + first
    return bool(
        re.fullmatch(r"[\w.+-]+@[\w.-]+\.[a-z]{2,6}", address, re.ASCII)
        and (
            "@" in first
            or not re.search(r"@[\w-]+(\.[\w-]+)*\.(?:ua|com|net|org|bg|eu|info)$", last, re.ASCII)
        )
    )


def mended(text: str) -> str:
    """Return a line of text without what tesseract is known to mix up: letters of two alphabets in one word."""
    others = len(re.findall(r"[\u0400-\u04ff]", text)) > len(re.findall(r"[A-Za-z]", text))
    text = " ".join(_mended_word(word, among_cyrillic=others) for word in text.split())
    text = re.sub(r"(?<= )--(?= )", "—", text)
    text = _LONE_THREE.sub("З", text)
    text = _SMALL_YI.sub("Ї", text)
    text = _SMALL_I.sub("І", _OTH.sub("ОТГ", text))
    text = _MISREAD_BOX.sub(f"{LOST_BOX} ", _YES.sub("Так", text))
    # The beginning of a dotted or underscored place, before what was written on it.
    text = re.sub(r"(^|:)\s*[.,_]+\s+(?=\w)", r"\1 ", text).strip()
    text = _SMM.sub("SMM", _THOUSAND.sub("тис", _FULL_NAME.sub("ПІБ", text)))
    # A plus is so thin that it is taken for a dash or a one.
    return re.sub(r"(?<![\w)])(?:[-–—]{1,2} ?|1)(?=38 ?\(?0\d\d)", "+", text)


def _mended_word(word: str, *, among_cyrillic: bool) -> str:
    if "@" in word or re.search(r"(?:https?:|www\.)", word):
        return word.translate(_TO_LATIN)
    word = re.sub(r"(?<=[^\W\d_])['`‘ʼ](?=[^\W\d_])", "’", word)
    cyrillic = len(re.findall(r"[\u0400-\u04ff]", word))
    latin = len(re.findall(r"[A-Za-z]", word))
    only_alike = latin and not re.search(r"[A-Za-z]", word.translate(_TO_CYRILLIC))
    # Alone, «a», «i» or «III» among Cyrillic words is Cyrillic as well; longer words may be truly Latin.
    short = among_cyrillic and (latin <= 2 or re.fullmatch(r"[\W\dI]+", word))
    if only_alike and (cyrillic or short):
        return word.translate(_TO_CYRILLIC)
    return word
