from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from performance.metrics import handover
from performance.metrics.tallies import taken


@pytest.fixture(autouse=True)
def valkey() -> Iterator[redis.Redis]:
    """Nothing was counted before the test, and nothing waits."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        _forget(client)
        yield client
        _forget(client)


def _forget(client: redis.Redis) -> None:
    client.delete(handover.PENDING, handover.TAKEN, *client.keys(f"{handover.SENT}:*"))
    list(taken())
