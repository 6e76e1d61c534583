"""What is allowed over several processes that really run at the same time."""

import time

import pytest

from performance.limits.leases import LEASE_S
from tests.performance.limits.takers import takers
from tests.stack import throwaway_cluster


def most_above(moments: list[float], *, burst: int, rate: float) -> float:
    """By how much the busiest stretch of time is above `burst + rate * its length`."""
    # Only a stretch that begins and ends with something allowed can be the worst.
    lows = [rate * moment - index for index, moment in enumerate(moments)]
    worst, lowest = float("-inf"), float("-inf")
    for index, moment in enumerate(moments):
        lowest = max(lowest, lows[index])
        worst = max(worst, index + 1 - rate * moment + lowest - burst)
    return worst


def test_four_processes_together_allow_one_limit_and_hardly_less() -> None:
    burst, rate, seconds = 600, 10.0, 3.0
    with takers(4, RATE_LIMIT_PER_MINUTE=str(burst)) as processes:
        for each in processes:
            each.tell("during", "user:together", seconds)
        by_process = [each.answer() for each in processes]

    moments = sorted(moment for answer in by_process for moment in answer)
    # The documented bound: a lease may be spent LEASE_S after it was taken.
    assert most_above(moments, burst=burst, rate=rate) <= rate * LEASE_S
    # And nobody is cheated: what may be missing is in leases.
    span = moments[-1] - moments[0]
    assert len(moments) >= burst + rate * (span - 1) - 4 * 10
    assert all(len(answer) > 10 for answer in by_process)


def test_a_small_limit_is_exact_over_processes() -> None:
    with takers(3, RATE_LIMIT_PER_MINUTE="10") as processes:
        allowed = [each.take("user:small", 1)[0][0] for _ in range(5) for each in processes]

    assert allowed == [True] * 10 + [False] * 5


def test_what_a_process_didn_t_spend_is_there_for_others_after_its_lease() -> None:
    with takers(2, RATE_LIMIT_PER_MINUTE="100") as (first, second):
        first.take("user:moved", 1)
        time.sleep(LEASE_S + 0.1)
        # The first takes a new lease, and so gives its old one back: 100 - 1 - 10, and what came in a second.
        first.take("user:moved", 1)
        [(is_allowed, left, _)] = second.take("user:moved", 1)

    assert is_allowed
    assert 88 <= left <= 91


@pytest.mark.parametrize("is_cache_enabled", ["true", "false"])
def test_valkey_may_die_and_come_back_and_its_keys_and_scripts_may_go(is_cache_enabled: str) -> None:
    with throwaway_cluster() as cluster:
        environ = {"RATE_LIMIT_PER_MINUTE": "10", "CACHE_ENABLED": is_cache_enabled, **cluster.environ()}
        with takers(2, **environ) as (first, second):
            before = [first.take("user:1", 2), second.take("user:1", 2)]
            cluster.valkey.kill_immediate()
            started = time.monotonic()
            # Each goes on with what it last knew to be left.
            alone = [first.take("user:1", 10), second.take("user:1", 10)]
            took_s = time.monotonic() - started
            cluster.valkey.start()
            time.sleep(1.1)
            after = first.take("user:2", 11)

    assert [left for _, left, _ in before[0]] == [9, 8]
    assert [left for _, left, _ in before[1]] == [7, 6]
    assert [sum(is_allowed for is_allowed, *_ in answers) for answers in alone] == [8, 6]
    assert took_s < 2
    assert sum(is_allowed for is_allowed, *_ in after) == 10


def test_no_request_waits_for_a_database_that_is_away() -> None:
    away = "postgres://nobody:nothing@127.0.0.1:1/none"
    with takers(1, RATE_LIMIT_PER_MINUTE="10", DATABASE_URL=away) as [process]:
        started = time.monotonic()
        answers = process.take("user:alone", 11)
        took_s = time.monotonic() - started

    assert [is_allowed for is_allowed, *_ in answers] == [True] * 10 + [False]
    assert took_s < 1


def test_most_above_finds_the_worst_stretch() -> None:
    assert most_above([0.0, 10.0, 10.0, 10.0], burst=1, rate=1.0) == 2.0
    assert most_above([0.0, 1.0, 2.0], burst=1, rate=1.0) == 0.0
