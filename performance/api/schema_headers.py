"""What every answer carries besides its body, said in the schema once: limits, ids, ETags, when to come back."""

from collections.abc import Mapping
from typing import Any

from performance.api.reads.mixin import CachedReads
from performance.api.request_ids import HEADER as REQUEST_ID

Schema = dict[str, Any]

_LIMITS = "draft-ietf-httpapi-ratelimit-headers-10"
HEADERS: Mapping[str, Schema] = {
    "RateLimit": {
        "description": f"What is left of each limit that counted this request, and the seconds until more ({_LIMITS})",
        "schema": {"type": "string"},
        "example": '"api";r=98;t=1;pk=:3q2+7w8bS9o=:',
    },
    "RateLimit-Policy": {
        "description": f"The limits that counted it: requests, and in how many seconds ({_LIMITS})",
        "schema": {"type": "string"},
        "example": '"api";q=100;w=60;pk=:3q2+7w8bS9o=:',
    },
    "Retry-After": {
        "description": "Seconds after which to come back",
        "schema": {"type": "integer", "minimum": 1},
        "example": 6,
    },
    "ETag": {
        "description": "Stands for exactly these bytes; sent back in If-None-Match, it spares them",
        "schema": {"type": "string"},
        "example": '"Zx8SWv0LFoKq1yUwcGZs-zstd"',
    },
    REQUEST_ID: {
        "description": "Yours if you sent one; it stands on each line of the log",
        "schema": {"type": "string"},
        "example": "0d5c2f4e8a1b4f0c9d3e6a7b8c9d0e1f",
    },
}
IF_NONE_MATCH: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "ETags of answers at hand: if one of them still holds, the answer is 304, without a body",
    "schema": {"type": "string"},
}
_COUNTED = ("RateLimit", "RateLimit-Policy", REQUEST_ID)
# With these the server says when it will be of use again.
_COME_BACK = frozenset({"429", "503", "504"})


def say_headers(result: Schema, generator: Any, **_options: Any) -> Schema:
    """A postprocessing hook of drf-spectacular."""
    components = result.setdefault("components", {})
    components["headers"] = dict(HEADERS)
    components.setdefault("parameters", {})["If-None-Match"] = IF_NONE_MATCH
    reads = {
        (path, method.lower())
        for path, _, method, callback in generator.endpoints
        if method == "GET" and issubclass(callback.cls, CachedReads)
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _say_of(operation, is_read=(path, method) in reads)
    return result


def _say_of(operation: Schema, *, is_read: bool) -> None:
    responses: Schema = operation["responses"]
    if is_read:
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/If-None-Match"})
        responses["304"] = {"description": "What one of If-None-Match stands for still holds"}
        operation["responses"] = responses = dict(sorted(responses.items()))
    for status, response in responses.items():
        names = [*_COUNTED]
        if is_read and status in {"200", "304"}:
            names.append("ETag")
        if status in _COME_BACK:
            names.append("Retry-After")
        for name in names:
            response.setdefault("headers", {}).setdefault(name, {"$ref": f"#/components/headers/{name}"})
