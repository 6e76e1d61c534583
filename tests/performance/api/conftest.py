from collections.abc import Iterator

import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

from tests.factories import make_user


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


@pytest.fixture
def client(db: None) -> APIClient:
    """Signed in as somebody without any permission."""
    client = APIClient()
    client.force_login(make_user())
    return client
