"""A person in sales, and one in operations."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from config.roles import ADMINISTRATOR, SALES
from performance.access.models import User
from performance.flags.services import is_on
from tests.factories import make_user


@pytest.fixture(autouse=True)
def known_flags(db: None) -> None:
    """Flags are read once in ten seconds; done before, that doesn't fall into a counted request."""
    is_on("silk")


@pytest.fixture
def seller(db: None) -> User:
    """A member of the sales role."""
    user = make_user(username="sela")
    user.groups.add(Group.objects.get(name=SALES))
    return user


@pytest.fixture
def sales(client: Client, seller: User) -> Client:
    client.force_login(seller)
    return client


@pytest.fixture
def staff(db: None) -> Client:
    """A member of the staff in the administrator's role, who is no superuser."""
    user = make_user(username="ada", is_staff=True)
    user.groups.add(Group.objects.get(name=ADMINISTRATOR))
    client = Client()
    client.force_login(user)
    return client
