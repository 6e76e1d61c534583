"""Each index serves the query that it is for."""

import pytest
from django.db import connection

from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue

pytestmark = pytest.mark.django_db
_FILL = """
WITH companies AS (
    INSERT INTO prospects_company (name, domain, industry, description, stage, funding, technologies, street, city,
        region, postal_code, country, phone, email, linkedin_url, registry_number, provenance)
    SELECT 'Company ' || n, '', '', '', '', '', '[]', '', '', '', '', '', '', '', '', '', '[]'
    FROM generate_series(1, 3000) n RETURNING id
), profiles AS (
    INSERT INTO prospects_companyprofile (company_id, mode, site, identity, identity_says, quality, completeness,
        confidence, degraded, page_count, language, cost_micros, evidence_hash, researched_at, changed_at)
    SELECT id, 'basic', '', 'confirmed', '', 0, 0, 0, '[]', 0, '', 0, '', now() - id * interval '1 hour', now()
    FROM companies
), found AS (
    INSERT INTO prospects_profilevalue (company_id, field, value, extra, key, confidence, method, url, is_current,
        found_at, last_seen_at)
    SELECT id, field, id::text, '{}', id::text, 90, 'text', '', true, now(), now()
    FROM companies, unnest(ARRAY['phone', 'city', 'name', 'vat']) field
)
INSERT INTO prospects_profileconflict (company_id, field, current, current_method, offered, key, reason, state,
    created_at)
SELECT id, 'city', 'a', 'file', 'b', id::text, 'file', CASE WHEN id % 20 = 0 THEN 'open' ELSE 'kept' END, now()
FROM companies
"""


@pytest.fixture(scope="module", autouse=True)
def rows(scene: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FILL)
        for name in ("companyprofile", "profilevalue", "profileconflict"):
            cursor.execute(f"ANALYZE prospects_{name}")


def test_a_companys_values_are_found_by_their_key() -> None:
    company = ProfileValue.objects.order_by("-pk")[0].company_id

    assert "profilevalue_once" in ProfileValue.objects.of(company).explain()


def test_others_with_the_same_phone_are_found() -> None:
    same = ProfileValue.objects.filter(field="phone", key="7")

    assert "profilevalue_same" in same.explain()


def test_the_queue_is_read_newest_first() -> None:
    queue = ProfileConflict.objects.for_list().order_by("-created_at", "-id")[:50]

    assert "profileconflict_open" in queue.explain()


def test_a_companys_conflicts_are_found_by_their_key() -> None:
    company = ProfileConflict.objects.order_by("-pk")[0].company_id

    assert "profileconflict_once" in ProfileConflict.objects.filter(company=company).explain()


def test_the_oldest_profiles_are_found() -> None:
    oldest = CompanyProfile.objects.order_by("researched_at")[:50]

    assert "companyprofile_researched" in oldest.explain()
