"""Functions whose results are kept, and functions that make results stale."""

import inspect
from collections.abc import Callable, Collection
from functools import update_wrapper, wraps
from typing import Any, Generic, ParamSpec, TypeVar

from performance.cache.entries import fetch
from performance.cache.filling import Fresh, discard
from performance.cache.keys import filled
from performance.cache.tags import bump

P = ParamSpec("P")
R = TypeVar("R")
Tags = Collection[str] | Callable[..., Collection[str]]


class Cached(Generic[P, R]):
    """A function whose results are kept. Called it returns them; `forget` and `refresh` take the same arguments."""

    def __init__(
        self, function: Callable[P, R], *, key: str | Callable[..., str], tags: Tags, how: dict[str, Any]
    ) -> None:
        self._function = function
        self._signature = inspect.signature(function)
        self._key, self._tags, self._how = key, tags, how
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        when = self._how["when"]
        if when is not None and not when(*args, **kwargs):
            return self._function(*args, **kwargs)
        found = fetch(
            self.key(*args, **kwargs),
            tags=self.tags(*args, **kwargs),
            ttl_s=self._how["ttl_s"],
            compute=lambda: self._fresh(self._function(*args, **kwargs)),
        )
        result: R = found.value
        return result

    def key(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """What the result for these arguments is kept under."""
        if callable(self._key):
            return self._key(*args, **kwargs)
        return filled(self._key, self._bound(args, kwargs))

    def tags(self, *args: P.args, **kwargs: P.kwargs) -> tuple[str, ...]:
        if callable(self._tags):
            return tuple(self._tags(*args, **kwargs))
        return _filled_tags(self._tags, lambda: self._bound(args, kwargs))

    def forget(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Drop the result for these arguments. Other processes see that within 40 ms only if a tag says so."""
        discard(self.key(*args, **kwargs))

    def refresh(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Compute it anew, now."""
        self.forget(*args, **kwargs)
        return self(*args, **kwargs)

    def _fresh(self, result: R) -> Fresh:
        store_if = self._how["store_if"]
        return Fresh(result, is_stored=store_if is None or bool(store_if(result)))

    def _bound(self, args: Any, kwargs: Any) -> dict[str, Any]:
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.arguments


def cached(
    key: str | Callable[..., str],
    *,
    ttl_s: float | None = None,
    tags: Tags = (),
    when: Callable[..., bool] | None = None,
    store_if: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[P, R]], Cached[P, R]]:
    """Keep what a function returns: plain values (see `packing`), not objects.

    `key` is a template such as "company.profile:{company_id}", or a function of the arguments; arguments that it
    doesn't name don't count, and a template that names none counts all. `tags` are templates too, or a function.
    `when` says by the arguments whether to use the cache at all, `store_if` by the result whether to keep it.
    """
    how = {"ttl_s": ttl_s, "when": when, "store_if": store_if}

    def decorate(function: Callable[P, R]) -> Cached[P, R]:
        return Cached(function, key=key, tags=tags, how=how)

    return decorate


def cache_invalidate(
    *tags: str, given: Callable[..., Collection[str]] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Once the function has returned and its transaction is committed, what is kept under these tags is stale.

    `tags` are templates over its arguments ("company:{company_id}"); `given` makes more of its result.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @wraps(function)
        def invalidating(*args: P.args, **kwargs: P.kwargs) -> R:
            result = function(*args, **kwargs)

            def arguments() -> dict[str, Any]:
                bound = signature.bind(*args, **kwargs)
                bound.apply_defaults()
                return bound.arguments

            bump(*_filled_tags(tags, arguments), *(given(result) if given else ()))
            return result

        return invalidating

    return decorate


def _filled_tags(tags: Collection[str], arguments: Callable[[], dict[str, Any]]) -> tuple[str, ...]:
    if not any("{" in tag for tag in tags):
        return tuple(tags)
    named = arguments()
    return tuple(tag.format_map(named) for tag in tags)
