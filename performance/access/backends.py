"""Passwords, with a limit on guessing that holds at every door: the login page, the admin's, the API's."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited

from performance.access.models import User

PER_ADDRESS = "10/m"
# Above the limit of an address, or one stranger could lock a colleague out; below what guessing needs.
PER_USERNAME = "30/m"


class LimitedModelBackend(ModelBackend):
    """Django's backend, which refuses an address or a user name that tries too often.

    The request then carries `is_login_limited`, so that a view can answer 429 instead of "wrong password".
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if request is not None and _is_limited(request, username or ""):
            request.is_login_limited = True  # type: ignore[attr-defined]
            raise PermissionDenied  # ends Django's search through the backends
        found = super().authenticate(request, username=username, password=password, **kwargs)
        return found if isinstance(found, User) else None


def _is_limited(request: HttpRequest, username: str) -> bool:
    by_address = is_ratelimited(request, group="login.address", key="ip", rate=PER_ADDRESS, increment=True)
    by_name = is_ratelimited(
        request, group="login.username", key=lambda *_: username.lower(), rate=PER_USERNAME, increment=True
    )
    return bool(by_address or by_name)
