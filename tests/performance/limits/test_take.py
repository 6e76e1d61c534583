"""One process and a real Valkey."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings as configured
from pytest_django import Settings

from performance.limits import services, shared
from performance.limits.leases import LEASE_S
from performance.limits.services import take
from tests.performance.limits.conftest import SetLimit

WHO = "user:1"


@pytest.fixture
def valkey() -> redis.Redis:
    return redis.Redis.from_url(configured.REDIS_URL)


def scripts_run(valkey: redis.Redis) -> int:
    """How often this server has run a script."""
    statistics = valkey.info("commandstats")
    return sum(statistics.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("evalsha", "eval"))


def allowed(number: int, policy: str = "api", who: str = WHO) -> int:
    return sum(take(policy, who).is_allowed for _ in range(number))


def test_a_full_bucket_s_worth_is_allowed_and_no_more(set_limit: SetLimit) -> None:
    set_limit("api", 100, 3600)

    assert allowed(150) == 100


def test_a_decision_says_what_is_left_and_when_there_is_more(set_limit: SetLimit) -> None:
    set_limit("qualify", 2)

    decisions = [take("qualify", WHO) for _ in range(3)]

    assert [(each.is_allowed, each.remaining) for each in decisions] == [(True, 1), (True, 0), (False, 0)]
    assert {(each.limit, each.period_s, each.policy) for each in decisions} == {(2, 60, "qualify")}
    assert all(20 < each.reset_s <= 30 for each in decisions)
    assert [each.retry_after_s for each in decisions[:2]] == [0, 0]
    assert 20 < decisions[2].reset_s <= decisions[2].retry_after_s <= 30


def test_who_comes_back_when_told_is_let_in(set_limit: SetLimit) -> None:
    set_limit("api", 2, 4)
    refused = [take("api", WHO) for _ in range(3)][2]

    time.sleep(refused.retry_after_s)

    assert 1 <= refused.retry_after_s <= 2
    assert take("api", WHO).is_allowed


def test_a_lease_is_spent_without_asking_valkey(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("api", 1_000)
    take("api", WHO)
    before = scripts_run(valkey)

    assert allowed(9) == 9
    assert scripts_run(valkey) == before
    take("api", WHO)
    assert scripts_run(valkey) == before + 1


def test_a_lease_ends_and_then_valkey_is_asked_again(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("api", 1_000)
    take("api", WHO)
    before = scripts_run(valkey)
    time.sleep(LEASE_S)

    take("api", WHO)

    assert scripts_run(valkey) == before + 1


def test_who_is_refused_costs_valkey_nothing_for_a_while(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("qualify", 1)
    take("qualify", WHO)
    take("qualify", WHO)
    before = scripts_run(valkey)

    assert allowed(1_000, "qualify") == 0
    assert scripts_run(valkey) == before


def test_small_buckets_are_counted_one_by_one(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("qualify", 10)
    before = scripts_run(valkey)

    assert allowed(3, "qualify") == 3
    assert scripts_run(valkey) == before + 3


def test_what_a_lease_leaves_goes_back(set_limit: SetLimit) -> None:
    set_limit("api", 100, 3600)
    take("api", WHO)
    time.sleep(LEASE_S + 0.05)

    assert take("api", WHO).remaining == 98
    assert allowed(150) == 98


def test_a_cost_is_taken_as_a_whole_or_not_at_all(set_limit: SetLimit) -> None:
    set_limit("analysis", 20, 3600)

    decisions = [take("analysis", WHO, cost=cost) for cost in (15, 6, 5, 1)]

    assert [each.is_allowed for each in decisions] == [True, False, True, False]
    assert decisions[1].remaining == 5


def test_policies_and_identities_are_counted_apart(set_limit: SetLimit) -> None:
    set_limit("qualify", 1)
    set_limit("crawl", 1)

    assert [allowed(2, policy, who) for policy in ("qualify", "crawl") for who in ("user:1", "user:2")] == [1] * 4


def test_threads_share_what_their_process_has_leased(set_limit: SetLimit) -> None:
    set_limit("api", 200, 36_000)
    start = threading.Barrier(8)

    def spend() -> int:
        start.wait()
        return allowed(100)

    with ThreadPoolExecutor(8) as pool:
        counts = [future.result() for future in [pool.submit(spend) for _ in range(8)]]

    assert sum(counts) == 200


@pytest.mark.parametrize(
    "lose", [redis.Redis.flushall, redis.Redis.script_flush], ids=["all its keys", "all its scripts"]
)
def test_valkey_may_lose_what_it_knew(
    lose: Callable[[redis.Redis], object], set_limit: SetLimit, valkey: redis.Redis
) -> None:
    set_limit("qualify", 5)
    allowed(3, "qualify")

    lose(valkey)

    assert allowed(6, "qualify") == (5 if lose is redis.Redis.flushall else 2)


def test_a_clock_set_back_by_a_day_locks_nobody_out(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("qualify", 10, 600)
    take("qualify", WHO)
    key = f"{shared.PREFIX}:qualify:{WHO}"
    # What the state looks like afterwards: the bucket would be full a day from now.
    valkey.set(key, float(valkey.get(key) or 0) + 86_400e6)

    refused = take("qualify", WHO)

    assert not refused.is_allowed
    assert 40 < refused.retry_after_s <= 60
    # From the next refill on all is as ever.
    assert float(valkey.get(key) or 0) < (time.time() + 601) * 1e6


def test_a_clock_set_forward_gives_one_burst_and_no_more(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("qualify", 10)
    allowed(10, "qualify")
    key = f"{shared.PREFIX}:qualify:{WHO}"
    valkey.set(key, float(valkey.get(key) or 0) - 86_400e6)

    assert allowed(20, "qualify") == 10


def test_rubbish_in_a_key_is_a_full_bucket(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("qualify", 3)
    valkey.set(f"{shared.PREFIX}:qualify:{WHO}", "rubbish")

    assert allowed(5, "qualify") == 3


def test_a_key_of_another_type_is_as_valkey_gone(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("qualify", 3)
    valkey.lpush(f"{shared.PREFIX}:qualify:{WHO}", "rubbish")

    assert allowed(5, "qualify") == 3


def test_a_bucket_is_forgotten_when_it_is_full_again(set_limit: SetLimit, valkey: redis.Redis) -> None:
    set_limit("qualify", 10)

    take("qualify", WHO)

    assert 5_000 <= valkey.pttl(f"{shared.PREFIX}:qualify:{WHO}") <= 6_000


def test_switched_off_nothing_is_counted(settings: Settings, set_limit: SetLimit, valkey: redis.Redis) -> None:
    settings.RATE_LIMIT_ENABLED = False
    set_limit("qualify", 1)
    before = scripts_run(valkey)

    assert allowed(50, "qualify") == 50
    assert scripts_run(valkey) == before


def test_a_lease_is_not_a_child_s_as_well(set_limit: SetLimit) -> None:
    set_limit("api", 100, 3600)
    take("api", WHO)

    services.forget()

    assert services.known_clients() == 0
    assert take("api", WHO).remaining == 89
