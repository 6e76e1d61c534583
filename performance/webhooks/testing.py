"""A test of an endpoint: a signed sample is sent while who asked waits, and what came back is shown."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from performance.outbound.client import Outbound
from performance.webhooks.delivering import LIMITS, Attempt, Parcel, deliver, headers_of
from performance.webhooks.emitting import new_event
from performance.webhooks.errors import NotTestable
from performance.webhooks.events import PING, event_type
from performance.webhooks.kind import signing_keys
from performance.webhooks.models import WebhookDelivery, WebhookEndpoint
from performance.webhooks.storage import keep_attempt

# Somebody waits, and with them a thread of the web.
PATIENCE_S = 8.0


@dataclass(frozen=True, slots=True)
class Tested:
    """What was sent and what came back."""

    delivery: WebhookDelivery
    attempt: Attempt
    headers: Mapping[str, str]
    body: str


def send_test(endpoint: WebhookEndpoint, *, name: str = PING.name) -> Tested:
    """Send a sample of an event, also to a disabled endpoint; it counts for nothing but stands in the history.

    Takes up to PATIENCE_S. Raises UnknownEvent, NotTestable.
    """
    kind = event_type(name)
    keys = signing_keys({endpoint.pk})[endpoint.pk]
    if not keys:
        raise NotTestable
    at = timezone.now()
    event = new_event(kind.name, {**kind.example, "is_test": True}, at=at)
    parcel = Parcel(endpoint.url, event.message_id, event.type, event.body.encode(), keys)
    attempt = asyncio.run(_deliver(parcel))
    state = WebhookDelivery.State.DELIVERED if attempt.is_delivered else WebhookDelivery.State.FAILED
    delivery = WebhookDelivery.objects.create(
        event=event,
        endpoint=endpoint,
        is_test=True,
        state=state,
        attempts=1,
        error=attempt.error,
        created_at=at,
        finished_at=timezone.now(),
    )
    keep_attempt(delivery.pk, attempt, number=1)
    return Tested(delivery, attempt, headers_of(parcel, at=attempt.sent_at), event.body)


async def _deliver(parcel: Parcel) -> Attempt:
    async with Outbound(LIMITS) as outbound:
        return await deliver(parcel, outbound=outbound, total_s=PATIENCE_S)
