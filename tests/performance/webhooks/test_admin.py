"""Endpoints in the admin: made, tested, changed, given another secret; deliveries looked at and repeated."""

from collections.abc import Callable

import pytest
from aiohttp import web
from django.test import Client

from performance.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.factories import make_user
from tests.performance.webhooks.conftest import happen, make_endpoint
from tests.servers.webhook_receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]
ADMIN = "/admin/performance/webhookendpoint"
HOLDS = [f"performance.{verb}_webhookendpoint" for verb in ("view", "add", "change", "delete")]


@pytest.fixture
def staff(transactional_db: None) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, permissions=[*HOLDS, "performance.view_webhookdelivery"]))
    return client


def secret_in(page: str) -> str:
    return page.partition("whsec_")[1] + page.partition("whsec_")[2].partition("<")[0]


def test_an_endpoint_is_made_and_its_secret_shown_once(staff: Client, receiver: Receiver, work: Work) -> None:
    wish = {"url": receiver.url, "description": "CRM", "events": ["thing.happened"]}
    made = staff.post(f"{ADMIN}/add/", wish)

    endpoint = WebhookEndpoint.objects.get()
    assert (made.status_code, "no-store" in made["Cache-Control"]) == (200, True)
    receiver.secrets.append(secret_in(made.content.decode()))
    happen()
    work()
    assert (len(receiver.messages), endpoint.events, endpoint.is_active) == (1, ["thing.happened"], True)
    for path in (f"{ADMIN}/", f"{ADMIN}/{endpoint.pk}/change/"):
        page = staff.get(path)
        assert page.status_code == 200
        assert "whsec_" not in page.content.decode()


def test_what_can_not_be_asked_is_refused_on_the_form(staff: Client) -> None:
    page = staff.post(f"{ADMIN}/add/", {"url": "http://169.254.169.254/", "description": "", "events": []})

    assert "169.254.169.254 is this link, where clouds keep their metadata" in page.content.decode()
    assert WebhookEndpoint.objects.count() == 0


def test_an_endpoint_is_disabled_and_enabled(staff: Client, receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver)
    wish = {"url": receiver.url, "description": "", "events": []}
    staff.post(f"{ADMIN}/{endpoint.pk}/change/", wish)
    endpoint.refresh_from_db()
    assert endpoint.is_active is False
    assert endpoint.disabled_reason.startswith("Disabled by user-")

    staff.post(f"{ADMIN}/{endpoint.pk}/change/", {**wish, "is_active": "on"})
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_reason) == (True, "")


def test_a_test_shows_what_was_sent_and_what_came_back(staff: Client, receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver)
    receiver.answer = lambda message: web.Response(status=500, text="<b>boom</b>")
    asked = staff.get(f"{ADMIN}/{endpoint.pk}/test/")
    shown = staff.post(f"{ADMIN}/{endpoint.pk}/test/", {"event": "thing.failed"})

    assert (asked.status_code, [message.type for message in receiver.messages]) == (200, ["thing.failed"])
    text = shown.content.decode()
    assert "Not delivered" in text
    assert "&lt;b&gt;boom&lt;/b&gt;" in text
    assert "webhook-signature: v1," in text


def test_a_secret_is_replaced_only_by_a_post(staff: Client, receiver: Receiver, work: Work) -> None:
    endpoint = make_endpoint(receiver)
    assert "whsec_" not in staff.get(f"{ADMIN}/{endpoint.pk}/rotate/").content.decode()
    assert endpoint.secrets.count() == 1

    receiver.secrets[:] = [secret_in(staff.post(f"{ADMIN}/{endpoint.pk}/rotate/").content.decode())]
    happen()
    work()
    assert (len(receiver.messages), receiver.refused) == (1, [])


def test_an_endpoint_is_deleted(staff: Client, receiver: Receiver, work: Work) -> None:
    endpoint = make_endpoint(receiver)
    happen()
    work()
    staff.post(f"{ADMIN}/{endpoint.pk}/delete/", {"post": "yes"})

    assert (WebhookEndpoint.objects.count(), WebhookDelivery.objects.count()) == (0, 0)


def test_deliveries_are_shown_with_their_attempts_and_repeated(staff: Client, receiver: Receiver, work: Work) -> None:
    receiver.answer = lambda message: web.Response(status=503, text="upstream is down")
    make_endpoint(receiver)
    happen()
    work()
    delivery = WebhookDelivery.objects.get()
    path = "/admin/performance/webhookdelivery"

    assert "pending" in staff.get(f"{path}/").content.decode().lower()
    page = staff.get(f"{path}/{delivery.pk}/change/").content.decode()
    assert "upstream is down" in page
    assert "thing.happened" in page
    staff.post(f"{path}/", {"action": "redeliver", "_selected_action": [delivery.pk]})
    assert WebhookDelivery.objects.filter(is_repeat=True).count() == 1


def test_somebody_who_may_only_look_changes_nothing(receiver: Receiver, transactional_db: None) -> None:
    client = Client()
    client.force_login(make_user(is_staff=True, permissions=["performance.view_webhookendpoint"]))
    endpoint = make_endpoint(receiver)

    statuses = [client.post(f"{ADMIN}/{endpoint.pk}/{page}/", {}).status_code for page in ("test", "rotate", "delete")]

    assert statuses == [403, 403, 403]
    assert (receiver.messages, endpoint.secrets.count()) == ([], 1)
