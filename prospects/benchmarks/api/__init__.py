"""The area "api": reads over HTTP, from a server started as the Procfile starts it, with its client beside it."""

from collections.abc import Iterator

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure
from prospects.benchmarks.api import cpu, mixed, rates, staleness
from prospects.benchmarks.api.scene import scene

PROSPECTS = 100_000


@area("api")
def api() -> Iterator[Figure]:
    with scene(PROSPECTS) as made:
        yield from rates.measure(made)
        yield from staleness.measure(made)
        yield from cpu.measure(made)
        yield from mixed.measure(made)
