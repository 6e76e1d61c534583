"""Visits to pages, the smallest that can be stored."""

from datetime import UTC, datetime, timedelta
from typing import Any

from prospects.pages.parsed import PageRead, Transfer
from prospects.pages.parsing import parse

SITE, HOME = "acme.com", "https://www.acme.com/"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


def read(text: str = "Pumps for water", *, url: str = HOME, at: datetime = NOW, **others: Any) -> PageRead:
    """A page that shows this."""
    body = f"<title>Acme</title><p>{text}</p><a href=/about>About</a><a href=https://partner.net/>Partner</a>".encode()
    transfer = Transfer(final_url=url, etag='"1"', content_type="text/html", byte_count=len(body), elapsed_ms=50)
    outcome = {"outcome": "read", "status": 200, "kind": "home", "parsed": parse(body, url=url), "transfer": transfer}
    return PageRead(url=url, site=SITE, at=at, **{**outcome, **others})


def unread(outcome: str, *, url: str = HOME, at: datetime = NOW, **others: Any) -> PageRead:
    """A visit that brought no page; of outcome read: a 304."""
    return PageRead(url=url, site=SITE, outcome=outcome, at=at, **others)
