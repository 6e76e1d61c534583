"""Warming and dropping at somebody's wish, on record: what the API, the page and the command do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from performance.api.errors import DomainError
from performance.audit.services import Actor, audited_effect
from performance.cache import invalidation, warming
from performance.cache.connection import CacheGone
from performance.cache.warming import Warmed

# In one request: each is a key to raise.
MOST_TAGS = 100


class TooManyTags(DomainError):
    """More tags than are raised at once."""

    status = 422


class CacheAway(DomainError):
    """Valkey can't be reached, so nothing is cached and there is nothing to drop."""

    status = 503

    def __init__(self) -> None:
        super().__init__(retry_after_s=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to go: either tags or a pattern of keys."""

    tags: Collection[str] = ()
    pattern: str = ""
    is_confirmed: bool = False

    @property
    def subject(self) -> str:
        return self.pattern or ", ".join(self.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """`count` tags or keys; `bytes` and `sample` only in a preview of a pattern."""

    count: int
    bytes: int | None = None
    sample: Sequence[str] = field(default_factory=list)


def warm(names: Collection[str], *, by: Actor) -> list[Warmed]:
    """The named warmers, or all. Raises UnknownWarmer."""
    with audited_effect("cache.warm", subject=", ".join(names), by=by) as action:
        warmed = warming.warm(names)
        action.details["values"] = {each.name: each.values for each in warmed}
    return warmed


def preview(wanted: Wanted) -> Gone:
    """What would go. Raises BadPattern, CacheAway."""
    if wanted.tags:
        return Gone(count=len(wanted.tags), sample=sorted(wanted.tags))
    try:
        going = invalidation.preview(wanted.pattern)
    except CacheGone as error:
        raise CacheAway from error
    return Gone(count=going.keys, bytes=going.bytes, sample=going.sample)


def invalidate(wanted: Wanted, *, by: Actor) -> Gone:
    """Raises TooManyTags, BadPattern, MatchesEverything, CacheAway."""
    with audited_effect("cache.invalidate", subject=wanted.subject, by=by) as action:
        if len(wanted.tags) > MOST_TAGS:
            raise TooManyTags(f"{len(wanted.tags):,} tags are too many at once; give {MOST_TAGS} at most.")
        count = _dropped(wanted)
        action.details["count"] = count
    return Gone(count=count)


def _dropped(wanted: Wanted) -> int:
    if wanted.tags:
        return invalidation.by_tags(wanted.tags)
    try:
        return invalidation.by_pattern(wanted.pattern, is_confirmed=wanted.is_confirmed)
    except CacheGone as error:
        raise CacheAway from error
