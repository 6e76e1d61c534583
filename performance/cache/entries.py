"""Values that are computed once and read often: from this process, else from Valkey, else from `compute`."""

import time
from collections.abc import Callable, Collection

from django.conf import settings

from performance.cache import figures, rows
from performance.cache import tags as tagging
from performance.cache.connection import CacheGone
from performance.cache.filling import Fill, Found, Fresh
from performance.cache.local import Held, local
from performance.cache.transactions import in_transaction

__all__ = ["Found", "Fresh", "fetch", "local"]
SAMPLE_EVERY_S = 0.1

_sampled_at = 0.0


def fetch(key: str, *, tags: Collection[str] = (), ttl_s: float | None = None, compute: Callable[[], Fresh]) -> Found:
    """The value of `key`, "<pattern>:<rest>", which one caller at a time computes if nobody has it.

    Good for `ttl_s` or until one of `tags` is raised, or one of the blocks of rows that `compute` named; these are of
    the noun whose `rows.members_of` is among the tags. Never fails for want of Valkey: then it is computed, and so it
    is inside a transaction, since what that sees is nobody else's.
    """
    if not settings.CACHE_ENABLED or in_transaction():
        return Found(compute().value, "computed", {})
    tags = tags if type(tags) is tuple else tuple(tags)
    if found := here(key, tags):
        return found
    try:
        fill = Fill(key, tags=tags, ttl_s=settings.CACHE_DEFAULT_TTL if ttl_s is None else ttl_s)
        return fill.found(compute, is_current=is_current)
    except CacheGone:
        return Found(compute().value, "computed", {})


def here(key: str, tags: tuple[str, ...]) -> Found | None:
    """The value of `key`, if this process holds it and it is as good as `fetch` would have it.

    For who asks outside of any transaction.
    """
    now = time.monotonic()
    held = local.get(key, now)
    if held is None or held.asked != tags or not (_was_current(held, now) or is_current(held)):
        return None
    held.hits.count()
    if now > _sampled_at + SAMPLE_EVERY_S:
        _time(key, now)
    return Found(held.value, "local", held.memo)


def _time(key: str, now: float) -> None:
    """What a hit takes is measured on a second one, now and then: to time each would cost as much as the hit."""
    global _sampled_at
    _sampled_at = now
    began = time.perf_counter()
    if (held := local.get(key)) is not None and _was_current(held, now):
        _ = held.value
    figures.read("local", took_s=time.perf_counter() - began)


def _was_current(held: Held, now: float) -> bool:
    """Whether nothing that this process knows has changed since it last looked, less than 40 ms after it asked."""
    return held.looked_at == tagging.changes() and now < held.good_until


def is_current(held: Held) -> bool:
    """Whether the versions `held` was made under are those of now, as far as this process trusts what it knows."""
    changes = tagging.changes()
    now = tagging.versions_of((*tagging.expanded(held.asked), *held.blocks))
    own = len(held.numbers)
    if now is None or now.numbers[:own] != held.numbers:
        return False
    if held.blocks and not rows.are_unchanged(now.numbers[own:], since=held.clock):
        return False
    held.looked_at, held.good_until = changes, now.asked_at + tagging.TRUSTED_S
    return True
