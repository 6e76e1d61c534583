"""What the request being answered has taken so far: for the header Server-Timing, and to name its view."""

from contextvars import ContextVar

from django.http import HttpRequest


class Spent:
    """Of one request: statements and their time, look-ups of the cache and theirs, in milliseconds."""

    __slots__ = ("cache_ms", "database_ms", "is_shown", "lookups", "request", "statements")

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
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


# The request; what it spent is made when it first spends something, which many never do.
asking: ContextVar[HttpRequest | None] = ContextVar("asking", default=None)
_ATTRIBUTE = "_spent"


def of(request: HttpRequest) -> Spent:
    """What this request has taken so far."""
    known = request.__dict__
    found: Spent | None = known.get(_ATTRIBUTE)
    if found is None:
        found = known[_ATTRIBUTE] = Spent(request)
    return found


def current() -> Spent | None:
    """That of the request being answered, None outside of one."""
    request = asking.get()
    return None if request is None else of(request)


def is_shown(request: HttpRequest) -> bool:
    """Whether somebody said `show` while it was answered."""
    return _ATTRIBUTE in request.__dict__ and of(request).is_shown


def show() -> None:
    """Send Server-Timing with this answer. For what answers staff before Django's user is looked up."""
    if spent := current():
        spent.is_shown = True


def cache_took(took_ms: float) -> None:
    """One look-up in Valkey."""
    if spent := current():
        spent.lookups += 1
        spent.cache_ms += took_ms
