"""How a run bears an endpoint that fails, goes away, or allows less than is asked."""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, Min
from django.utils import timezone

from performance.benchmarks.figures import Figure, above, at_least, below, percentile
from performance.jobs.models import Batch, Job, PaidCall
from prospects.benchmarks.scene import LATENCY_S, Scene
from prospects.qualification.services import submit_run

FAILING = 0.10
OUTAGE_S = 4.0
RATE = 50.0
WARM_UP_S = 10
# The last seconds have too few questions left to use what is allowed.
DRAIN_S = 3


def measure(scene: Scene) -> Iterator[Figure]:
    yield _error_rate(scene)
    yield _recovery(scene)


def measure_jobs(scene: Scene) -> Iterator[Figure]:
    """From claim to end, retries included, while one call in ten fails at first."""
    batch = _failing(scene, 500)
    jobs = Job.objects.filter(batch=batch.pk)
    spans = jobs.filter(finished_at__isnull=False).values_list(F("finished_at") - F("started_at"), flat=True)
    taken = [span.total_seconds() for span in spans]
    beside = f"500 at 100 in flight, 10 % failing at first; median {percentile(taken, 0.5):.2f} s"
    yield below(30, "jobs.p95_s", percentile(taken, 0.95), "s", beside=beside)
    yield above(0.99, "jobs.success", batch.succeeded / batch.total, "share", beside=f"{batch.dead} dead")


def _error_rate(scene: Scene) -> Figure:
    batch = _failing(scene, 500)
    lost = batch.total - batch.succeeded
    beside = f"500 prospects, {FAILING:.0%} of calls failing at first, {lost} without the LLM's verdict"
    return below(0.01, "qualify.error_rate", lost / batch.total, "share", beside=beside)


def _failing(scene: Scene, count: int) -> Batch:
    """A run in which one call in ten is answered 429, 500, 502 or 503 when it is first made."""
    faults = {"rate_limited": FAILING / 2, "server_error": FAILING / 2}
    scene.server.control(latency=0.5, faults=faults, only_first=True)
    batch = scene.run(count, concurrency=100).run.batch
    scene.server.control(latency=LATENCY_S, faults={}, only_first=False)
    return batch


def _recovery(scene: Scene) -> Figure:
    """From the end of an outage to the first answer stored of a call made after it, the endpoint's latency included."""
    scene.server.control(latency=0.5)
    began = time.perf_counter()
    run = submit_run(scene.plan(scene.prospects[:1_000], concurrency=50)).run
    time.sleep(2.0)
    scene.server.control(outage_s=OUTAGE_S, outage_mode="error")
    over_at = timezone.now() + timedelta(seconds=OUTAGE_S)
    ended = scene.wait(run, began=began)
    scene.server.control(latency=LATENCY_S)
    calls = PaidCall.objects.filter(batch=run.pk, state=PaidCall.State.SUCCEEDED, sent_at__gte=over_at)
    first_at = calls.aggregate(at=Min("finished_at"))["at"]
    recovered_s = (first_at - over_at).total_seconds() if first_at else float("inf")
    beside = f"after {OUTAGE_S:.0f} s of 503; {ended.run.batch.succeeded:,} of {ended.run.batch.total:,} succeeded"
    return below(5, "qualify.recovery_s", recovered_s, "s", beside=beside)


def measure_limits(scene: Scene) -> Iterator[Figure]:
    """An endpoint that allows 50 requests a second, asked for more; looked at after ten seconds."""
    scene.server.control(rate=RATE, burst=RATE, reset=True)
    timed = scene.run(1_500, concurrency=300)
    timeline = scene.server.ledger()["timeline"]
    scene.server.control(rate=0.0)
    seconds = range(WARM_UP_S, max(map(int, timeline)) - DRAIN_S)
    accepted, refused = (sum(timeline.get(str(second), (0, 0))[side] for second in seconds) for side in (0, 1))
    beside = f"1,500 prospects in {timed.wall_s:.1f} s at {RATE:.0f} requests/s, 300 at once, after {WARM_UP_S} s"
    yield at_least(0.95, "qualify.429_utilisation", accepted / (RATE * len(seconds)), "share", beside=beside)
    yield below(0.05, "qualify.429_refused", refused / max(1, accepted + refused), "share", beside=f"{refused} refused")
