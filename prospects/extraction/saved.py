"""Pages saved as files: what the rules find in each. The one part of the noun that reads files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prospects.companies.normalise.domain import domain
from prospects.extraction.extract import extract
from prospects.extraction.found import Asked, Found
from prospects.pages.errors import Unparsable
from prospects.pages.parsed import Document, ParsedPage
from prospects.pages.parsing import parse

_SUFFIXES = (".html", ".htm")
# As much of a page as a crawl reads.
_MOST_BYTES = 1_000_000


def html_files(folder: Path) -> Iterator[Path]:
    """At any depth, in the order of their names."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in _SUFFIXES and path.is_file())


def extracted(path: Path, *, folder: Path, by_name: bool, fields: frozenset[str]) -> dict[str, Any]:
    """A page's address, site and values, or why it can't be read ("error"). `by_name`: see `_named`."""
    name = path.relative_to(folder).as_posix()
    with path.open("rb") as file:
        body = file.read(_MOST_BYTES)
    try:
        page = parse(body, url=_named(name))
    except Unparsable as error:
        return {"file": name, "error": str(error)}
    url = _named(name) if by_name else _canonical(page) or _named(name)
    if url != page.url:
        page = parse(body, url=url)
    site = domain(url) or "" if url.startswith("http") else ""
    found = extract(page, Asked(domain=site, fields=fields))
    return {"file": name, "url": url, "site": site, "values": [_line(page.document, each) for each in found]}


def _named(name: str) -> str:
    """ "www.acme.com/about.html" was saved of that address, as wget and httrack name files; others of none."""
    host, slash, _ = name.partition("/")
    return f"https://{name}" if slash and domain(host) else f"file:///{name}"


def _canonical(page: ParsedPage) -> str:
    address = page.document.canonical or page.meta.get("og:url", "")
    return address if address.startswith(("http://", "https://")) else ""


def _line(document: Document, found: Found) -> dict[str, Any]:
    line = {
        "field": found.field,
        "value": found.value,
        "confidence": found.confidence,
        "method": found.method,
        "quote": document.text[found.start : found.end],
        "start": found.start,
        "end": found.end,
    }
    return line | ({"extra": dict(found.extra)} if found.extra else {})
