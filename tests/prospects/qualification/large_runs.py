"""A run among others of its size, large enough that the planner minds which index it reads."""

from django.db import connection

from prospects.qualification.models import QualificationRun
from tests.factories import make_run

ROWS = 5000


def make_large_run() -> QualificationRun:
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
