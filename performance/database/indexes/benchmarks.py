"""The advisor on a workload with ten planted problems, in the area "console"."""

from collections.abc import Iterator
from datetime import timedelta
from time import process_time

from django.utils import timezone

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, at_most, printed
from performance.database.indexes.advising import advise
from performance.database.indexes.asking import other_database
from performance.database.indexes.hygiene import OBSERVED
from performance.database.indexes.planted import PLANTS, SCHEMA, judged
from performance.database.indexes.planting import planted_database


@area("console")
def advisor() -> Iterator[Figure]:
    """As it would be asked when the counters are old enough for what is never used to be told."""
    with planted_database() as url, other_database(url) as ask:
        began = process_time()
        report = advise(ask, at=timezone.now() + OBSERVED + timedelta(minutes=1))
        took_ms = (process_time() - began) * 1000
    found = judged(report.advice, SCHEMA)
    missed = [name for name, is_found in found.found.items() if not is_found]
    beside = f"of {len(PLANTS)}, {report.method}; missed: {', '.join(missed) or 'none'}"
    yield at_least(9, "console.advisor_found", sum(found.found.values()), beside=beside)
    beside = "; ".join(each.title for each in found.false) or f"{report.statements} statements"
    yield at_most(0, "console.advisor_false", len(found.false), beside=beside)
    yield printed("console.advisor_cpu", took_ms, "ms", beside="of this process, for the whole look")
