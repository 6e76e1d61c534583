"""What was cached of prospects is stale once a bulk operation is committed, and not when it was refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from performance.cache.tags import versions
from prospects.companies.bulk.services import delete, update, upsert
from prospects.companies.models import Prospect
from tests.factories import make_prospect
from tests.prospects.bulk.asking import done, refused

pytestmark = pytest.mark.django_db(transaction=True)


def numbers(prospect: Prospect) -> tuple[bytes, ...]:
    found = versions(("prospects", f"prospect:{prospect.pk}"), at_most_s=0.0)
    assert found is not None
    of = dict(zip(found.tags, found.numbers, strict=True))
    return of["prospects"], of["prospect:*"]


@pytest.mark.parametrize(
    "call",
    [
        lambda prospect: done(upsert, [{"domain": "acme.com"}]),
        lambda prospect: done(update, [{"id": prospect.pk, "notes": "n"}]),
        lambda prospect: done(delete, [{"id": prospect.pk}]),
    ],
)
def test_a_committed_one_raises_the_tags(call: Callable[[Prospect], Any]) -> None:
    prospect = make_prospect()
    before = numbers(prospect)

    with transaction.atomic():
        call(prospect)
        assert numbers(prospect) == before

    assert all(now != then for now, then in zip(numbers(prospect), before, strict=True))


def test_a_refused_one_raises_none() -> None:
    prospect = make_prospect()
    before = numbers(prospect)

    refused(update, [{"id": prospect.pk, "notes": "n"}, {"id": 10**12}])

    assert numbers(prospect) == before
