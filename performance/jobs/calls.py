"""The key of a paid call in the ledger. Pure."""

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
    """SHA-256 (64 hex digits) of the canonical request: two calls with the same key are the same purchase."""
    canonical = [endpoint, model, dict(parameters), list(messages), schema, repeat]
    return hashlib.sha256(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS)).hexdigest()
