"""Checks that the schema of an answer is one that strict structured output takes. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.prompts.errors import InvalidPrompt

KINDS = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
KEYWORDS = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$ref", "$defs", "description"}
    | {"minimum", "maximum"}
)


def check_schema(schema: Any) -> None:
    """Raises InvalidPrompt naming the place: every object lists its properties, requires all, and allows no others.

    One exception: `additionalProperties` may be a schema, for an object whose keys are the profile's criteria.
    """
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        raise InvalidPrompt("The schema must describe an object.")
    _check(schema, "schema")
    for name, part in schema.get("$defs", {}).items():
        _check(part, f"$defs.{name}")


def _check(schema: Any, where: str) -> None:
    if not isinstance(schema, Mapping):
        raise InvalidPrompt(f"{where} must be a schema.")
    if unknown := schema.keys() - KEYWORDS:
        raise InvalidPrompt(f"{where} uses {', '.join(sorted(unknown))}, which strict structured output doesn't take.")
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if not set(kinds) <= KINDS or not (kinds or schema.keys() & {"$ref", "anyOf", "enum"}):
        raise InvalidPrompt(f"{where} has no known type.")
    if "object" in kinds:
        _check_object(schema, where)
    if "array" in kinds:
        _check(schema.get("items"), f"{where}.items")
    for number, option in enumerate(schema.get("anyOf", [])):
        _check(option, f"{where}.anyOf[{number}]")


def _check_object(schema: Mapping[str, Any], where: str) -> None:
    properties = schema.get("properties", {})
    any_key = schema.get("additionalProperties")
    if isinstance(any_key, Mapping) and not properties:
        _check(any_key, f"{where}.*")
        return
    if any_key is not False:
        raise InvalidPrompt(f"{where} needs additionalProperties = false.")
    if set(schema.get("required", [])) != properties.keys():
        raise InvalidPrompt(f"{where} must require all of its properties (let those be null that may be missing).")
    for name, part in properties.items():
        _check(part, f"{where}.{name}")
