"""Queues over the API: what is shown, done and refused, and that all of it is on record."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.audit.services import Actor
from performance.jobs import claims, slots
from performance.jobs.models import Batch, Job
from performance.queues import broker, deaths, purging, replays, states
from performance.queues.broker import Message
from performance.queues.deaths import Death
from performance.queues.durable import MOST_BATCHES
from performance.queues.models import DeadTask, QueueState
from performance.queues.sending import Wanted, send
from performance.queues.upkeep import expire
from tests.performance.jobs.conftest import Scripted, kind
from tests.performance.queues.conftest import last_entry

__all__ = ["kind"]
pytestmark = pytest.mark.django_db(transaction=True)
JOBS = "/api/v1/performance/jobs"


def put(client: APIClient, path: str, **body: Any) -> tuple[int, Any]:
    response = client.post(f"{JOBS}/{path}", body, format="json")
    return response.status_code, response.json() if response.content else None


def dead(number: int, **changes: Any) -> DeadTask:
    message = Message(task_id=f"id-{number}", task="tests.fail", queue="imports", kwargs={"number": number})
    deaths.record(message, Death(why="failed", error="LookupError", message="no"), at=timezone.now())
    DeadTask.objects.filter(task_id=f"id-{number}").update(**changes)
    return DeadTask.objects.get(task_id=f"id-{number}")


@contextmanager
def locked_out() -> Iterator[None]:
    """The database refuses: somebody else has the table, and we wait for a moment only."""
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": False}) as other:
        other.execute("LOCK TABLE performance_deadtask")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
        yield
    connection.close()


def test_a_pause_is_kept_refused_twice_and_ended(operator: APIClient) -> None:
    status, shown = put(operator, "imports/pause", reason="a bad file")

    assert (status, shown["is_paused"], shown["reason"]) == (200, True, "a bad file")
    assert last_entry() == ("queue.pause", "imports", "done", "")

    status, problem = put(operator, "imports/pause")

    assert (status, problem["code"]) == (409, "already_paused")
    assert "because: a bad file. Resume it first." in problem["detail"]
    assert last_entry()[2] == "refused"

    assert put(operator, "imports/resume")[1]["is_paused"] is False
    assert put(operator, "imports/resume")[0] == 409
    assert last_entry() == ("queue.resume", "imports", "refused", "The queue imports isn't paused: it works.")


def test_a_queue_that_doesnt_exist_is_refused_with_those_that_do(operator: APIClient) -> None:
    bodies: dict[str, dict[str, object]] = {"retry-failed": {"all": True}, "purge": {"confirmation": "nope"}}
    for action in ("pause", "resume", "retry-failed", "purge"):
        status, problem = put(operator, f"nope/{action}", **bodies.get(action, {}))

        assert (status, problem["code"]) == (404, "unknown_queue")
        assert "there are qualification, research, imports" in problem["detail"]
    assert operator.get(f"{JOBS}/nope/dead-letter").status_code == 404
    assert operator.get(f"{JOBS}/metrics?queue=nope").status_code == 400
    assert not QueueState.objects.exists()
    assert AuditEntry.objects.filter(outcome="refused").count() == 4


def test_a_pause_with_an_end_ends_by_itself(operator: APIClient, by: Actor) -> None:
    assert put(operator, "imports/pause", until=(timezone.now() - timedelta(1)).isoformat())[0] == 400
    assert put(operator, "imports/pause", until=(timezone.now() + timedelta(1)).isoformat())[0] == 200
    assert set(states.resting()) == {"imports"}

    QueueState.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert set(states.resting()) == set()
    assert put(operator, "imports/pause")[0] == 200


def test_nothing_is_claimed_of_a_paused_queue(kind: Scripted, by: Actor) -> None:
    batch = kind.submit(3)
    states.pause("test", by=by, at=timezone.now())

    assert claims.claim(batch_id=batch.pk, params={}, limit=10, worker="w") == []
    assert slots.take(holder="w", kinds=[kind.name], held=0) == []

    states.resume("test", by=by)

    assert len(claims.claim(batch_id=batch.pk, params={}, limit=2, worker="w")) == 2
    assert len(slots.take(holder="w", kinds=[kind.name], held=0)) == 1


def test_figures_of_messages_and_of_durable_batches(operator: APIClient, kind: Scripted) -> None:
    batch = kind.submit(5)
    claims.claim(batch_id=batch.pk, params={}, limit=2, worker="w")
    for priority in (0, 3, 6, 9):
        send(Wanted(task="tests.work", queue="test", priority=priority))

    [queue] = operator.get(f"{JOBS}/metrics?queue=test").json()["queues"]

    # The batch's own wake-up is of normal priority.
    assert queue["by_priority"] == {"0": 1, "3": 1, "6": 2, "9": 1}
    assert (queue["waiting"], queue["unacked"], queue["workers"], queue["in_flight"]) == (5, 0, 0, 2)
    assert 0 <= queue["oldest_s"] < 60
    [found] = [each for each in queue["batches"] if each["id"] == batch.pk]
    assert (found["ready"], found["leased"], found["dead"], found["parked"]) == (3, 2, 0, 0)


def test_more_batches_than_are_listed_count_all_the_same(operator: APIClient, kind: Scripted) -> None:
    for _ in range(MOST_BATCHES + 3):
        kind.submit(2)

    [queue] = operator.get(f"{JOBS}/metrics?queue=test").json()["queues"]

    assert len(queue["batches"]) == MOST_BATCHES
    assert [each["ready"] for each in queue["kinds"] if each["kind"] == kind.name] == [2 * (MOST_BATCHES + 3)]


def test_who_may_only_look_is_shown_all_and_may_do_nothing(onlooker: APIClient) -> None:
    assert len(onlooker.get(f"{JOBS}/metrics").json()["queues"]) >= 7
    assert onlooker.get(f"{JOBS}/imports/dead-letter").status_code == 200
    assert onlooker.get(f"{JOBS}/schedule").status_code == 200
    for path in ("imports/pause", "imports/resume", "imports/retry-failed", "imports/purge", "schedule"):
        assert put(onlooker, path)[0] == 403
    refusal = put(onlooker, "imports/purge")[1]["detail"]
    assert refusal == (
        "This needs performance.purge_queues, which your account doesn't have; roles that do: operator, administrator."
    )


def test_dead_letters_of_tasks_and_jobs_in_one_list_by_pages(operator: APIClient, kind: Scripted) -> None:
    at = timezone.now()
    for number in range(3):
        DeadTask.objects.filter(pk=dead(number).pk).update(queue="test", failed_at=at - timedelta(minutes=2 * number))
    batch = kind.submit(2)
    for number, job in enumerate(batch.jobs.order_by("subject_id")):
        ended = at - timedelta(minutes=2 * number + 1)
        Job.objects.filter(pk=job.pk).update(state="dead", finished_at=ended, error_code="poison", error="it died")
    Batch.objects.filter(pk=batch.pk).update(dead=2)

    ids, cursor = list[str](), ""
    for _ in range(3):
        shown = operator.get(f"{JOBS}/test/dead-letter?limit=2{f'&cursor={cursor}' if cursor else ''}")
        ids += [each["id"].split("-")[0] for each in shown.json()["results"]]
        cursor = shown.json()["next_cursor"]

    assert (ids, cursor) == (["task", "job", "task", "job", "task"], "")
    of_jobs = operator.get(f"{JOBS}/test/dead-letter?error=poison").json()["results"]
    assert [each["arguments"]["kwargs"]["subject_id"] for each in of_jobs] == [1, 2]
    assert operator.get(f"{JOBS}/test/dead-letter?cursor=made-up").status_code == 400

    assert put(operator, "test/retry-failed", ids=[of_jobs[0]["id"]]) == (
        202,
        {"tasks": 0, "jobs": 1, "has_more": False},
    )
    assert put(operator, "test/retry-failed", all=True) == (202, {"tasks": 3, "jobs": 1, "has_more": False})
    assert put(operator, "test/retry-failed", all=True)[1] == {"tasks": 0, "jobs": 0, "has_more": False}
    assert batch.jobs.filter(state="ready").count() == 2


def test_a_replay_has_a_new_id_and_names_the_old_one_and_is_sent_once(operator: APIClient) -> None:
    letter = dead(1)

    assert put(operator, "imports/retry-failed")[0] == 400
    assert put(operator, "imports/retry-failed", task="tests.fail", error="LookupError")[1]["tasks"] == 1
    assert last_entry()[:3] == ("queue.retry", "imports", "done")
    assert (replays.send_due(at=timezone.now()), replays.send_due(at=timezone.now())) == (1, 0)

    [raw] = broker.client().lrange("imports", 0, -1)
    message = broker.parsed(raw)
    assert message is not None
    assert (message.task, message.kwargs, message.retry_of) == ("tests.fail", {"number": 1}, "id-1")
    letter.refresh_from_db()
    assert message.task_id == letter.retried_as != "id-1"


def test_many_replays_are_sent_a_few_a_second(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "PER_ROUND", 2)
    for number in range(3):
        dead(number)
    replays.retry("imports", replays.Selection(is_all=True), by=by, at=timezone.now())

    assert [replays.send_due(at=timezone.now()) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("value", ["x" * 70_000, "a\x00b", "\ud800", float("nan"), {1, 2}, object()])
def test_arguments_that_cant_be_kept_whole_arent_replayed(by: Actor, value: object) -> None:
    message = Message(task_id="id", task="tests.fail", queue="imports", args=[value])

    deaths.record(message, Death(why="failed"), at=timezone.now())

    letter = DeadTask.objects.get()
    assert (list(letter.arguments), letter.is_replayable) == (["text"], False)
    assert replays.retry("imports", replays.Selection(is_all=True), by=by, at=timezone.now()).tasks == 0


def test_dates_come_back_as_they_were(by: Actor) -> None:
    at = timezone.now()
    deaths.record(
        Message(task_id="id", task="tests.fail", queue="imports", kwargs={"at": at}), Death(why="failed"), at=at
    )
    replays.retry("imports", replays.Selection(is_all=True), by=by, at=at)
    replays.send_due(at=at)

    [raw] = broker.client().lrange("imports", 0, -1)

    message = broker.parsed(raw)
    assert message is not None
    assert message.kwargs["at"] == {"__type__": "datetime", "__value__": at.isoformat()}


def test_a_death_waits_for_the_database() -> None:
    message = Message(task_id="id", task="tests.fail", queue="imports", args=[1])
    with locked_out():
        deaths.record(message, Death(why="failed"), at=timezone.now())
    assert not DeadTask.objects.exists()

    assert (deaths.take_in(at=timezone.now()), deaths.take_in(at=timezone.now())) == (1, 0)
    assert DeadTask.objects.get().arguments == {"args": [1], "kwargs": {}}


def test_a_purge_archives_first_and_wants_the_name_typed(operator: APIClient) -> None:
    for number in range(3):
        send(Wanted(task="tests.work", queue="imports", priority=3 * number, kwargs={"number": number}))
    broker.client().lpush("imports", b"not a message")

    assert put(operator, "imports/purge", confirmation="import")[0] == 400
    assert broker.depths(["imports"])["imports"].waiting == 4
    assert put(operator, "imports/purge", confirmation="imports") == (200, {"messages": 4, "archived": 4})

    assert last_entry()[:3] == ("queue.purge", "imports", "done")
    assert broker.depths(["imports"])["imports"].waiting == 0
    kept = DeadTask.objects.filter(why="purged")
    assert sorted(each.arguments["kwargs"].get("number", -1) for each in kept) == [-1, 0, 1, 2]
    assert kept.filter(is_replayable=False).count() == 1
    # What was purged is none of what failed.
    assert put(operator, "imports/retry-failed", all=True)[1]["tasks"] == 0
    assert put(operator, "imports/retry-failed", why="purged")[1]["tasks"] == 3


def test_a_purge_that_was_cut_off_is_finished_and_nothing_is_lost() -> None:
    send(Wanted(task="tests.work", queue="imports"))
    assert purging._moved("imports", 0) == 1
    assert not DeadTask.objects.exists()

    assert (purging.finish(at=timezone.now()), purging.finish(at=timezone.now())) == (1, 0)
    assert DeadTask.objects.get().why == "purged"


def test_dead_letters_are_kept_for_a_month() -> None:
    dead(1, failed_at=timezone.now() - timedelta(days=31))
    dead(2)

    assert expire(at=timezone.now()) == 1
    assert DeadTask.objects.get().task_id == "id-2"
