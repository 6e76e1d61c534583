"""The ranking of a large run is read where an index has it in order, on the first page and far into it."""

import pytest
from django.db import connection, models

from performance.api.keyset import Cursor, page_at
from prospects.qualification.models import Fit, Qualification, QualificationRun
from prospects.qualification.querysets import RANKING
from tests.factories import make_run

pytestmark = pytest.mark.django_db
ROWS = 5000


@pytest.fixture
def large_run() -> QualificationRun:
    runs = [make_run() for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO prospects_company (id, name, domain, country, technologies, provenance, industry, description,"
            " stage, funding, street, city, region, postal_code, phone, email, linkedin_url, registry_number)"
            " SELECT n, 'Company ' || n, '', '', '[]', '{}', '', '', '', '', '', '', '', '', '', '', '', ''"
            " FROM generate_series(100000, 100000 + %s) n",
            [ROWS - 1],
        )
        cursor.execute(
            "INSERT INTO prospects_prospect (id, company_id, person_name, person_title, person_email, person_phone,"
            " source, original, notes) SELECT id, id, '', '', '', '', '', '{}', '' FROM prospects_company"
            " WHERE id >= 100000"
        )
        for run in runs:
            cursor.execute(
                "INSERT INTO prospects_qualification (run_id, prospect_id, qualifier, score, fit, verdicts, gaps,"
                " reasoning, recommendation, model, input_tokens, output_tokens, cost_micros, attempts, is_from_ledger,"
                " fallback_reason, created_at) SELECT %s, id, 'rubric', id %% 7 * 10, 'poor', '[]', '[]', '', '', '',"
                " 0, 0, 0, 1, false, '', now() FROM prospects_prospect WHERE id >= 100000",
                [run.pk],
            )
        cursor.execute(
            "INSERT INTO prospects_fit (prospect_id, icp_id, qualification_id, score, level, override_reason,"
            " updated_at) SELECT prospect_id, %s, id, score, fit, '', now() FROM prospects_qualification"
            " WHERE run_id = %s",
            [runs[1].icp_version.icp_id, runs[1].pk],
        )
        cursor.execute("ANALYZE prospects_company, prospects_prospect, prospects_qualification, prospects_fit")
    return runs[1]


def plan(rows: models.QuerySet[Qualification]) -> str:
    return rows.explain()


@pytest.mark.parametrize("wanted", [{}, {"counted_score": 30, "prospect_id__gt": 103_000}, {"counted_score__lt": 30}])
def test_a_page_is_a_range_of_the_ranking(large_run: QualificationRun, wanted: dict[str, int]) -> None:
    own, theirs = Qualification.objects.ranked(large_run)

    found = plan(own.filter(**wanted).order_by(*RANKING)[:51])

    assert "Scan using qualification_ranking" in found
    assert "Sort" not in found
    assert "fit_overridden" in plan(theirs.filter(**wanted).order_by(*RANKING)[:51])


@pytest.mark.django_db(transaction=True)
def test_scores_and_qualifiers_are_counted_in_the_index_alone(large_run: QualificationRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE prospects_qualification")

    for field in ("score", "qualifier"):
        counted = Qualification.objects.filter(run=large_run).order_by().values(field).annotate(n=models.Count("*"))
        assert "Index Only Scan" in plan(counted)
    assert "Index Only Scan" in plan(Qualification.objects.shown_of(large_run).values("score", "prospect_id"))


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
