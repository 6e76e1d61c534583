"""Compresses what no one compressed before: answers that aren't cached reads, problems, anonymous pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from performance.api.compression.codings import IDENTITY, compressed
from performance.api.compression.rules import coding_for, is_worthwhile
from performance.api.etags import of_coding

# These have no body of their own, or a part of one whose offsets compression would shift.
_UNTOUCHED_STATUSES = frozenset({204, 206, 304})


class Compression:
    """Middleware. Streams (files, exports) pass as they are; so do static files, which WhiteNoise compressed before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _is_left_to_us(response):
            _compress(request, response)
        return response


def _is_left_to_us(response: HttpResponse) -> bool:
    if getattr(response, "is_negotiated", False) or response.status_code in _UNTOUCHED_STATUSES:
        return False
    if response.has_header("Content-Encoding") or "no-transform" in response.headers.get("Cache-Control", ""):
        return False
    return is_worthwhile(response.headers.get("Content-Type", ""), size=len(response.content))


def _compress(request: HttpRequest, response: HttpResponse) -> None:
    patch_vary_headers(response, ("Accept-Encoding",))
    coding = coding_for(request.META, content_type=response.headers["Content-Type"], path=request.path_info)
    if coding == IDENTITY:
        return
    response.content = compressed(response.content, coding=coding, level=settings.COMPRESSION_LEVEL)
    response.headers["Content-Encoding"] = coding
    if response.has_header("Content-Length"):
        response.headers["Content-Length"] = str(len(response.content))
    if etag := response.headers.get("ETag"):
        response.headers["ETag"] = of_coding(etag, coding)
