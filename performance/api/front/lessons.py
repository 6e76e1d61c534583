"""What Django's answers have taught: which page answers a question, and what stands over it beside its own headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from performance.api.front.questions import Question
from performance.api.reads.answers import FinishedAnswer, own_headers
from performance.api.reads.told import Read
from performance.limits.recent import Recent

Headers: TypeAlias = Sequence[tuple[str, str]]

MOST_LEARNED = 8_192
# In all of its parts; with that, what is learned takes 20 MB at most.
LONGEST_QUESTION = 1_000
# The front says these itself, of each answer its own.
OF_EACH = frozenset({"x-request-id", "ratelimit", "ratelimit-policy"})
# Who was answered with one of these was answered for themselves alone.
OF_ONE = frozenset({"set-cookie", "server-timing", "retry-after"})


@dataclass(frozen=True, slots=True)
class Lesson:
    """`names` are the page's own headers; `added`, by status, are what was added to them."""

    read: Read
    names: frozenset[str]
    added: Mapping[int, Headers]


class Lessons:
    """Of one process. Threads use it without a lock: at worst they forget something, and it is learned again."""

    def __init__(self) -> None:
        self._known: Recent[tuple[str, Question], Lesson] = Recent(MOST_LEARNED)

    def __len__(self) -> int:
        return len(self._known)

    def of(self, question: Question, *, reach: str) -> Lesson | None:
        return self._known.get((reach, question))

    def learn(self, question: Question, *, read: Read, answer: FinishedAnswer, sent: Headers) -> None:
        """From the headers that were `sent` with what `CachedReads` answered, after all middlewares."""
        if sum(len(part) for part in question if part) > LONGEST_QUESTION:
            return
        added = _added(answer, sent)
        if added is None:
            return
        names = frozenset(answer.variant.headers)
        before = self._known.get((read.reach, question))
        others = before.added if before is not None and (before.read, before.names) == (read, names) else {}
        self._known.put((read.reach, question), Lesson(read, names, {**others, answer.status_code: added}))


def _added(answer: FinishedAnswer, sent: Headers) -> Headers | None:
    """What middlewares added; None where they changed something, or spoke to one client."""
    by_name = {name.lower(): (name, value) for name, value in sent}
    own = own_headers(answer.variant, is_fresh=answer.status_code == 304)
    if len(by_name) < len(sent) or OF_ONE & by_name.keys() or any(by_name.get(name) != own[name] for name in own):
        return None
    return tuple(header for name, header in by_name.items() if name not in own and name not in OF_EACH)
