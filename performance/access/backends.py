"""Passwords, with a limit on guessing at every door (the login page, the admin's, the API's); and who may what."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from performance.access.holders import permissions_of
from performance.access.models import User
from performance.limits.forms import wait_s
from performance.limits.identity import identity_of
from performance.limits.policies import Policy

PER_ADDRESS = Policy("login.address", 10, 60, 10)
# Above the limit of an address, or one stranger could lock a colleague out; below what guessing needs.
PER_USERNAME = Policy("login.username", 30, 60, 30)


class LimitedModelBackend(ModelBackend):
    """Django's backend, which refuses an address or a user name that tries too often.

    The request then carries `is_login_limited`, so that a view can answer 429 instead of "wrong password". What
    somebody may is read in one statement: Django makes two of them, and a row of each permission.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if request is not None and _is_limited(request, username or ""):
            request.is_login_limited = True  # type: ignore[attr-defined]  # read by the view that signs in
            raise PermissionDenied  # ends Django's search through the backends
        found = super().authenticate(request, username=username, password=password, **kwargs)
        return found if isinstance(found, User) else None

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None) -> set[str]:
        """Of nobody, of who is disabled and of single objects there are none. Kept on `user_obj`, as Django does."""
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return set()
        held: set[str] | None = getattr(user_obj, "_perm_cache", None)
        if held is None:
            held = user_obj._perm_cache = permissions_of(user_obj)  # type: ignore[attr-defined]  # where Django looks
        return held


def _is_limited(request: HttpRequest, username: str) -> bool:
    address = identity_of(request, PER_ADDRESS.name, user_id=None)
    by_address = wait_s(request, "login.address", value=address, policy=PER_ADDRESS)
    by_name = wait_s(request, "login.username", value=username.lower(), policy=PER_USERNAME)
    return bool(by_address or by_name)
