"""Which areas there are to measure: each app's `benchmarks` registers its own when `manage.py bench` loads it, and
those of the platform's nouns do.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import chain

from django.utils.module_loading import autodiscover_modules

from performance.benchmarks.figures import Figure

Measure = Callable[[], Iterator[Figure]]

# All there are, for those who must not import what measures: it brings the tests' servers with it.
NAMES = ("api", "bulk", "console", "import", "jobs", "qualify", "research")
OWN = (
    "performance.benchmarks.cache",
    "performance.benchmarks.metrics",
    "performance.benchmarks.console",
    "performance.database.indexes.benchmarks",
    "performance.queues.benchmarks",
)
_areas: dict[str, list[Measure]] = {}


def area(name: str) -> Callable[[Measure], Measure]:
    """Decorates a generator of figures; the area's are measured in the order in which they were registered."""

    def register(measure: Measure) -> Measure:
        _areas.setdefault(name, []).append(measure)
        return measure

    return register


def load() -> Sequence[str]:
    """Import every installed app's `benchmarks`, and return the names of the areas."""
    for name in OWN:
        import_module(name)
    autodiscover_modules("benchmarks")
    return list(_areas)


def measures(only: str = "") -> Iterator[Measure]:
    """All measurements, or those of one area; each once, though it be of several."""
    wanted = (registered for name, registered in _areas.items() if only in ("", name))
    yield from dict.fromkeys(chain.from_iterable(wanted))
