import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission

from performance.access.errors import UnknownPermission
from performance.access.roles import sync_roles

pytestmark = pytest.mark.django_db


def permissions_of(role: str) -> set[str]:
    rows = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


@pytest.mark.parametrize("role", settings.ROLES)
def test_after_a_migration_each_role_is_a_group_with_exactly_its_permissions(role: str) -> None:
    assert permissions_of(role) == set(settings.ROLES[role])


def test_a_sync_takes_back_what_was_changed_by_hand_and_leaves_other_groups_alone() -> None:
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.add(Permission.objects.get(codename="delete_prospect"))
    viewer.permissions.remove(Permission.objects.get(codename="view_prospect"))
    Group.objects.create(name="book club")

    sync_roles(roles=settings.ROLES)

    assert permissions_of("viewer") == set(settings.ROLES["viewer"])
    assert Group.objects.filter(name="book club").exists()


def test_a_permission_that_does_not_exist_is_named_and_nothing_changes() -> None:
    with pytest.raises(UnknownPermission) as refusal:
        sync_roles(roles={"viewer": ["prospects.view_prospect", "prospects.view_unicorn"], "new": []})

    assert str(refusal.value) == (
        "config/roles.py names prospects.view_unicorn, but no model has such a permission; "
        "correct the name or add it to the model's Meta.permissions."
    )
    assert permissions_of("viewer") == set(settings.ROLES["viewer"])
    assert not Group.objects.filter(name="new").exists()
