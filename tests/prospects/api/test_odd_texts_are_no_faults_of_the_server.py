"""A text that no row can hold or that says nothing, or a number too large, in each place of each operation.

schemathesis sends what the schema allows; a schema can't say that PostgreSQL has no NUL.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.factories import make_user
from tests.prospects.api.test_routes import TABLE
from tests.prospects.api.test_the_schema_describes_what_is_sent import described

pytestmark = pytest.mark.django_db
NUL, BLANKS, HUGE = "a\0b", " \r\n", "1" * 30
NOUNS = sorted({operation.split("/")[3] for operation in TABLE})
Asked = tuple[str, Any]


def found(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference stands for."""
    if "$ref" in schema:
        return found(described()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    choices = schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf")
    return found(choices[0]) if choices else schema


def bodies(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Values of a schema, each odd in another place: a NUL in a text, more digits than a number may have."""
    schema = found(schema)
    kind = schema.get("type")
    if kind == "object":
        inner = schema.get("properties", {})
        plain = {name: plainly(each) for name, each in inner.items() if name in schema.get("required", ())}
        for name, each in inner.items():
            yield from ({**plain, name: value} for value in bodies(each))
    elif kind == "array":
        yield from ([value] for value in bodies(schema.get("items", {})))
    elif kind == "integer":
        yield HUGE
    elif kind in ("string", None):
        yield NUL


def plainly(schema: Mapping[str, Any]) -> Any:
    """A value of a schema."""
    schema = found(schema)
    if "enum" in schema:
        return schema["enum"][0]
    inner = {name: plainly(schema["properties"][name]) for name in schema.get("required", ())}
    values = {"object": inner, "array": [], "integer": schema.get("minimum", 1), "number": 1, "boolean": False}
    return values.get(schema.get("type", ""), "abc")


def asked(path: str, operation: Mapping[str, Any]) -> Iterator[Asked]:
    """Addresses and bodies with an odd text in one place each."""
    parameters = [each for each in operation.get("parameters", []) if "name" in each]
    address = re.sub(r"{\w+}", "1", path)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    plain = plainly(content["schema"]) if content else None
    for each in parameters:
        if each["in"] == "path" and each["schema"]["type"] == "string":
            yield re.sub(r"{\w+}", "1", path.replace(f"{{{each['name']}}}", quote(NUL))), plain
        if each["in"] == "query":
            yield from ((f"{address}?{urlencode({each['name']: odd})}", plain) for odd in (NUL, BLANKS))
    for body in bodies(content["schema"]) if content else ():
        yield address, body


@pytest.mark.parametrize("noun", NOUNS)
def test_an_odd_text_is_refused_or_taken(noun: str, settings: Settings) -> None:
    # There are more places than one client may ask in a minute.
    settings.RATE_LIMIT_ENABLED = False
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(make_user(is_superuser=True, is_staff=True))
    operations = {path: each for path, each in described()["paths"].items() if path.split("/")[3] == noun}

    statuses = {
        (method, address, json.dumps(body)): client.generic(
            method.upper(), address, "" if body is None else json.dumps(body), "application/json"
        ).status_code
        for path, methods in operations.items()
        for method, operation in methods.items()
        for address, body in asked(path, operation)
    }

    assert {each: status for each, status in statuses.items() if status >= 500} == {}
