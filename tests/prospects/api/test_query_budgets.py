"""The number of SQL statements of each list, reviewed in tests/query_budgets.json, with a token and many rows.

Each count includes what every request costs: the token with its user and the permissions (1).
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from performance.access.models import ApiToken
from performance.access.services import issue_token
from performance.flags.models import Flag
from prospects.exports.models import Export
from prospects.prompts.models import Prompt, PromptVersion
from tests.factories import (
    make_batch,
    make_conflict,
    make_crawl,
    make_fit,
    make_import,
    make_import_row,
    make_job,
    make_page,
    make_prospect,
    make_qualification,
    make_research,
    make_run,
    make_saved_filter,
    make_search,
    make_user,
    make_value,
    make_webhook,
)
from tests.prospects.api.test_routes import operations

pytestmark = pytest.mark.django_db
BUDGETS: dict[str, int] = json.loads((Path(__file__).parents[2] / "query_budgets.json").read_text())
# These answer for a session only, and are no lists of rows of the domain.
NOT_BUDGETED = {"GET /api/v1/tokens"}
ROWS = 4
# What a detail takes beside who asks (1): all of it, with its relations, in at most three statements.
DETAILS = {
    "GET /api/v1/prospects/{prospect_id}": 1,
    "GET /api/v1/runs/{run_id}": 3,
    "GET /api/v1/imports/{import_id}": 1,
    "GET /api/v1/icps/{slug}": 1,
    "GET /api/v1/icps/{slug}/versions/1": 1,
    "GET /api/v1/prompts/{name}/versions/1": 1,
    "GET /api/v1/exports/{export_id}": 1,
    "GET /api/v1/prospects?search=company": 3,
}


def test_every_list_has_a_budget() -> None:
    lists = {one for one in operations() if one.startswith("GET") and is_list(one)}

    assert lists - NOT_BUDGETED == set(BUDGETS)


def is_list(operation: str) -> bool:
    """Lists end in a noun that isn't one row's."""
    last = operation.rsplit("/", 1)[-1]
    # The platform's own figures are no lists of rows.
    if operation.startswith("GET /api/v1/performance/"):
        return False
    return not last.startswith("{") and last not in {"me", "file", "preview"} and operation not in SINGLE


SINGLE = {
    "GET /api/v1/imports/{import_id}/errors",
    "GET /api/v1/imports/fields",
    "GET /api/v1/company/{company_id}/profile",
    "GET /api/v1/company/batch/stats",
    "GET /api/v1/company/batch/{batch_id}/status",
    "GET /api/v1/company/batch/{batch_id}/results",
}


@pytest.fixture(scope="module")
def address(scene: None) -> dict[str, Any]:
    run, import_run = make_run(batch=make_batch(total=ROWS)), make_import()
    first = make_prospect()
    prompt = Prompt.objects.create(name="a-prompt")
    for number in range(1, ROWS + 1):
        prospect = first if number == 1 else make_prospect()
        make_fit(qualification=make_qualification(run=run, prospect=prospect))
        make_qualification(prospect=first)
        make_value(company=first.company)
        make_conflict(company=first.company)
        make_crawl(company=first.company, owner=make_user())
        make_job(batch=run.batch, state="dead")
        make_saved_filter()
        make_page()
        make_research()
        make_import_row(import_run=import_run)
        make_run(icp_version=run.icp_version, batch=make_batch(state="finished", finished_at="2026-01-01T00:00Z"))
        export = Export.objects.create(run=run, format="csv")
        Flag.objects.create(name=f"flag-{number}")
        PromptVersion.objects.create(
            prompt=prompt, number=number, system="", template="", schema={}, content_hash=str(number)
        )
    return {
        "run_id": run.pk,
        "prospect_id": first.pk,
        "company_id": first.company_id,
        "slug": run.icp_version.icp.slug,
        "import_id": import_run.pk,
        "name": "a-prompt",
        "export_id": export.pk,
        "session_id": make_search(texts=["a", "b", "c", "d"]).pk,
        **make_webhook(),
    }


@pytest.fixture(scope="module")
def client(scene: None) -> APIClient:
    permissions = [
        "performance.view_flag",
        "performance.view_job",
        "performance.view_webhookdelivery",
        "performance.view_webhookendpoint",
        "prospects.view_crawljob",
        "prospects.view_export",
        "prospects.view_icpversion",
        "prospects.view_profileconflict",
        "prospects.view_profilevalue",
        "prospects.view_idealcustomerprofile",
        "prospects.view_import",
        "prospects.view_importrow",
        "prospects.view_page",
        "prospects.view_promptversion",
        "prospects.view_prospect",
        "prospects.view_savedfilter",
        "prospects.view_qualification",
        "prospects.view_qualificationrun",
        "prospects.view_researchbatch",
        "prospects.view_searchquery",
        "prospects.view_searchresult",
        "prospects.view_searchsession",
    ]
    issued = issue_token(user=make_user(permissions=permissions), name="")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issued.text}")
    return client


@pytest.mark.parametrize("operation", BUDGETS)
def test_a_list_costs_what_its_budget_says(operation: str, client: APIClient, address: dict[str, Any]) -> None:
    url = operation.removeprefix("GET ").format(**address)
    client.get("/api/v1/me")  # notes the token's use, which is due once a minute
    assert ApiToken.objects.get().last_used_at is not None

    with CaptureQueriesContext(connection) as statements:
        answer = client.get(url)

    body = answer.json()
    assert answer.status_code == 200, body
    assert len(body["results"] if isinstance(body, dict) else body) >= 1
    assert len(statements) == BUDGETS[operation], "\n".join(each["sql"] for each in statements.captured_queries)


@pytest.mark.parametrize("operation", DETAILS)
def test_a_detail_takes_three_statements_at_most(operation: str, client: APIClient, address: dict[str, Any]) -> None:
    url = operation.removeprefix("GET ").format(**address)
    client.get("/api/v1/me")

    with CaptureQueriesContext(connection) as statements:
        answer = client.get(url)

    assert answer.status_code == 200
    assert len(statements) - 1 == DETAILS[operation], "\n".join(each["sql"] for each in statements.captured_queries)
