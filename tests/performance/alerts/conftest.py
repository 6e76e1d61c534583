"""No rules but a test's own, and a moment that they are looked at."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings

from performance.alerts.evaluating import evaluate
from performance.alerts.models import Alert, AlertRule
from performance.webhooks.models import WebhookEndpoint
from performance.webhooks.services import create_endpoint
from tests.performance.metrics.measured import make_bucket
from tests.servers.mail_server import MailServer, mail_server

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
EVERY = timedelta(seconds=15)
Look = Callable[..., None]


@pytest.fixture
def no_rules(db: None) -> None:
    AlertRule.objects.all().delete()


@pytest.fixture
def post(settings: LazySettings) -> Iterator[MailServer]:
    """Where e-mails go, once somebody is to be written to."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 2
        settings.ALERT_EMAILS = ["on-call@example.com"]
        yield server


@pytest.fixture
def endpoint(db: None, settings: LazySettings) -> WebhookEndpoint:
    """Listens to all events; nobody delivers them here."""
    settings.ALLOWED_PRIVATE_NETWORKS = [ip_network("127.0.0.1/32")]
    return create_endpoint(url="http://127.0.0.1/", events=[], description="", owner=None).endpoint


def make_rule(**fields: Any) -> AlertRule:
    """Requests' P95 above 200 ms, at once critical above 500, well again at once."""
    plain = {
        "name": "slow",
        "title": "Requests are slow",
        "signal": "requests.p95_ms",
        "warning": 200.0,
        "critical": 500.0,
        "window_s": 60,
        "clear_s": 0,
    }
    return AlertRule.objects.create(**plain | fields)


def took(ms: float, *, at: datetime = AT, n: int = 10, status: str = "2xx", route: str = "a") -> None:
    """So many requests in this minute."""
    labels = {"route": route, "method": "GET", "status": status}
    make_bucket("http.request_ms", [ms] * n, at=at, labels=labels)


def looks(count: int, *, since: datetime = AT) -> datetime:
    """That many, one every quarter of a minute; when the next one would be."""
    for number in range(count):
        evaluate(at=since + number * EVERY)
    return since + count * EVERY


def alerts() -> list[tuple[str, str]]:
    return list(Alert.objects.order_by("pk").values_list("state", "severity"))
