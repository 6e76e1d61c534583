"""What a process asks of Valkey, it asks once for all its threads and all its pages."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from performance.cache import tags
from performance.cache.connection import pinned
from performance.cache.entries import Fresh, fetch


def test_tags_that_were_wanted_lately_are_asked_for_together() -> None:
    def times_asked() -> int:
        for tag in ("prospects", "prospect:1", "runs"):
            tags.versions((tag,))
        time.sleep(tags.TRUSTED_S + 0.01)
        again = [tags.versions((tag,)) for tag in ("runs", "prospect:1", "prospects")]
        return len({each.asked_at for each in again if each is not None})

    # What was wanted 80 ms ago is no longer lately, and a busy machine may stand still for as long.
    assert 1 in (times_asked() for _ in range(10))


def test_of_threads_that_want_a_version_one_asks() -> None:
    together = threading.Barrier(8)

    def ask(_: int) -> float:
        together.wait()
        found = tags.versions(("runs",), at_most_s=60)
        return found.asked_at if found is not None else 0.0

    with ThreadPoolExecutor(8) as threads:
        asked_at = list(threads.map(ask, range(8)))

    assert len(set(asked_at)) == 1


def test_who_waits_for_a_thread_of_the_same_process_asks_valkey_once() -> None:
    begun, computed = threading.Event(), []

    def slowly() -> Fresh:
        begun.set()
        time.sleep(0.3)
        computed.append(1)
        return Fresh(b"a page")

    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(fetch, "test.slow:1", tags=("runs",), ttl_s=60, compute=slowly)
        begun.wait()
        before = _scripts()
        others = [threads.submit(fetch, "test.slow:1", tags=("runs",), ttl_s=60, compute=slowly) for _ in range(8)]
        values = [each.result().value for each in (first, *others)]

    assert values == [b"a page"] * 9
    assert computed == [1]
    # A look-up of each, what the first stores, and now and then the tags' versions; polling, it was over a hundred.
    assert _scripts() - before <= 8 + 1 + 4


def _scripts() -> int:
    """Scripts that Valkey has run."""
    told = bytes(pinned().call("INFO", "commandstats")).decode()
    line = next(line for line in told.splitlines() if line.startswith("cmdstat_evalsha:"))
    return int(line.partition("calls=")[2].partition(",")[0])
