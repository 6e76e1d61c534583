"""The areas "qualify" and "jobs": how close a run comes to what its endpoint allows, and how it bears trouble."""

from collections.abc import Iterator

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure
from prospects.benchmarks import ledger, speed, trouble
from prospects.benchmarks.scene import scene


@area("qualify")
def qualify() -> Iterator[Figure]:
    with scene(10_000) as made:
        yield from speed.measure(made)
        yield from ledger.measure(made)
        yield from trouble.measure(made)
    # An endpoint of its own, of which nothing is remembered from the faults before.
    with scene(1_500) as limited:
        yield from trouble.measure_limits(limited)


@area("jobs")
def jobs() -> Iterator[Figure]:
    with scene(500) as made:
        yield from trouble.measure_jobs(made)
