from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Group
from django.core.cache import caches
from rest_framework.test import APIClient

from performance.access.services import issue_token
from tests.factories import make_user

As = Callable[..., APIClient]


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


def client_as(role: str, *, scopes: list[str] | None = None) -> APIClient:
    """A client of somebody with a role; with `scopes`, by a token narrowed to them."""
    client = APIClient()
    user = make_user()
    user.groups.add(Group.objects.get(name=role))
    if scopes is None:
        client.force_login(user)
    else:
        issued = issue_token(user=user, name="", scopes=scopes)
        client.credentials(HTTP_AUTHORIZATION=f"Token {issued.text}")
    return client


@pytest.fixture
def as_(db: None) -> As:
    return client_as
