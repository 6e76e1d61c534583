"""From something that happened to a receiver that verified it, by the work of a real slice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from django.conf import LazySettings
from django.db import connections, transaction
from django.utils import timezone

from performance.jobs import control
from performance.jobs.models import Batch, Job
from performance.webhooks.emitting import emit
from performance.webhooks.errors import UnknownEvent
from performance.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from performance.webhooks.services import Change, change_endpoint, delete_endpoint, delete_old, redeliver, rotate_secret
from tests.performance.webhooks.conftest import happen, make_due, make_endpoint
from tests.servers.webhook_receiver import Receiver

Work = Callable[[], None]


def answering(status: int, *, text: str = "", **headers: str) -> Any:
    return lambda message: web.Response(status=status, text=text, headers=headers)


def test_an_event_arrives_signed_once(endpoint: WebhookEndpoint, receiver: Receiver, work: Work) -> None:
    receiver.answer = answering(200, text="thanks")
    assert happen(title="A thing") == 1
    work()

    (message,) = receiver.messages
    delivery, attempt = WebhookDelivery.objects.get(), WebhookAttempt.objects.get()
    assert receiver.refused == []
    assert (message.type, message.data) == ("thing.happened", {"id": 7, "title": "A thing"})
    assert message.id == delivery.event.message_id
    assert message.id.startswith("msg_")
    assert message.headers["content-type"] == "application/json"
    assert message.timestamp.endswith("Z")
    assert (delivery.state, delivery.attempts, delivery.error) == ("delivered", 1, "")
    assert delivery.finished_at is not None
    assert (attempt.number, attempt.status, attempt.error, attempt.reply) == (1, 200, "", "thanks")


def test_an_endpoint_hears_what_it_asked_for(transactional_db: None, receiver: Receiver, work: Work) -> None:
    make_endpoint(receiver, "thing.happened")
    make_endpoint(receiver, "thing.failed")
    make_endpoint(receiver)
    assert [happen("thing.happened"), happen("thing.failed")] == [2, 2]
    work()

    assert sorted(message.type for message in receiver.messages) == ["thing.failed"] * 2 + ["thing.happened"] * 2
    assert sorted(receiver.taken.values()) == [2, 2]


def test_nothing_is_written_where_nobody_listens(transactional_db: None) -> None:
    def build() -> dict[str, object]:
        raise AssertionError("nobody asked for it")

    assert emit("thing.happened", build, at=timezone.now()) == 0
    assert (WebhookEvent.objects.count(), Batch.objects.count()) == (0, 0)


def test_an_event_that_nobody_registered_is_refused(endpoint: WebhookEndpoint) -> None:
    with pytest.raises(UnknownEvent, match=r"There is no event 'thing\.vanished'; there are thing\.failed, thing\.h"):
        happen("thing.vanished")


def test_an_event_goes_with_what_it_tells_of(endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        happen()
        transaction.set_rollback(True)

    assert (WebhookEvent.objects.count(), WebhookDelivery.objects.count(), Job.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("status", [400, 401, 404, 500, 502, 302])
def test_a_refusal_is_tried_again_and_kept(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work, status: int
) -> None:
    receiver.answer = answering(status, text="no\x00 such thing", Location="http://127.0.0.1/elsewhere")
    happen()
    began = timezone.now()
    work()

    delivery, attempt = WebhookDelivery.objects.get(), WebhookAttempt.objects.get()
    job = Job.objects.get()
    endpoint.refresh_from_db()
    assert len(receiver.messages) == 1
    assert (delivery.state, delivery.attempts, job.state) == ("pending", 1, "ready")
    assert str(status) in delivery.error
    assert (attempt.status, attempt.code, attempt.error) == (status, f"status_{status}", delivery.error)
    assert attempt.reply == "no\ufffd such thing"
    assert delivery.next_attempt_at is not None
    assert timedelta(seconds=4) < delivery.next_attempt_at - began < timedelta(seconds=15)
    assert abs(delivery.next_attempt_at - job.available_at) < timedelta(seconds=1)
    assert (endpoint.failures, endpoint.failing_since is not None) == (1, True)


def test_what_comes_back_to_life_gets_its_message_with_the_same_id(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work
) -> None:
    receiver.answer = answering(503)
    happen()
    work()
    receiver.answer = answering(204)
    make_due(WebhookDelivery.objects.get())
    work()

    delivery = WebhookDelivery.objects.get()
    endpoint.refresh_from_db()
    assert list(receiver.taken.values()) == [2]
    assert receiver.messages[0].body == receiver.messages[1].body
    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == ("delivered", 2, None)
    assert list(delivery.history.order_by("number").values_list("number", "status")) == [(1, 503), (2, 204)]
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


def test_a_retry_after_puts_the_next_attempt_off(endpoint: WebhookEndpoint, receiver: Receiver, work: Work) -> None:
    receiver.answer = answering(429, **{"Retry-After": "3600"})
    happen()
    began = timezone.now()
    work()

    next_at = WebhookDelivery.objects.get().next_attempt_at
    assert next_at is not None
    assert timedelta(minutes=59) < next_at - began < timedelta(minutes=67)


def test_nobody_there_is_told_in_the_history(endpoint: WebhookEndpoint, receiver: Receiver, work: Work) -> None:
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/hook")
    happen()
    work()

    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.code) == (None, "address_refused")
    assert attempt.error.startswith("Port 1 isn't asked; ")


def test_an_address_that_turns_private_later_is_not_asked(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work, settings: LazySettings
) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = []
    happen()
    work()

    attempt = WebhookAttempt.objects.get()
    assert (attempt.code, receiver.site.asked) == ("address_refused", [])
    assert "127.0.0.1 is this host (loopback)" in attempt.error


def test_after_ten_attempts_it_has_failed(endpoint: WebhookEndpoint, receiver: Receiver, work: Work) -> None:
    receiver.answer = answering(500)
    happen()
    Job.objects.update(attempts=9)
    work()

    delivery = WebhookDelivery.objects.get()
    endpoint.refresh_from_db()
    assert (delivery.state, delivery.next_attempt_at, delivery.history.count()) == ("failed", None, 1)
    assert (Job.objects.get().state, endpoint.is_active) == ("dead", True)


def test_an_endpoint_that_failed_for_days_is_disabled_with_the_reason(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work
) -> None:
    receiver.answer = answering(500)
    WebhookEndpoint.objects.update(failures=9, failing_since=timezone.now() - timedelta(days=3, minutes=1))
    happen()
    work()
    assert happen() == 0

    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert endpoint.disabled_reason.startswith("10 attempts in a row failed since ")
    assert endpoint.disabled_reason.endswith("The last: The endpoint answered 500, which is no 2xx.")

    # What was still waiting isn't sent, and says why; enabled again it hears what happens from then on.
    make_due(WebhookDelivery.objects.get())
    work()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, len(receiver.messages)) == ("failed", 1)
    assert delivery.error.startswith("The endpoint is disabled: 10 attempts")
    receiver.answer = answering(200)
    change_endpoint(endpoint.pk, Change(is_active=True), by="ann", at=timezone.now())
    assert happen() == 1
    work()
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.failures, endpoint.disabled_reason) == (True, 0, "")
    assert len(receiver.messages) == 2


def test_410_disables_at_once(endpoint: WebhookEndpoint, receiver: Receiver, work: Work) -> None:
    receiver.answer = answering(410)
    happen()
    work()

    endpoint.refresh_from_db()
    assert (endpoint.is_active, WebhookDelivery.objects.get().state) == (False, "failed")
    assert endpoint.disabled_reason == "It answered 410 Gone, which says that it wants no more."


def test_while_a_secret_is_replaced_both_verify(endpoint: WebhookEndpoint, receiver: Receiver, work: Work) -> None:
    (old,) = receiver.secrets
    new = rotate_secret(endpoint.pk, overlap=timedelta(hours=1), at=timezone.now()).text
    happen()
    work()
    signatures = receiver.messages[0].headers["webhook-signature"].split(" ")
    assert len(signatures) == 2

    receiver.secrets[:] = [new]
    happen()
    work()
    endpoint.secrets.exclude(expires_at=None).update(expires_at=timezone.now())
    happen()
    work()
    assert (len(receiver.messages), receiver.refused) == (3, [])

    receiver.secrets[:] = [old]
    happen()
    work()
    assert receiver.refused == ["no signature fits"]


def test_a_secret_of_another_secret_key_is_told(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work, settings: LazySettings
) -> None:
    settings.SECRET_KEY = "another one"
    happen()
    work()

    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, receiver.site.asked) == ("failed", [])
    assert delivery.error == "The endpoint's secret was made under another SECRET_KEY: rotate it."


def test_a_delivery_is_repeated_on_request_under_the_same_id(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work
) -> None:
    happen()
    work()
    again = redeliver(WebhookDelivery.objects.get(), at=timezone.now())
    work()

    again.refresh_from_db()
    assert list(receiver.taken.values()) == [2]
    assert (again.state, again.is_repeat) == ("delivered", True)


def test_what_waits_for_a_deleted_endpoint_is_not_sent(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work
) -> None:
    happen()
    delete_endpoint(endpoint.pk)
    work()

    assert (receiver.messages, WebhookDelivery.objects.count()) == ([], 0)
    assert Job.objects.get().error == "The endpoint was deleted before this was delivered."


def test_an_endpoint_that_is_deleted_while_it_is_asked(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work
) -> None:
    def delete_and_refuse(message: object) -> web.Response:
        delete_endpoint(endpoint.pk)
        connections.close_all()
        return web.Response(status=500)

    receiver.answer = delete_and_refuse
    happen()
    work()
    assert (Job.objects.get().state, WebhookAttempt.objects.count()) == ("ready", 0)


def test_a_cancelled_batch_leaves_nothing_waiting(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    happen()
    control.cancel(Batch.objects.get().pk)

    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.error) == ("failed", "Somebody cancelled it.")


def test_a_reply_is_kept_as_far_as_it_helps(endpoint: WebhookEndpoint, receiver: Receiver, work: Work) -> None:
    receiver.answer = answering(500, text="é" * 100_000)
    happen()
    work()

    assert WebhookAttempt.objects.get().reply == "é" * 1000


def test_old_events_go_with_their_history_but_for_what_still_waits(
    endpoint: WebhookEndpoint, receiver: Receiver, work: Work
) -> None:
    happen()
    work()
    happen()
    assert delete_old(at=timezone.now() + timedelta(days=29)) == 0
    delete_old(at=timezone.now() + timedelta(days=31))

    assert list(WebhookDelivery.objects.values_list("state", flat=True)) == ["pending"]
    assert WebhookAttempt.objects.count() == 0
