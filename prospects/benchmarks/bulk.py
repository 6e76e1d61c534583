"""The area "bulk": rows of JSON brought in, half of them known already, beside raw COPY of what is stored then."""

import csv
import io
import time
from collections.abc import Iterator

from django.db import connection

from performance.access.models import User
from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, printed
from prospects.benchmarks.clearing import clear_companies
from prospects.benchmarks.raw_copy import copied_anew_s
from prospects.companies.bulk import services as bulk
from prospects.companies.bulk.results import RowOutcome, Terms
from prospects.companies.store import COMPANY, KEY, PROSPECT
from prospects.intake.benchmark_file import sample_csv

ROWS = 100_000
# Of a request of the API, the most there may be.
REQUEST_ROWS = 10_000
_FIELDS = (
    "name", "domain", "industry", "employees", "revenue", "street", "city", "region", "postal_code", "country",
    "phone", "description",
)  # fmt: skip
Rows = list[dict[str, str]]


@area("api")
@area("bulk")
def upserts() -> Iterator[Figure]:
    """What is known has other words in two of twelve fields, as when a list is sent again after a while."""
    clear_companies()
    by = User.objects.create(username="bulk-bench")
    every = _rows(ROWS + 2 * REQUEST_ROWS)
    first, request, rows = every[:REQUEST_ROWS], every[REQUEST_ROWS : 2 * REQUEST_ROWS], every[2 * REQUEST_ROWS :]
    _upserted(first, terms=Terms(by, "first"))  # the first use of anything is slower
    took_s, _ = _upserted(request, terms=Terms(by, "request"))
    yield printed("bulk.request_s", took_s, "s", beside=f"{len(request):,} rows, as many as a request may have")
    took_s, outcomes = _upserted(rows, terms=Terms(by, "many"))
    told = ", ".join(f"{outcomes.count(kind):,} {kind}" for kind in RowOutcome if kind in outcomes)
    copied_s = _copied_s("many")
    beside = f"{told} in {took_s:.1f} s from rows to committed; COPY {copied_s:.1f} s"
    yield at_least(0.35, "bulk.upsert_vs_copy", copied_s / took_s, "of COPY", beside=beside)
    clear_companies()


def _upserted(rows: Rows, *, terms: Terms) -> tuple[float, list[RowOutcome]]:
    """Seconds and outcomes of an upsert, half of whose prospects are there."""
    known = [{**row, "employees": "7", "description": "As it was"} for row in rows[::2]]
    bulk.upsert(known, terms=terms)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    began = time.perf_counter()
    outcomes = bulk.upsert(rows, terms=terms).outcomes
    return time.perf_counter() - began, outcomes


def _copied_s(source: str) -> float:
    """Seconds of COPY for the prospects of a source with their companies and keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE named AS SELECT DISTINCT company_id AS id FROM {PROSPECT} WHERE source = %s",  # noqa: S608
            [source],
        )
        rows = {COMPANY: "id", KEY: "company_id", PROSPECT: "company_id"}
        copied_s = copied_anew_s({table: f"{column} IN (TABLE named)" for table, column in rows.items()})
        cursor.execute("DROP TABLE named")
        return copied_s


def _rows(number: int) -> Rows:
    """Made before anything is timed; each of another company."""
    text = b"".join(sample_csv(number * 51 // 50 + 50)).decode()
    lines = list(csv.DictReader(io.StringIO(text), fieldnames=_FIELDS))[1:]
    rows = [row for place, row in enumerate(lines) if place % 50 != 49]
    return [{name: value for name, value in row.items() if value} for row in rows[:number]]
