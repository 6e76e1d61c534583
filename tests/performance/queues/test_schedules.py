"""Schedules: made, changed, enabled and run over the API, and fired by beat as they are shown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks
from rest_framework.test import APIClient

from config.celery import app
from performance.audit.models import AuditEntry
from performance.audit.services import Actor
from performance.queues import broker, schedules
from performance.queues.beat import Entry, Scheduler, ZonedCron
from performance.queues.schedules import Wish
from tests.performance.queues.conftest import last_entry

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/api/v1/performance/jobs/schedule"
TASK = "performance.tasks.expire_rows"


def ask(client: APIClient, **body: Any) -> tuple[int, Any]:
    response = client.post(ADDRESS, {"name": "nightly", "task": TASK} | body, format="json")
    return response.status_code, response.json()


class Clock:
    """What beat takes for the time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, tz: Any = None) -> datetime:
        return self.at.astimezone(tz)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(datetime(2027, 3, 27, 12, tzinfo=UTC))
    monkeypatch.setattr(ZonedCron, "nowfunc", lambda self: clock.now(self.tz))
    return clock


def test_a_cron_is_made_and_changed_and_its_next_firings_are_shown(operator: APIClient) -> None:
    status, shown = ask(operator, cron="30 2 * * *", zone="Europe/Berlin", kwargs={"deep": [1]})

    assert (status, shown["cron"], shown["zone"], shown["kwargs"]) == (
        200,
        "30 2 * * *",
        "Europe/Berlin",
        {"deep": [1]},
    )
    assert len(shown["next"]) == 5
    assert all(each["wall"][11:16] == "02:30" or each["flag"] == "gap" for each in shown["next"])
    assert last_entry() == ("schedule.set", "nightly", "done", "")

    assert ask(operator, every_s=600)[1]["every_s"] == 600
    listed = operator.get(ADDRESS).json()
    assert TASK in listed["tasks"]
    assert [(each["name"], each["every_s"], each["cron"]) for each in listed["results"]] == [("nightly", 600, "")]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"cron": "0 0 30 2 *"}, "never occurs"),
        ({"cron": "0 0 * *"}, "five fields"),
        ({"cron": "61 * * * *"}, "61"),
        ({"cron": "*/0 * * * *"}, "can't be used"),
        ({"cron": "x * * * *"}, "can't be used"),
        ({"cron": "0 0 * * *", "zone": "Mars/Olympus"}, "no time zone"),
        ({"cron": "0 0 * * *", "every_s": 5}, "either a cron or an interval"),
        ({}, "either a cron or an interval"),
        ({"every_s": 10**9}, "a year"),
        ({"every_s": 60, "task": "os.system"}, "isn't on the list"),
        ({"every_s": 60, "name": "expire-rows"}, "comes with the release"),
        ({"every_s": 60, "name": "a/b"}, "without a slash"),
        ({"every_s": 60, "kwargs": {"a": "x" * 9_000}}, "longer than"),
        ({"every_s": 60, "kwargs": {"a": "x\x00"}}, "can't be stored"),
    ],
)
def test_what_can_be_no_schedule_is_refused_and_nothing_made(
    operator: APIClient, body: dict[str, Any], says: str
) -> None:
    status, problem = ask(operator, **body)

    assert (status, problem["code"]) == (400, "bad_schedule")
    assert says in problem["detail"]
    assert not PeriodicTask.objects.exists()
    assert not CrontabSchedule.objects.exists()
    assert AuditEntry.objects.get().outcome == "refused"


def test_enabled_again_it_doesnt_fire_for_the_time_between(by: Actor, clock: Clock) -> None:
    clock.at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    schedules.set_schedule(Wish(name="nightly", task=TASK, cron="0 3 * * *"), by=by, at=clock.at)
    schedules.disable("nightly", by=by, at=clock.at)
    clock.at += timedelta(days=3)

    schedules.enable("nightly", by=by, at=clock.at)

    entry = Entry(PeriodicTask.objects.get(), app=app)
    assert entry.is_due().is_due is False
    assert entry.is_due().next == 15 * 3600


def test_with_catching_up_it_fires_once(by: Actor, clock: Clock) -> None:
    clock.at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    schedules.set_schedule(Wish(name="nightly", task=TASK, cron="0 3 * * *"), by=by, at=clock.at)
    schedules.disable("nightly", by=by, at=clock.at)
    clock.at += timedelta(days=3)

    schedules.enable("nightly", by=by, at=clock.at, catches_up=True)

    entry = Entry(PeriodicTask.objects.get(), app=app)
    assert entry.is_due().is_due is True
    entry.model.last_run_at = entry.last_run_at = clock.at
    assert entry.is_due().is_due is False


def test_a_changed_time_doesnt_fire_for_the_past(by: Actor, clock: Clock) -> None:
    clock.at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    schedules.set_schedule(Wish(name="nightly", task=TASK, cron="0 23 * * *"), by=by, at=clock.at - timedelta(days=2))
    schedules.set_schedule(Wish(name="nightly", task=TASK, cron="0 11 * * *"), by=by, at=clock.at)

    assert Entry(PeriodicTask.objects.get(), app=app).is_due().is_due is False


def test_an_interval_enabled_again_waits_for_a_whole_one(by: Actor) -> None:
    at = timezone.now()
    schedules.set_schedule(Wish(name="often", task=TASK, every_s=3600), by=by, at=at - timedelta(days=3))
    schedules.disable("often", by=by, at=at - timedelta(days=2))
    schedules.enable("often", by=by, at=at)

    due, seconds = Entry(PeriodicTask.objects.get(), app=app).is_due()

    assert not due
    assert 3590 < seconds <= 3600


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        ((2027, 3, 27, 12), (2027, 3, 28, 0, 59), False),
        # The gap: 02:30 is skipped at 01:00 UTC.
        ((2027, 3, 27, 12), (2027, 3, 28, 1, 0), True),
        ((2027, 3, 28, 1), (2027, 3, 28, 23), False),
        # The fold: 02:30 comes at 00:30 UTC and again at 01:30.
        ((2026, 10, 24, 12), (2026, 10, 25, 0, 30), True),
        ((2026, 10, 25, 0, 30), (2026, 10, 25, 1, 31), False),
    ],
)
def test_beat_fires_as_is_shown_where_the_clocks_are_changed(
    by: Actor, clock: Clock, last: tuple[int, ...], now: tuple[int, ...], is_due: bool
) -> None:
    began = datetime(*last, tzinfo=UTC)  # type: ignore[misc, arg-type]
    schedules.set_schedule(Wish(name="n", task=TASK, cron="30 2 * * *", zone="Europe/Berlin"), by=by, at=began)
    clock.at = datetime(*now, tzinfo=UTC)  # type: ignore[misc, arg-type]

    assert Entry(PeriodicTask.objects.get(), app=app).is_due().is_due is is_due


def test_beat_notes_a_run_and_leaves_what_others_changed_alone(by: Actor) -> None:
    at = timezone.now()
    schedules.set_schedule(Wish(name="nightly", task=TASK, every_s=60), by=by, at=at - timedelta(hours=1))
    entry = Entry(PeriodicTask.objects.get(), app=app)
    PeriodicTask.objects.update(task="performance.tasks.warm_cache")

    next(entry)
    entry.save()

    row = PeriodicTask.objects.get()
    assert (row.task, row.total_run_count) == ("performance.tasks.warm_cache", 1)
    assert row.last_run_at > at

    schedules.disable("nightly", by=by, at=at)
    next(entry)
    entry.save()
    assert PeriodicTask.objects.get().total_run_count == 1


def test_the_last_run_is_one_and_not_what_it_counts_from(operator: APIClient, by: Actor) -> None:
    def last_run() -> str | None:
        [found] = [each for each in operator.get(ADDRESS).json()["results"] if each["name"] == "nightly"]
        return found["last_run_at"]  # type: ignore[no-any-return]

    ask(operator, every_s=60)
    made = last_run()
    next(entry := Entry(PeriodicTask.objects.get(), app=app))
    entry.save()
    ran = last_run()
    schedules.disable("nightly", by=by, at=timezone.now())
    resting = last_run()
    schedules.enable("nightly", by=by, at=timezone.now())

    assert made is None
    assert ran == resting is not None
    assert last_run() is None


def test_the_scheduler_brings_the_releases_schedules_along_and_hears_of_changes(by: Actor) -> None:
    scheduler = Scheduler(app)

    assert {"expire-rows", "warm-cache"} <= set(scheduler.schedule)
    assert "celery.backend_cleanup" not in scheduler.schedule
    assert scheduler.sync_every_tasks == 1
    assert not PeriodicTask.objects.filter(last_run_at=None).exists()

    before = PeriodicTasks.last_change()
    schedules.disable("warm-cache", by=by, at=timezone.now())

    assert PeriodicTasks.last_change() > before
    scheduler._last_timestamp = before
    assert "warm-cache" not in scheduler.schedule
    # The next start of beat leaves it disabled.
    assert "warm-cache" not in Scheduler(app).schedule


def test_one_is_run_now_enabled_or_not(operator: APIClient) -> None:
    ask(operator, every_s=600, enabled=False, kwargs={"one": 1})

    status = operator.post(f"{ADDRESS}/nightly/run").status_code

    assert status == 202
    [raw] = broker.client().lrange("maintenance", 0, -1)
    message = broker.parsed(raw)
    assert message is not None
    assert (message.task, message.kwargs) == (TASK, {"one": 1})
    assert last_entry()[:3] == ("schedule.run", "nightly", "done")


def test_one_that_is_asked_for_twice_by_a_key_is_sent_once(operator: APIClient) -> None:
    ask(operator, every_s=600)

    first, again = (operator.post(f"{ADDRESS}/nightly/run", headers={"Idempotency-Key": "k1"}).json() for _ in range(2))

    assert first == again
    assert len(broker.client().lrange("maintenance", 0, -1)) == 1


def test_one_is_disabled_enabled_and_deleted_over_the_api(operator: APIClient) -> None:
    ask(operator, cron="0 3 * * *", zone=str(ZoneInfo("Asia/Tokyo")))

    assert operator.post(f"{ADDRESS}/nightly/disable").json()["is_enabled"] is False
    assert operator.post(f"{ADDRESS}/nightly/enable", {"catch_up": True}, format="json").json()["is_enabled"] is True
    assert operator.delete(f"{ADDRESS}/nightly").status_code == 204
    assert operator.delete(f"{ADDRESS}/nightly").status_code == 404
    assert operator.post(f"{ADDRESS}/nightly/run").status_code == 404
    assert last_entry() == ("schedule.run", "nightly", "refused", "There is no schedule 'nightly'.")
