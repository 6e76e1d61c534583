"""Student's t-test of two samples, without numpy. Pure.

The two-sided p-value of t with v degrees of freedom is I_x(v/2, 1/2) at x = v / (v + t²), where I is the regularised
incomplete beta function (Abramowitz and Stegun, 26.5.27 and 26.7.1), by its continued fraction (DLMF 8.17.22), which
Lentz's method evaluates (Press et al., Numerical Recipes, 3rd edition, 6.4).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_TINY, _PRECISION, _MOST_STEPS = 1e-300, 1e-15, 500


@dataclass(frozen=True, slots=True)
class Summary:
    """What a test needs of a sample."""

    n: float
    mean: float
    variance: float

    def worth(self, share: float) -> "Summary":
        """As if only so many of its values were independent of each other."""
        return Summary(max(1.0, self.n * share), self.mean, self.variance)


def summary(values: Sequence[float]) -> Summary:
    """Of at least one value; with Bessel's correction, 0 of a single one."""
    n = len(values)
    mean = math.fsum(values) / n
    squares = math.fsum((each - mean) ** 2 for each in values)
    return Summary(n, mean, squares / (n - 1) if n > 1 else 0.0)


def t_test(one: Summary, other: Summary) -> float:
    """How likely means so far apart are by chance, if both have the same distribution: two-sided, pooled variance.

    1 where there is too little to tell; 0 of two samples without any scatter whose means differ.
    """
    freedom = one.n + other.n - 2
    if freedom < 1:
        return 1.0
    pooled = ((one.n - 1) * one.variance + (other.n - 1) * other.variance) / freedom
    error = math.sqrt(pooled * (1 / one.n + 1 / other.n))
    apart = abs(one.mean - other.mean)
    if error == 0.0:
        return 0.0 if apart else 1.0
    t = apart / error
    return incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def independence(scatter: Sequence[float]) -> float:
    """The share of a series' values that are as good as independent: (1 - r) / (1 + r), r its correlation with itself
    one step later (Bartlett; von Storch and Zwiers, Statistical Analysis in Climate Research, 6.6.8). 1 at most.

    `scatter` is around the mean, in order.
    """
    squares = math.fsum(each * each for each in scatter)
    if not squares:
        return 1.0
    r = math.fsum(one * next_ for one, next_ in pairwise(scatter)) / squares
    return min(1.0, (1 - r) / (1 + r))


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised I_x(a, b), 0 ≤ x ≤ 1."""
    if x <= 0.0 or x >= 1.0:
        return min(max(x, 0.0), 1.0)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    # Where the fraction converges fast; else by the symmetry I_x(a, b) = 1 - I_(1-x)(b, a).
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _fraction(x, a, b) / a
    return 1.0 - math.exp(log_front) * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < _PRECISION:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
