"""What research of one company came to, before and after it is stored. Pure."""

from dataclasses import dataclass
from datetime import datetime

from prospects.crawl.plan import CrawlResult
from prospects.extraction.found import Value
from prospects.pages.degraded import Degraded


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What was known of a company before it was researched; "" and () where nothing was."""

    name: str = ""
    domain: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whether the site is the company's: `verdict` is one of CompanyProfile.Identity, `points` what it follows from."""

    verdict: str
    says: str = ""
    points: int = 0


@dataclass(frozen=True, slots=True)
class Scores:
    """0-100 each."""

    quality: int
    completeness: int
    confidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Researched:
    """`evidence_hash` is of all texts that were read. Where it is the stored profile's, nothing `is_extracted`:
    `values` is empty then, and the stored ones stay.
    """

    company_id: int
    mode: str
    site: str
    at: datetime
    identity: Identity
    values: tuple[Value, ...] = ()
    degraded: tuple[Degraded, ...] = ()
    crawl: CrawlResult | None = None
    evidence_hash: str = ""
    is_extracted: bool = True
    cost_micros: int = 0

    @property
    def fault(self) -> tuple[str, str]:
        """Code and sentence of why no page of the site could be read, now or before; ("", "") where some could, and
        where there is no site.
        """
        crawl = self.crawl
        return (crawl.code or crawl.stop_reason, crawl.says) if crawl is not None and not crawl.pages else ("", "")


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing a company's research did. `filled` are the fields that have a current value now."""

    is_changed: bool
    filled: tuple[str, ...]
    scores: Scores
    value_count: int = 0
    conflicts: int = 0
