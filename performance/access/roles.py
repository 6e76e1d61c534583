"""Django groups, kept in step with the one table of roles (`config.roles`)."""

from collections.abc import Iterable, Mapping

from django.apps import apps as project
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from performance.access.errors import UnknownPermission


def sync_roles(*, roles: Mapping[str, Iterable[str]]) -> None:
    """Make one group of every role, holding exactly its permissions. Idempotent, atomic.

    Groups that are no role are left alone. Raises UnknownPermission, and changes nothing, when a name is wrong.
    """
    wanted = {role: frozenset(permissions) for role, permissions in roles.items()}
    known = _permissions(frozenset().union(*wanted.values()))
    with transaction.atomic():
        for role, names in wanted.items():
            group, _ = Group.objects.get_or_create(name=role)
            group.permissions.set([known[name] for name in names])


def sync_after_migrate(sender: object, *, apps: Apps = project, **_signal: object) -> None:
    """post_migrate of this app; nothing where the tables aren't there (a migration of one app only)."""
    try:
        apps.get_model("auth", "Permission")
        apps.get_model("performance", "User")
    except LookupError:
        return
    # Apps further down get their permissions only after this one's signal: make them now.
    for label in {name.partition(".")[0] for names in settings.ROLES.values() for name in names}:
        create_permissions(project.get_app_config(label), verbosity=0)
    sync_roles(roles=settings.ROLES)


def _permissions(names: frozenset[str]) -> dict[str, Permission]:
    rows = Permission.objects.filter(content_type__app_label__in={name.partition(".")[0] for name in names})
    known = {f"{row.content_type.app_label}.{row.codename}": row for row in rows.select_related("content_type")}
    if missing := sorted(names - known.keys()):
        raise UnknownPermission(
            f"config/roles.py names {', '.join(missing)}, but no model has such a permission; "
            "correct the name or add it to the model's Meta.permissions."
        )
    return known
