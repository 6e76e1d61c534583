import gc
import sys

from performance.limits import services
from performance.limits.policies import Policy
from performance.limits.recent import Recent


def test_what_was_asked_for_lately_is_kept_and_the_rest_is_forgotten() -> None:
    recent: Recent[int, int] = Recent(10)
    recent.put(-1, -1)
    for number in range(100):
        recent.put(number, number)
        assert recent.get(-1) == -1

    assert [recent.get(number) for number in (99, 98, 97, 96)] == [99, 98, 97, 96]
    assert recent.get(50) is None
    assert len(recent) <= 10


def test_a_hundred_thousand_clients_take_no_more_memory_than_twenty_thousand() -> None:
    policy = Policy("login", 10, 60, 10)
    sizes = []
    for first in range(0, 100_000, 20_000):
        for number in range(first, first + 20_000):
            services.take_here(policy, f"address:10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
        gc.collect()
        sizes.append(sys.getallocatedblocks())

    assert services.known_clients() <= services.MOST_KNOWN
    assert max(sizes) <= sizes[0] * 1.1
