from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from rest_framework.test import APIClient

from performance.access.models import User
from tests.factories import make_user
from tests.performance.api.front.through import Server
from tests.performance.api.reads.conftest import VIEW, _forget, client_of


@pytest.fixture(autouse=True)
def _everything_is_new() -> Iterator[None]:
    _forget()
    yield
    _forget()


@pytest.fixture
def server() -> Iterator[Server]:
    """Its connection to the database is kept from one request to the next, as Django's test client keeps it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Server()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def user(transactional_db: None) -> User:
    return make_user(permissions=[VIEW])


@pytest.fixture
def client(user: User) -> APIClient:
    return client_of(user)
