"""Google Programmable Search (https://developers.google.com/custom-search/v1/reference/rest): 5 $ for 1,000."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from performance.outbound.client import Outbound
from prospects.search.engines.exchange import asked, get
from prospects.search.engines.hits import hits_of
from prospects.search.hits import Hit, Query

URL = "https://customsearch.googleapis.com/customsearch/v1"
MOST = 10


@dataclass(frozen=True, slots=True)
class Google:
    """Ten results at most. The key travels in a header, so that no log of URLs holds it."""

    key: str = field(repr=False)
    cx: str
    url: str = URL
    name: str = "google"
    cost_micros: int = 5_000

    async def ask(self, query: Query, *, http: Outbound) -> Sequence[Hit]:
        parameters = {
            "cx": self.cx,
            "q": query.text,
            "num": str(min(query.most, MOST)),
            "gl": query.country.lower(),
            "lr": f"lang_{query.language}" if query.language else "",
        }
        answer = await asked(get(self.url, parameters, headers={"X-Goog-Api-Key": self.key}), name="Google", http=http)
        items = answer.get("items") if isinstance(answer, dict) else None
        return hits_of(items, url="link", snippet="snippet", most=query.most)
