from collections.abc import Callable

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

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
