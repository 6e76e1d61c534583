"""The smallest valid rows of tables that have no factory of their own."""

from datetime import timedelta

from performance.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from tests.performance.database.archival.conftest import AT


def old_event(*, deliveries: int, attempts: int, state: str = "delivered", days: int = 40) -> WebhookEvent:
    """One that was told to so many endpoints, after so many attempts each."""
    at = AT - timedelta(days=days)
    number = WebhookEvent.objects.count()
    event = WebhookEvent.objects.create(message_id=f"msg_{number}", type="webhook.ping", body="{}", created_at=at)
    for _ in range(deliveries):
        endpoint = WebhookEndpoint.objects.create(url="https://example.com")
        ended = at if state != "pending" else None
        delivery = WebhookDelivery.objects.create(
            event=event, endpoint=endpoint, state=state, created_at=at, finished_at=ended
        )
        for attempt in range(attempts):
            WebhookAttempt.objects.create(delivery=delivery, number=attempt, sent_at=at, elapsed_ms=1)
    return event
