"""What grows with research is read by the indexes that were made for it."""

from collections.abc import Sequence

import pytest
from django.db import connection

from prospects.companies.models import Company
from prospects.research import statistics
from prospects.research.models import ResearchBatch, ResearchItem
from prospects.research.results import items_of
from tests.factories import AT, make_batch

pytestmark = pytest.mark.django_db
MANY = """
INSERT INTO prospects_researchitem (research_id, company_id, outcome, asked_name, asked_domain, degraded, code, error,
    is_cached, is_changed, page_count, new_page_count, value_count, filled, cost_micros, took_ms)
SELECT b.batch_id, c.id, 'done', '', '', '[]', '', '', false, false, 1, 1, 1, '{}', 0, 1
FROM prospects_company c, prospects_researchbatch b WHERE (c.id + b.batch_id) %% 10 = 0;
ANALYZE prospects_researchbatch, prospects_researchitem, prospects_company
"""


@pytest.fixture
def research() -> ResearchBatch:
    """One of two hundred, each of four hundred companies."""
    batches = [make_batch(kind="research.company", state="finished", finished_at=AT) for _ in range(200)]
    made = ResearchBatch.objects.bulk_create(
        ResearchBatch(batch=batch, mode="basic", source="domains", asked=1) for batch in batches
    )
    Company.objects.bulk_create(Company(name=f"c{n}", domain=f"d{n}.com") for n in range(4_000))
    with connection.cursor() as cursor:
        for statement in MANY.split(";"):
            cursor.execute(statement, {})
    return made[100]


def plan(statement: str, parameters: Sequence[int]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement, parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_every_index_serves_its_reader(research: ResearchBatch) -> None:
    company = ResearchItem.objects.filter(research=research).values_list("company", flat=True)[0]
    waiting = ResearchBatch.objects.filter(is_followed=False).order_by("batch").values("pk")

    assert "researchitem_once" in items_of(research).filter(company__gt=company)[:50].explain()
    assert "researchitem_once" in plan(statistics._OUTCOMES, [research.pk])
    assert "researchitem_company" in ResearchItem.objects.filter(company=company).order_by("-created_at").explain()
    assert "researchbatch_unfollowed" in waiting.explain()
