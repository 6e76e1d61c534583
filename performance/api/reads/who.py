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
    text = token_in(authorization)
    if text is None:
        return None
    try:
        return principal_of_token(text)
    except AuthenticationFailed:
        return None


def token_in(authorization: str) -> str | None:
    """The text of the token that the header shows, if it shows one."""
    scheme, _, text = authorization.partition(" ")
    return text if scheme.lower() == SCHEME and text and " " not in text else None


def _of_cookie(request: HttpRequest) -> Principal | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = request.user
    return of_session(user) if isinstance(user, User) and user.is_authenticated else None
