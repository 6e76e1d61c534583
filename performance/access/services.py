"""Accounts and tokens: the only writers."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Q, QuerySet

from performance.access.errors import ScopeNotHeld, UnknownUser
from performance.access.models import ApiToken, User

FIRST_USERNAME = "admin"
MAX_TOKEN_LIFE = timedelta(days=366)
# Any number: whoever takes this advisory lock is the one who looks for, and makes, the first account.
_FIRST_ACCOUNT_LOCK = 0x4153_5341


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The first account and its password, which is stored nowhere in the clear."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its text, which is shown once: only its hash is kept."""

    token: ApiToken
    text: str


def make_first_account() -> NewAccount | None:
    """A staff superuser with a random password, or None where there is a superuser. Call it in a transaction.

    Whoever calls it shows the password before committing: a process that dies in between leaves no account that
    nobody can open. Of several at once one makes the account, the others wait for its transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_ACCOUNT_LOCK])
    if User.objects.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    taken = User.objects.filter(username=FIRST_USERNAME).exists()
    username = f"{FIRST_USERNAME}-{secrets.token_hex(2)}" if taken else FIRST_USERNAME
    User.objects.create_superuser(username, password=password)
    return NewAccount(username, password)


def issue_token(*, user: User, name: str, scopes: Sequence[str] = (), life: timedelta = timedelta(days=90)) -> NewToken:
    """A token for `user`, good for `life`. Raises ScopeNotHeld for a scope that the user's roles don't cover."""
    check_scopes(user, scopes)
    token, text = ApiToken.objects.create(
        user, expiry=min(life, MAX_TOKEN_LIFE), name=name[:100], scopes=sorted(set(scopes))
    )
    return NewToken(token, text)


def check_scopes(user: User, scopes: Sequence[str]) -> None:
    """Raises ScopeNotHeld for a scope that the user's roles don't cover."""
    if refused := sorted(scope for scope in set(scopes) if not user.has_perm(scope)):
        raise ScopeNotHeld(f"{user.get_username()} may not {', '.join(refused)}; leave that out of the scopes.")


def may_manage(by: User, user: User) -> bool:
    """Whether `by` may change `user`, or make and revoke their tokens: only of somebody who may no more than `by`.

    Or whoever may set passwords and make tokens could become a superuser.
    """
    if by.is_superuser:
        return True
    return not user.is_superuser and not _held(user).exclude(pk__in=_held(by)).exists()


def assignable_roles(by: User) -> QuerySet[Group]:
    """The groups that hold nothing that `by` doesn't."""
    if by.is_superuser:
        return Group.objects.all()
    return Group.objects.exclude(permissions__in=Permission.objects.exclude(pk__in=_held(by)))


def _held(user: User) -> QuerySet[Permission]:
    """By role or by name; of a disabled user too, since they may be enabled again."""
    return Permission.objects.filter(Q(group__user=user) | Q(user=user))


def revoke_tokens(*, user_id: int | None, token_key: str) -> int:
    """Delete the user's tokens that begin with `token_key`; from then on they are refused. Returns how many."""
    deleted, _ = ApiToken.objects.filter(user_id=user_id, token_key=token_key).delete()
    return int(deleted)


def delete_expired_tokens(*, at: datetime) -> int:
    """Delete tokens past their expiry and return how many."""
    deleted, _ = ApiToken.objects.filter(expiry__lt=at).delete()
    return int(deleted)


def user_named(username: str) -> User:
    """The active user of that name. Raises UnknownUser."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise UnknownUser(f"There is no active user {username!r}; `manage.py createsuperuser` or the admin makes one.")
    return user
