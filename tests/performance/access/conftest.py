from collections.abc import Iterator

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()
