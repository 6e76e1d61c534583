"""What the tests of a module share that only look at it."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows made by a fixture of the module that asks for this stand for all of its tests and go with the last.

    Each test is undone for itself within. Not for tests that commit, nor for what other connections are to see.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
