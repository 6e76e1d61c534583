"""Prospects of a source are found by their index, which has none of those without."""

import pytest
from django.db import connection

from prospects.companies.models import Prospect
from prospects.companies.querysets import ProspectFilter

pytestmark = pytest.mark.django_db


def test_prospects_of_a_source_are_found_by_their_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH companies AS (INSERT INTO prospects_company (name, domain, industry, description, stage, funding,"
            " technologies, street, city, region, postal_code, country, phone, email, linkedin_url, registry_number,"
            " provenance) SELECT 'Company ' || n, '', '', '', '', '', '[]', '', '', '', '', '', '', '', '', '', '[]'"
            " FROM generate_series(1, 5000) n RETURNING id)"
            " INSERT INTO prospects_prospect (company_id, person_name, person_title, person_email, person_phone,"
            " source, original, notes) SELECT id, '', '', '', '', CASE WHEN id % 100 = 0 THEN 'fair' ELSE '' END, '{}',"
            " '' FROM companies"
        )
        cursor.execute("ANALYZE prospects_prospect")

    plan = Prospect.objects.matching(ProspectFilter(source="fair")).explain()

    assert "prospect_source" in plan
