from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

from performance.access import known
from performance.access.models import User
from performance.access.services import issue_token
from performance.cache import tags
from performance.cache.filling import local
from performance.limits import services as limits
from tests.factories import make_user
from tests.performance.api.reads import urls

VIEW = "performance.view_flag"
NUMBER = "/api/v1/read/numbers/7"
TokenClient = Callable[..., APIClient]


@pytest.fixture(autouse=True)
def _everything_is_new() -> Iterator[None]:
    _forget()
    yield
    _forget()


def _forget() -> None:
    for cache in caches.all():
        cache.clear()
    caches["default"].clear()
    local.clear()
    tags.forget_all()
    known.forget_all()
    limits.forget()
    urls.made.clear()


def client_of(user: User, *, scopes: tuple[str, ...] = ()) -> APIClient:
    """A program with a token of `user`."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user=user, name='', scopes=scopes).text}")
    return client


@pytest.fixture
def user(transactional_db: None) -> User:
    return make_user(permissions=[VIEW])


@pytest.fixture
def client(user: User) -> APIClient:
    return client_of(user)
