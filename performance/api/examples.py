"""Examples of what may be asked, beside what is asked."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer

Shape = TypeVar("Shape", bound=type[Any])


def asked_as(name: str, value: Any) -> Callable[[Shape], Shape]:
    """Decorates the serializer of a request: the schema shows this body, by this name."""
    return extend_schema_serializer(examples=[OpenApiExample(name, value=value, request_only=True)])
