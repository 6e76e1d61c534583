"""Asking for crawls, and calling them off."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from performance.access.models import User
from performance.bulk import services as bulk
from performance.cache.tags import bump
from performance.jobs import services as jobs
from performance.jobs.errors import WrongState
from performance.jobs.models import Priority
from performance.jobs.services import BatchOptions, Subject, submit_batch
from prospects.companies.normalise.domain import domain, is_shared
from prospects.crawl.caps import refusal
from prospects.crawl.errors import NoSite, NothingToCrawl, NotQueued, SharedSite, SiteRefused, TooManySites
from prospects.crawl.models import CrawlHost, CrawlJob
from prospects.crawl.options import CrawlOptions, Limits, settled
from prospects.crawl.urls import entrances
from prospects.pages.urls import canonical_url

KIND = "crawl.site"
MOST_SITES = 1000
MOST_SEEDS = 100


@transaction.atomic
def submit_crawls(
    asked: Sequence[str],
    *,
    options: CrawlOptions,
    owner: User | None = None,
    priority: int = Priority.NORMAL,
) -> list[CrawlJob]:
    """Have sites crawled, one job each, as one batch. Atomic.

    `asked` are domains and web addresses. A crawl begins at its site's home, or at the addresses of it that are named.
    Raises CrawlError.
    """
    seeds = sites_of(asked)
    limits = Limits(settings.CRAWL_MAX_PAGES, settings.CRAWL_MAX_MB, settings.COMPANY_TTL)
    kept = settled(options, limits=limits)
    rows = [
        {"site": site, "seeds": urls, "options": kept, "owner_id": owner and owner.pk} for site, urls in seeds.items()
    ]
    ids = bulk.insert(CrawlJob, rows).ids
    work = BatchOptions(
        owner=owner, title=_title(list(seeds)), priority=priority, concurrency=settings.MAX_CONCURRENT_CRAWLS
    )
    batch = submit_batch(kind=KIND, subjects=[Subject(pk) for pk in ids], options=work).batch
    CrawlJob.objects.filter(pk__in=ids).update(batch=batch)
    bump("crawls")
    return list(CrawlJob.objects.for_list().filter(pk__in=ids).order_by("pk"))


def sites_of(asked: Iterable[str]) -> Mapping[str, list[str]]:
    """The sites that are named, each with where to begin; nowhere in particular where only its domain or home is."""
    seeds: dict[str, list[str]] = {}
    for text in asked:
        site, seed = _site_of(text.strip())
        urls = seeds.setdefault(site, [])
        if seed and seed not in urls and len(urls) < MOST_SEEDS:
            urls.append(seed)
    if not seeds:
        raise NothingToCrawl
    if len(seeds) > MOST_SITES:
        raise TooManySites(count=len(seeds), most=MOST_SITES)
    return seeds


def cancel_crawl(crawl_id: int) -> None:
    """Don't begin it; what is in flight already is read to its end, and stored. Raises NotQueued.

    The batch is cancelled with the last of its crawls.
    """
    with transaction.atomic():
        waiting = CrawlJob.objects.filter(pk=crawl_id, state=CrawlJob.State.QUEUED)
        if not waiting.update(**cancelled()):
            raise NotQueued
        bump("crawls", f"crawl:{crawl_id}")
    batch_id = CrawlJob.objects.values_list("batch", flat=True).get(pk=crawl_id)
    if batch_id and not CrawlJob.objects.filter(batch=batch_id, state=CrawlJob.State.QUEUED).exists():
        with suppress(WrongState):
            jobs.cancel(batch_id)


def forget_robots(origins: Sequence[str]) -> int:
    """Have robots.txt of these hosts read again before their next page; how many."""
    return CrawlHost.objects.filter(pk__in=origins).update(robots_at=None)


def cancelled() -> dict[str, Any]:
    """The columns of a crawl that was called off."""
    return {
        "state": CrawlJob.State.CANCELLED,
        "stop_reason": "cancelled",
        "says": "It was cancelled.",
        "finished_at": timezone.now(),
    }


def _site_of(text: str) -> tuple[str, str]:
    """The site, and where to begin: "" for its home. Raises NoSite, SharedSite and SiteRefused."""
    site = domain(text)
    if site is None:
        raise NoSite(text)
    if is_shared(site):
        raise SharedSite(site)
    if says := refusal(site, allow=settings.CRAWL_ALLOW, deny=settings.CRAWL_DENY):
        raise SiteRefused(says)
    seed = canonical_url(text if "://" in text else f"https://{text}/" if "/" not in text else f"https://{text}")
    if seed is None:
        raise NoSite(text)
    return site, "" if seed in entrances(site) else seed


def _title(sites: Sequence[str]) -> str:
    others = f" and {len(sites) - 1:,} more" if len(sites) > 1 else ""
    return f"Crawl of {sites[0]}{others}"
