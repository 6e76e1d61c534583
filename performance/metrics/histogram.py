"""Histograms whose bins grow by a constant factor: they merge by addition, and any percentile is within 5 %. Pure.

The mapping is DDSketch's (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees", PVLDB 12(12), 2019, https://arxiv.org/abs/1908.10693): with g = (1 + e) / (1 - e) a value x
falls into bin ceil(log_g x), and 2 g^i / (g + 1), which stands for bin i, is off by at most e of x. At e = 0.05 there
are 23 bins to a factor of ten; from a millionth to a billion (a microsecond to eleven days, in milliseconds; or bytes)
347 bins. A histogram stores the few that it has counted something in.
"""

import math
from collections.abc import Mapping, Sequence

RELATIVE_ERROR = 0.05
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
PER_NAT = 1 / math.log(_GAMMA)
SMALLEST, LARGEST = 1e-6, 1e9
# Of what is too small to tell from nothing, and of what is negative or no number: a clock that was set back.
ZERO_BIN = -1000
LARGEST_BIN = math.ceil(math.log(LARGEST) * PER_NAT)


def bin_of(value: float) -> int:
    """The bin that a value falls into. Values from LARGEST on, infinity among them, share the last one."""
    if SMALLEST < value < LARGEST:
        return math.ceil(math.log(value) * PER_NAT)
    return LARGEST_BIN if value >= LARGEST else ZERO_BIN


def value_of(bin_: int) -> float:
    """What stands for a bin: within RELATIVE_ERROR of every value in it."""
    return 0.0 if bin_ == ZERO_BIN else 2 * math.exp(bin_ / PER_NAT) / (_GAMMA + 1)


def merged(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    """The histogram of both samples together."""
    both = dict(one)
    for bin_, n in other.items():
        both[bin_] = both.get(bin_, 0) + n
    return both


def quantiles(bins: Mapping[int, int], shares: Sequence[float]) -> list[float | None]:
    """The values below which these shares (0 to 1) of the sample lie, by nearest rank; None of an empty one."""
    n = sum(bins.values())
    if not n:
        return [None for _ in shares]
    ordered = sorted(bins.items())
    return [_at_rank(ordered, max(1, math.ceil(round(share * n, 9)))) for share in shares]


def _at_rank(ordered: Sequence[tuple[int, int]], rank: int) -> float:
    seen = 0
    for bin_, n in ordered:
        seen += n
        if seen >= rank:
            return value_of(bin_)
    return value_of(ordered[-1][0])
