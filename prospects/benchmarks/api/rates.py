"""Requests a second of a cached list beside the least that Django can answer, and beside a plain DRF list."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from performance.benchmarks.figures import Figure, at_least, percentile
from prospects.benchmarks.api.scene import ACCEPT_ENCODING, Scene

CACHED = "/api/v1/prospects"
TRIVIAL = "/api/v1/bench/trivial"
DRF = "/api/v1/bench/drf"
CONNECTIONS = 32
SECONDS = 4
# In turns, so that whatever else the machine does meanwhile is in all of them.
ROUNDS = 3


class Failed(RuntimeError):
    """A request that was to be measured wasn't answered 200."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second and, where it is known, milliseconds of the 50th and 99th percentile."""

    per_s: float
    said: str


def measure(scene: Scene) -> Iterator[Figure]:
    paths = (TRIVIAL, CACHED, DRF)
    seen: dict[str, list[Rate]] = {path: [] for path in paths}
    for path in paths:
        _rate(scene, path, seconds=1)  # the first of anything is slower
    for _ in range(ROUNDS):
        for path in paths:
            seen[path].append(_rate(scene, path, seconds=SECONDS))
    per_s = {path: median(each.per_s for each in rates) for path, rates in seen.items()}
    client = "wrk" if shutil.which("wrk") else "a Python client"
    beside = f"{per_s[CACHED]:,.0f} of {per_s[TRIVIAL]:,.0f} requests/s ({seen[CACHED][-1].said}); {client} beside"
    yield at_least(0.5, "api.cached_vs_trivial", per_s[CACHED] / per_s[TRIVIAL], "of trivial", beside=beside)
    beside = f"{per_s[CACHED]:,.0f} to {per_s[DRF]:,.0f} requests/s of 50 rows ({seen[DRF][-1].said})"
    yield at_least(10, "api.cached_vs_drf", per_s[CACHED] / per_s[DRF], "×", beside=beside)  # noqa: RUF001


def _rate(scene: Scene, path: str, *, seconds: int) -> Rate:
    return _by_wrk(scene, path, seconds) if shutil.which("wrk") else _by_python(scene, path, seconds)


def _by_wrk(scene: Scene, path: str, seconds: int) -> Rate:
    headers = [f"Authorization: {scene.authorizations[0]}", f"Accept-Encoding: {ACCEPT_ENCODING}"]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    command += [part for header in headers for part in ("-H", header)]
    command.append(f"http://127.0.0.1:{scene.port}{path}")
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"{path}: {said}")
    words = said.split()
    return Rate(
        float(words[words.index("Requests/sec:") + 1]), f"P50 {_after(words, '50%')}, P99 {_after(words, '99%')}"
    )


def _after(words: list[str], word: str) -> str:
    return words[words.index(word) + 1]


def _by_python(scene: Scene, path: str, seconds: int) -> Rate:
    kinds = [{"name": "read", "weight": 1, "requests": [["GET", path, ""]]}]
    seen = scene.ask({"seconds": seconds, "users": scene.authorizations[:CONNECTIONS], "kinds": kinds})
    if seen.errors:
        raise Failed(f"{path}: {seen.errors}")
    return Rate(seen.rate, f"P50 {percentile(seen.answers, 0.5):.1f} ms, P99 {percentile(seen.answers, 0.99):.1f} ms")
