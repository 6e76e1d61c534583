"""Endpoints that lead to a real receiver on 127.0.0.1, events of a test's own, and the work of a worker."""

import asyncio
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from performance.jobs.models import Job
from performance.jobs.runner.slice import Slice
from performance.webhooks import events
from performance.webhooks.emitting import QUEUE, emit
from performance.webhooks.events import EventType
from performance.webhooks.models import WebhookDelivery, WebhookEndpoint
from performance.webhooks.services import create_endpoint
from tests.servers.webhook_receiver import Receiver, webhook_receiver

HAPPENED = EventType("thing.happened", "Something happened.", {"id": 1})
FAILED = EventType("thing.failed", "Something failed.", {"id": 1})


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two types of event that no app of ours has, and limits that begin anew."""
    monkeypatch.setattr(events, "_types", {each.name: each for each in (events.PING, HAPPENED, FAILED)})
    caches["limits"].clear()
    yield
    caches["limits"].clear()


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    """Listens on a port of 127.0.0.1, which alone may be asked."""
    with webhook_receiver() as receiver:
        settings.ALLOWED_PRIVATE_NETWORKS = [ip_network("127.0.0.1/32")]
        settings.OUTBOUND_PORTS = [80, 443, receiver.site.port]
        yield receiver


@pytest.fixture
def endpoint(transactional_db: None, receiver: Receiver) -> WebhookEndpoint:
    return make_endpoint(receiver)


@pytest.fixture
def work() -> Callable[[], None]:
    """What a worker does on the queue, until nothing is left to do now."""

    def run_slice() -> None:
        asyncio.run(Slice(QUEUE).run())

    return run_slice


def make_endpoint(receiver: Receiver, *names: str, **fields: Any) -> WebhookEndpoint:
    """An endpoint whose secret the receiver knows."""
    plain = {"url": receiver.url, "events": names, "description": "", "owner": None}
    made = create_endpoint(**plain | fields)
    receiver.secrets.append(made.text)
    return made.endpoint


def happen(name: str = HAPPENED.name, **told: Any) -> int:
    with transaction.atomic():
        return emit(name, lambda: {"id": 7} | told, at=timezone.now())


def make_due(delivery: WebhookDelivery) -> None:
    """Its next attempt is now, whatever the schedule says."""
    Job.objects.filter(subject_id=delivery.pk, batch=delivery.batch_id).update(available_at=timezone.now())
