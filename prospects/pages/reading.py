"""What the store knows of sites, for those who crawl them and those who read of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from prospects.pages.models import Page
from prospects.pages.parsed import KnownPage, SiteDocument
from prospects.pages.texts import texts_of

# Whose pages say what a company is, the best first.
_ORDER = {
    kind: place for place, kind in enumerate(("home", "about", "product", "contact", "imprint", "team", "pricing"))
}
_KNOWN = (
    "site", "url", "outcome", "fetched_at", "code", "text_id", "facts", "links", "kind", "depth", "title",
    "text_at",
)  # fmt: skip
# Of a site: as much as a crawl has any use for.
_MOST_KNOWN = 2000


def known_pages(sites: Sequence[str], *, since: datetime | None) -> dict[str, list[KnownPage]]:
    """By site, those last asked for since then (None: ever), the latest first. One statement."""
    asked = Page.objects.filter(site__in=set(sites)).order_by("-fetched_at")
    if since is not None:
        asked = asked.filter(fetched_at__gte=since)
    found: dict[str, list[KnownPage]] = defaultdict(list)
    for site, *values in asked.values_list(*_KNOWN):
        if len(found[site]) < _MOST_KNOWN:
            found[site].append(_known(values))
    return dict(found)


def documents_of(sites: Sequence[str], *, most: int, each: int) -> dict[str, list[SiteDocument]]:
    """By site, the beginnings (`each` characters) of what its `most` telling pages show. Two statements.

    Also of a site that is down: what was read last, as of then. Pages that are gone, or aren't a company's (parked,
    said to be not there, empty without a script), are left out.
    """
    chosen = {site: _best(pages)[:most] for site, pages in _by_site(_telling(sites)).items()}
    texts = texts_of({page.text_id for pages in chosen.values() for page in pages if page.text_id})
    return {site: [_document(page, texts, each=each) for page in pages] for site, pages in chosen.items()}


def _known(values: Sequence[Any]) -> KnownPage:
    url, outcome, fetched_at, code, text_id, facts, links, kind, depth, title, text_at = values
    return KnownPage(
        url=url,
        outcome=outcome,
        fetched_at=fetched_at,
        code=code,
        hash=text_id,
        etag=facts.get("etag", ""),
        last_modified=facts.get("last_modified", ""),
        links=tuple(links),
        kind=kind,
        depth=depth,
        title=title,
        text_at=text_at,
    )


def _telling(sites: Sequence[str]) -> QuerySet[Page]:
    there = Q(outcome=Page.Outcome.READ, code="") | Q(outcome=Page.Outcome.FAILED)
    pages = Page.objects.filter(there, site__in=set(sites), text__isnull=False)
    return pages.exclude(change=Page.Change.REMOVED).only(
        "site", "url", "kind", "depth", "text", "text_at", "fetched_at"
    )


def _by_site(pages: Iterable[Page]) -> dict[str, list[Page]]:
    found: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        found[page.site].append(page)
    return found


def _best(pages: Iterable[Page]) -> list[Page]:
    """Each text once."""
    ordered = sorted(pages, key=lambda page: (_ORDER.get(page.kind, len(_ORDER)), page.depth, len(page.url), page.url))
    by_text: dict[UUID | None, Page] = {}
    for page in ordered:
        by_text.setdefault(page.text_id, page)
    return list(by_text.values())


def _document(page: Page, texts: Any, *, each: int) -> SiteDocument:
    stored = texts[page.text_id]
    seen = stored.text[: min(each, stored.visible_length)]
    return SiteDocument(page.url, page.kind, page.text_at or page.fetched_at, seen, stored.hash)
