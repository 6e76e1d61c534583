"""Who may see a page: one decorator, so that a test can walk the addresses and ask each page whom it lets in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from performance.access.models import User

View = Callable[..., HttpResponseBase]


def allowed(*permissions: str) -> Callable[[View], View]:
    """Let signed-in people with any of `permissions` ("<app>.<codename>"; none: everybody signed in) see the page.

    Others are sent to sign in, or told which roles include what is missing.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if permissions and not any(map(request.user.has_perm, permissions)):
                raise PermissionDenied(refusal(permissions[0]))
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]  # read by the test over all pages
        return guarded

    return decorate


def member(request: HttpRequest) -> User:
    """Who asks, on a page that only people who have signed in see."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def refusal(permission: str) -> str:
    """The sentence that says what is missing and which roles have it."""
    roles = [role for role, permissions in settings.ROLES.items() if permission in permissions]
    verb = permission.split(".")[1].replace("_", " ")
    return f"This needs the right to {verb}, which these roles have: {', '.join(roles) or 'none'}."
