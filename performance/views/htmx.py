"""A request that may come from htmx (`django_htmx` says so in its middleware)."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """`htmx` is true when a part of a page is asked for."""

    htmx: HtmxDetails
