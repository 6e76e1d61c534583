"""Which sites a session wants: lists of domains to allow and to deny. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prospects.companies.normalise.domain import domain
from prospects.search.errors import BadDomains

MOST = 1000


@dataclass(frozen=True, slots=True)
class Lists:
    """An empty `allow` allows all; what is denied is denied though it be allowed."""

    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()

    def denies(self, site: str) -> bool:
        return site in self.deny or bool(self.allow and site not in self.allow)


def checked_domains(texts: Iterable[str]) -> Sequence[str]:
    """Registrable domains, each once and in order. Raises BadDomains for what is none, and for too many."""
    found: dict[str, None] = {}
    for text in texts:
        if not text.strip():
            continue
        site = domain(text)
        if site is None:
            raise BadDomains(f"“{text.strip()[:100]}” is no domain.")
        found[site] = None
    if len(found) > MOST:
        raise BadDomains(f"There are {len(found):,} domains in a list; at most {MOST:,} are taken.")
    return list(found)
