"""What each process used: stored by the minute, once, for a day; and the processes that live."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson
import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from performance.metrics import flushing
from performance.metrics.handover import Handover
from performance.metrics.models import MetricBucket, MetricLabels, MetricTotal
from performance.system import samples
from performance.system.leaks import Verdict
from performance.system.models import ProcessSample
from performance.system.processes import grown_at, processes
from performance.system.sampling import CPU, MEMORY
from tests.performance.system.sampled import make_samples

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 10, 31, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OWN = {"role": "worker", "host": "h", "pid": "41", "began": str(int((AT - MINUTE).timestamp()))}


def handed(*rows: tuple[str, list[float]], labels: dict[str, str] = OWN, at: datetime = AT) -> Handover:
    fields = {
        orjson.dumps([int(at.timestamp()), metric, labels], option=orjson.OPT_SORT_KEYS): orjson.dumps(row)
        for metric, row in rows
    }
    return Handover(id=uuid4(), rows=fields, lost=0)


def test_a_minute_of_a_process_is_a_row_and_no_bucket() -> None:
    first = handed((MEMORY, [2, 210.0, 100.0, 110.0, 46, 2]), (CPU, [1, 0.5, 0.5, 0.5, -6, 1]))
    later = handed((MEMORY, [1, 90.0, 90.0, 90.0, 45, 1]), (CPU, [2, 0.3, 0.1, 0.2, -16, 2]))
    for each in (first, later, first):
        flushing._store(each, at=AT)

    sample = ProcessSample.objects.get()
    assert (sample.at, sample.host, sample.pid, sample.role) == (AT, "h", 41, "worker")
    assert sample.began_at == AT - MINUTE
    assert (sample.memory_low_mb, sample.memory_high_mb) == (90.0, 110.0)
    assert (sample.cpu_n, sample.cpu_total) == (3, pytest.approx(0.8))
    assert not MetricBucket.objects.exists()
    assert not MetricLabels.objects.exists()
    assert not MetricTotal.objects.exists()


def test_a_day_is_kept() -> None:
    make_samples(25 * 60, at=AT)

    assert samples.expire(at=AT) == 59
    assert ProcessSample.objects.count() == 24 * 60 + 1


def test_only_those_that_live_are_shown_each_with_its_own_history() -> None:
    make_samples(200, at=AT, pid=1, mb_at=lambda minute: 100.0 + minute, role="worker", cpu=0.25)
    make_samples(200, at=AT, pid=2, mb_at=lambda minute: 80.0, role="web")
    make_samples(50, at=AT - 10 * MINUTE, pid=3)
    # The same pid before.
    make_samples(50, at=AT - timedelta(hours=5), pid=1)

    found = processes(at=AT + timedelta(seconds=30))

    assert [(each.role, each.pid) for each in found] == [("web", 2), ("worker", 1)]
    web, worker = found
    assert (worker.memory_mb, worker.cpu_share, worker.seen_at) == (299.0, 0.25, AT)
    assert worker.growth.verdict is Verdict.LEAKING
    assert web.growth.verdict is Verdict.STEADY
    assert len(worker.points) == 50
    # The least of each four minutes.
    assert worker.points[0] == (worker.began_at, 100.0)


@pytest.mark.django_db(transaction=True)
def test_growth_is_looked_at_once_a_minute(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.CACHE_ENABLED = True
    make_samples(200, at=AT, mb_at=lambda minute: 100.0 + minute)
    grown_at.forget(int(AT.timestamp()) // 60)
    first = processes(at=AT)

    with django_assert_num_queries(1):
        again = processes(at=AT + timedelta(seconds=50))

    assert again == first
    assert again[0].growth.verdict is Verdict.LEAKING
    grown_at.forget(int(AT.timestamp()) // 60)


@pytest.mark.parametrize("second", [0, 2, 59, 89])
def test_it_is_known_how_they_grew_at_any_second(second: int) -> None:
    """The newest minute may be missing yet."""
    make_samples(200, at=AT, mb_at=lambda minute: 100.0 + minute)

    [found] = processes(at=AT + timedelta(seconds=second))

    assert found.growth.verdict is Verdict.LEAKING


def test_nobody_lives() -> None:
    assert processes(at=AT) == []
