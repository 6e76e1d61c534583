"""The console's pages of queues, dead letters, schedules and workers: seen and used as staff do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from performance.audit.services import Actor
from performance.console.shapes import Level, Severity
from performance.jobs import workers
from performance.queues import broker, deaths, states
from performance.queues.broker import Message
from performance.queues.deaths import Death
from performance.queues.findings import findings
from performance.queues.models import DeadTask, QueueState
from performance.queues.schedules import Wish, set_schedule
from performance.queues.sending import Wanted, send
from performance.queues.tile import tile
from tests.factories import make_user
from tests.performance.queues.conftest import READ

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/admin/performance"
ALL = [READ, *(f"performance.{each}" for each in ("operate_queues", "purge_queues", "schedule_tasks"))]


def staff(*permissions: str) -> Client:
    client = Client()
    client.force_login(make_user(permissions=list(permissions), is_staff=True))
    return client


def text_of(client: Client, path: str) -> str:
    response = client.get(f"{BASE}/{path}")
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def test_every_page_and_fragment_is_shown_to_who_may_look_without_what_they_may_not_do(by: Actor) -> None:
    at = timezone.now()
    workers.beat(workers.heartbeat(workers.WORKER, queues=["imports", "reports"]))
    deaths.record(
        Message(task_id="id-1", task="tests.fail", queue="imports", kwargs={"who": "<b>Ann</b>"}),
        Death(why="failed", error="LookupError", message="no <i>such</i> thing", traceback="Traceback: it was"),
        at=at,
    )
    set_schedule(Wish(name="nightly", task="performance.tasks.expire_rows", cron="30 2 * * *"), by=by, at=at)
    states.pause("imports", by=by, reason="a <u>deploy</u>", at=at)
    looks = staff(READ)

    for path in ("queues/", "queues/rows", "queues/imports/", "queues/imports/now", "workers/", "workers/rows"):
        assert "imports" in text_of(looks, path)
    letters = text_of(looks, "dead-letters/")
    assert "&lt;b&gt;Ann&lt;/b&gt;" in letters
    assert "Traceback: it was" in letters
    assert "Retry what is ticked" not in letters
    assert "nightly" in text_of(looks, "schedules/")
    assert "Run now" not in text_of(looks, "schedules/")
    queue = text_of(looks, "queues/imports/")
    assert "a &lt;u&gt;deploy&lt;/u&gt;" not in queue
    assert 'action="/admin/performance/queues/imports/resume"' not in queue
    assert looks.post(f"{BASE}/queues/imports/resume").status_code == 403
    assert QueueState.objects.get().paused_at is not None


def test_a_queue_is_paused_resumed_and_purged_by_its_page() -> None:
    may = staff(*ALL)
    send(Wanted(task="tests.work", queue="imports"))

    paused = may.post(f"{BASE}/queues/imports/pause", {"reason": "x\x00y", "hours": "2"}, follow=True)
    again = may.post(f"{BASE}/queues/imports/pause", follow=True)

    assert "imports is paused." in paused.content.decode()
    assert "is paused already" in again.content.decode()
    state = QueueState.objects.get()
    assert state.until is not None
    assert timedelta(hours=1.9) < state.until - timezone.now() < timedelta(hours=2)
    assert "works again" in may.post(f"{BASE}/queues/imports/resume", follow=True).content.decode()

    refused = may.post(f"{BASE}/queues/imports/purge", {"confirmation": "no"}, follow=True).content.decode()
    assert "To purge imports, type its name" in refused
    done = may.post(f"{BASE}/queues/imports/purge", {"confirmation": "imports"}, follow=True).content.decode()
    assert "1 messages of imports were taken off it" in done
    assert may.post(f"{BASE}/queues/nope/pause", follow=True).status_code == 200
    assert may.get(f"{BASE}/queues/nope/").status_code == 404


@pytest.mark.parametrize("hours", ["2h", "-1", "0", "nan", "9000"])
def test_a_pause_whose_end_cannot_be_read_is_refused_and_not_one_without_end(hours: str) -> None:
    refused = staff(*ALL).post(f"{BASE}/queues/imports/pause", {"hours": hours}, follow=True).content.decode()

    assert "is no number of hours" in refused
    assert not QueueState.objects.filter(paused_at__isnull=False).exists()


def test_a_pause_of_half_an_hour_ends_then() -> None:
    staff(*ALL).post(f"{BASE}/queues/imports/pause", {"hours": " 0.5 "})

    until = QueueState.objects.get().until
    assert until is not None
    assert timedelta(minutes=29) < until - timezone.now() <= timedelta(minutes=30)


def test_dead_letters_are_filtered_and_retried_by_their_page() -> None:
    may = staff(*ALL)
    for number, error in enumerate(["KeyError", "KeyError", "OSError"]):
        message = Message(task_id=f"id-{number}", task="tests.fail", queue="imports", kwargs={"number": number})
        deaths.record(message, Death(why="failed", error=error), at=timezone.now())

    assert text_of(may, "dead-letters/?queue=imports&error=OSError&why=failed&over=1h").count("<details>") == 0
    assert text_of(may, "dead-letters/?queue=imports&error=OSError").count('name="id"') == 1
    odd = "dead-letters/?queue=imports&error=a%00b&cursor=bad&why=x&over=y&source=z"
    assert "begin at the first page" in text_of(may, odd)

    one = DeadTask.objects.get(error="OSError")
    may.post(f"{BASE}/dead-letters/retry", {"queue": "imports", "id": [f"task-{one.pk}", "task-x", "rubbish"]})
    assert DeadTask.objects.retriable().count() == 2
    told = may.post(
        f"{BASE}/dead-letters/retry", {"queue": "imports", "fitting": "1", "error": "KeyError"}, follow=True
    )
    assert "2 tasks and 0 jobs are to be done again" in told.content.decode()


def test_schedules_are_made_and_used_by_their_page() -> None:
    may = staff(*ALL)
    filled = {"name": "nightly", "task": "performance.tasks.expire_rows", "zone": "Europe/Berlin", "kwargs": ""}

    refused = may.post(f"{BASE}/schedules/set", filled | {"cron": "0 0 30 2 *"})
    nested = may.post(f"{BASE}/schedules/set", filled | {"cron": "0 0 * * *", "kwargs": '{"a":' * 500})
    made = may.post(f"{BASE}/schedules/set", filled | {"cron": "30  2 * * *"}, follow=True).content.decode()

    assert "never occurs" in refused.content.decode()
    assert 'value="0 0 30 2 *"' in refused.content.decode()
    assert "nested too deep" in nested.content.decode()
    assert "nightly is scheduled." in made
    assert made.count("02:30:00") >= 5
    may.post(f"{BASE}/schedules/disable", {"name": "nightly"})
    assert "disabled" in text_of(may, "schedules/")
    may.post(f"{BASE}/schedules/enable", {"name": "nightly"})
    may.post(f"{BASE}/schedules/run", {"name": "nightly"})
    assert broker.depths(["maintenance"])["maintenance"].waiting == 1
    assert "type its name" in may.post(f"{BASE}/schedules/delete", {"name": "nightly"}, follow=True).content.decode()
    may.post(f"{BASE}/schedules/delete", {"name": "nightly", "confirmation": "nightly"})
    assert not PeriodicTask.objects.exists()


def test_what_is_wrong_is_found_and_the_tile_says_so(by: Actor) -> None:
    at = timezone.now()
    assert (findings(at=at), tile(at=at).level) == ([], Level.EXCELLENT)

    for _ in range(3):
        send(Wanted(task="tests.work", queue="imports"))
    [found] = findings(at=timezone.now())

    assert (found.key, found.severity, found.impact) == ("queues.imports.no_worker", Severity.CRITICAL, 3)
    assert (tile(at=timezone.now()).value, tile(at=timezone.now()).level) == ("3", Level.CRITICAL)

    states.pause("imports", by=by, reason="a deploy", at=at - timedelta(hours=2))
    deaths.record(Message(task_id="id", task="t", queue="imports"), Death(why="failed"), at=timezone.now())
    keys = {each.key: each.says for each in findings(at=timezone.now())}

    assert set(keys) == {"queues.imports.paused", "queues.imports.dead"}
    assert keys["queues.imports.paused"] == "By command, because: a deploy. 3 wait on it."
    assert "paused: imports" in tile(at=timezone.now()).says
    assert tile(at=timezone.now()).says.startswith("imports has been paused for 2 hours; ")


def test_a_worker_without_a_report_is_unknown_not_idle_and_a_silent_one_is_seen(by: Actor) -> None:
    workers.beat(workers.heartbeat(workers.WORKER, queues=["imports"]))
    at = timezone.now()

    page = text_of(staff(READ), "queues/imports/")

    assert "unknown how many run" in page
    assert "told nothing lately" in page
    # Its process is this one, which goes on and doesn't beat.
    later = at + timedelta(minutes=2)
    assert [each.key.split(".")[1] for each in findings(at=later)] == ["worker"]
