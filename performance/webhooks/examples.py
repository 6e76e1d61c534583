"""Examples for the schema of webhooks."""

from drf_spectacular.utils import OpenApiExample

ENDPOINT = {
    "id": 4,
    "url": "https://crm.example.com/hooks/assay",
    "description": "CRM",
    "events": ["run.finished", "run.failed"],
    "is_active": True,
    "disabled_at": None,
    "disabled_reason": "",
    "failures": 0,
    "failing_since": None,
    "owner": "ann",
    "created_at": "2026-03-02T09:00:00.000000Z",
    "updated_at": "2026-03-02T09:00:00.000000Z",
}
DELIVERY = {
    "id": 31,
    "type": "run.finished",
    "message_id": "msg_5f2b8a0c9d3e4f1a8b7c6d5e4f3a2b1c",
    "state": "pending",
    "is_test": False,
    "is_repeat": False,
    "attempts": 1,
    "next_attempt_at": "2026-03-02T09:05:06.000000Z",
    "error": "The endpoint answered 503, which is no 2xx.",
    "created_at": "2026-03-02T09:00:01.000000Z",
    "finished_at": None,
}
ATTEMPT = {
    "number": 1,
    "sent_at": "2026-03-02T09:00:01.200000Z",
    "status": 503,
    "elapsed_ms": 84,
    "code": "status_503",
    "error": "The endpoint answered 503, which is no 2xx.",
    "reply": "upstream is down",
}
BODY = '{"type":"webhook.ping","timestamp":"2026-03-02T09:00:00.000000Z","data":{"message":"Hello","is_test":true}}'

ASKED = OpenApiExample(
    "Runs that ended",
    value={
        "url": "https://crm.example.com/hooks/assay",
        "events": ["run.finished", "run.failed"],
        "description": "CRM",
    },
    request_only=True,
)
CHANGED = OpenApiExample("Enable it again", value={"is_active": True}, request_only=True)
SHOWN = OpenApiExample("An endpoint", value=ENDPOINT, response_only=True)
SHOWN_ONCE = OpenApiExample(
    "An endpoint with its secret",
    value={**ENDPOINT, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    response_only=True,
)
DELIVERED = OpenApiExample(
    "A delivery that will be tried again", value={**DELIVERY, "body": BODY, "history": [ATTEMPT]}, response_only=True
)
IN_LIST = OpenApiExample("A delivery that will be tried again", value=DELIVERY, response_only=True)
TESTED = OpenApiExample(
    "A test that arrived",
    value={
        "is_delivered": True,
        "status": 204,
        "elapsed_ms": 63,
        "code": "",
        "error": "",
        "reply": "",
        "delivery_id": 32,
        "request": {
            "url": "https://crm.example.com/hooks/assay",
            "headers": {
                "webhook-id": "msg_0c9d3e4f1a8b7c6d5e4f3a2b1c5f2b8a",
                "webhook-timestamp": "1772442000",
                "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            },
            "body": BODY,
        },
    },
    response_only=True,
)
