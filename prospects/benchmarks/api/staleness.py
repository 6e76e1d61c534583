"""How old an answer may be: another process writes, and the newest write that each answer lacks is looked for."""

import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
from django.db import connection, transaction
from django.utils import timezone

from performance.benchmarks.figures import Figure, at_most, percentile
from prospects.benchmarks.api.rates import CACHED
from prospects.benchmarks.api.scene import Scene
from prospects.companies.correcting import edit_prospect

WRITES = 200
EVERY_S = 0.037


@dataclass(frozen=True, slots=True)
class Answer:
    """What it showed, and when it was asked for."""

    shown: int
    asked_at: float


def measure(scene: Scene) -> Iterator[Figure]:
    committed: list[float] = []
    # The list begins with the newest, whose title is what is written.
    target = scene.prospects[-1]
    writer = threading.Thread(target=_write, args=[scene, target, committed])
    answers: list[Answer] = []
    writer.start()
    while writer.is_alive():
        asked_at = time.perf_counter()
        answers.append(Answer(_shown(scene, target), asked_at))
    writer.join()
    ages = [_age_ms(answer, committed) for answer in answers]
    stale = [age for age in ages if age > 0]
    beside = f"{len(answers):,} answers while {WRITES} writes were made by another process; {len(stale)} lacked one"
    beside += f", P99 of all {percentile(ages, 0.99):.0f} ms" if ages else ""
    yield at_most(50, "api.staleness_ms", max(ages, default=0.0), "ms", beside=beside)


def _write(scene: Scene, target: int, committed: list[float]) -> None:
    """`committed` gets the time of each commit; its title is the number of them."""
    for number in range(1, WRITES + 1):
        with transaction.atomic():
            # Before the tags' own: what follows the commit counts as part of the wait.
            transaction.on_commit(lambda: committed.append(time.perf_counter()))
            changes = {"person_title": str(number)}
            edit_prospect(target, person=changes, company={}, by=scene.users[0], at=timezone.now())
        time.sleep(EVERY_S)
    connection.close()


def _shown(scene: Scene, target: int) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{scene.port}{CACHED}", headers={"Authorization": scene.authorizations[1]}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        rows = orjson.loads(answer.read())["results"]
    title = next(row["person_title"] for row in rows if row["id"] == target)
    return int(title or 0)


def _age_ms(answer: Answer, committed: Sequence[float]) -> float:
    """Since when, at the time of asking, there had been something newer."""
    newer = committed[answer.shown] if answer.shown < len(committed) else answer.asked_at
    return max(0.0, (answer.asked_at - newer) * 1000)
