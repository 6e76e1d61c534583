"""Examples for the schema of POST /qualify."""

from drf_spectacular.utils import OpenApiExample

QUALIFY_EXAMPLES = [
    OpenApiExample(
        "Three prospects",
        value={"icp": "midwest-food", "prospects": [17, 18, 21]},
        request_only=True,
    ),
    OpenApiExample(
        "All that a filter finds, gently",
        value={
            "icp": "midwest-food",
            "filter": {"country": "US", "industry": "food"},
            "batch_size": 5,
            "max_concurrent_batches": 10,
            "max_retries": 2,
            "delay_ms": 1000,
            "priority": "low",
            "budget": 5.0,
        },
        request_only=True,
    ),
    OpenApiExample(
        "Domains, urgently",
        value={"icp": "midwest-food", "domains": ["kraftheinz.com", "generalmills.com"], "priority": 10},
        request_only=True,
    ),
]
RUN_STARTED_EXAMPLE = OpenApiExample(
    "Started",
    value={
        "run": {
            "id": 42,
            "title": "Mid-size food manufacturers in the Midwest",
            "state": "running",
            "pause_reason": "",
            "priority": "normal",
            "owner": "ada",
            "icp": "midwest-food",
            "icp_version": 3,
            "qualifier": "llm",
            "model": "gpt-5-mini",
            "total": 3,
            "succeeded": 0,
            "dead": 0,
            "parked": 0,
            "cancelled": 0,
            "spent_micros": 0,
            "budget_micros": 1000000,
            "created_at": "2026-03-02T09:00:00Z",
            "finished_at": None,
        },
        "is_new": True,
    },
    response_only=True,
    status_codes=["202"],
)
