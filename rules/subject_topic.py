"""The topic of a call within a subject: exactly, inflected, misspelt, in Latin letters; and the separator after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from rules.call import SubjectRule
from rules.gazetteer.normalise import Word, clean, coarse, sound, words

_SEPARATORS = {
    "\\": "backslash", "|": "pipe", ",": "comma", ".": "dot", ":": "colon", ";": "semicolon",
    "-": "dash", "–": "dash", "—": "dash", "―": "dash", "−": "dash", "_": "underscore", "//": "double_slash", "/": "slash",
    "+": "plus", ">": "arrow", "=": "equals", "*": "asterisk", "•": "bullet", "·": "bullet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TopicFound:
    """Where a topic stands in the words, and how it was written. `inflected`: «комунікації змін» in running text."""

    start: int
    end: int
    problems: tuple[str, ...] = ()
    inflected: bool = False


def find_topic(tokens: Sequence[Word], rule: SubjectRule) -> TopicFound | None:
    """Return where the call's topic stands in the words, or None."""
    for phrase in (rule.topic, *rule.aliases):
        topic = [word.flat for word in words(clean(phrase))]
        for find in (_exact, _latin, _inflected, _misspelt):
            if found := find(tokens, topic):
                return found
    return None


def _windows(tokens: Sequence[Word], topic: Sequence[str], spread: int) -> list[tuple[int, int]]:
    sizes = sorted(
        range(max(1, len(topic) - spread), len(topic) + spread + 1), key=lambda size: abs(size - len(topic))
    )
    return [(at, at + size) for size in sizes for at in range(len(tokens) - size + 1)]


def _exact(tokens: Sequence[Word], topic: Sequence[str]) -> TopicFound | None:
    whole = "".join(topic)
    for start, end in _windows(tokens, topic, len(topic) - 1):
        if "".join(word.flat for word in tokens[start:end]) == whole:
            glued = () if end - start == len(topic) else ("typo_topic",)
            return TopicFound(start, end, glued)
    return None


def _latin(tokens: Sequence[Word], topic: Sequence[str]) -> TopicFound | None:
    whole = sound("".join(topic))
    for start, end in _windows(tokens, topic, 1):
        span = tokens[start:end]
        if all(word.script == "latin" for word in span):
            spelt = sound("".join(word.flat for word in span))
            if OSA.distance(spelt, whole, score_cutoff=len(whole) // 6) <= len(whole) // 6:
                return TopicFound(start, end, ("transliterated",))
    return None


def _inflected(tokens: Sequence[Word], topic: Sequence[str]) -> TopicFound | None:
    for start in range(len(tokens) - len(topic) + 1):
        pairs = list(zip(tokens[start : start + len(topic)], topic, strict=True))
        if all(_same_stem(word.flat, wanted) for word, wanted in pairs):
            return TopicFound(
                start, start + len(topic), ("typo_topic",) if start == 0 else (), inflected=True
            )
    return None


def _same_stem(word: str, wanted: str) -> bool:
    stem = wanted.rstrip("аеєиіїоуюяйь")
    return word.startswith(stem) and len(word) - len(stem) <= 3


def _misspelt(tokens: Sequence[Word], topic: Sequence[str]) -> TopicFound | None:
    whole = "".join(topic)
    limit = max(1, len(whole) // 5)
    best: tuple[int, int, int] | None = None
    for start, end in _windows(tokens, topic, 1):
        typed = "".join(word.flat for word in tokens[start:end])
        distance = min(OSA.distance(typed, whole), OSA.distance(coarse(typed), coarse(whole)))
        # One word of the topic missing: «Комунікація/Олевська громада».
        if (
            start == 0
            and end == 1
            and OSA.distance(typed, topic[0]) <= len(topic[0]) // 6
            and len(topic[0]) > 5
        ):
            distance = min(distance, limit)
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, start, end)
    return TopicFound(best[1], best[2], ("typo_topic",)) if best else None


def separator_problem(gap: str, wanted: str) -> list[str]:
    """Return the problem code of what stands between topic and place, or nothing when it is as announced."""
    marks = "".join(char for char in gap if not char.isspace() and char not in "«»\"“”„'’()[]<>")
    if marks == wanted.strip():
        return []
    if not marks:
        return ["separator_none"]
    if marks.startswith(wanted.strip()) and marks[1:2] not in ("/", "\\"):
        return []
    name = _SEPARATORS.get(marks) or (
        "double_slash" if set(marks) == {"/"} else _SEPARATORS.get(marks[0], "other")
    )
    return [f"separator_{name}"]
