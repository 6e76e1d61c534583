"""Endpoints over the API: what is made, refused, shown and never shown."""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from django.conf import LazySettings
from rest_framework.test import APIClient

from performance.access.services import issue_token
from performance.api.models import IdempotencyKey
from performance.jobs.models import Job
from performance.webhooks.models import WebhookDelivery, WebhookEndpoint
from performance.webhooks.services import Change, change_endpoint
from tests.factories import AT, make_user
from tests.performance.webhooks.conftest import happen, make_endpoint
from tests.servers.webhook_receiver import Receiver, verify

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]
WEBHOOKS = "/api/v1/webhooks"
ALL = [f"performance.{verb}_webhookendpoint" for verb in ("view", "add", "change", "delete")]


@pytest.fixture
def client(transactional_db: None) -> APIClient:
    issued = issue_token(user=make_user(permissions=[*ALL, "performance.view_webhookdelivery"]), name="")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issued.text}")
    return client


def test_an_endpoint_is_made_and_its_secret_shown_once(client: APIClient, receiver: Receiver, work: Work) -> None:
    made = client.post(WEBHOOKS, {"url": receiver.url, "events": ["thing.happened"], "description": "CRM"})

    body = made.json()
    assert (made.status_code, made["Location"]) == (201, f"{WEBHOOKS}/{body['id']}")
    assert body["secret"].startswith("whsec_")
    assert (body["events"], body["is_active"], body["description"]) == (["thing.happened"], True, "CRM")
    assert made["Cache-Control"] == "no-store"

    for path in (WEBHOOKS, made["Location"]):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "whsec_" not in answer.content.decode()
    receiver.secrets.append(body["secret"])
    happen()
    work()
    assert len(receiver.messages) == 1


def test_the_same_request_twice_makes_one_endpoint_and_stores_no_secret(client: APIClient, receiver: Receiver) -> None:
    first, second = (
        client.post(WEBHOOKS, {"url": receiver.url}, headers={"Idempotency-Key": "monday"}) for _ in range(2)
    )

    assert (first.status_code, second.status_code, second["Idempotency-Replayed"]) == (201, 201, "true")
    assert second.json() == {**first.json(), "secret": None}
    assert WebhookEndpoint.objects.count() == 1
    assert first.json()["secret"] not in str(IdempotencyKey.objects.values())


@pytest.mark.parametrize(
    ("asked", "pointer", "sentence"),
    [
        ({"url": "ftp://example.com/"}, "#/url", "It begins with ftp, but only https:// and http:// are asked."),
        ({"url": "http://10.0.0.1/"}, "#/url", "10.0.0.1 is a private network; ALLOWED_PRIVATE_NETWORKS says"),
        ({"url": "http://169.254.169.254/x"}, "#/url", "169.254.169.254 is this link, where clouds keep their"),
        ({"url": "http://2130706433/"}, "#/url", "2130706433 is 127.0.0.1 spelt in another way;"),
        ({"url": "http://[::1]/"}, "#/url", "::1 is this host (loopback);"),
        ({"url": "http://localhost/"}, "#/url", "localhost leads to "),
        ({"url": "https://example.com:8443/"}, "#/url", "Port 8443 isn't asked; 80, 443 are (OUTBOUND_PORTS)."),
        ({"url": "https://u:p@example.com/"}, "#/url", "It holds a user name or password;"),
        ({"url": "https://example.com/" + "a" * 2000}, "#/url", "Ensure this field has no more than 2000 characters."),
        ({"url": "not a url"}, "#/url", "It holds a space"),
        ({"url": ""}, "#/url", "This field may not be blank."),
        ({"url": ["https://example.com/"]}, "#/url", "Not a valid string."),
        ({}, "#/url", "This field is required."),
        (
            {"url": "https://example.com/", "events": ["thing.exploded"]},
            "#/events",
            "There is no event 'thing.exploded' to ask for; there are thing.failed, thing.happened.",
        ),
        ({"url": "https://example.com/", "events": ["webhook.ping"]}, "#/events", "There is no event 'webhook.ping'"),
        ({"url": "https://example.com/", "events": "x"}, "#/events", 'Expected a list of items but got type "str".'),
        ({"url": "https://example.com/", "description": "a" * 256}, "#/description", "Ensure this field has no more"),
    ],
)
def test_what_can_not_be_an_endpoint_is_named(
    client: APIClient, asked: dict[str, Any], pointer: str, sentence: str
) -> None:
    answer = client.post(WEBHOOKS, asked)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (400, pointer)
    assert error["detail"].startswith(sentence)
    assert WebhookEndpoint.objects.count() == 0


def test_there_is_a_most(client: APIClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("performance.webhooks.services.MOST_ENDPOINTS", 1)
    make_endpoint(receiver)

    answer = client.post(WEBHOOKS, {"url": receiver.url})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_endpoints")


def test_an_endpoint_is_changed_in_what_is_named(client: APIClient, receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver, "thing.happened")
    path = f"{WEBHOOKS}/{endpoint.pk}"

    assert client.patch(path, {"description": "new"}).json()["events"] == ["thing.happened"]
    off = client.patch(path, {"is_active": False}).json()
    assert (off["is_active"], off["disabled_reason"].startswith("Disabled by user-")) == (False, True)
    assert happen() == 0
    on = client.patch(path, {"is_active": True, "events": []}).json()
    assert (on["is_active"], on["disabled_at"], on["disabled_reason"], on["events"]) == (True, None, "", [])
    assert client.patch(path, {"url": "http://10.0.0.1/"}).status_code == 400
    assert client.get(path).json()["url"] == receiver.url


def test_an_endpoint_is_deleted_with_its_history(client: APIClient, receiver: Receiver, work: Work) -> None:
    endpoint = make_endpoint(receiver)
    happen()
    work()
    path = f"{WEBHOOKS}/{endpoint.pk}"

    assert client.delete(path).status_code == 204
    statuses = [client.get(path).status_code, client.delete(path).status_code, client.patch(path, {}).status_code]
    assert statuses == [404, 404, 404]
    assert client.get(f"{path}/deliveries").status_code == 404
    assert WebhookDelivery.objects.count() == 0


def test_a_test_shows_at_once_what_came_back(client: APIClient, receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver, "thing.failed")
    receiver.answer = lambda message: web.Response(status=202, text="got it")

    answer = client.post(f"{WEBHOOKS}/{endpoint.pk}/test", {})

    told, (message,) = answer.json(), receiver.messages
    assert (answer.status_code, told["is_delivered"], told["status"], told["reply"]) == (200, True, 202, "got it")
    assert (message.type, message.data) == ("webhook.ping", {"message": "Hello from Assay.", "is_test": True})
    verify(receiver.secrets, told["request"]["headers"], told["request"]["body"].encode())
    assert told["request"]["body"].encode() == message.body
    assert Job.objects.count() == 0

    history = client.get(f"{WEBHOOKS}/{endpoint.pk}/deliveries/{told['delivery_id']}").json()
    assert (history["is_test"], history["state"], history["history"][0]["status"]) == (True, "delivered", 202)


def test_a_test_may_send_the_sample_of_an_event(client: APIClient, receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver)

    client.post(f"{WEBHOOKS}/{endpoint.pk}/test", {"event": "thing.happened"})
    unknown = client.post(f"{WEBHOOKS}/{endpoint.pk}/test", {"event": "thing.exploded"})

    assert [(each.type, each.data) for each in receiver.messages] == [("thing.happened", {"id": 1, "is_test": True})]
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_event")
    assert "'thing.exploded'" in unknown.json()["detail"]


def test_a_test_that_fails_says_why_and_counts_for_nothing(
    client: APIClient, receiver: Receiver, settings: LazySettings
) -> None:
    endpoint = make_endpoint(receiver)
    change_endpoint(endpoint.pk, Change(is_active=False), by="ann", at=AT)
    receiver.answer = lambda message: web.Response(status=500, text="boom")
    refused = client.post(f"{WEBHOOKS}/{endpoint.pk}/test", {}).json()
    settings.ALLOWED_PRIVATE_NETWORKS = []
    inside = client.post(f"{WEBHOOKS}/{endpoint.pk}/test", {}).json()

    assert (refused["is_delivered"], refused["status"], refused["reply"]) == (False, 500, "boom")
    assert refused["error"] == "The endpoint answered 500, which is no 2xx."
    assert (inside["status"], inside["code"]) == (None, "address_refused")
    endpoint.refresh_from_db()
    assert endpoint.failures == 0


def test_tests_are_limited(client: APIClient, receiver: Receiver, settings: LazySettings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "webhook_test": (1, 60)}
    endpoint = make_endpoint(receiver)

    statuses = [client.post(f"{WEBHOOKS}/{endpoint.pk}/test", {}).status_code for _ in range(2)]

    assert statuses == [200, 429]


def test_a_secret_is_replaced(client: APIClient, receiver: Receiver, work: Work) -> None:
    endpoint = make_endpoint(receiver)
    answer = client.post(f"{WEBHOOKS}/{endpoint.pk}/secret", {"overlap_hours": 0})
    receiver.secrets[:] = [answer.json()["secret"]]
    happen()
    work()

    assert answer.status_code == 201
    assert (len(receiver.messages), receiver.refused) == (1, [])
    assert " " not in receiver.messages[0].headers["webhook-signature"]
    refused = client.post(f"{WEBHOOKS}/{endpoint.pk}/secret", {"overlap_hours": 169})
    assert refused.json()["errors"][0]["pointer"] == "#/overlap_hours"


def test_the_history_is_listed_and_repeated(client: APIClient, receiver: Receiver, work: Work) -> None:
    receiver.answer = lambda message: web.Response(status=503, text="later")
    endpoint = make_endpoint(receiver)
    happen()
    work()
    path = f"{WEBHOOKS}/{endpoint.pk}/deliveries"

    (listed,) = client.get(path, {"state": "pending"}).json()["results"]
    assert (listed["type"], listed["state"], listed["attempts"]) == ("thing.happened", "pending", 1)
    assert listed["message_id"] == receiver.messages[0].id
    assert client.get(path, {"state": "delivered"}).json()["results"] == []
    assert client.get(path, {"state": "lost"}).status_code == 400
    assert client.get(path, {"colour": "red"}).status_code == 400

    one = client.get(f"{path}/{listed['id']}").json()
    assert one["body"].encode() == receiver.messages[0].body
    assert [(each["number"], each["status"], each["reply"]) for each in one["history"]] == [(1, 503, "later")]

    receiver.answer = lambda message: web.Response(status=200)
    again = [client.post(f"{path}/{listed['id']}/redeliver", headers={"Idempotency-Key": "again"}) for _ in range(2)]
    work()
    assert [each.status_code for each in again] == [202, 202]
    assert again[0]["Location"] == again[1]["Location"] == f"{path}/{again[0].json()['id']}"
    assert client.get(again[0]["Location"]).json()["state"] == "delivered"
    assert list(receiver.taken.values()) == [2]
    assert client.post(f"{path}/999999/redeliver").status_code == 404
    assert client.get(f"{WEBHOOKS}/999999/deliveries/{listed['id']}").status_code == 404


def test_the_types_of_event_are_listed_with_examples(client: APIClient) -> None:
    listed = client.get(f"{WEBHOOKS}/events").json()

    assert [each["name"] for each in listed] == ["thing.failed", "thing.happened", "webhook.ping"]
    assert all(each["example"] and each["description"] for each in listed)


def test_it_is_for_those_who_may(transactional_db: None, receiver: Receiver) -> None:
    endpoint = make_endpoint(receiver)
    viewer, nobody = APIClient(), APIClient()
    viewer.force_login(make_user(permissions=["performance.view_webhookendpoint"]))
    one = f"{WEBHOOKS}/{endpoint.pk}"

    assert [viewer.get(each).status_code for each in (WEBHOOKS, one, f"{one}/deliveries")] == [200, 200, 403]
    assert [viewer.post(each, {}).status_code for each in (WEBHOOKS, f"{one}/test", f"{one}/secret")] == [403] * 3
    assert [viewer.patch(one, {}).status_code, viewer.delete(one).status_code] == [403, 403]
    assert nobody.get(WEBHOOKS).status_code == 401
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_an_id_that_no_row_has_is_not_found(client: APIClient, number: int) -> None:
    one = f"{WEBHOOKS}/{number}"
    asked = [
        client.get(one),
        client.patch(one, {"description": "a"}),
        client.delete(one),
        client.post(f"{one}/test", {}),
        client.post(f"{one}/secret", {}),
        client.get(f"{one}/deliveries"),
        client.get(f"{one}/deliveries/{number}"),
        client.post(f"{one}/deliveries/{number}/redeliver"),
    ]

    assert [answer.status_code for answer in asked] == [404] * len(asked)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", []),
        ("", "text"),
        ("", {"url": None}),
        ("", {"url": "https://example.com/", "events": [["a"]]}),
        ("", {"url": "https://example.com/\u0000"}),
        ("/test", {"event": None}),
        ("/test", {"event": "a" * 61}),
        ("/secret", {"overlap_hours": "soon"}),
        ("/secret", {"overlap_hours": 10**30}),
    ],
)
def test_odd_bodies_are_refused(client: APIClient, receiver: Receiver, path: str, body: Any) -> None:
    endpoint = make_endpoint(receiver)

    answer = client.post(f"{WEBHOOKS}/{endpoint.pk}{path}" if path else WEBHOOKS, body, format="json")

    assert answer.status_code == 400, answer.content
    assert (WebhookEndpoint.objects.count(), endpoint.secrets.count(), receiver.messages) == (1, 1, [])
