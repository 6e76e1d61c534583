"""What the request being answered, or the task being done, has taken so far: for the header Server-Timing, to name who
asks the database, and to see what one of them asks again and again.
"""

from contextvars import ContextVar

from django.http import HttpRequest

from performance.database.statements.repeats import Repeats


class Spent:
    """Of one request or task: statements and their time, look-ups of the cache and theirs, in milliseconds."""

    __slots__ = ("_name", "_repeats", "cache_ms", "database_ms", "is_shown", "lookups", "request", "statements")

    def __init__(self, request: HttpRequest | None, *, name: str = "-") -> None:
        self.request, self._name = request, name
        self._repeats: Repeats | None = None
        self.statements = self.lookups = 0
        self.database_ms = self.cache_ms = 0.0
        self.is_shown = False

    @property
    def view(self) -> str:
        """The name of the view, "-" before it is known (statements of middlewares come before that), or of the task."""
        match = self.request.resolver_match if self.request is not None else None
        return (match.view_name if match else "") or self._name

    @property
    def repeats(self) -> Repeats:
        if self._repeats is None:
            self._repeats = Repeats()
        return self._repeats

    def end(self) -> None:
        """It is over: what was asked again and again is told."""
        if self._repeats is not None:
            self._repeats.tell()

    def header(self, *, total_ms: float) -> str:
        """Server-Timing (https://www.w3.org/TR/server-timing/)."""
        return (
            f"total;dur={total_ms:.1f}, "
            f'db;dur={self.database_ms:.1f};desc="{self.statements} statements", '
            f'cache;dur={self.cache_ms:.2f};desc="{self.lookups} look-ups"'
        )


# The request; what it spent is made when it first spends something, which many never do.
asking: ContextVar[HttpRequest | None] = ContextVar("asking", default=None)
# A task; outside of one, and in the threads beside it, None.
doing: ContextVar[Spent | None] = ContextVar("doing", default=None)
_ATTRIBUTE = "_spent"


def of(request: HttpRequest) -> Spent:
    """What this request has taken so far."""
    known = request.__dict__
    found: Spent | None = known.get(_ATTRIBUTE)
    if found is None:
        found = known[_ATTRIBUTE] = Spent(request)
    return found


def current() -> Spent | None:
    """That of the request being answered or the task being done, None outside of both."""
    request = asking.get()
    return doing.get() if request is None else of(request)


def end(request: HttpRequest) -> None:
    """The request was answered; what this thread does next isn't part of it."""
    found: Spent | None = request.__dict__.get(_ATTRIBUTE)
    if found is not None:
        found.end()
    asking.set(None)


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
