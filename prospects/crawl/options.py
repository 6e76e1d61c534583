"""What may be chosen of a crawl, checked, and kept on its row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prospects.crawl.errors import BadPattern, OutOfRange
from prospects.crawl.patterns import LONGEST_GLOB, MOST_GLOBS
from prospects.crawl.plan import CrawlPlan

MOST_DEPTH = 10
MOST_S = 300
MOST_TTL_S = 31_536_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """None takes the cap of the settings. `include` and `exclude` are globs of paths."""

    most_pages: int | None = None
    most_mb: int | None = None
    most_s: int = 120
    most_depth: int = 3
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    includes_subdomains: bool = False
    ttl_s: int | None = None
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What this installation allows at most, and how long it keeps pages for fresh."""

    pages: int
    mb: int
    ttl_s: int


def settled(options: CrawlOptions, *, limits: Limits) -> dict[str, Any]:
    """The options with the installation's caps, as they are kept. Raises OutOfRange and BadPattern."""
    chosen = {
        "most_pages": limits.pages if options.most_pages is None else options.most_pages,
        "most_mb": limits.mb if options.most_mb is None else options.most_mb,
        "most_s": options.most_s,
        "most_depth": options.most_depth,
        "ttl_s": limits.ttl_s if options.ttl_s is None else options.ttl_s,
    }
    ranges = {
        "most_pages": (1, limits.pages),
        "most_mb": (1, limits.mb),
        "most_s": (1, MOST_S),
        "most_depth": (0, MOST_DEPTH),
        "ttl_s": (0, MOST_TTL_S),
    }
    for name, (minimum, maximum) in ranges.items():
        if not minimum <= chosen[name] <= maximum:
            raise OutOfRange(name=name, value=chosen[name], minimum=minimum, maximum=maximum)
    _check_globs([*options.include, *options.exclude])
    return {**asdict(options), **chosen, "include": list(options.include), "exclude": list(options.exclude)}


def plan_of(site: str, *, seeds: Sequence[str], kept: Mapping[str, Any]) -> CrawlPlan:
    """The plan of a crawl whose options were kept so; what an older release didn't keep is as by default."""
    usual = CrawlPlan(site)
    return CrawlPlan(
        site=site,
        seeds=tuple(seeds),
        most_pages=kept.get("most_pages", usual.most_pages),
        most_bytes=kept["most_mb"] * 1_000_000 if "most_mb" in kept else usual.most_bytes,
        most_s=kept.get("most_s", usual.most_s),
        most_depth=kept.get("most_depth", usual.most_depth),
        include=tuple(kept.get("include", ())),
        exclude=tuple(kept.get("exclude", ())),
        includes_subdomains=kept.get("includes_subdomains", False),
        ttl_s=kept.get("ttl_s", usual.ttl_s),
        is_forced=kept.get("is_forced", False),
    )


def _check_globs(texts: Sequence[str]) -> None:
    for text in texts:
        if text[:1] not in {"/", "*"} or len(text) > LONGEST_GLOB or not text.isprintable():
            raise BadPattern(text)
    if len(texts) > 2 * MOST_GLOBS:
        raise BadPattern(texts[2 * MOST_GLOBS])
