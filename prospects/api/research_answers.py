"""Examples of what research answers: how far it is, what it found, what it came to."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from prospects.api.research_examples import STARTED_EXAMPLE

_STARTED: dict[str, Any] = STARTED_EXAMPLE.value["research"]
_COUNTS = {"state": "running", "total": 2, "succeeded": 1, "dead": 0, "cancelled": 0, "spent_micros": 1200}
_PROGRESS = {
    **_COUNTS,
    "pause_code": "",
    "pause_reason": "",
    "done": 1,
    "ready": 0,
    "leased": 1,
    "parked": 0,
    "per_minute": 20.0,
    "eta_s": 3.0,
    "elapsed_s": 3.1,
    "reserved_micros": 0,
    "budget_micros": 1_000_000,
    "saved_micros": 0,
    "calls": 1,
    "ledger_hits": 0,
    "peak_memory_mb": 190,
}
STATUS_EXAMPLE = OpenApiExample(
    "Half done",
    value={
        **_STARTED,
        **_COUNTS,
        "timeout_seconds": 60,
        "include_failed_results": True,
        "export_format": "json",
        "run_says": "",
        "outcomes": {"done": 1, "partial": 0, "failed": 0, "cached": 0, "changed": 1},
        "progress": _PROGRESS,
    },
    response_only=True,
    status_codes=["200"],
)
_EMAIL = {
    "value": "info@kraftheinz.com",
    "confidence": 96,
    "method": "link",
    "url": "https://www.kraftheinz.com/contact",
    "page_hash": "5b1f7d0e-8a51-4a40-9d5e-2c94ab1f60d3",
    "quote": [1042, 1061],
    "extra": {},
    "found_at": "2026-03-02T09:00:02Z",
    "last_seen_at": "2026-03-02T09:00:02Z",
}
RESULT_EXAMPLE = OpenApiExample(
    "Found, but for what an LLM would add",
    # Of a list as of a single one: the schema wraps it where there are many.
    value={
        "company_id": 17,
        "asked": {"name": None, "domain": "kraftheinz.com"},
        "name": "The Kraft Heinz Company",
        "domain": "kraftheinz.com",
        "site": "kraftheinz.com",
        "outcome": "done",
        "error": None,
        "degraded": [{"code": "llm_off", "says": "No LLM is set up: what rules don't find stays open."}],
        "identity": {"verdict": "confirmed", "says": "The site has the company's name and its own e-mail address."},
        "quality": 81,
        "completeness": 64,
        "confidence": 92,
        "page_count": 6,
        "is_cached": False,
        "is_changed": True,
        "cost_micros": 0,
        "researched_at": "2026-03-02T09:00:03Z",
        "values": {"email": [_EMAIL]},
    },
    response_only=True,
    status_codes=["200"],
)
STATISTICS_EXAMPLE = OpenApiExample(
    "Of a hundred",
    value={
        "companies": 100,
        "done": 90,
        "partial": 6,
        "failed": 4,
        "cached": 10,
        "changed": 55,
        "median_quality": 78,
        "median_completeness": 60,
        "median_confidence": 90,
        "median_values": 14,
        "median_ms": 1900,
        "p95_ms": 7200,
        "pages": 540,
        "new_pages": 490,
        "cost_micros": 12_300,
        "coverage": {"email": 0.91, "phone": 0.84},
        "lacking": [{"code": "llm_off", "companies": 96}, {"code": "robots", "companies": 4}],
        "industries": [
            {
                "industry": "Food",
                "companies": 61,
                "median_quality": 80,
                "median_completeness": 62,
                "median_employees": 120,
                "median_founded_year": 1987,
                "with_email": 0.93,
                "with_phone": 0.88,
            }
        ],
    },
    response_only=True,
    status_codes=["200"],
)
