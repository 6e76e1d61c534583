"""Every operation of the OpenAPI schema, tried by somebody unknown, by two roles, and with a token of no useful scope.

Bodies are empty: where somebody may, the answer is about the body (400) or about the state, never 401 or 403.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings
from rest_framework.test import APIClient

from performance.files.services import store
from performance.flags.models import Flag
from prospects.exports.models import Export
from prospects.prompts.models import Prompt, PromptVersion
from tests.factories import (
    make_batch,
    make_conflict,
    make_crawl,
    make_fit,
    make_import,
    make_page,
    make_profile,
    make_qualification,
    make_research,
    make_run,
    make_saved_filter,
    make_search,
    make_webhook,
)
from tests.prospects.api.conftest import As, client_as

pytestmark = pytest.mark.django_db
TABLE: dict[str, list[int]] = json.loads((Path(__file__).parent / "routes.json").read_text())


def operations() -> list[str]:
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return [f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods]


def test_the_table_lists_every_operation_and_no_other() -> None:
    assert sorted(TABLE) == sorted(operations())


@pytest.fixture(scope="module")
def address(scene: None) -> dict[str, Any]:
    return make_rows()


def make_rows() -> dict[str, Any]:
    """Values for the paths, of rows that exist then."""
    run = make_run(batch=make_batch(state="finished"))
    qualification = make_qualification(run=run)
    make_fit(qualification=qualification)
    make_research(batch=run.batch)
    Flag.objects.create(name="a-flag")
    prompt = Prompt.objects.create(name="a-prompt")
    PromptVersion.objects.create(prompt=prompt, number=1, system="", template="", schema={}, content_hash="0")
    page = make_page()
    file = store(name="a.csv", content_type="text/csv", chunks=[b"a"])
    return {
        "run_id": run.pk,
        "batch_id": run.pk,
        "prospect_id": qualification.prospect_id,
        "slug": run.icp_version.icp.slug,
        "number": 1,
        "import_id": make_import(state="parsed", columns={"Name": "name"}).pk,
        "export_id": Export.objects.create(run=run, format="csv", file=file, row_count=1).pk,
        "company_id": make_profile().pk,
        "conflict_id": make_conflict().pk,
        "token_key": "0" * 15,
        "table": "performance_job",
        "queue": "maintenance",
        **dict.fromkeys(("advice_id", "alert_id", "silence_id", "regression_id", "hold_id"), 1),
        "filter_id": make_saved_filter().pk,
        "session_id": make_search().pk,
        "crawl_id": make_crawl().pk,
        "page_id": page.pk,
        "text_id": page.text_id,
        **make_webhook(),
    }


@pytest.fixture(scope="module")
def people(scene: None) -> dict[str, APIClient]:
    return {
        "somebody unknown": APIClient(),
        "a viewer": client_as("viewer"),
        "sales": client_as("sales"),
        "a token of no useful scope": client_as("administrator", scopes=["performance.view_worker"]),
    }


@pytest.fixture
def clients(people: dict[str, APIClient]) -> Iterator[dict[str, APIClient]]:
    """Each as before the last test: what it left with them goes."""
    cookies = {who: dict(client.cookies) for who, client in people.items()}
    yield people
    for who, client in people.items():
        client.cookies.clear()
        client.cookies.update(cookies[who])


@pytest.mark.parametrize("operation", TABLE)
def test_nobody_gets_more_than_the_table_says(
    operation: str, clients: dict[str, APIClient], address: dict[str, Any]
) -> None:
    method, path = operation.split(" ")
    name = "a-flag" if "/flags/" in path else "a-prompt"
    url = path.format(**address, name=name)

    statuses = {
        who: client.generic(method, url, "{}", "application/json").status_code for who, client in clients.items()
    }

    assert statuses == dict(zip(clients, TABLE[operation], strict=True))


def test_every_address_says_what_it_is(as_: As, address: dict[str, Any], settings: Settings) -> None:
    # There are more addresses than one client may ask in a minute.
    settings.RATE_LIMIT_ENABLED = False
    client = as_("administrator")
    paths = sorted({operation.split(" ")[1] for operation in TABLE})

    statuses = {
        path: client.options(path.format(**address, name="a-flag" if "/flags/" in path else "a-prompt")).status_code
        for path in paths
    }

    assert {path for path, status in statuses.items() if status != 200} <= {"/api/v1/tokens/sign-in"}


def test_a_body_with_a_name_that_nobody_knows_is_refused(as_: As, address: dict[str, Any], settings: Settings) -> None:
    """Or a limit that is misspelt would be none."""
    settings.RATE_LIMIT_ENABLED = False
    client = as_("administrator")
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    takes_json = [
        (method, path)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]

    told = {}
    for method, path in takes_json:
        url = path.format(**address, name="a-flag" if "/flags/" in path else "a-prompt")
        told[method, path] = client.generic(method.upper(), url, '{"no_such_name": 1}', "application/json")

    assert len(told) > 30
    assert {status for answer in told.values() if (status := answer.status_code) != 400} == set()
    # A profile, which may come as TOML, says all that is wrong with it in sentences.
    in_sentences = {("post", "/api/v1/icps"), ("put", "/api/v1/icps/{slug}")}
    pointers = {
        each: [error["pointer"] for error in told[each].json()["errors"]] for each in told.keys() - in_sentences
    }
    assert {each: found for each, found in pointers.items() if found != ["#/no_such_name"]} == {}
    assert all("no_such_name" in told[each].json()["detail"] for each in in_sentences)
