"""Wall time over the ideal, CPU and memory, beside LangChain's own batching of the same questions."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
from django.conf import settings

from performance.benchmarks.figures import Figure, at_most, below, percentile, printed
from performance.benchmarks.usage import Usage, measured, postgres_pid
from performance.jobs import services as jobs
from prospects.benchmarks.scene import LATENCY_S, MODEL, Scene, Timed
from prospects.qualification.estimate import questions
from prospects.qualification.services import settled, submit_run

SUBMISSIONS = 20
QUICK_S = 0.2
# By its path: as a module it would bring all of Django with it.
PEER = Path(__file__).with_name("langchain_peer.py")


def measure(scene: Scene) -> Iterator[Figure]:
    few, few_usage = _timed(scene, 100, concurrency=100)
    yield _ratio(1.25, few, jobs=100, concurrency=100)
    yield below(200, "qualify.worker_rss_mb", few_usage.peak_mb, "MB", beside="100 prospects, largest process")
    yield from _thousand_at_100(scene)
    many = scene.run(1_000, concurrency=500)
    langchain_s = _langchain(scene, 1_000, concurrency=500)
    beside = f"LangChain .abatch in this run: {langchain_s / (2 * LATENCY_S):.2f}"
    yield _ratio(1.40, many, jobs=1_000, concurrency=500, beside=beside)
    most, most_usage = _timed(scene, 10_000, concurrency=500)
    beside = f"the worker's largest process {most_usage.peak_mb:.0f} MB"
    yield _ratio(1.15, most, jobs=10_000, concurrency=500, beside=beside)
    yield _growth(scene)
    yield from _batch_sizes(scene)
    yield _submissions(scene)


def _growth(scene: Scene) -> Figure:
    """A hundred times as many prospects with as many in flight: what is compared is the run's length alone."""
    scene.server.control(latency=QUICK_S)
    _, few = _timed(scene, 100, concurrency=100)
    _, many = _timed(scene, 10_000, concurrency=100)
    scene.server.control(latency=LATENCY_S)
    beside = f"{many.peak_mb:.0f} MB at 10,000, {few.peak_mb:.0f} MB at 100, 100 in flight, {QUICK_S:g} s latency"
    return below(0.10, "qualify.rss_growth", many.peak_mb / few.peak_mb - 1, "share", beside=beside)


def _timed(scene: Scene, count: int, *, concurrency: int) -> tuple[Timed, Usage]:
    with measured(scene.worker_pid) as usage:
        timed = scene.run(count, concurrency=concurrency)
    return timed, usage


def _ratio(limit: float, timed: Timed, *, jobs: int, concurrency: int, beside: str = "") -> Figure:
    said = f"{timed.wall_s:.2f} s" + (f"; {beside}" if beside else "")
    ratio = timed.over_ideal(jobs=jobs, concurrency=concurrency)
    return at_most(limit, f"qualify.{jobs}.c{concurrency}", ratio, "of ideal", beside=said)


def _thousand_at_100(scene: Scene) -> Iterator[Figure]:
    server = postgres_pid()
    with measured(server or scene.worker_pid) as database, measured(scene.worker_pid) as worker:
        timed = scene.run(1_000, concurrency=100)
    yield _ratio(1.10, timed, jobs=1_000, concurrency=100)
    beside = f"PostgreSQL {database.cpu_s:.2f} ms" if server else "PostgreSQL runs elsewhere"
    # Seconds over a thousand jobs are milliseconds a job.
    yield printed("qualify.cpu_ms_per_job", worker.cpu_s, "ms", beside=f"worker; {beside}")


def _langchain(scene: Scene, count: int, *, concurrency: int) -> float:
    """The same questions by LangChain in a process of its own; seconds."""
    plan = settled(scene.plan(scene.prospects[:count]))
    asked = list(questions(plan, prospect_ids=plan.prospect_ids))
    question = {
        "base_url": scene.server.base_url,
        "model": MODEL,
        "schema": asked[0].schema,
        "messages": [request.messages for request in asked],
        "concurrency": concurrency,
    }
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        Path(file.name).write_bytes(orjson.dumps(question))
        command = [sys.executable, str(PEER), file.name]
        done = subprocess.run(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, check=True, text=True)
    return float(done.stdout)


def _batch_sizes(scene: Scene) -> Iterator[Figure]:
    """Prospects per second over the batch size, with ten parallel batches and a quick endpoint."""
    scene.server.control(latency=0.2)
    rates = {}
    for size in (1, 5, 10, 20):
        plan = scene.plan(scene.prospects[:400], batch_size=size, max_concurrent_batches=10)
        began = time.perf_counter()
        rates[size] = 400 / scene.wait(submit_run(plan).run, began=began).wall_s
    scene.server.control(latency=LATENCY_S)
    beside = "; ".join(f"{size}: {rate:,.0f}/s" for size, rate in rates.items())
    yield printed("qualify.batch_size_sweep", max(rates.values()), "prospects/s", beside=f"10 batches of {beside}")


def _submissions(scene: Scene) -> Figure:
    taken = []
    for number in range(SUBMISSIONS):
        plan = scene.plan(scene.prospects[number * 100 : number * 100 + 100])
        began = time.perf_counter()
        run = submit_run(plan).run
        taken.append((time.perf_counter() - began) * 1000)
        jobs.cancel(run.pk)
    beside = f"{SUBMISSIONS} runs of 100, estimate included; median {percentile(taken, 0.5):.0f} ms"
    return below(500, "qualify.submit_p95_ms", percentile(taken, 0.95), "ms", beside=beside)
