"""Looking at the rules: from measurements to alerts, whoever looks and however often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from performance.alerts.evaluating import MOST_OPEN, evaluate
from performance.alerts.levels import levels
from performance.alerts.models import Alert, AlertReading, AlertRule, AlertTransition
from performance.alerts.windows import Reading
from performance.console.shapes import Level
from tests.performance.alerts.conftest import AT, EVERY, alerts, looks, make_rule, took

MINUTE = timedelta(minutes=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rules")]


def kinds() -> list[str]:
    return list(AlertTransition.objects.order_by("pk").values_list("kind", flat=True))


def test_what_is_not_measured_is_unknown_and_no_alert() -> None:
    make_rule(is_above=False, warning=1000.0, critical=None)
    make_rule(name="strange", signal="of.another.release")

    evaluate(at=AT)

    assert alerts() == []
    assert list(AlertReading.objects.values_list("value", "level")) == [(None, "unknown")] * 2
    assert levels(at=AT)["web"] is Level.UNKNOWN


def test_an_alert_comes_grows_and_goes() -> None:
    make_rule()
    took(300)

    evaluate(at=AT)
    [alert] = Alert.objects.all()
    assert (alert.state, alert.severity, alert.threshold, alert.fired_at) == ("firing", "warning", 200.0, AT)
    assert alert.value == pytest.approx(300, rel=0.05)

    took(900, at=AT + 2 * MINUTE)
    evaluate(at=AT + 2 * MINUTE)
    took(20, at=AT + 4 * MINUTE)
    evaluate(at=AT + 4 * MINUTE)

    alert.refresh_from_db()
    assert (alert.state, alert.severity, alert.resolved_at) == ("resolved", "critical", AT + 4 * MINUTE)
    assert alert.worst == pytest.approx(900, rel=0.05)
    assert kinds() == ["fired", "escalated", "resolved"]


def test_the_same_moment_twice_changes_nothing() -> None:
    make_rule(for_s=30)
    took(300)

    for _ in range(5):
        evaluate(at=AT)
    assert alerts() == [("pending", "warning")]
    looks(3)

    assert alerts() == [("firing", "warning")]
    assert kinds() == ["fired"]


def test_pending_time_lasts_through_another_pump_and_a_clock_that_jumps() -> None:
    make_rule(for_s=60, window_s=7200)
    took(300)
    looks(3)
    took(300, at=AT - 60 * MINUTE)

    evaluate(at=AT - 60 * MINUTE)
    evaluate(at=AT - 60 * MINUTE + EVERY)
    assert alerts() == [("pending", "warning")]

    evaluate(at=AT - 60 * MINUTE + 2 * EVERY)
    assert alerts() == [("firing", "warning")]


def test_below_its_least_number_nothing_is_known() -> None:
    make_rule(least=11)
    took(300, n=10)

    evaluate(at=AT)

    assert alerts() == []


def test_each_value_of_a_label_has_its_alert_and_a_rule_no_more_than_fifty() -> None:
    make_rule(split_by="route")
    took(900, route="b")
    took(10, route="c")
    for number in range(MOST_OPEN + 5):
        took(300, route=f"route-{number}")

    evaluate(at=AT)

    assert Alert.objects.count() == MOST_OPEN
    assert Alert.objects.get(labels={"route": "b"}).severity == "critical"
    assert not Alert.objects.filter(labels_key="route=c").exists()
    reading = AlertReading.objects.get()
    assert (reading.labels, reading.level) == ({"route": "b"}, "critical")


def test_a_rule_may_be_about_some_labels_alone() -> None:
    make_rule(labels={"route": "a"})
    took(10, route="a")
    took(900, route="b")

    evaluate(at=AT)

    assert alerts() == []


@pytest.mark.parametrize("fields", [{"is_enabled": False}, {"split_by": "route"}])
def test_an_alert_whose_rule_is_off_or_another_one_now_ends(fields: dict[str, object]) -> None:
    rule = make_rule()
    took(300)
    evaluate(at=AT)

    AlertRule.objects.filter(pk=rule.pk).update(**fields)
    evaluate(at=AT + EVERY)

    alert = Alert.objects.order_by("pk")[0]
    assert (alert.state, alert.resolved_because) == ("resolved", "The rule was switched off, changed or deleted.")


def test_the_alert_of_a_deleted_rule_ends_and_stays_in_the_history() -> None:
    rule = make_rule()
    took(300)
    evaluate(at=AT)
    rule.delete()

    evaluate(at=AT + EVERY)

    assert list(Alert.objects.values_list("state", "title")) == [("resolved", "Requests are slow")]


def test_a_burn_rate_needs_both_windows() -> None:
    burn = {"signal": "requests.errors", "objective": 0.99, "warning": None, "critical": 14.4}
    make_rule(**burn, window_s=3600, short_window_s=300, least=100)
    took(5, at=AT - 30 * MINUTE, n=800)
    took(5, at=AT - 30 * MINUTE, n=200, status="5xx")
    took(5, at=AT, n=10)

    evaluate(at=AT)
    assert alerts() == []

    took(5, at=AT - MINUTE, n=40, status="5xx")
    evaluate(at=AT + EVERY)
    [alert] = Alert.objects.all()
    assert (alert.severity, alert.unit) == ("critical", "burn")
    assert alert.value == pytest.approx(100 * 240 / 1050)

    evaluate(at=AT + 10 * MINUTE)
    assert alerts() == [("resolved", "critical")]


def test_the_third_time_within_an_hour_it_flaps_and_stays_open() -> None:
    make_rule()
    for minute in range(0, 10, 2):
        took(300 if minute % 4 == 0 else 10, at=AT + minute * MINUTE)
        evaluate(at=AT + minute * MINUTE)
    assert [state for state, _ in alerts()] == ["resolved", "resolved", "firing"]
    assert Alert.objects.get(state="firing").is_flapping

    took(10, at=AT + 11 * MINUTE)
    evaluate(at=AT + 11 * MINUTE)

    assert Alert.objects.get(is_flapping=True).state == "firing"


def test_a_signal_that_fails_ends_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from performance.alerts import signals

    def fails(*_: object) -> list[Reading]:
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SELECT 1 / 0")
        return []

    broken = signals.Signal(name="broken", title="Broken", unit="ms", area="web", read=fails)
    monkeypatch.setitem(signals._signals, "broken", broken)
    make_rule(name="broken", signal="broken")
    make_rule()
    took(300)

    evaluate(at=AT)

    assert alerts() == [("firing", "warning")]


def test_the_database_takes_one_open_alert_for_a_rule_and_labels() -> None:
    make_rule()
    took(300)
    evaluate(at=AT)
    alert = Alert.objects.get()

    alert.pk = None
    with pytest.raises(IntegrityError, match="alert_one_open"), transaction.atomic():
        alert.save(force_insert=True)


def test_levels_are_by_area_and_those_that_are_old_tell_nothing() -> None:
    make_rule()
    make_rule(name="errors", signal="requests.errors", warning=0.05, critical=0.1)
    took(150)

    evaluate(at=AT)

    assert levels(at=AT + MINUTE)["web"] is Level.GOOD
    assert levels(at=AT + 3 * MINUTE)["web"] is Level.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_two_that_look_at_once_make_one_alert() -> None:
    make_rule()
    took(300)
    at_once = Barrier(4)

    def look(number: int) -> None:
        at_once.wait()
        try:
            evaluate(at=AT + number * EVERY / 100)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(4)))

    assert alerts() == [("firing", "warning")]
    assert kinds() == ["fired"]
