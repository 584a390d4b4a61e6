"""Several forms in one file, one after another: where each begins."""

from rules.labels import Vocabulary
from rules.pairs import pair
from rules.table import Block

# So many questions must be asked again, or it is the same word in another place.
_ANEW = 3


def copies_in(blocks: tuple[Block, ...], vocabulary: Vocabulary) -> tuple[tuple[Block, ...], ...]:
    """Return the forms one document holds one after another, such as one for each participant; most hold one.

    A form begins anew where the first question of the whole is asked again, and most others follow again.
    """
    asked = [_asked(block, vocabulary) for block in blocks]
    first = next((keys[0] for keys in asked if keys), "")
    starts = [at for at, keys in enumerate(asked) if first in keys]
    if len(starts) < 2:
        return (blocks,)
    ends = [*starts[1:], len(blocks)]
    parts = [set().union(*asked[start:end]) for start, end in zip(starts, ends, strict=True)]
    shared = parts[0].intersection(*parts[1:])
    if len(shared) < _ANEW or any(len(shared) * 2 < len(part) for part in parts):
        return (blocks,)
    starts[0] = 0
    return tuple(blocks[start:end] for start, end in zip(starts, ends, strict=True))


def _asked(block: Block, vocabulary: Vocabulary) -> list[str]:
    """Return the fields of nobody in particular that a block asks for, in order."""
    pairs = pair((block,), vocabulary)
    return [key for key in pairs.found if not vocabulary.fields[key].person]
