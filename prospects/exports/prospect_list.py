"""A list of prospects as CSV, streamed: memory doesn't grow with the list."""

import csv
import io
from collections.abc import Iterator, Sequence

from prospects.companies.models import Prospect
from prospects.companies.normalise.formula import guard
from prospects.companies.querysets import ProspectQuerySet
from prospects.icp.amounts import describe_range

CHUNK = 1000
HEADERS = (
    "name", "domain", "industry", "employees", "revenue", "city", "region", "country", "person_name", "person_title",
    "person_email", "person_phone", "source", "score", "fit", "profile",
)  # fmt: skip


def csv_of(prospects: ProspectQuerySet) -> Iterator[bytes]:
    """The rows of `for_list`, each with its best fit, in pieces of about a thousand; UTF-8 with its mark."""
    yield "\ufeff".encode() + _written([HEADERS])
    rows: list[Sequence[str]] = []
    for prospect in prospects.iterator(chunk_size=CHUNK):
        rows.append([guard(cell) for cell in _cells(prospect)])
        if len(rows) == CHUNK:
            yield _written(rows)
            rows = []
    if rows:
        yield _written(rows)


def _cells(prospect: Prospect) -> list[str]:
    company = prospect.company
    best = next(iter(prospect.fits.all()), None)
    judged = [str(best.score), best.level, best.icp.title] if best else ["", "", ""]
    return [
        company.name,
        company.domain,
        company.industry,
        describe_range(company.employees_min, company.employees_max),
        describe_range(company.revenue_min, company.revenue_max, unit="$"),
        company.city,
        company.region,
        company.country,
        prospect.person_name,
        prospect.person_title,
        prospect.person_email,
        prospect.person_phone,
        prospect.source,
        *judged,
    ]


def _written(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
