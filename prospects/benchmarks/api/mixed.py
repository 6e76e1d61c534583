"""A hundred people at work: mostly what others look at too, some of it only theirs, and a few corrections."""

import random
import resource
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from performance.benchmarks.figures import Figure, at_least, below, percentile, printed
from performance.benchmarks.usage import Usage, postgres_pid, tree
from prospects.benchmarks.api import told
from prospects.benchmarks.api.rates import TRIVIAL
from prospects.benchmarks.api.scene import Scene, Seen

# A little above what is asked of it: what can't be kept up with is seen as late answers.
RATE = 1020
SECONDS = 15
# A hundred people who come at once, when nobody is known and nothing is kept yet, wait for each other for one to two
# seconds. Of that only the first second is left out, and told beside what follows.
WARM_S = 1.0
CEILING_SECONDS = 4
SHARED_DETAILS, OWN = 12, 4_000
SHARED_LISTS = (
    *("/api/v1/prospects", "/api/v1/prospects?country=DE", "/api/v1/prospects?limit=100", "/api/v1/prospects?page=2"),
    *("/api/v1/runs", "/api/v1/icps", "/api/v1/imports", "/api/v1/exports"),
)


def measure(scene: Scene) -> Iterator[Figure]:
    ceiling = scene.ask({"seconds": CEILING_SECONDS, "users": scene.authorizations, "kinds": [_trivial()]})
    beside = "the trivial view, asked by the same client and users as fast as they can: no load can have more"
    yield printed("api.mixed.ceiling", ceiling.rate, "requests/s", beside=beside)
    told.forget()
    seen, cpu = _costed(scene, _plan(scene, writes=0.01))
    yield from _figures("api.mixed", seen, cpu, has_targets=True)
    yield from told.figures("api.mixed")
    seen, cpu = _costed(scene, _plan(scene, writes=0.10))
    yield from _figures("api.mixed_10", seen, cpu, has_targets=False)


def _costed(scene: Scene, plan: dict[str, Any]) -> tuple[Seen, str]:
    """With what a request took of the machine, by who took it. All requests are sent, however late."""
    database = postgres_pid()
    web = Usage().begin(tree(scene.pid))
    rows = Usage().begin(tree(database) if database else [])
    before = _of_clients_s()
    seen = scene.ask(plan)
    clients_s = _of_clients_s() - before
    web.look(tree(scene.pid))
    rows.look(tree(database) if database else [])
    sent = RATE * (SECONDS + WARM_S)
    took = {"web": web.cpu_s, "PostgreSQL": rows.cpu_s, "client": clients_s}
    return seen, "CPU a request: " + ", ".join(f"{who} {cpu_s / sent * 1e6:,.0f} µs" for who, cpu_s in took.items())


def _of_clients_s() -> float:
    """CPU of all clients that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _trivial() -> dict[str, Any]:
    return _kind("trivial", 1.0, [["GET", TRIVIAL, ""]])


def _plan(scene: Scene, *, writes: float) -> dict[str, Any]:
    """80 % of what isn't written is asked for by others too."""
    chance = random.Random(7)  # noqa: S311 - the same requests each time
    shared = [*SHARED_LISTS, *(_detail(each) for each in chance.sample(scene.prospects, SHARED_DETAILS))]
    pages = [f"/api/v1/prospects?limit={limit}&page={page}" for limit in range(40, 60) for page in range(3, 160)]
    own = [*chance.sample(pages, OWN // 2), *(_detail(each) for each in chance.sample(scene.prospects, OWN // 2))]
    kinds = [
        _kind("cached", 0.80 if writes < 0.05 else 0.72, [["GET", path, ""] for path in shared]),
        _kind("uncached", 0.19 if writes < 0.05 else 0.18, [["GET", path, ""] for path in own]),
        _kind("write", writes, [_correction(each) for each in chance.sample(scene.prospects, OWN)]),
    ]
    return {"rate": RATE, "seconds": SECONDS, "warm_s": WARM_S, "users": scene.authorizations, "kinds": kinds}


def _kind(name: str, weight: float, requests: Sequence[list[str]]) -> dict[str, Any]:
    return {"name": name, "weight": weight, "requests": requests}


def _detail(prospect: int) -> str:
    return f"/api/v1/prospects/{prospect}"


def _correction(prospect: int) -> list[str]:
    return ["PATCH", _detail(prospect), orjson.dumps({"person_title": f"Buyer {prospect}"}).decode()]


def _figures(name: str, seen: Seen, cpu: str, *, has_targets: bool) -> Iterator[Figure]:
    took, failed = seen.answers, sum(seen.errors.values())
    share = failed / max(1, failed + len(took))
    by_kind = "; ".join(
        f"{kind} {percentile(each, 0.5):.0f}/{percentile(each, 0.99):.0f}" for kind, each in seen.took_ms.items()
    )
    beside = f"P50/P99 in ms: {by_kind}; 100 users send {RATE:,}/s, timed from when each was due"
    p50, p95, p99 = (percentile(took, each) for each in (0.5, 0.95, 0.99))
    if not has_targets:
        yield printed(f"{name}.req_per_s", seen.rate, "requests/s", beside=beside)
        beside = f"P50 {p50:.0f} ms, P95 {p95:.0f} ms; {share:.2%} failed; {cpu}"
        yield printed(f"{name}.p99_ms", p99, "ms", beside=beside)
        return
    yield at_least(1000, f"{name}.req_per_s", seen.rate, "requests/s", beside=beside)
    yield below(50, f"{name}.p50_ms", p50, "ms", beside=cpu)
    yield below(200, f"{name}.p95_ms", p95, "ms")
    beside = f"the stretch is 100 ms; the first {WARM_S:g} s, cold: P50 {percentile(seen.cold_ms, 0.5):.0f},"
    beside += f" P95 {percentile(seen.cold_ms, 0.95):.0f}, P99 {percentile(seen.cold_ms, 0.99):.0f} ms"
    yield below(500, f"{name}.p99_ms", p99, "ms", beside=beside)
    yield below(0.001, f"{name}.errors", share, "share", beside=", ".join(f"{k}: {n}" for k, n in seen.errors.items()))
