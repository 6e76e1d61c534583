"""What somebody may is read in one statement, and is what Django's own backend would say."""

from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group

from performance.access.backends import LimitedModelBackend
from performance.access.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _with_role() -> User:
    """Of two roles that share permissions, and one permission of their own."""
    user = make_user(permissions=["performance.view_flag", "prospects.view_prospect"])
    user.groups.add(Group.objects.get(name="sales"), Group.objects.get(name="viewer"))
    return user


@pytest.mark.parametrize(
    "make",
    [
        _with_role,
        lambda: make_user(),
        lambda: make_user(permissions=["performance.view_flag"]),
        lambda: make_user(permissions=["performance.view_flag"], is_active=False),
        lambda: make_user(is_superuser=True),
        lambda: make_user(is_superuser=True, is_active=False),
        lambda: AnonymousUser(),
    ],
)
def test_it_is_what_django_says(make: Any, django_assert_max_num_queries: Any) -> None:
    user = make()
    fresh = User.objects.get(pk=user.pk) if user.pk else AnonymousUser()

    with django_assert_max_num_queries(1):
        held = LimitedModelBackend().get_all_permissions(fresh)
        again = LimitedModelBackend().get_all_permissions(fresh)

    assert held == again == ModelBackend().get_all_permissions(user)


def test_of_a_single_object_there_are_none() -> None:
    user = _with_role()

    assert LimitedModelBackend().get_all_permissions(user, user) == set()
    assert user.has_perm("prospects.view_prospect")
    assert not user.has_perm("prospects.no_such_thing")
    assert not User.objects.get(pk=make_user().pk).has_perm("prospects.view_prospect")
