"""When it is enough: the caps of a crawl. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from prospects.crawl.plan import CrawlPlan, StopReason

# Of requests that brought no page: a site of dead links isn't asked for all of them.
SPARE_ASKS = 5


@dataclass(frozen=True, slots=True)
class Spent:
    """What a crawl took so far. `pages` have something to be read, `asked` counts requests, answered or not."""

    pages: int = 0
    asked: int = 0
    byte_count: int = 0


def cap_reached(plan: CrawlPlan, spent: Spent, *, in_flight: int = 0) -> StopReason | None:
    """The cap that forbids one page more. What is in flight counts as if it had been read."""
    pages = spent.pages + in_flight
    if pages >= plan.most_pages or spent.asked >= 2 * plan.most_pages + SPARE_ASKS:
        return "pages"
    if spent.byte_count >= plan.most_bytes:
        return "bytes"
    if plan.most_micros is not None and (pages + 1) * plan.micros_per_page > plan.most_micros:
        return "money"
    return None


def refusal(site: str, *, allow: Collection[str], deny: Collection[str]) -> str:
    """Why the operator doesn't let this site be crawled; "" where it may be. What is denied is never allowed."""
    if _is_named(site, deny):
        return f"CRAWL_DENY names {site}."
    if allow and not _is_named(site, allow):
        return f"CRAWL_ALLOW doesn't name {site}."
    return ""


def _is_named(site: str, domains: Collection[str]) -> bool:
    """Whether a domain of the list is the site, or one above it."""
    return any(site == each or site.endswith(f".{each}") for each in (name.lower().strip(".") for name in domains))
