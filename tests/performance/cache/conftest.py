"""Nothing of an earlier test is in the cache, and what a test commits is announced."""

import pytest
from django.core.cache import cache

from performance.cache import tags


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
    tags.forget_all()
