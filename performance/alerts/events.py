"""What other systems may be told of alerts. Light to import: every process registers these."""

from performance.webhooks.events import EventType

EXAMPLE = {
    "id": 7,
    "rule": "requests-slow",
    "title": "Requests are slow",
    "signal": "requests.p95_ms",
    "area": "web",
    "labels": {},
    "state": "firing",
    "severity": "critical",
    "value": 812.0,
    "worst": 930.0,
    "threshold": 500.0,
    "unit": "ms",
    "is_flapping": False,
    "fired_at": "2026-03-02T09:04:10+00:00",
    "resolved_at": None,
    "resolved_because": "",
    "links": {
        "alerts": "https://assay.example.com/admin/performance/alerts/",
        "alert": "https://assay.example.com/api/v1/performance/alerts/7",
    },
}
FIRING = EventType("alert.firing", "A rule is broken, or an alert became critical.", EXAMPLE)
RESOLVED = EventType(
    "alert.resolved",
    "What fired is well again.",
    {**EXAMPLE, "state": "resolved", "value": 140.0, "resolved_at": "2026-03-02T09:31:10+00:00"},
)
