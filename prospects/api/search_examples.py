"""Examples for the schema of web searches."""

from drf_spectacular.utils import OpenApiExample

SEARCH_EXAMPLES = [
    OpenApiExample(
        "Companies that may be worth a look, in German",
        value={
            "queries": ["bäckerei großhandel münchen", "kühlhaus nürnberg"],
            "country": "DE",
            "language": "de",
            "deny": ["wikipedia.org"],
        },
        request_only=True,
    ),
]
SESSION_EXAMPLE = OpenApiExample(
    "Asked for",
    value={
        "id": 7,
        "title": "bäckerei großhandel münchen and 1 more",
        "engine": "searxng",
        "country": "DE",
        "language": "de",
        "per_query": 10,
        "allow": [],
        "deny": ["wikipedia.org"],
        "batch_id": 42,
        "owner": "ada",
        "state": "running",
        "pause_reason": "",
        "total": 2,
        "succeeded": 0,
        "dead": 0,
        "spent_micros": 0,
        "created_at": "2026-03-02T09:00:00Z",
        "finished_at": None,
    },
    response_only=True,
    status_codes=["202"],
)
