"""From something that happened to deliveries of it, in the transaction in which it happened.

So there is an event exactly if what it tells of was committed, and one delivery of it for each endpoint that asked,
whatever is killed when. Light to import: every process may have something to tell.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from performance.jobs.submission import BatchOptions, Subject, submit_batch
from performance.webhooks.events import event_type
from performance.webhooks.models import WebhookDelivery, WebhookEvent

KIND = "webhook.deliver"
QUEUE = "webhooks"
# Of one event's deliveries at once.
CONCURRENCY = 50

# FOR KEY SHARE: who deletes an endpoint waits for this transaction, or this one for them and then doesn't see it.
_LISTENING = """
SELECT id FROM performance_webhookendpoint
WHERE is_active AND (events = '{}' OR %s = ANY(events)) ORDER BY id FOR KEY SHARE
"""


def emit(name: str, build: Callable[[], Mapping[str, Any]], *, at: datetime) -> int:
    """Tell the endpoints that listen to events of this type; how many there are. Raises UnknownEvent.

    Belongs in the transaction of what happened. `build` makes the event's `data`, if there is anybody to tell.
    """
    kind = event_type(name)
    with transaction.atomic():
        endpoints = _listening(name)
        if not endpoints:
            return 0
        event = new_event(kind.name, build(), at=at)
        waiting = [WebhookDelivery(event=event, endpoint_id=endpoint, created_at=at) for endpoint in endpoints]
        submit_deliveries(event.type, WebhookDelivery.objects.bulk_create(waiting))
    return len(endpoints)


def new_event(name: str, told: Mapping[str, Any], *, at: datetime) -> WebhookEvent:
    """The event as it will be sent, kept as bytes."""
    body = {"type": name, "timestamp": stamp(at), "data": told}
    return WebhookEvent.objects.create(
        message_id=f"msg_{secrets.token_hex(16)}", type=name, body=orjson.dumps(body).decode(), created_at=at
    )


def submit_deliveries(title: str, deliveries: Sequence[WebhookDelivery]) -> None:
    """Have workers send them. Belongs in the transaction that made them."""
    options = BatchOptions(title=f"Webhooks: {title}", concurrency=min(len(deliveries), CONCURRENCY))
    batch = submit_batch(kind=KIND, subjects=[Subject(each.pk) for each in deliveries], options=options).batch
    WebhookDelivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(batch=batch)


def settle_cancelled(batch_id: int) -> None:
    """Somebody cancelled a batch of deliveries: what was still waiting in it has failed. A listener of its end."""
    WebhookDelivery.objects.filter(batch=batch_id, state=WebhookDelivery.State.PENDING).update(
        state=WebhookDelivery.State.FAILED,
        finished_at=timezone.now(),
        next_attempt_at=None,
        error="Somebody cancelled it.",
    )


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC, to the microsecond, as in the API."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _listening(name: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_LISTENING, [name])
        return [endpoint for (endpoint,) in cursor.fetchall()]
