"""A hundred people at work: mostly what others look at too, some of it only theirs, and a few corrections."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from performance.benchmarks.figures import Figure, at_least, below, percentile, printed
from prospects.benchmarks.api.scene import Scene, Seen

# Above what is asked of it, since what can't be kept up with is seen as late answers, not as fewer requests.
RATE = 1100
SECONDS = 15
SHARED_DETAILS, OWN = 12, 4_000
SHARED_LISTS = (
    *("/api/v1/prospects", "/api/v1/prospects?country=DE", "/api/v1/prospects?limit=100", "/api/v1/prospects?page=2"),
    *("/api/v1/runs", "/api/v1/icps", "/api/v1/imports", "/api/v1/exports"),
)


def measure(scene: Scene) -> Iterator[Figure]:
    yield from _figures("api.mixed", _seen(scene, writes=0.01), has_targets=True)
    yield from _figures("api.mixed_10", _seen(scene, writes=0.10), has_targets=False)


def _seen(scene: Scene, *, writes: float) -> Seen:
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
    return scene.ask({"rate": RATE, "seconds": SECONDS, "users": scene.authorizations, "kinds": kinds})


def _kind(name: str, weight: float, requests: Sequence[list[str]]) -> dict[str, Any]:
    return {"name": name, "weight": weight, "requests": requests}


def _detail(prospect: int) -> str:
    return f"/api/v1/prospects/{prospect}"


def _correction(prospect: int) -> list[str]:
    return ["PATCH", _detail(prospect), orjson.dumps({"person_title": f"Buyer {prospect}"}).decode()]


def _figures(name: str, seen: Seen, *, has_targets: bool) -> Iterator[Figure]:
    took, failed = seen.answers, sum(seen.errors.values())
    share = failed / max(1, failed + len(took))
    by_kind = "; ".join(
        f"{kind} {percentile(each, 0.5):.0f}/{percentile(each, 0.99):.0f}" for kind, each in seen.took_ms.items()
    )
    beside = f"P50/P99 in ms: {by_kind}; 100 users send {RATE:,}/s, timed from when each was due"
    p50, p95, p99 = (percentile(took, each) for each in (0.5, 0.95, 0.99))
    if not has_targets:
        yield printed(f"{name}.req_per_s", seen.rate, "requests/s", beside=beside)
        yield printed(f"{name}.p99_ms", p99, "ms", beside=f"P50 {p50:.0f} ms, P95 {p95:.0f} ms; {share:.2%} failed")
        return
    yield at_least(1000, f"{name}.req_per_s", seen.rate, "requests/s", beside=beside)
    yield below(50, f"{name}.p50_ms", p50, "ms")
    yield below(200, f"{name}.p95_ms", p95, "ms")
    yield below(500, f"{name}.p99_ms", p99, "ms", beside="the stretch is 100 ms")
    yield below(0.001, f"{name}.errors", share, "share", beside=", ".join(f"{k}: {n}" for k, n in seen.errors.items()))
