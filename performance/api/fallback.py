"""What answers where no other address of the API does."""

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt  # what it hands on to checks for itself
def without_slash(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Addresses have no slash at their end; with one they are served all the same, without a redirect."""
    if not rest.endswith("/"):
        raise Http404
    try:
        match = resolve(request.path_info.rstrip("/"))
    except Resolver404 as error:
        raise Http404 from error
    request.resolver_match = match
    view: Any = match.func
    answer: HttpResponseBase = view(request, *match.args, **match.kwargs)
    return answer
