"""The console's pages of alerts, and the rules in the admin."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from performance.alerts.evaluating import evaluate
from performance.alerts.findings import findings
from performance.alerts.models import Alert, AlertMail, AlertRule, AlertTransition, Silence
from performance.alerts.tile import tile
from performance.audit.models import AuditEntry
from performance.console.shapes import Level, Severity
from tests.factories import make_user
from tests.performance.alerts.conftest import make_rule, took

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rules")]
READ, OPERATE = "performance.view_metricbucket", "performance.operate_alerts"
PAGE = "/admin/performance/alerts/"
RULES = "/admin/performance/alertrule/"


def staff(*permissions: str) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, permissions=permissions))
    return client


@pytest.fixture
def firing() -> Alert:
    """For a minute."""
    make_rule(split_by="route", runbook="Look at <b>it</b>.")
    at = timezone.now()
    took(900, at=at, route="<script>")
    evaluate(at=at)
    return Alert.objects.get()


def audited() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "subject", "outcome"))


def test_what_fires_stands_first_and_no_label_is_markup(firing: Alert) -> None:
    page = staff(READ).get(PAGE)

    text = page.content.decode()
    assert page.status_code == 200
    assert "1 alert fires" in text
    assert "route=&lt;script&gt;" in text
    assert "route=<script>" not in text
    assert "No e-mail is sent" in text
    assert PAGE + "silence" not in text


@pytest.mark.parametrize("address", ["", "open", "{}/"])
def test_pages_are_for_staff_who_may_read(firing: Alert, address: str) -> None:
    address = PAGE + address.format(firing.pk)
    plain = Client()
    plain.force_login(make_user(permissions=[READ]))

    assert staff(READ).get(address).status_code == 200
    assert staff().get(address).status_code == 403
    assert plain.get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_an_alert_has_a_chart_with_its_thresholds_and_what_to_do(firing: Alert) -> None:
    text = staff(READ).get(f"{PAGE}{firing.pk}/").content.decode()

    assert "data-chart" in text
    assert "&quot;critical&quot;" in text
    assert "Look at &lt;b&gt;it&lt;/b&gt;." in text
    assert staff(READ).get(f"{PAGE}{firing.pk + 1}/").status_code == 404


def test_a_standing_signal_has_no_past_to_draw() -> None:
    make_rule(name="connections", signal="database.connections", warning=0.0, critical=None)
    evaluate(at=timezone.now())

    text = staff(READ).get(f"{PAGE}{Alert.objects.get().pk}/").content.decode()

    assert "data-chart" not in text


def test_somebody_looks_after_it(firing: Alert) -> None:
    answer = staff(READ, OPERATE).post(f"{PAGE}{firing.pk}/acknowledge", {"note": "mine"})

    firing.refresh_from_db()
    assert answer.status_code == 302
    assert (firing.acknowledgement, firing.acknowledged_by is not None) == ("mine", True)
    assert AlertTransition.objects.filter(kind="acknowledged", note="mine").count() == 1
    assert audited() == [("alert.acknowledge", f"alert {firing.pk}", "done")]


def test_who_only_reads_can_do_nothing(firing: Alert) -> None:
    reader = staff(READ)

    assert reader.post(f"{PAGE}{firing.pk}/acknowledge").status_code == 403
    assert reader.post(f"{PAGE}silence", {"of": "area:web"}).status_code == 403
    assert Silence.objects.count() == 0


def test_a_silence_begins_is_replaced_and_ends() -> None:
    make_rule()
    client = staff(READ, OPERATE)

    client.post(f"{PAGE}silence", {"of": "rule:slow", "hours": "1", "reason": "we deploy"})
    client.post(f"{PAGE}silence", {"of": "rule:slow", "hours": "24", "reason": "we deploy"})
    client.post(f"{PAGE}silence", {"of": "area:nothing", "hours": "24"})
    first, second = Silence.objects.order_by("pk")
    assert second.ends_at - second.created_at == timedelta(days=1)
    assert first.ends_at == second.created_at
    assert "we deploy" in client.get(PAGE).content.decode()

    client.post(f"{PAGE}silences/{second.pk}/end")
    client.post(f"{PAGE}silences/{second.pk}/end")

    assert not Silence.objects.active(at=timezone.now()).exists()
    assert [(action, outcome) for action, _, outcome in audited()] == [
        ("alert.silence", "done"),
        ("alert.silence", "done"),
        ("alert.silence", "refused"),
        ("alert.unsilence", "done"),
        ("alert.unsilence", "refused"),
    ]


def test_the_tile_says_how_many_and_which(firing: Alert) -> None:
    at = timezone.now()
    found = tile(at=at)

    assert (found.level, found.value, len(found.spark), found.spark[-1]) == (Level.CRITICAL, "1", 24, 1.0)
    assert found.says.startswith("Requests are slow (route=<script>): ")
    assert tile(at=at + timedelta(minutes=3)).level is Level.UNKNOWN

    Alert.objects.all().delete()
    assert tile(at=at).level is Level.EXCELLENT


def test_what_fires_and_what_is_not_told_is_found(firing: Alert) -> None:
    transition = AlertTransition.objects.get()
    AlertMail.objects.create(transition=transition, subject="s", body="b", next_attempt_at=transition.at, error="gone")
    at = timezone.now()

    keys = [(each.key, each.severity) for each in findings(at=at)]

    assert keys == [("alert.slow.route=<script>", Severity.CRITICAL), ("alerts.mail", Severity.WARNING)]
    assert findings(at=at + timedelta(minutes=3))[-2].key == "alerts.unwatched"


FIELDS = {
    "name": "mine",
    "title": "Mine",
    "is_enabled": "on",
    "signal": "requests.errors",
    "labels": "{}",
    "split_by": "route",
    "is_above": "on",
    "warning": "0.1",
    "critical": "0.2",
    "window_s": "300",
    "least": "10",
    "for_s": "0",
    "clear_s": "60",
}


def test_a_rule_is_written_changed_and_deleted_and_all_of_it_is_kept() -> None:
    client = staff(*(f"performance.{verb}_alertrule" for verb in ("view", "add", "change", "delete")))

    assert client.post(f"{RULES}add/", FIELDS).status_code == 302
    rule = AlertRule.objects.get()
    assert (rule.name, rule.split_by, rule.is_builtin, rule.by_email) == ("mine", "route", False, False)
    client.post(f"{RULES}{rule.pk}/change/", FIELDS | {"critical": "0.3"})
    client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"})

    assert AlertRule.objects.count() == 0
    assert audited() == [
        ("alert.rule", "mine", "done"),
        ("alert.rule", "mine", "done"),
        ("alert.rule_delete", "mine", "done"),
    ]
    assert AuditEntry.objects.order_by("pk")[1].details == {"critical": 0.3}


def test_a_rule_that_came_with_assay_is_not_deleted() -> None:
    rule = make_rule(is_builtin=True)
    client = staff("performance.view_alertrule", "performance.delete_alertrule")

    assert client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(RULES, {"action": "delete_selected", "_selected_action": [rule.pk], "post": "yes"})

    assert AlertRule.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("critical", "0.05", "must not lie on the other side"),
        ("clear", "0.15", "must not lie on the other side"),
        ("split_by", "queue", "The signal has no such label; it has route, method."),
        ("labels", "[1]", "An object of texts"),
        ("labels", '{"queue": "io"}', "The signal has no label queue"),
        ("objective", "1.5", "More than 0 and less than 1"),
        ("objective", "0.99", "A burn rate has two windows"),
        ("short_window_s", "60", "Only a burn rate has one"),
        ("window_s", "10", "Between a minute"),
        ("for_s", "100000", "A day"),
        ("signal", "nothing", "Select a valid choice"),
        ("warning", "", ""),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(field: str, value: str, sentence: str) -> None:
    client = staff("performance.view_alertrule", "performance.add_alertrule")
    fields = FIELDS | {field: value}
    if not sentence:
        fields["critical"], sentence = "", "Give a warning threshold, a critical one, or both."

    answer = client.post(f"{RULES}add/", fields)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert AlertRule.objects.count() == 0
