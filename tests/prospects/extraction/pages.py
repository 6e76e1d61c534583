"""Small pages for tests of one rule each."""

from prospects.extraction.extract import extract
from prospects.extraction.found import Asked, Found
from prospects.pages.parsing import parse


def found(body: str, *fields: str, url: str = "https://acme.de/", head: str = "") -> list[Found]:
    """What a page says of `fields`, surest first."""
    page = parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url=url)
    return extract(page, Asked(domain="acme.de" if "acme.de" in url else "", fields=frozenset(fields)))


def values(body: str, field: str, *, url: str = "https://acme.de/", head: str = "") -> list[str]:
    return [each.value for each in found(body, field, url=url, head=head)]
