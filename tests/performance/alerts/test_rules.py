"""The rules and signals that Assay comes with."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.module_loading import import_string

from performance.alerts import mailing
from performance.alerts.checking import faults
from performance.alerts.defaults import RULES, make_missing
from performance.alerts.evaluating import evaluate
from performance.alerts.grading import level_of
from performance.alerts.models import Alert, AlertReading, AlertRule
from performance.alerts.signals import AREAS, registered, signal_named, value
from performance.alerts.states import Policy
from performance.console.shapes import Level
from performance.jobs import duties
from tests.performance.metrics.measured import make_bucket

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("fields", RULES, ids=lambda fields: fields["name"])
def test_every_rule_makes_sense_and_says_what_to_do(fields: dict[str, object]) -> None:
    rule = AlertRule(**fields)

    assert faults(rule) == {}
    assert rule.runbook


def test_the_thresholds_are_those_that_were_decided() -> None:
    limits = {each["signal"]: (each.get("warning"), each.get("critical")) for each in RULES if "objective" not in each}

    assert limits["system.cpu"] == (0.7, 0.9)
    assert limits["system.memory"] == (0.8, 0.95)
    assert limits["requests.p99_ms"] == (1000.0, 5000.0)
    assert limits["requests.p95_ms"] == (200.0, 500.0)
    assert limits["requests.errors"] == (0.05, 0.1)
    assert limits["jobs.waiting_per_worker"] == (100.0, 500.0)
    assert limits["queues.depth"][0] == 1000.0
    assert limits["cache.hit_rate"][0] == 0.8
    assert limits["pool.utilisation"][0] == 0.9
    burns = {
        (each["window_s"], each["short_window_s"]): each.get("critical", each.get("warning"))
        for each in RULES
        if "objective" in each
    }
    assert burns == {(3600, 300): 14.4, (6 * 3600, 1800): 6.0, (3 * 86_400, 6 * 3600): 1.0}


@pytest.mark.django_db
def test_missing_rules_are_made_and_changed_ones_stay() -> None:
    AlertRule.objects.all().delete()
    make_missing()
    AlertRule.objects.filter(name="cpu-busy").update(warning=0.5, is_enabled=False)
    AlertRule.objects.filter(name="disk-full").delete()

    make_missing()

    assert AlertRule.objects.filter(is_builtin=True).count() == len(RULES)
    changed = AlertRule.objects.get(name="cpu-busy")
    assert (changed.warning, changed.is_enabled) == (0.5, False)


@pytest.mark.django_db
def test_an_installation_that_measures_nothing_has_no_alert() -> None:
    evaluate(at=AT)

    assert Alert.objects.count() == 0
    unknown = AlertReading.objects.filter(level="unknown").values_list("rule__signal", flat=True)
    standing = {each.name for each in registered() if each.is_standing}
    assert set(unknown) == {each["signal"] for each in RULES} - standing


def test_the_rules_are_looked_at_and_mails_sent_by_duties() -> None:
    found = {each.name: each for each in duties.registered()}
    looking, sending = found["alerts"], found["alert mails"]

    assert (looking.every_s, sending.every_s) == (15, 5)
    assert import_string(looking.path) is evaluate
    assert import_string(sending.path) is mailing.send_due


def test_every_area_has_a_signal_and_every_rule_one_that_is_known() -> None:
    assert {each.area for each in registered()} == set(AREAS)
    assert all(signal_named(each["signal"]) for each in RULES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "measured", "expected"),
    [
        ("requests.errors", {("http.request_ms", "5xx"): 1, ("http.request_ms", "2xx"): 19}, 0.05),
        ("limits.refused", {("limit.decisions", "refused"): 1, ("limit.decisions", "allowed"): 3}, 0.25),
        ("cache.hit_rate", {("cache.reads", "stale"): 3, ("cache.reads", "computed"): 1}, 0.75),
        ("cache.hit_rate", {("cache.reads", "local"): 1, ("cache.reads", "unreadable"): 5}, 1.0),
        ("cache.eviction_rate", {("cache.evictions", ""): 3, ("cache.reads", "shared"): 6}, 0.5),
        ("cache.eviction_rate", {("cache.reads", "computed"): 5, ("cache.reads", "local"): 90}, 0.0),
        ("jobs.dead", {("job.outcomes", "dead"): 1, ("job.outcomes", "parked"): 3}, 0.25),
        ("jobs.dead", {("job.outcomes", "retried"): 9}, None),
        ("tasks.failed", {("celery.outcomes", "failed"): 1, ("celery.outcomes", "succeeded"): 3}, 0.25),
        ("llm.errors", {("llm.calls", "unknown"): 1, ("llm.calls", "failed"): 1, ("llm.calls", "succeeded"): 6}, 0.25),
        ("pool.exhausted", {("pool.utilisation", ""): 30, ("pool.exhausted", ""): 10}, 2.0),
        ("pool.exhausted", {("pool.utilisation", ""): 30}, 0.0),
        ("pool.exhausted", {("pool.exhausted", ""): 10}, None),
        ("system.cpu", {("system.cpu_share", ""): 4}, 1.0),
        ("llm.p95_ms", {}, None),
    ],
)  # fmt: skip
def test_signals_say_what_was_measured(name: str, measured: dict[tuple[str, str], int], expected: float | None) -> None:
    for (metric, outcome), n in measured.items():
        make_bucket(metric, [1.0] * n, at=AT, labels={"outcome": outcome, "status": outcome})

    assert value(name, at=AT, over=5 * MINUTE) == (None if expected is None else pytest.approx(expected))


@pytest.mark.django_db
def test_standing_signals_are_read_from_the_servers() -> None:
    connections = value("database.connections", at=AT, over=MINUTE)

    assert connections is not None
    assert 0 < connections < 1
    assert value("jobs.waiting_per_worker", at=AT, over=MINUTE) == 0.0
    assert value("queues.depth", at=AT, over=MINUTE) is not None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Level.UNKNOWN),
        (0.0, Level.EXCELLENT),
        (100.0, Level.EXCELLENT),
        (101.0, Level.GOOD),
        (160.0, Level.GOOD),
        (161.0, Level.FAIR),
        (200.0, Level.FAIR),
        (201.0, Level.POOR),
        (501.0, Level.CRITICAL),
    ],
)
def test_levels_are_by_how_much_of_the_room_is_used(value: float | None, expected: Level) -> None:
    assert level_of(value, policy=Policy(warning=200.0, critical=500.0), best=0.0) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, Level.EXCELLENT),
        (0.9, Level.EXCELLENT),
        (0.85, Level.GOOD),
        (0.82, Level.FAIR),
        (0.79, Level.POOR),
        (0.49, Level.CRITICAL),
    ],
)
def test_a_rate_that_should_be_high_is_judged_from_above(value: float, expected: Level) -> None:
    assert level_of(value, policy=Policy(is_above=False, warning=0.8, critical=0.5), best=1.0) is expected
