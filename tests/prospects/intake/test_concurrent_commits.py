"""Two commits at once end as if one came after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.companies.upsert import upsert_prospects
from prospects.intake import services
from tests.prospects.intake.files import counts, csv_bytes, parsed

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 3000


def lines(numbers: range) -> bytes:
    return csv_bytes("Company,Website,Employees", *(f"Company {n},company-{n}.com,{n}" for n in numbers))


def at_once(*works: Callable[[], object]) -> list[object]:
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_the_same_import_committed_by_two():
    run = parsed(lines(range(ROWS)))

    first, second = at_once(lambda: services.commit(run.pk), lambda: services.commit(run.pk))

    assert counts(first) == counts(second) == (ROWS, 0, 0, 0)
    assert Company.objects.count() == Prospect.objects.count() == ROWS


def test_files_that_overlap_in_opposite_order():
    one = parsed(lines(range(ROWS)))
    other = parsed(lines(range(ROWS + 500, 500, -1)))

    at_once(lambda: services.commit(one.pk), lambda: services.commit(other.pk))

    assert Company.objects.count() == Prospect.objects.count() == ROWS + 501
    assert CompanyKey.objects.filter(key__startswith="domain:").count() == ROWS + 501


def test_a_commit_and_requests_for_the_same_domains():
    run = parsed(lines(range(ROWS)))
    domains = [f"company-{number}.com" for number in range(0, ROWS, 50)]

    at_once(
        lambda: services.commit(run.pk),
        lambda: upsert_prospects(domains, source="api", owner=None),
        lambda: upsert_prospects(domains[::-1], source="api", owner=None),
    )

    assert Company.objects.count() == Prospect.objects.count() == ROWS
