"""Who is told what: once for each transition, by webhook and e-mail, not while it is silenced, and late after that."""

import random
from datetime import timedelta

import orjson
import pytest
from django.conf import LazySettings

from performance.alerts import mailing
from performance.alerts.evaluating import evaluate
from performance.alerts.models import Alert, AlertMail, AlertRule, AlertTransition, Silence
from performance.alerts.wording import amount, headline
from performance.webhooks.events import subscribable
from performance.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from tests.performance.alerts.conftest import AT, looks, make_rule, took
from tests.servers.mail_server import MailServer

MINUTE = timedelta(minutes=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rules")]


def told() -> list[tuple[str, str]]:
    events = WebhookEvent.objects.order_by("pk").values_list("type", "body")
    return [(name, orjson.loads(body)["data"]["severity"]) for name, body in events]


def fire(ms: float = 300) -> Alert:
    """At AT; well again two minutes later, when somebody looks."""
    took(ms)
    evaluate(at=AT)
    took(10, at=AT + 2 * MINUTE)
    return Alert.objects.get()


def silence(rule: AlertRule | None, *, area: str = "", minutes: int = 30) -> Silence:
    ends_at = AT + minutes * MINUTE
    return Silence.objects.create(rule=rule, area=area, reason="We deploy", created_at=AT - MINUTE, ends_at=ends_at)


def test_an_endpoint_is_told_once_of_each_transition(endpoint: WebhookEndpoint) -> None:
    make_rule()
    fire()
    looks(3)

    took(900, at=AT + MINUTE)
    evaluate(at=AT + MINUTE)
    looks(3, since=AT + 3 * MINUTE)

    assert {"alert.firing", "alert.resolved"} <= set(subscribable())
    assert told() == [("alert.firing", "warning"), ("alert.firing", "critical"), ("alert.resolved", "critical")]
    assert WebhookDelivery.objects.filter(endpoint=endpoint).count() == 3
    assert list(AlertTransition.objects.order_by("pk").values_list("webhooks", flat=True)) == [1, 1, 1]


def test_what_is_sent_names_rule_value_and_threshold(endpoint: WebhookEndpoint, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://assay.example.com"
    make_rule(split_by="route")
    alert = fire()

    sent = orjson.loads(WebhookEvent.objects.get().body)["data"]

    assert sent["links"]["alert"] == f"https://assay.example.com/api/v1/performance/alerts/{alert.pk}"
    expected = {"rule": "slow", "signal": "requests.p95_ms", "labels": {"route": "a"}, "threshold": 200.0, "unit": "ms"}
    assert {name: sent[name] for name in expected} == expected


def test_a_rule_may_tell_nobody(endpoint: WebhookEndpoint, post: MailServer) -> None:
    make_rule(by_webhook=False, by_email=False)
    fire()

    assert (told(), AlertMail.objects.count()) == ([], 0)


def test_what_is_silenced_is_shown_and_told_when_the_silence_is_over(endpoint: WebhookEndpoint) -> None:
    rule = make_rule(window_s=7200)
    silence(rule)
    took(300)
    evaluate(at=AT)
    assert told() == []
    assert AlertTransition.objects.get().note == "Silenced: We deploy"

    evaluate(at=AT + 29 * MINUTE)
    assert told() == []
    looks(3, since=AT + 30 * MINUTE)

    assert told() == [("alert.firing", "warning")]
    assert list(AlertTransition.objects.order_by("pk").values_list("kind", flat=True)) == ["fired", "told"]


@pytest.mark.parametrize(("area", "expected"), [("web", 0), ("cache", 1)])
def test_an_area_is_silenced_as_a_whole(endpoint: WebhookEndpoint, area: str, expected: int) -> None:
    make_rule()
    silence(None, area=area)
    fire()

    assert len(told()) == expected


def test_nobody_hears_of_what_came_and_went_in_silence(endpoint: WebhookEndpoint) -> None:
    silence(make_rule(), minutes=60)
    fire()
    evaluate(at=AT + 2 * MINUTE)

    assert Alert.objects.get().state == "resolved"
    assert told() == []


def test_who_was_told_that_it_fires_is_told_that_it_is_over_though_it_is_silenced_by_then(
    endpoint: WebhookEndpoint,
) -> None:
    rule = make_rule()
    fire()
    silence(rule)

    evaluate(at=AT + 2 * MINUTE)

    assert [name for name, _ in told()] == ["alert.firing", "alert.resolved"]


def test_a_mail_says_what_and_what_to_do(post: MailServer) -> None:
    make_rule(runbook="Look at the slowest routes.")
    alert = fire()

    assert mailing.send_due(at=AT) == 1
    assert mailing.send_due(at=AT + MINUTE) == 0

    [message] = post.messages
    assert post.recipients == ["on-call@example.com"]
    assert message["Subject"].startswith("[Assay] WARNING: Requests are slow: 3")
    body = message.get_content()
    assert "What to do: Look at the slowest routes." in body
    assert "Threshold:  200 ms" in body
    mail = AlertMail.objects.get()
    assert (mail.state, mail.attempts, mail.sent_at) == ("sent", 1, AT)
    assert message["Message-ID"] == f"<alert-{mail.transition_id}@assay.local>"
    assert mail.transition.alert == alert


def test_without_a_mail_server_or_a_recipient_no_mail_is_written(settings: LazySettings, post: MailServer) -> None:
    settings.ALERT_EMAILS = []
    make_rule()
    fire()

    assert AlertMail.objects.count() == 0
    assert mailing.send_due(at=AT) == 0
    assert post.conversations == 0


@pytest.mark.parametrize("fault", ["refused", "mute", "away"])
def test_a_mail_that_fails_is_tried_again_later_and_says_why(
    fault: str, post: MailServer, settings: LazySettings
) -> None:
    make_rule()
    fire()
    post.refusal, post.is_mute = ("451 later" if fault == "refused" else ""), fault == "mute"
    port = settings.EMAIL_PORT
    if fault == "away":
        settings.EMAIL_PORT = 1

    assert mailing.send_due(at=AT) == 0
    mail = AlertMail.objects.get()
    assert (mail.state, mail.attempts, mail.next_attempt_at) == ("waiting", 1, AT + timedelta(seconds=30))
    assert mail.error

    post.refusal, post.is_mute, settings.EMAIL_PORT = "", False, port
    assert mailing.send_due(at=AT + timedelta(seconds=29)) == 0
    assert mailing.send_due(at=AT + timedelta(seconds=30)) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("sent", "")


def test_a_mail_is_given_up_in_the_end(post: MailServer) -> None:
    make_rule()
    fire()
    post.refusal = "550 never"
    at = AT
    for _ in range(9):
        mailing.send_due(at=at)
        at = AlertMail.objects.get().next_attempt_at

    mail = AlertMail.objects.get()
    assert (mail.state, mail.attempts) == ("failed", 9)
    assert "550" in mail.error
    assert mailing.send_due(at=at + timedelta(days=1)) == 0


def test_one_refused_mail_holds_up_no_other(post: MailServer) -> None:
    make_rule(split_by="route")
    took(300, route="a")
    took(300, route="b")
    evaluate(at=AT)
    # A header can't hold this; the row came from elsewhere.
    AlertMail.objects.filter(pk=AlertMail.objects.order_by("pk")[0].pk).update(subject="a\nb")

    assert mailing.send_due(at=AT) == 1

    assert sorted(AlertMail.objects.values_list("state", flat=True)) == ["sent", "waiting"]


def test_a_mail_server_that_takes_its_time_gets_the_rest_the_next_time(
    post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(split_by="route")
    took(300, route="a")
    took(300, route="b")
    evaluate(at=AT)
    monkeypatch.setattr(mailing, "ROUND_S", 0.3)
    post.takes_s = 0.4

    assert mailing.send_due(at=AT) == 1
    assert sorted(AlertMail.objects.values_list("state", "attempts")) == [("sent", 1), ("waiting", 0)]
    assert mailing.send_due(at=AT) == 1


def test_a_process_that_dies_while_it_sends_leaves_the_mail_to_the_next(post: MailServer) -> None:
    make_rule()
    fire()
    assert len(mailing._taken(at=AT)) == 1

    assert mailing.send_due(at=AT + timedelta(seconds=119)) == 0
    assert mailing.send_due(at=AT + timedelta(seconds=120)) == 1


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.0512, "share", "5.12 %"),
        (812.4, "ms", "812 ms"),
        (9_800.0, "ms", "9,800 ms"),
        (15_000.0, "ms", "15 s"),
        (4.256, "a minute", "4.26 a minute"),
        (14.44, "burn", "14.4x"),
        (None, "ms", "unknown"),
    ],
)
def test_figures_are_said_with_their_unit(value: float | None, unit: str, expected: str) -> None:
    assert amount(value, unit) == expected


def test_a_subject_is_one_line_whatever_a_label_holds() -> None:
    label = "".join(random.Random(3).choices("a\r\n\t\x0b\u2028b", k=500))
    alert = Alert(title="Slow", labels_key=f"route={label}", severity="warning", value=1.0, unit="ms")

    line = headline(alert, "fired")

    assert len(line) <= 180
    assert len(line.splitlines()) == 1
