"""A page as an answer to one request: in the coding that it asks for, or 304 where the client has it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from performance.api.compression.codings import IDENTITY
from performance.api.compression.rules import Environ, coding_for, is_worthwhile
from performance.api.etags import is_fresh
from performance.api.reads.pages import Page, Variant

# What a 304 repeats of the 200's headers (RFC 9110, 15.4.5) describes the client's copy; these describe a body.
_OF_A_BODY = ("content-type", "content-encoding", "content-length")


class FinishedAnswer(HttpResponse):
    """A variant of a page, sent. `performance.api.compression` leaves it alone."""

    is_negotiated = True

    def __init__(self, variant: Variant, *, is_fresh: bool) -> None:
        super().__init__(b"" if is_fresh else variant.body, status=304 if is_fresh else 200, content_type="")
        self.variant = variant
        # They were checked when the variant was made; each assignment would check its value again.
        self.headers._store = own_headers(variant, is_fresh=is_fresh)


def answer(request: HttpRequest, page: Page) -> FinishedAnswer:
    """GET and HEAD alike: the server leaves out the body of an answer to HEAD, whose length is told all the same."""
    variant = variant_for(request.META, page, path=request.path_info)
    return FinishedAnswer(variant, is_fresh=has_it(request.META, variant))


def variant_for(environ: Environ, page: Page, *, path: str) -> Variant:
    """The page in the coding that the client likes best."""
    if not is_worthwhile(page.content_type, size=len(page.content)):
        return page.variant(IDENTITY)
    return page.variant(coding_for(environ, content_type=page.content_type, path=path))


def has_it(environ: Environ, variant: Variant) -> bool:
    """Whether the client's If-None-Match says so."""
    if_none_match: Any = environ.get("HTTP_IF_NONE_MATCH")
    return if_none_match is not None and is_fresh(if_none_match, variant.etag)


def own_headers(variant: Variant, *, is_fresh: bool) -> dict[str, tuple[str, str]]:
    """By name in lower case: all of the variant's, or those that a 304 repeats. A dictionary of the caller's own."""
    own = variant.headers.copy()
    if is_fresh:
        for name in _OF_A_BODY:
            own.pop(name, None)
    return own
