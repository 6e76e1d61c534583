"""What Django sends and what PostgreSQL counts are the same statement, and its text can be planned."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, Q
from django.db.models.functions import Lower

from performance.bulk.removing import remove
from performance.database.plans.services import analysed
from performance.database.slow_queries import METRIC
from performance.database.statements.models import Statement
from performance.database.statements.slow import statement
from performance.database.statements.snapshots import take
from performance.metrics.tallies import taken
from prospects.companies.models import Company, Prospect
from tests.factories import make_prospect

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 30, 20, tzinfo=UTC)
ASKED: dict[str, Callable[[], Any]] = {
    "one": lambda: Prospect.objects.filter(pk=1).first(),
    "a list of values": lambda: list(Company.objects.filter(pk__in=[3, 4, 5, 6], name__icontains="x")[:50]),
    "joined": lambda: list(Prospect.objects.select_related("company").filter(company__name="50 %").order_by("-pk")[:9]),
    "summed up": lambda: list(Prospect.objects.values("company").annotate(n=Count("pk", filter=Q(pk__gt=4)))),
    "expressions": lambda: list(Company.objects.annotate(low=Lower("name")).filter(low="x").values_list("low")),
    "written": lambda: Company.objects.filter(pk=0).update(name="y", domain=F("name")),
    "made": lambda: make_prospect(),
    "deleted": lambda: Prospect.objects.filter(pk=0).delete(),
    "composed": lambda: remove(connection.cursor(), Prospect, [0]),
}


@pytest.mark.parametrize("asked", ASKED)
def test_both_have_the_same_shape(asked: str) -> None:
    take(at=AT)
    list(taken())
    ASKED[asked]()
    sent = [dict(series.labels) for series, _ in taken() if series.name == METRIC]

    take(at=AT + timedelta(minutes=1))

    counted = set(Statement.objects.exclude(shape="").values_list("shape", flat=True))
    shapes = {labels["shape"] for labels in sent if not labels["sql"].startswith(("SAVEPOINT", "RELEASE"))}
    assert shapes
    assert shapes <= counted


def test_the_text_of_what_was_counted_can_be_planned() -> None:
    ASKED["joined"]()
    take(at=AT)

    # One, or one for each way in which a test of this process has sent it.
    joined = Statement.objects.filter(text__contains='INNER JOIN "prospects_company"')
    found = joined.filter(text__startswith="SELECT ", text__endswith=" LIMIT $2")

    assert {analysed(statement(each.pk).text).plan.kind for each in found} == {"Limit"}
