"""Who was seen lately: a token's user and what they may do, without asking the database at each request.

What was read is kept in the process for a minute, by a hash of the token. It holds while the version of one tag,
`access`, is the one it was read under, and that is never trusted for longer than 40 ms (`performance.cache.tags`). Each
change to people, tokens, roles and permissions raises the tag, so a revoked token or a disabled user is refused within
50 ms, in every process. One tag for all, and not one a user: such changes are rare, and it is known before the
database has said whose a token is, so that nothing can change unseen in between. Without Valkey nothing is kept.
"""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeAlias

from django.contrib.auth.models import Group, Permission
from django.db.models.signals import m2m_changed, post_delete, post_save

from performance.access.models import ApiToken, User
from performance.api.etags import digest_of
from performance.cache.tags import bump, versions
from performance.cache.transactions import in_transaction

# The version of the tag, and of what else `performance.cache.tags` has every value depend on.
Generation: TypeAlias = tuple[bytes, ...]
TAG = "access"
KEPT_S = 60.0
MOST_KEPT = 4096
_SIGNED_IN = frozenset({"last_login"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `permissions` are those of the user that the token, if there is one, is scoped for.

    `reach` stands for exactly these permissions: people of the same reach may see the same. The objects are shared
    between threads: whoever hands them on copies them.
    """

    user: User
    token: ApiToken | None
    permissions: frozenset[str]
    reach: str

    def may(self, permissions: Collection[str]) -> bool:
        return self.permissions.issuperset(permissions)


@dataclass(frozen=True, slots=True)
class _Kept:
    principal: Principal
    generation: Generation
    until: float
    expires_at: float

    def holds(self, generation: Generation) -> bool:
        return self.generation == generation and time.monotonic() < self.until and time.time() < self.expires_at


_kept: dict[bytes, _Kept] = {}
_lock = threading.Lock()


def seen(key: bytes, generation: Generation | None) -> Principal | None:
    """Whoever was kept under `key`, if nothing has changed since."""
    kept = _kept.get(key)
    return kept.principal if kept is not None and generation is not None and kept.holds(generation) else None


def keep(key: bytes, principal: Principal, generation: Generation | None) -> Principal:
    """For next time. `generation` was asked for before the database was."""
    if generation is not None:
        expires_at = principal.token.expiry.timestamp() if principal.token else float("inf")
        with _lock:
            _kept.pop(key, None)
            if len(_kept) >= MOST_KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = _Kept(principal, generation, time.monotonic() + KEPT_S, expires_at)
    return principal


def generation() -> Generation | None:
    """What everything read from now on is kept under; None where nothing is to be kept or believed.

    Inside a transaction, since that sees changes of its own that nobody was told of.
    """
    if in_transaction():
        return None
    found = versions((TAG,))
    return found.numbers if found else None


def key_of_token(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogateescape")).digest()


def principal_of(user: User, token: ApiToken | None = None) -> Principal:
    """Asks for the permissions, unless the user object has been asked before."""
    held = user.get_all_permissions()
    permissions = frozenset(held if token is None else filter(token.covers, held))
    reach = digest_of(*(name.encode() for name in sorted(permissions)))
    return Principal(user, token, permissions, reach)


def of_session(user: User) -> Principal:
    """The person whom Django's session names: their permissions are kept, they themselves are read each time."""
    at, key = generation(), b"user:%d" % user.pk
    known = seen(key, at) or keep(key, principal_of(user), at)
    return Principal(user, None, known.permissions, known.reach)


def forget_all() -> None:
    with _lock:
        _kept.clear()


def connect() -> None:
    """Hear of every change to people, tokens, roles and permissions. Called once, when the apps are ready."""
    for model in (User, ApiToken, Group, Permission):
        post_save.connect(_saved, sender=model, dispatch_uid=f"{TAG}.{model.__name__}.saved")
        post_delete.connect(_changed, sender=model, dispatch_uid=f"{TAG}.{model.__name__}.deleted")
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_related, sender=through, dispatch_uid=f"{TAG}.{through.__name__}")


def _saved(*, created: bool, update_fields: frozenset[str] | None = None, **_signal: Any) -> None:
    # Whoever is new was never seen; signing in notes its time, and changes nothing of what one may.
    if not created and update_fields != _SIGNED_IN:
        bump(TAG)


def _related(*, action: str, **_signal: Any) -> None:
    if action.startswith("post_"):
        bump(TAG)


def _changed(**_signal: Any) -> None:
    bump(TAG)
