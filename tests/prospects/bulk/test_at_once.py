"""Bulk operations at the same time, in other orders, beside an import."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from performance.bulk import services as plain
from performance.flags.models import Flag
from prospects.companies.bulk.results import BulkBusy, Terms
from prospects.companies.bulk.services import delete, update, upsert
from prospects.companies.models import Company, CompanyKey, Prospect
from prospects.companies.transactions import lock_bulk_writers
from prospects.intake import services as intake
from tests.factories import make_user
from tests.prospects.intake.files import csv_bytes, parsed
from tests.prospects.intake.test_concurrent_commits import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 1200


def rows_of(numbers: range, **more: Any) -> list[dict[str, Any]]:
    return [{"domain": f"c{number}.com", "name": f"Company {number}", **more} for number in numbers]


@override_settings(BULK_INSERT_CHUNK_SIZE=100)
def test_upserts_in_opposite_orders_end_as_if_one_came_after_the_other() -> None:
    terms = Terms(by=make_user())

    one, other = at_once(
        lambda: upsert(rows_of(range(ROWS)), terms=terms),
        lambda: upsert(rows_of(range(ROWS - 1, -1, -1)), terms=terms),
    )

    assert Company.objects.count() == Prospect.objects.count() == CompanyKey.objects.count() == ROWS
    assert one.ids == other.ids[::-1]  # type: ignore[attr-defined]


@override_settings(BULK_INSERT_CHUNK_SIZE=100)
def test_all_four_and_an_import() -> None:
    terms = Terms(by=make_user(), atomic=False)
    ids = upsert(rows_of(range(ROWS)), terms=terms).ids
    run = parsed(csv_bytes("Company,Website", *(f"Company {n},c{n}.com" for n in range(ROWS, 0, -1))))
    works: list[Callable[[], object]] = [
        lambda: intake.commit(run.pk),
        lambda: upsert(rows_of(range(ROWS), industry="Steel"), terms=terms),
        lambda: update([{"id": pk, "company": {"city": "Lyon"}} for pk in reversed(ids)], terms=terms),
        lambda: delete([{"id": pk} for pk in ids[::2]], terms=terms),
    ]

    at_once(*works)

    assert Company.objects.count() == Prospect.objects.count()
    assert not CompanyKey.objects.exclude(company__in=Company.objects.all()).exists()


@override_settings(BULK_INSERT_CHUNK_SIZE=50)
def test_plain_upserts_in_opposite_orders() -> None:
    rows = [{"name": f"f-{number}", "percentage": number % 100} for number in range(600)]

    one, other = at_once(
        lambda: plain.upsert(Flag, rows, key=["name"]),
        lambda: plain.upsert(Flag, rows[::-1], key=["name"]),
    )

    assert Flag.objects.count() == 600
    assert one.ids == other.ids[::-1]  # type: ignore[attr-defined]
    assert one.created + other.created == one.unchanged + other.unchanged == 600  # type: ignore[attr-defined]


def test_whoever_has_no_patience_is_told_to_come_again() -> None:
    terms = Terms(by=make_user(), patience_s=0.05)

    def busy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            lock_bulk_writers(cursor)
            at_once(refused)

    def refused() -> None:
        with pytest.raises(BulkBusy) as caught:
            upsert(rows_of(range(2)), terms=terms)
        assert caught.value.members == {"retry_after_s": 5}

    busy()
    assert not Company.objects.exists()
