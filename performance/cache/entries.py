"""Values that are computed once and read often: from this process, else from Valkey, else from `compute`."""

import time
from collections.abc import Callable, Collection

from django.conf import settings

from performance.cache import tags as tagging
from performance.cache.connection import CacheGone
from performance.cache.filling import Fill, Found, Fresh
from performance.cache.local import Held, local
from performance.cache.transactions import in_transaction

__all__ = ["Found", "Fresh", "fetch", "local"]


def fetch(key: str, *, tags: Collection[str] = (), ttl_s: float | None = None, compute: Callable[[], Fresh]) -> Found:
    """The value of `key`, "<pattern>:<rest>", which one caller at a time computes if nobody has it.

    Good for `ttl_s` or until one of `tags` is raised. Never fails for want of Valkey: then it is computed, and so it
    is inside a transaction, since what that sees is nobody else's.
    """
    if not settings.CACHE_ENABLED or in_transaction():
        return Found(compute().value, "computed", {})
    wanted = tagging.expanded(tuple(tags))
    held = local.get(key)
    if held is not None and is_current(held, wanted):
        held.hits.count()
        return Found(held.value, "local", held.memo)
    try:
        fill = Fill(key, tags=wanted, ttl_s=settings.CACHE_DEFAULT_TTL if ttl_s is None else ttl_s)
        return fill.found(compute, is_current=is_current)
    except CacheGone:
        return Found(compute().value, "computed", {})


def is_current(held: Held, wanted: tuple[str, ...]) -> bool:
    """Whether the versions `held` was made under are those of now, as far as this process trusts what it knows."""
    if held.tags is not wanted and held.tags != wanted:
        return False
    since = time.monotonic() - tagging.TRUSTED_S
    for tag, number in zip(wanted, held.numbers, strict=True):
        known = tagging.known(tag)
        if known is None or known[1] < since:
            return _is_still(held, wanted)
        if known[0] != number:
            return False
    return True


def _is_still(held: Held, wanted: tuple[str, ...]) -> bool:
    now = tagging.versions(wanted)
    return now is not None and now.numbers == held.numbers
