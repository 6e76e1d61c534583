"""Which scripts and styles a browser may run on our pages."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_COMMON = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
_FRAMES = "frame-ancestors 'none'"
PAGES = _COMMON + "script-src 'self'; style-src 'self'; " + _FRAMES
# Unfold (Alpine), Silk and the API's browser write styles and scripts into their pages; staff alone see them.
CONSOLES = _COMMON + "script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " + _FRAMES
CONSOLE_PREFIXES = ("/admin/", "/silk/", "/api/", "/__debug__/")


class ContentSecurityPolicyMiddleware:
    """Adds the policy to every answer that doesn't bring its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        policy = CONSOLES if request.path.startswith(CONSOLE_PREFIXES) else PAGES
        response.headers.setdefault("Content-Security-Policy", policy)
        return response
