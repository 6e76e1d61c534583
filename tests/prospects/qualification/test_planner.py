"""The ranking of a large run is read where an index has it in order, on the first page and far into it."""

import pytest
from django.db import models

from performance.api.keyset import Cursor, page_at
from prospects.qualification.models import Fit, Qualification, QualificationRun
from prospects.qualification.querysets import RANKING
from tests.prospects.qualification.large_runs import ROWS, make_large_run

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def large_run(scene: None) -> QualificationRun:
    return make_large_run()


def plan(rows: models.QuerySet[Qualification]) -> str:
    return rows.explain()


@pytest.mark.parametrize("wanted", [{}, {"counted_score": 30, "prospect_id__gt": 103_000}, {"counted_score__lt": 30}])
def test_a_page_is_a_range_of_the_ranking(large_run: QualificationRun, wanted: dict[str, int]) -> None:
    own, theirs = Qualification.objects.ranked(large_run)

    found = plan(own.filter(**wanted).order_by(*RANKING)[:51])

    assert "Scan using qualification_ranking" in found
    assert "Sort" not in found
    assert "fit_overridden" in plan(theirs.filter(**wanted).order_by(*RANKING)[:51])


def test_every_row_of_it_comes_once_in_order(large_run: QualificationRun) -> None:
    fit = Fit.objects.filter(icp=large_run.icp_version.icp_id).earliest("pk")
    Fit.objects.filter(pk=fit.pk).update(override_score=100, override_reason="Met them.", score=100, level="excellent")
    expected = list(Qualification.objects.ranking(large_run).values_list("pk", flat=True))

    found: list[int] = []
    at: Cursor | None = None
    while at is None or len(found) < ROWS:
        page = page_at(Qualification.objects.ranked(large_run), ordering=RANKING, cursor=at, size=500).rows
        found += [row.pk for row in page]
        at = Cursor((page[-1].counted_score, page[-1].prospect_id))

    assert found == expected
    assert found[0] == fit.qualification_id
