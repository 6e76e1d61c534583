from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from performance.cache import connection
from tests.factories import make_user

SetLimit = Callable[..., None]


@pytest.fixture
def set_limit(settings: Settings) -> SetLimit:
    """Sets what everybody may under a policy."""

    def set_it(name: str, tokens: int, period_s: int = 60) -> None:
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, name: (tokens, period_s)}

    return set_it


@pytest.fixture
def client(db: None) -> APIClient:
    """Signed in as somebody without any permission."""
    client = APIClient()
    client.force_login(make_user())
    return client


@pytest.fixture
def valkey_away(settings: Settings) -> Iterator[None]:
    """Nothing listens where Valkey should be."""
    away = {name: {**cache, "LOCATION": "redis://127.0.0.1:1/0"} for name, cache in settings.CACHES.items()}
    settings.CACHES = away
    connection._begin_anew()
    yield
    connection._begin_anew()
