"""What a read asks for: which of its parameters count, and the key of the page that answers it."""

from collections.abc import Collection
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from performance.api.errors import DomainError
from performance.api.etags import digest_of, is_condition

JSON = "application/json"
# What asks for JSON beside other things, as DRF reads it; the rest is left to DRF to answer.
_WELCOMES = (JSON, "*/*", "application/*")
Parameters = tuple[tuple[str, str], ...]


class BadEntityTags(DomainError):
    """If-None-Match must be * or ETags as they were answered, in double quotes and with commas between."""


def parameters_of(request: HttpRequest) -> Parameters:
    """Name and value of each, sorted by name; of those that are repeated the order counts. Raises ValueError."""
    query = request.META.get("QUERY_STRING", "")
    if not query:
        return ()
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def unknown(names: Collection[str], *, known: Collection[str]) -> list[str]:
    """The names that a read doesn't have, each once, in order."""
    return sorted({name for name in names if name not in known})


def is_json_welcome(request: HttpRequest) -> bool:
    accept = request.META.get("HTTP_ACCEPT")
    return not accept or accept == "*/*" or any(each in accept for each in _WELCOMES)


def has_bad_condition(request: HttpRequest | Request) -> bool:
    """Whether its If-None-Match, if it has one, can't be read."""
    condition: str = request.META.get("HTTP_IF_NONE_MATCH", "")
    return condition != "" and not is_condition(condition)


def page_key(request: HttpRequest, parameters: Parameters, *, who: str) -> str:
    """ "page.<route>:<digest>": equal for equal questions by people who may see the same (`who`).

    The host and the scheme stand in the links that lists give, so they are part of the question. What isn't part of
    it: cookies, other headers, and how the parameters were ordered.
    """
    match = request.resolver_match
    route = match.view_name if match is not None and match.view_name else "unnamed"
    place = f"{request.scheme}://{request.META.get('HTTP_HOST') or request.get_host()}{request.path}"
    return f"page.{route}:{digest_of(place.encode('utf-8', 'surrogatepass'), repr(parameters).encode(), who.encode())}"
