"""Examples for the schema of research."""

from drf_spectacular.utils import OpenApiExample

EXTRACT_EXAMPLES = [
    OpenApiExample("At once", value={"domain": "kraftheinz.com"}, request_only=True),
    OpenApiExample(
        "By its name, with everything there is",
        value={"company_name": "General Mills", "country": "US", "extraction_mode": "comprehensive", "budget": 0.1},
        request_only=True,
    ),
]
SUBMIT_EXAMPLES = [
    OpenApiExample(
        "Names, some with a hint",
        value={
            "company_names": ["Kraft Heinz", "General Mills"],
            "domain_hints": ["kraftheinz.com", ""],
            "extraction_mode": "contact_focused",
            "country": "US",
            "priority": "high",
            "timeout_seconds": 30,
        },
        request_only=True,
    ),
    OpenApiExample(
        "Domains, researched and then qualified",
        value={
            "domains": ["kraftheinz.com", "generalmills.com"],
            "max_concurrent": 20,
            "qualify": {"icp": "midwest-food", "qualifier": "rubric"},
        },
        request_only=True,
    ),
]
STARTED_EXAMPLE = OpenApiExample(
    "Started",
    value={
        "research": {
            "id": 43,
            "title": "Research of 2 companies",
            "state": "running",
            "pause_reason": "",
            "priority": "normal",
            "owner": "ada",
            "mode": "standard",
            "country": "",
            "language": "",
            "source": "domains",
            "asked": 2,
            "total": 2,
            "succeeded": 0,
            "dead": 0,
            "cancelled": 0,
            "spent_micros": 0,
            "budget_micros": 1000000,
            "run_id": None,
            "created_at": "2026-03-02T09:00:00Z",
            "finished_at": None,
        },
        "is_new": True,
    },
    response_only=True,
    status_codes=["202"],
)
