"""The smallest values and research results; whatever matters to a test is passed by the test."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import zstandard

from prospects.companies.models import Company
from prospects.company_profiles.researched import Identity, Researched
from prospects.crawl.plan import CrawledPage, CrawlResult
from prospects.extraction.found import Value
from prospects.extraction.keys import value_key
from prospects.pages.models import Page, PageText
from prospects.pages.parsed import SiteDocument

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(days=30)
URL = "https://acme.example/contact"
SURE = Identity("confirmed", "The domain is the company's.", 80)


def value(field: str, text: str, **fields: Any) -> Value:
    """A value from a page's text, without a quote."""
    given: dict[str, Any] = {
        "confidence": 90,
        "method": "json_ld",
        "url": URL,
        "found_at": AT,
        "key": value_key(field, text),
    } | fields
    return Value(field, text, **given)


def quoted(field: str, quote: str, *, text: PageText, said: str, **fields: Any) -> Value:
    """A value whose quote stands in the text."""
    begins = said.index(quote)
    span = {"text_hash": text.pk, "start": begins, "end": begins + len(quote)}
    return value(field, fields.pop("text", quote), **span, **fields)


def researched(company: Company, *values: Value, **fields: Any) -> Researched:
    given: dict[str, Any] = {
        "mode": "comprehensive",
        "site": company.domain,
        "at": AT,
        "identity": SURE,
        "evidence_hash": "e1",
    }
    return Researched(company_id=company.pk, values=values, **given | fields)


def crawl(*urls: str, **fields: Any) -> CrawlResult:
    """A crawl that read these pages."""
    pages = tuple(CrawledPage(url, "other", UUID(int=1), "same", AT) for url in urls)
    return CrawlResult("acme.example", "done", pages=pages, **fields)


def make_text(said: str) -> PageText:
    """A text in the store."""
    digest = hashlib.sha256(said.encode()).digest()
    body = zstandard.compress(said.encode(), 3)
    fields = {"body": body, "visible_length": len(said), "length": len(said), "language": "en"}
    return PageText.objects.get_or_create(id=UUID(bytes=digest[:16]), defaults=fields)[0]


def make_page(url: str, said: str, **fields: Any) -> Page:
    """A page of acme.example that was read, with what it said."""
    given = {"site": "acme.example", "outcome": "read", "kind": "contact", "title": "Contact", "final_url": url}
    times = {"first_seen_at": AT, "fetched_at": AT, "changed_at": AT, "text_at": AT}
    page_id = UUID(bytes=hashlib.sha256(url.encode()).digest()[:16])
    return Page.objects.create(id=page_id, url=url, text=make_text(said), **given | times | fields)


def document(said: str, *, url: str = "https://acme.example/about") -> SiteDocument:
    """The beginning of a page, as prompts get it."""
    digest = hashlib.sha256(said.encode()).digest()
    return SiteDocument(url, "about", AT, said, UUID(bytes=digest[:16]))
