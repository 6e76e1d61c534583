"""Serper (https://serper.dev): Google's results at 1 $ for 1,000 questions of up to ten results, else twice that."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from performance.outbound.client import Outbound, Request
from prospects.search.engines.exchange import asked
from prospects.search.engines.hits import hits_of
from prospects.search.hits import Hit, Query

URL = "https://google.serper.dev/search"
MOST = 10


@dataclass(frozen=True, slots=True)
class Serper:
    """Ten results at most: more would cost another credit."""

    key: str = field(repr=False)
    url: str = URL
    name: str = "serper"
    cost_micros: int = 1_000

    async def ask(self, query: Query, *, http: Outbound) -> Sequence[Hit]:
        body = {"q": query.text, "gl": query.country.lower(), "hl": query.language, "num": MOST}
        headers = {"X-API-KEY": self.key, "Content-Type": "application/json"}
        kept = orjson.dumps({name: value for name, value in body.items() if value})
        answer = await asked(Request("POST", self.url, headers=headers, body=kept), name="Serper", http=http)
        items = answer.get("organic") if isinstance(answer, dict) else None
        return hits_of(items, url="link", snippet="snippet", most=query.most)
