"""Where on a line a label ends and its answer begins."""

import re
from collections.abc import Iterator

from rules.labels import Hit, Vocabulary, counted_person

# How far into a line a label may reach, in characters: the longest of known forms is half of it.
LABEL_REACH = 600
# Between a label and its answer on one line. A box begins an answer without any separator.
_SEPARATOR = re.compile(
    r"\s*[:：]\s*|\s+[–—=-]\s*|\s*[–—]\s*|\t+|\s*_{2,}\s*|\s*\.{4,}\s*|\s{3,}|\s*(?=[☐☑☒□■✓✔⍰])|\?\s+"
)
# «Згода: +» has no letters besides the label's, and yet an answer.
_MARKED = re.compile(r"[:：–—\t_][\s_]*[+√][\W_]*$")
# «Яку зміну плануєте? (до 1000 знаків): …»: the answer does not begin with an explanation of the question, nor its translation.
_EXPLAINED = re.compile(r"^\s*(?:\([^()]*\)|[/|][^:–—\t]*)\s*(?:$|[:–—\t])")


def divided(text: str, vocabulary: Vocabulary) -> tuple[Hit, str] | None:
    """Return the label a line begins with (or is) and what follows it.

    A separator with text behind it wins over the whole line: a long label would swallow a short answer.
    """
    whole = vocabulary.label(text)
    # A wording found in a part of the text may have an answer in the rest: «Назва / Name: Лугова».
    if whole is not None and whole.score == 100 and not _MARKED.search(text):
        return whole, ""
    best: tuple[float, Hit, str] | None = None
    # A label stands at the beginning: what a line goes on to say for pages costs nothing.
    beginning = text[:LABEL_REACH]
    empty: tuple[Hit, str] | None = None
    for left, right in _halves(text, beginning):
        hit = vocabulary.label(left)
        if hit is None:
            continue
        if right.strip(" _.\t"):
            # Of equal ones the longest that is exactly a label counts, else the first: an answer has separators too.
            if best is None or hit.score > best[0] or hit.score == 100:
                best = (hit.score, hit, right)
        else:
            empty = (hit, "")
    if best is not None and (whole is None or best[0] >= 90 or best[0] >= whole.score):
        return best[1], best[2].strip()
    return (whole, "") if whole is not None else empty or _ticked_statement(text, vocabulary)


def referred(text: str, vocabulary: Vocabulary) -> tuple[Hit, str] | None:
    """Return the label and the participant of «Контактна особа: учасник 1», if a line is a label and somebody named by number.

    Whether that is an answer, or «Телефон — учасник 1» is a participant's label, its reader must know.
    """
    for left, right in _halves(text, text[:LABEL_REACH]):
        if 0 < counted_person(right) <= len(vocabulary.persons):
            hit = vocabulary.label(left)
            if hit is not None and not hit.person:
                return hit, right.strip()
    return None


def _halves(text: str, beginning: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and after each place where a label may end."""
    for separator in _SEPARATOR.finditer(beginning):
        left, right = text[: separator.start()], text[separator.end() :]
        if separator.group().startswith("?"):
            if _EXPLAINED.match(right):
                continue
            left, right = f"{left}?", re.sub(r"^[\s*]*[:–—-]?\s*", "", right)
        # What stands in parentheses explains the label.
        inside = left.count("(") > left.count(")") and ")" in right.partition("(")[0]
        if left.strip() and not inside:
            yield left, right


def _ticked_statement(text: str, vocabulary: Vocabulary) -> tuple[Hit, str] | None:
    """«☒ Надаю згоду на обробку персональних даних»: the box before the label is the answer."""
    box = re.match(r"^\s*([☐☑☒□■✓✔])\s*(.+)$", text, re.DOTALL)
    if box is None:
        return None
    hit = vocabulary.label(box.group(2))
    if hit is None or any(vocabulary.fields[key].kind not in {"consent", "yesno"} for key in hit.keys):
        return None
    return hit, box.group(1)
