"""One look at everything: its many parts share what they read, so that all of them tell of the same moment."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Found = TypeVar("Found")
_Question = tuple[Hashable, ...]
_found: ContextVar[dict[_Question, Any] | None] = ContextVar("found_in_this_look", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Inside it, what is read `once_a_look` is kept; looks within it share with it."""
    if _found.get() is not None:
        yield
        return
    kept = _found.set({})
    try:
        yield
    finally:
        _found.reset(kept)


def once_a_look(read: Callable[P, Found]) -> Callable[P, Found]:
    """Within `one_look` the same arguments are asked once; elsewhere each time. What is read isn't to be changed."""

    @wraps(read)
    def asked(*args: P.args, **options: P.kwargs) -> Found:
        found = _found.get()
        if found is None:
            return read(*args, **options)
        question = (read, *args, *sorted(options.items()))
        if question not in found:
            found[question] = read(*args, **options)
        return found[question]  # type: ignore[no-any-return]  # of this question

    return asked
