"""Where a series changed for good: Hunter's change point detection. Pure.

Fleming, Kołaczkowski, Kumar, Das, McCarthy, Pavlo, Thomas: "Hunter: Using Change Point Detection to Hunt for
Performance Regressions", ICPE 2023, https://arxiv.org/abs/2301.03034. In two passes:

split   windows of WINDOW points, overlapping by half, are cut in two where both sides differ most in their energy
        (E-divisive: Matteson and James, "A Nonparametric Approach for Multiple Change Point Analysis of Multivariate
        Data", https://arxiv.org/abs/1306.4933), again and again while Student's t-test finds a cut significant at ten
        times MOST_P; a permutation test, as E-divisive has, would give other cuts at each look;
merge   the least significant cut is undone, and its neighbours judged anew, until all are significant at MOST_P; then
        those that change the mean by less than LEAST_CHANGE.

A load that lasts makes one slow hour follow the other, which a t-test takes for evidence: in the second pass samples
count for as many points as they would be independent ones (statistics.independence).

The series are logarithms of times: their noise is about as large before a change as after it, one slow hour weighs
little, and a difference of means is a ratio.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from performance.regressions.statistics import Summary, independence, summary, t_test

WINDOW = 50
MOST_P = 0.001
LEAST_CHANGE = 0.05
# On either side of a cut: of fewer points nobody can say that they are more than a spike.
LEAST_POINTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """From `index` on all is different, until the next change point. `before` and `after` are geometric means."""

    index: int
    before: float
    after: float
    p: float

    @property
    def change(self) -> float:
        return self.after / self.before - 1


def change_points(times: Sequence[float], *, most_p: float = MOST_P, least: float = LEAST_CHANGE) -> list[ChangePoint]:
    """Of a series of positive values, in order."""
    logs = [math.log(each) for each in times]
    return merged(split(logs, most_p=min(1.0, 10 * most_p)), logs, most_p=most_p, least=least)


def split(logs: Sequence[float], *, most_p: float) -> list[int]:
    """The first pass: where the series may have changed, in order."""
    found: set[int] = set()
    start = 0
    while start < len(logs):
        end = min(start + WINDOW, len(logs))
        cuts = _cuts(logs[start:end], most_p=most_p)
        found.update(start + cut for cut in cuts)
        if end == len(logs):
            break
        start = max(start + WINDOW // 2, start + (cuts[-1] if cuts else 0))
    return sorted(found)


def merged(cuts: Sequence[int], logs: Sequence[float], *, most_p: float, least: float) -> list[ChangePoint]:
    """The second pass: without what is likely by chance, and what is small."""
    kept = list(cuts)
    while kept:
        points = _judged(kept, logs)
        weakest = max(points, key=lambda each: each.p)
        if weakest.p < most_p:
            weakest = min(points, key=_size)
            if _size(weakest) >= least:
                return points
        kept.remove(weakest.index)
    return []


def _judged(cuts: Sequence[int], logs: Sequence[float]) -> list[ChangePoint]:
    edges = [0, *cuts, len(logs)]
    parts = [summary(logs[start:end]) for start, end in pairwise(edges)]
    scatter = [
        each - part.mean for part, edge in zip(parts, pairwise(edges), strict=True) for each in logs[slice(*edge)]
    ]
    parts = [part.worth(independence(scatter)) for part in parts]
    return [
        ChangePoint(index=cut, before=math.exp(left.mean), after=math.exp(right.mean), p=t_test(left, right))
        for cut, left, right in zip(cuts, parts[:-1], parts[1:], strict=True)
    ]


def _size(point: ChangePoint) -> float:
    """Half as fast and twice as fast are as large as each other."""
    return max(point.after / point.before, point.before / point.after) - 1


def _cuts(window: Sequence[float], *, most_p: float) -> list[int]:
    """Divided hierarchically: of all parts the best cut, as long as it is significant."""
    cuts: list[int] = []
    edges = [0, len(window)]
    best = {0: _best(window, 0, len(window))}
    while best:
        start, (energy, cut) = max(best.items(), key=lambda each: each[1][0])
        end = edges[bisect.bisect_right(edges, start)]
        if energy <= 0.0 or t_test(_part(window, start, cut), _part(window, cut, end)) > most_p:
            break
        bisect.insort(cuts, cut)
        bisect.insort(edges, cut)
        best[start], best[cut] = _best(window, start, cut), _best(window, cut, end)
    return cuts


def _part(window: Sequence[float], start: int, end: int) -> Summary:
    return summary(window[start:end])


def _best(window: Sequence[float], start: int, end: int) -> tuple[float, int]:
    """The cut with the largest energy between its sides, and that energy; 0 where there is no room for one.

    q = mn / (m + n) (2/mn Σ|x - y| - 2/m(m-1) Σ|x - x'| - 2/n(n-1) Σ|y - y'|), with sums over pairs. From one cut to
    the next one point changes sides: the sums follow from its distances to both, so all cuts take no longer than these.
    """
    n = end - start
    if n < 2 * LEAST_POINTS:
        return 0.0, start
    part = window[start:end]
    # Of each point to all before it, and to all after it.
    before = [math.fsum(abs(part[i] - part[j]) for j in range(i)) for i in range(n)]
    after = [math.fsum(abs(part[i] - part[j]) for j in range(i + 1, n)) for i in range(n)]
    left, right, across = 0.0, math.fsum(before), 0.0
    best = (0.0, start)
    for size in range(1, n):
        moved = size - 1
        left += before[moved]
        right -= after[moved]
        across += after[moved] - before[moved]
        if LEAST_POINTS <= size <= n - LEAST_POINTS:
            energy = _energy(size, n - size, left=left, right=right, across=across)
            best = max(best, (energy, start + size))
    return best


def _energy(m: int, n: int, *, left: float, right: float, across: float) -> float:
    within = 2 * left / (m * (m - 1)) + 2 * right / (n * (n - 1))
    return m * n / (m + n) * (2 * across / (m * n) - within)
