"""How a page says that something asked for could not be done."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from performance.api.errors import DomainError


@contextmanager
def refusals_shown(request: HttpRequest) -> Iterator[None]:
    """A domain's refusal inside becomes a message on the next page; anything else crashes as it should."""
    try:
        yield
    except DomainError as error:
        messages.error(request, str(error))
