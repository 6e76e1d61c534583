"""What PostgreSQL takes as text: it refuses NUL, and UTF-8 has no lone surrogates; people and models send both."""

from collections.abc import Mapping
from typing import Any


def storable(text: str) -> str:
    """Without NUL, and with "?" for a lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def storable_json(value: Any) -> Any:
    """A JSON value in which every text, keys as well, is `storable`."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): storable_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(each) for each in value]
    return value
