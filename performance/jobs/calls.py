"""The identity of a paid call."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson


def call_key(
    *,
    endpoint: str,
    model: str,
    parameters: Mapping[str, Any],
    messages: Sequence[Mapping[str, Any]],
    schema: Mapping[str, Any] | None,
    repeat: int = 0,
) -> str:
    """64 hex: SHA-256 of the canonical request. `repeat` tells apart calls that are meant to be made again."""
    canonical = [endpoint, model, dict(parameters), list(messages), schema, repeat]
    return hashlib.sha256(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS)).hexdigest()
