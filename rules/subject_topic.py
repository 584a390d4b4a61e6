"""The topic of a call within a subject: exactly, inflected, misspelt, in Latin letters; and the separator after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

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


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic's words as they are compared."""

    words: tuple[str, ...]
    whole: str
    sounded: str
    skeleton: str


@lru_cache(maxsize=64)
def _topics(phrases: tuple[str, ...]) -> tuple[_Topic, ...]:
    return tuple(_topic(tuple(word.flat for word in words(clean(phrase)))) for phrase in phrases)


def _topic(spoken: tuple[str, ...]) -> _Topic:
    whole = "".join(spoken)
    return _Topic(spoken, whole, sound(whole), coarse(whole))


def spoken_words(rule: SubjectRule) -> frozenset[str]:
    """Return the words, as compared, that stand in the topic or one of its aliases."""
    return frozenset(word for topic in _topics((rule.topic, *rule.aliases)) for word in topic.words)


def find_topic(tokens: Sequence[Word], rule: SubjectRule, *, exactly: bool) -> TopicFound | None:
    """Return where the call's topic stands in the words, or None; `exactly`: as announced, not inflected or misspelt."""
    for topic in _topics((rule.topic, *rule.aliases)):
        for find in (_exact,) if exactly else (_latin, _inflected, _misspelt, _swapped):
            if found := find(tokens, topic):
                return found
    return None


def _windows(count: int, size: int, spread: int) -> Iterator[tuple[int, int]]:
    """Yield spans of about `size` of `count` words, those of just that size first."""
    for length in sorted(range(max(1, size - spread), size + spread + 1), key=lambda one: abs(one - size)):
        for at in range(count - length + 1):
            yield at, at + length


def _exact(tokens: Sequence[Word], topic: _Topic) -> TopicFound | None:
    size = len(topic.words)
    flats = [word.flat for word in tokens]
    for start, end in _windows(len(flats), size, size - 1):
        if topic.whole.startswith(flats[start]) and "".join(flats[start:end]) == topic.whole:
            glued = () if end - start == size else ("typo_topic",)
            return TopicFound(start, end, glued)
    return None


def _latin(tokens: Sequence[Word], topic: _Topic) -> TopicFound | None:
    limit = len(topic.sounded) // 6
    spelt = [sound(word.flat) if word.script == "latin" else "" for word in tokens]
    if not any(spelt):
        return None
    for start, end in _windows(len(spelt), len(topic.words), 1):
        if all(spelt[start:end]) and _within("".join(spelt[start:end]), topic.sounded, limit):
            return TopicFound(start, end, ("transliterated",))
    return None


def _within(one: str, other: str, limit: int) -> bool:
    return abs(len(one) - len(other)) <= limit and OSA.distance(one, other, score_cutoff=limit) <= limit


def _inflected(tokens: Sequence[Word], topic: _Topic) -> TopicFound | None:
    size = len(topic.words)
    for start in range(len(tokens) - size + 1):
        pairs = zip(tokens[start : start + size], topic.words, strict=True)
        if all(_same_stem(word.flat, wanted) for word, wanted in pairs):
            return TopicFound(start, start + size, ("typo_topic",) if start == 0 else (), inflected=True)
    return None


def _same_stem(word: str, wanted: str) -> bool:
    stem = wanted.rstrip("аеєиіїоуюяйь")
    return word.startswith(stem) and len(word) - len(stem) <= 3


def _misspelt(tokens: Sequence[Word], topic: _Topic) -> TopicFound | None:
    limit = max(1, len(topic.whole) // 5)
    flats = [word.flat for word in tokens]
    skeletons = [coarse(flat) for flat in flats]
    best: tuple[int, int, int] | None = None
    for start, end in _windows(len(flats), len(topic.words), 1):
        distance = min(
            _distance("".join(flats[start:end]), topic.whole, limit),
            _distance("".join(skeletons[start:end]), topic.skeleton, limit),
        )
        # One word of the topic missing: «Комунікація/Олевська громада».
        if start == 0 and end == 1 and len(topic.words[0]) > 5:
            slips = len(topic.words[0]) // 6
            distance = min(distance, limit) if _within(flats[0], topic.words[0], slips) else distance
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, start, end)
    return TopicFound(best[1], best[2], ("typo_topic",)) if best else None


def _distance(one: str, other: str, limit: int) -> int:
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    return OSA.distance(one, other, score_cutoff=limit)


def _swapped(tokens: Sequence[Word], topic: _Topic) -> TopicFound | None:
    """Find words of the same root, in any order, at the beginning: «Зміни комунікації», «Комунікативні зміни»."""
    size = len(topic.words)
    if size < 2 or len(tokens) <= size:
        return None
    typed = [word.flat for word in tokens[:size]]
    if all(any(_same_root(one, wanted) for one in typed) for wanted in topic.words):
        return TopicFound(0, size, ("typo_topic",))
    return None


def _same_root(word: str, wanted: str) -> bool:
    # Most of the word: «комуніка» of «комунікація», «змін» of «змін».
    root = wanted[: max(4, len(wanted) * 7 // 10)]
    return word.startswith(root) and len(word) - len(wanted) <= 4


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
