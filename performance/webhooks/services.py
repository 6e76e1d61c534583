"""Endpoints and repeated deliveries: their only writers outside of the jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from performance.access.models import User
from performance.cache.tags import bump
from performance.webhooks import keys
from performance.webhooks.emitting import submit_deliveries
from performance.webhooks.errors import EndpointGone, TooManyEndpoints, UnknownEvent
from performance.webhooks.events import subscribable
from performance.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookSecret
from performance.webhooks.querysets import KEPT_FOR

# Each event is as many deliveries.
MOST_ENDPOINTS = 100
LONGEST_OVERLAP = timedelta(days=7)
# Any number: endpoints are made one at a time, or two at once could be one too many.
_LOCK = 0x5765_6248


@dataclass(frozen=True, slots=True)
class NewSecret:
    """An endpoint and its secret's text, which is shown this once."""

    endpoint: WebhookEndpoint
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None leaves it as it is."""

    url: str | None = None
    description: str | None = None
    events: Sequence[str] | None = None
    is_active: bool | None = None


@transaction.atomic
def create_endpoint(*, url: str, events: Sequence[str], description: str, owner: User | None) -> NewSecret:
    """Atomic. The URL was checked. Raises UnknownEvent, TooManyEndpoints."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(f"There are {MOST_ENDPOINTS} endpoints, the most there may be; delete one first.")
    endpoint = WebhookEndpoint.objects.create(
        url=url, events=checked_events(events), description=description, owner=owner
    )
    bump("webhooks")
    return NewSecret(endpoint, _new_secret(endpoint))


@transaction.atomic
def change_endpoint(endpoint_id: int, change: Change, *, by: str, at: datetime) -> WebhookEndpoint:
    """Atomic. Enabling forgets the failures; what failed meanwhile isn't sent unless somebody asks.

    Raises EndpointGone, UnknownEvent.
    """
    endpoint = _locked(endpoint_id)
    if change.url is not None:
        endpoint.url = change.url
    if change.description is not None:
        endpoint.description = change.description
    if change.events is not None:
        endpoint.events = checked_events(change.events)
    if change.is_active is True and not endpoint.is_active:
        endpoint.is_active, endpoint.disabled_at, endpoint.disabled_reason = True, None, ""
        endpoint.failures, endpoint.failing_since = 0, None
    if change.is_active is False and endpoint.is_active:
        endpoint.is_active, endpoint.disabled_at, endpoint.disabled_reason = False, at, f"Disabled by {by}."
    endpoint.save()
    bump("webhooks")
    return endpoint


@transaction.atomic
def rotate_secret(endpoint_id: int, *, overlap: timedelta, at: datetime) -> NewSecret:
    """A new secret; the one before signs along for `overlap`, so that a receiver can change over. Atomic.

    Raises EndpointGone.
    """
    endpoint = _locked(endpoint_id)
    endpoint.secrets.filter(expires_at__isnull=True).update(expires_at=at + min(overlap, LONGEST_OVERLAP))
    endpoint.secrets.filter(expires_at__lte=at).delete()
    bump("webhooks")
    return NewSecret(endpoint, _new_secret(endpoint))


@transaction.atomic
def delete_endpoint(endpoint_id: int) -> None:
    """With its history; what is still waiting for it isn't sent any more. Atomic. Raises EndpointGone."""
    # In the order in which workers lock them, so that an attempt that is just being written comes before or not at all.
    list(WebhookDelivery.objects.filter(endpoint=endpoint_id).order_by("pk").select_for_update().values_list("pk"))
    _locked(endpoint_id).delete()
    bump("webhooks")


@transaction.atomic
def redeliver(delivery: WebhookDelivery, *, at: datetime) -> WebhookDelivery:
    """The same event to the same endpoint once more, with its own schedule: the receiver sees the same webhook-id."""
    again = WebhookDelivery.objects.create(
        event_id=delivery.event_id, endpoint_id=delivery.endpoint_id, is_repeat=True, created_at=at
    )
    submit_deliveries(f"{delivery.event.type}, again", [again])
    return again


def delete_old(*, at: datetime) -> int:
    """Events that have had their time, with what became of them. How many. Idempotent."""
    waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.State.PENDING).values("event")
    return WebhookEvent.objects.filter(created_at__lt=at - KEPT_FOR).exclude(pk__in=waiting).delete()[0]


def checked_events(names: Sequence[str]) -> list[str]:
    """Each once, in order. Raises UnknownEvent for what nobody can ask for."""
    known = subscribable()
    for name in names:
        if name not in known:
            raise UnknownEvent(f"There is no event {name[:60]!r} to ask for; there are {', '.join(known)}.")
    return sorted(set(names))


def _new_secret(endpoint: WebhookEndpoint) -> str:
    salt = keys.new_salt()
    key = keys.new_key(salt)
    WebhookSecret.objects.create(endpoint=endpoint, salt=salt, mark=keys.mark_of(key))
    return keys.as_text(key)


def _locked(endpoint_id: int) -> WebhookEndpoint:
    endpoint: WebhookEndpoint | None = (
        WebhookEndpoint.objects.select_for_update(of=("self",)).filter(pk=endpoint_id).first()
    )
    if endpoint is None:
        raise EndpointGone
    return endpoint
