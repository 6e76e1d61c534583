"""What they may do: the role's permissions (`config.roles`), narrowed by the scopes of the token."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from performance.access.models import ApiToken, User


class RoleAndScope(BasePermission):
    """Deny by default: a view lists in `required_permissions` what each method asks for.

    `required_permissions = {"GET": ["prospects.view_prospect"], "POST": ["prospects.add_prospect"]}`; HEAD asks for
    what GET does, OPTIONS for somebody known, and a method that isn't listed is refused: as one that the view doesn't
    have (405) or as one that nobody may use (403). All of the listed are needed.
    """

    def has_permission(self, request: Request, view: object) -> bool:
        if not request.user.is_authenticated:
            return False
        if request.method == "OPTIONS":
            return True
        method = "GET" if request.method == "HEAD" else str(request.method)
        if not hasattr(view, method.lower()):
            raise MethodNotAllowed(method)
        required: dict[str, list[str]] = getattr(view, "required_permissions", {})
        missing = [each for each in required.get(method, ()) if not may(request, each)]
        if missing:
            self.message = f"This needs {' and '.join(missing)}, which {_whose(request, missing[0])}."
        return method in required and not missing


def _whose(request: Request, missing: str) -> str:
    """Whether it is the token that is too narrow, or the account that has no such right, and which roles have it."""
    if isinstance(request.auth, ApiToken) and not request.auth.covers(missing):
        return "this token isn't scoped for"
    roles = [role for role, permissions in settings.ROLES.items() if missing in permissions]
    return f"your account doesn't have; roles that do: {', '.join(roles) or 'none'}"


class PersonOnly(BasePermission):
    """A signed-in person; no token, so that a leaked one can't make itself a longer life."""

    message = "Tokens are made and listed by a signed-in person, not with a token."

    def has_permission(self, request: Request, view: object) -> bool:
        return bool(request.user.is_authenticated) and not isinstance(request.auth, ApiToken)


def may(request: Request, permission: str) -> bool:
    """Whether who asks holds `permission` ("<app>.<codename>") and the token, if there is one, is scoped for it."""
    token: Any = request.auth
    if isinstance(token, ApiToken) and not token.covers(permission):
        return False
    return bool(request.user.has_perm(permission))


def require(request: Request, permission: str, *, to: str) -> None:
    """For what only some requests to a view ask for, which `to` names. Raises PermissionDenied."""
    if not may(request, permission):
        raise PermissionDenied(f"{to} needs {permission}, which {_whose(request, permission)}.")


def user_of(request: Request) -> User:
    """Who asks. Raises NotAuthenticated where nobody is known."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
