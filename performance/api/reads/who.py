"""Who reads, without DRF: the token's holder, or the person whom Django's session names."""

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed

from performance.access.authentication import principal_of_token
from performance.access.known import Principal, of_session
from performance.access.models import User

SCHEME = "token"


def principal_of_request(request: HttpRequest) -> Principal | None:
    """None for whoever isn't known, or shows something that isn't ours: DRF then says what is wrong with it.

    Sets `request.user`, as DRF does.
    """
    authorization = request.META.get("HTTP_AUTHORIZATION")
    principal = _of_cookie(request) if authorization is None else _of_header(authorization)
    if principal is not None:
        request.user = principal.user
    return principal


def _of_header(authorization: str) -> Principal | None:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != SCHEME or not text or " " in text:
        return None
    try:
        return principal_of_token(text)
    except AuthenticationFailed:
        return None


def _of_cookie(request: HttpRequest) -> Principal | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = request.user
    return of_session(user) if isinstance(user, User) and user.is_authenticated else None
