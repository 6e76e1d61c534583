"""From what engines answer to hits. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from performance.database.text import storable
from performance.outbound.limits import MOST_CHARACTERS
from prospects.companies.normalise.domain import domain
from prospects.search.hits import Hit

_TITLE, _SNIPPET = 300, 2000


def hits_of(items: Any, *, url: str, snippet: str, most: int) -> list[Hit]:
    """The first `most` of an engine's items that lead to a site; `url` and `snippet` are what it calls these."""
    hits: list[Hit] = []
    for item in _mappings(items):
        address = storable(str(item.get(url) or "")).strip()
        site = domain(address) if address.startswith(("http://", "https://")) else None
        if site is None or len(address) > MOST_CHARACTERS:
            continue
        title, said = (_line(item.get(name), most=length) for name, length in (("title", _TITLE), (snippet, _SNIPPET)))
        hits.append(Hit(len(hits) + 1, title, said, address, site))
        if len(hits) == most:
            break
    return hits


def _mappings(items: Any) -> Iterable[Mapping[str, Any]]:
    return (item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else ()


def _line(value: Any, *, most: int) -> str:
    return " ".join(storable(str(value or "")).split())[:most]
