"""Each operation that takes JSON shows what may be sent, and what it shows fits what it says."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.prospects.api.test_odd_texts_are_no_faults_of_the_server import found
from tests.prospects.api.test_the_schema_describes_what_is_sent import described, faults

pytestmark = pytest.mark.django_db


def bodies() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            if content := operation.get("requestBody", {}).get("content", {}).get("application/json"):
                yield f"{method.upper()} {path}", content


def strange(schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    """Where a body isn't what its schema says; what needn't be sent may be missing."""
    shape = found(schema)
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from strange(shape.get("items", {}), each, f"{at}[{index}]")
    elif isinstance(value, dict) and "properties" in shape:
        yield from (f"{at} lacks {name}" for name in set(shape.get("required", ())) - value.keys())
        for name, each in value.items():
            inner = shape["properties"].get(name)
            yield from strange(inner, each, f"{at}.{name}") if inner else [f"{at}.{name} is unknown"]
    else:
        yield from faults(schema, value, at)


def test_there_is_one_for_each_body_and_it_fits() -> None:
    shown = {at: [each["value"] for each in content.get("examples", {}).values()] for at, content in bodies()}

    assert len(shown) > 40
    assert [at for at, examples in shown.items() if not examples] == []
    schemas = {at: content["schema"] for at, content in bodies()}
    assert [fault for at, each in shown.items() for body in each for fault in strange(schemas[at], body, at)] == []
