"""SearXNG, self-hosted (https://docs.searxng.org/dev/search_api.html). JSON must be among its `search.formats`."""

from collections.abc import Sequence
from dataclasses import dataclass

from performance.outbound.client import Outbound
from prospects.search.engines.exchange import asked, get
from prospects.search.engines.hits import hits_of
from prospects.search.errors import EngineDown, EngineRefused
from prospects.search.hits import Hit, Query


@dataclass(frozen=True, slots=True)
class SearXNG:
    """Free. It takes a language with a region ("de-CH"), no country alone."""

    url: str
    name: str = "searxng"
    cost_micros: int = 0

    async def ask(self, query: Query, *, http: Outbound) -> Sequence[Hit]:
        parameters = {"q": query.text, "format": "json", "language": _locale(query), "pageno": "1"}
        try:
            answer = await asked(get(f"{self.url.rstrip('/')}/search", parameters), name="SearXNG", http=http)
        except EngineRefused as error:
            raise EngineRefused(f"{error} Is json among search.formats in its settings.yml?") from error
        items = answer.get("results") if isinstance(answer, dict) else None
        if not items and isinstance(answer, dict) and (silent := answer.get("unresponsive_engines")):
            # Nothing found and nobody asked are not the same.
            raise EngineDown(f"None of SearXNG's engines answered: {_named(silent)}.")
        return hits_of(items, url="url", snippet="content", most=query.most)


def _locale(query: Query) -> str:
    return f"{query.language}-{query.country}" if query.language and query.country else query.language


def _named(silent: object) -> str:
    pairs = silent if isinstance(silent, list) else []
    return ", ".join(str(pair[0]) for pair in pairs[:5] if isinstance(pair, list) and pair) or "their names are unknown"
