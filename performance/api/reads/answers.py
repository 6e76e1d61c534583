"""A page as an answer to one request: in the coding that it asks for, or 304 where the client has it."""

from django.http import HttpRequest, HttpResponse

from performance.api.compression.codings import IDENTITY
from performance.api.compression.rules import coding_for, is_worthwhile
from performance.api.etags import is_fresh
from performance.api.reads.pages import Page, Variant

# What a 304 repeats of the 200's headers (RFC 9110, 15.4.5) describes the client's copy; these describe a body.
_OF_A_BODY = ("content-type", "content-encoding", "content-length")


class FinishedAnswer(HttpResponse):
    """A variant of a page, sent. `performance.api.compression` leaves it alone."""

    is_negotiated = True

    def __init__(self, variant: Variant, *, is_fresh: bool) -> None:
        super().__init__(b"" if is_fresh else variant.body, status=304 if is_fresh else 200, content_type="")
        # They were checked when the variant was made; each assignment would check its value again.
        self.headers._store = headers = variant.headers.copy()
        if is_fresh:
            for name in _OF_A_BODY:
                headers.pop(name, None)


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """GET and HEAD alike: the server leaves out the body of an answer to HEAD, whose length is told all the same."""
    variant = page.variant(_coding(request, page))
    if_none_match = request.META.get("HTTP_IF_NONE_MATCH")
    return FinishedAnswer(variant, is_fresh=if_none_match is not None and is_fresh(if_none_match, variant.etag))


def _coding(request: HttpRequest, page: Page) -> str:
    if not is_worthwhile(page.content_type, size=len(page.content)):
        return IDENTITY
    return coding_for(request.META, content_type=page.content_type, path=request.path_info)
