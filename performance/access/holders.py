"""What the database knows of somebody, in one statement each: the ORM makes two or three, and compiles them anew."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

from performance.access.models import ApiToken, User


def tokens_of(token_key: str) -> list[ApiToken]:
    """Those that begin so. Each has its `user`, who knows what they may, as if Django had asked for it."""
    with connection.cursor() as cursor:
        cursor.execute(_tokens(), [token_key])
        return [_token(row) for row in cursor.fetchall()]


def permissions_of(user: User) -> set[str]:
    with connection.cursor() as cursor:
        if user.is_superuser:
            cursor.execute(_every())
        else:
            cursor.execute(_held("%s"), [user.pk, user.pk])
        return set(cursor.fetchone()[0])


def _token(row: Sequence[Any]) -> ApiToken:
    """Of a row of `_tokens`."""
    names, of_user = _names(ApiToken), _names(User)
    token: ApiToken = ApiToken.from_db(DEFAULT_DB_ALIAS, names, row[: len(names)])
    user: Any = User.from_db(DEFAULT_DB_ALIAS, of_user, row[len(names) : -1])
    # Where Django looks first; of who is disabled it is asked nothing.
    user._perm_cache = set(row[-1])
    token.user = user
    return token


@cache
def _tokens() -> str:
    columns = ", ".join([*_columns(ApiToken, "token"), *_columns(User, "person")])
    return (
        f"SELECT {columns}, CASE WHEN person.is_superuser THEN ({_every()}) ELSE ({_held('person.id')}) END"  # noqa: S608
        f" FROM {ApiToken._meta.db_table} AS token JOIN {User._meta.db_table} AS person ON person.id = token.user_id"
        " WHERE token.token_key = %s"
    )


@cache
def _every() -> str:
    permission, kind = Permission._meta.db_table, ContentType._meta.db_table
    return (
        "SELECT coalesce(array_agg(kind.app_label || '.' || one.codename), '{}')"  # noqa: S608 - tables of our own
        f" FROM {permission} AS one JOIN {kind} AS kind ON kind.id = one.content_type_id"
    )


@cache
def _held(user_id: str) -> str:
    """By the user whose id that expression is."""
    own, of_groups = User.user_permissions.through._meta.db_table, Group.permissions.through._meta.db_table
    groups = User.groups.through._meta.db_table
    return (
        f"{_every()} WHERE one.id IN (SELECT permission_id FROM {own} WHERE user_id = {user_id} UNION ALL"  # noqa: S608
        f" SELECT permission_id FROM {of_groups} JOIN {groups} USING (group_id) WHERE user_id = {user_id})"
    )


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _columns(model: type[Model], table: str) -> list[str]:
    return [f"{table}.{connection.ops.quote_name(str(field.column))}" for field in model._meta.concrete_fields]
