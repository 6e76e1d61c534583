"""Where on a page it is worth looking: a rule's pattern is tried at the words that begin it, and nowhere else.

Patterns of a hundred alternatives, tried at every character, took 9 ms for 6,000 characters; looking for words first
takes a twentieth of that.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from prospects.extraction.reading import Reading

# Of one word on a page.
_MOST = 50


def places(reading: Reading, words: frozenset[str], parts: Collection[str] = ()) -> list[int]:
    """Offsets of the visible text, in order, at which one of `words` (whole, in lower case) or `parts` may begin."""
    there = reading.words & words
    if not there and not parts:
        return []
    found: set[int] = set()
    for wanted in (*there, *parts):
        _gather(reading.lower, wanted, found)
    return sorted(found)


def begun(reading: Reading, parts: Mapping[str, Collection[str]]) -> list[str]:
    """Of parts by the word with which they begin ("s": "s.a", "s.r.l"), those whose word is there."""
    return [part for word in parts if word in reading.words for part in parts[word]]


def windows(reading: Reading, offsets: Sequence[int], *, before: int, after: int) -> Iterator[tuple[int, int]]:
    """What surrounds such offsets; windows that touch are one."""
    start, end = 0, -1
    for at in offsets:
        if at - before > end:
            if end >= 0:
                yield start, end
            start = max(0, at - before)
        end = min(len(reading.visible), at + after)
    if end >= 0:
        yield start, end


def _gather(text: str, wanted: str, found: set[int]) -> None:
    at = text.find(wanted)
    for _ in range(_MOST):
        if at < 0:
            return
        found.add(at)
        at = text.find(wanted, at + len(wanted))
