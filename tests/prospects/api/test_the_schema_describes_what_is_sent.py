"""Lists and details are written by PostgreSQL and described by serializers: here each is compared with the schema.

An object must have the properties that its schema has and no others, and each value its type.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from performance.flags.models import Flag
from prospects.exports.models import Export
from prospects.prompts.models import Prompt, PromptVersion
from tests.factories import (
    make_batch,
    make_fit,
    make_import,
    make_import_row,
    make_job,
    make_prospect,
    make_qualification,
    make_research,
    make_run,
    make_user,
)
from tests.prospects.api.test_routes import TABLE

pytestmark = pytest.mark.django_db
NOT_JSON = {"GET /api/v1/imports/{import_id}/errors", "GET /api/v1/exports/{export_id}/file"}
READS = [each.removeprefix("GET ") for each in TABLE if each.startswith("GET ") and each not in NOT_JSON]
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@cache
def described() -> Any:
    """The schema; not while tests are gathered, which each of their processes does."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def reads() -> list[str]:
    """The paths whose GET answers with JSON."""
    operations = ((path, methods["get"]) for path, methods in described()["paths"].items() if "get" in methods)
    return [path for path, get in operations if "application/json" in get["responses"]["200"].get("content", {})]


def faults(schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    """Where a value isn't what the schema says."""
    if "$ref" in schema:
        schema = described()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if value is None:
        if not schema.get("nullable") and not any("NullEnum" in str(one) for one in schema.get("oneOf", [])):
            yield f"{at} is null"
        return
    if choices := schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf"):
        found = [list(faults(choice, value, at)) for choice in choices]
        if all(found):
            yield from found[0]
        return
    yield from _plain_faults(schema, value, at)
    yield from _inner_faults(schema, value, at)


def _inner_faults(schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from faults(schema.get("items", {}), inner, f"{at}[{index}]")
    if isinstance(value, dict) and "properties" in schema:
        for name in schema["properties"].keys() ^ value.keys():
            yield f"{at}.{name} is {'sent and not described' if name in value else 'described and not sent'}"
        for name in schema["properties"].keys() & value.keys():
            yield from faults(schema["properties"][name], value[name], f"{at}.{name}")


def _plain_faults(schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    if "type" in schema and (
        not isinstance(value, TYPES[schema["type"]]) or isinstance(value, bool) != (schema["type"] == "boolean")
    ):
        yield f"{at} is {value!r}, no {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value!r}, none of {schema['enum']}"
    if schema.get("format") == "date-time":
        assert value.endswith("Z"), value
        datetime.fromisoformat(value)


# A stream is no body to be read at once; its noun's own tests read it.
STREAMED = {"/api/v1/company/batch/{batch_id}/results"}


@pytest.fixture(scope="module")
def address(scene: None) -> dict[str, Any]:
    """Values for the paths, of rows that have as much as a row can have."""
    owner = make_user(username="ada")
    run = make_run(batch=make_batch(state="paused", owner=owner, total=3), model="a-model")
    done = make_run(batch=make_batch(state="finished", finished_at="2026-03-02T09:00Z"), icp_version=run.icp_version)
    prompt = Prompt.objects.create(name="a-prompt")
    version = PromptVersion.objects.create(
        prompt=prompt, number=1, system="", template="", schema={"type": "object"}, content_hash="0"
    )
    prompt.active = version
    prompt.save()
    done.prompt_version = version
    done.save()
    prospect = make_prospect(original={"ZIP": "01234"}, person_name="Ada")
    fields = {"source": "a.csv", "method": "file", "at": "2026-03-02T09:00:00+00:00"}
    prospect.company.provenance = {"name": fields, "country": {**fields, "locked": True}}
    prospect.company.save()
    fit = make_fit(qualification=make_qualification(run=run, prospect=prospect, gaps=["no phone"]))
    fit.override_score, fit.override_reason, fit.override_at = 90, "an old customer", "2026-03-02T09:00Z"
    fit.save()
    make_qualification(run=run)
    make_research(batch=run.batch)
    make_job(batch=run.batch, state="dead", error="it broke", finished_at="2026-03-02T09:00Z", run_ms=12)
    import_run = make_import(state="previewed", columns={"Name": "name"}, owner=owner)
    make_import_row(import_run=import_run, outcome="create", prospect=prospect)
    make_import_row(import_run=import_run)
    Flag.objects.create(name="a-flag")
    return {
        "run_id": run.pk,
        "batch_id": run.pk,
        "prospect_id": prospect.pk,
        "slug": run.icp_version.icp.slug,
        "number": 1,
        "name": "a-prompt",
        "import_id": import_run.pk,
        "export_id": Export.objects.create(run=run, format="csv", error="it broke").pk,
    }


@pytest.fixture(scope="module")
def client(scene: None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(is_superuser=True))
    return client


def test_all_reads_are_compared() -> None:
    assert sorted(READS) == sorted(reads())


@pytest.mark.parametrize("path", READS)
def test_what_is_sent_is_what_is_described(path: str, client: APIClient, address: dict[str, Any]) -> None:
    names = {part[1:-1] for part in path.split("/") if part.startswith("{")}
    if not names <= set(address) or path.startswith("/api/v1/performance/") or path in STREAMED:
        pytest.skip("Its noun's own tests make such a row.")
    schema = described()["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    answer = client.get(path.format(**address))

    assert answer.status_code == 200, answer.content
    assert list(faults(schema, answer.json(), "body")) == []


def test_a_difference_is_found() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}

    assert sorted(faults(schema, {"a": True, "c": 1}, "body")) == [
        "body.a is True, no integer",
        "body.b is described and not sent",
        "body.c is sent and not described",
    ]
    assert list(faults({"type": "array", "items": {"type": "string"}}, ["a", None], "body")) == ["body[1] is null"]
