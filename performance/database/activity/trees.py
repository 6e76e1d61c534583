"""Who waits for whom, as trees: those who hold all others up at their roots. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from performance.database.activity.sessions import Session

# A prepared transaction holds locks without a session; PostgreSQL gives it this pid.
PREPARED_PID = 0


@dataclass(slots=True)
class Blocker:
    """A session (None: a prepared transaction, or one that ended since) and those who wait for it.

    `blocked` are all who wait for it, also behind one another; each stands in one tree alone, so `waiters` may be
    fewer. `longest_s` is for how long the first of them has been waiting.
    """

    pid: int
    session: Session | None
    blocked: int
    longest_s: float
    waiters: "list[Blocker]" = field(default_factory=list)

    def walk(self, depth: int = 0) -> "Iterator[tuple[Blocker, int]]":
        """It and all below it with their depth, as the tree is read."""
        yield self, depth
        for each in self.waiters:
            yield from each.walk(depth + 1)


def trees(sessions: Sequence[Session]) -> list[Blocker]:
    """Those who wait for nobody and are waited for, the longest wait first.

    Of a queue for one lock each waits for all before it: who waits stands once, next to the root as it can. A circle
    (a deadlock that PostgreSQL hasn't noticed yet) begins with its lowest pid.
    """
    known = {each.pid: each for each in sessions}
    waiters: dict[int, list[int]] = {}
    for each in sessions:
        for pid in each.blocked_by:
            waiters.setdefault(pid, []).append(each.pid)
    roots = [pid for pid in sorted(waiters) if pid not in known or not known[pid].blocked_by]
    placed = set(roots)
    found = [_blocker(pid, known, waiters) for pid in roots]
    _hang(found, known, waiters, placed=placed)
    for pid in sorted(waiters):
        if pid not in placed:
            placed.add(pid)
            found.append(_blocker(pid, known, waiters))
            _hang(found[-1:], known, waiters, placed=placed)
    return sorted(found, key=lambda each: (-each.longest_s, each.pid))


def _hang(
    level: Sequence[Blocker], known: Mapping[int, Session], waiters: Mapping[int, Sequence[int]], *, placed: set[int]
) -> None:
    """Put below each of a level who waits for it and has no place yet; then the same for these."""
    while level:
        below = list[Blocker]()
        for each in level:
            mine = [pid for pid in waiters.get(each.pid, []) if pid not in placed]
            placed |= set(mine)
            each.waiters = [_blocker(pid, known, waiters) for pid in mine]
            below += each.waiters
        level = below


def _blocker(pid: int, known: Mapping[int, Session], waiters: Mapping[int, Sequence[int]]) -> Blocker:
    behind, waiting = set[int](), [pid]
    while waiting:
        new = set(waiters.get(waiting.pop(), [])) - behind - {pid}
        behind |= new
        waiting += new
    longest = max((known[each].waiting_s or 0.0 for each in behind if each in known), default=0.0)
    return Blocker(pid, known.get(pid), len(behind), longest)
