"""What the request being answered has taken so far: for the header Server-Timing, and to name its view."""

from contextvars import ContextVar
from time import perf_counter

from django.http import HttpRequest


class Spent:
    """Of one request: statements and their time, look-ups of the cache and theirs, in milliseconds."""

    __slots__ = ("began", "cache_ms", "database_ms", "is_shown", "lookups", "request", "statements")

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.began = perf_counter()
        self.statements = self.lookups = 0
        self.database_ms = self.cache_ms = 0.0
        self.is_shown = False

    @property
    def view(self) -> str:
        """The name of the view, "-" before it is known. Statements of middlewares come before that."""
        match = self.request.resolver_match
        return (match.view_name if match else "") or "-"

    def header(self, *, total_ms: float) -> str:
        """Server-Timing (https://www.w3.org/TR/server-timing/)."""
        return (
            f"total;dur={total_ms:.1f}, "
            f'db;dur={self.database_ms:.1f};desc="{self.statements} statements", '
            f'cache;dur={self.cache_ms:.2f};desc="{self.lookups} look-ups"'
        )


_spent: ContextVar[Spent | None] = ContextVar("spent", default=None)


def begin(request: HttpRequest) -> Spent:
    """A request begins in this thread; the one before has ended."""
    spent = Spent(request)
    _spent.set(spent)
    return spent


def current() -> Spent | None:
    """That of the request being answered, None outside of one."""
    return _spent.get()


def end() -> None:
    """The request has been answered: what its thread does next isn't part of it."""
    _spent.set(None)


def show() -> None:
    """Send Server-Timing with this answer. For what answers staff before Django's user is looked up."""
    if spent := _spent.get():
        spent.is_shown = True


def cache_took(took_ms: float) -> None:
    """One look-up of the cache, in whatever layer it ended."""
    if spent := _spent.get():
        spent.lookups += 1
        spent.cache_ms += took_ms
