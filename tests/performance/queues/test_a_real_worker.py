"""With a prefork worker on a broker: figures under load, deaths of every kind, a replay, pauses and a drain."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from performance.audit.services import Actor
from performance.queues import broker, replays, states
from performance.queues.benchmarks import counted, errors_under_load, is_taken
from performance.queues.figures import QueueFigures, picture
from performance.queues.models import DeadTask
from performance.queues.replays import Selection
from performance.queues.sending import Wanted, send
from tests.performance.queues.conftest import await_that, worker
from tests.performance.queues.names import GO, QUEUE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@dataclass(slots=True)
class Shared:
    """The worker that these tests share: its start is what costs."""

    log: Path
    ends: ExitStack

    def restart(self) -> None:
        self.ends.close()
        self.ends.enter_context(worker(self.log, concurrency=2))


@pytest.fixture(scope="module")
def shared(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shared]:
    with django_db_blocker.unblock(), ExitStack() as ends:
        begun = Shared(tmp_path_factory.mktemp("worker") / "log", ends)
        begun.restart()
        yield begun


@pytest.fixture
def log(shared: Shared) -> Path:
    return shared.log


def post(task: str, *args: object, **kwargs: object) -> str:
    return send(Wanted(task=f"tests.{task}", queue=QUEUE, args=args, kwargs=kwargs))


def now() -> QueueFigures:
    [queue] = picture(at=timezone.now(), queues=[QUEUE]).queues
    return queue


def test_figures_agree_with_the_truth_within_one_message_under_load(log: Path) -> None:
    assert await_that(is_taken), log.read_text()
    errors = errors_under_load(300)

    assert await_that(lambda: counted() == 300), log.read_text()
    assert await_that(lambda: (now().waiting, now().unacked, now().running) == (0, 0, 0))
    assert max(errors) <= 1, errors


def test_what_dies_is_kept_however_it_died(log: Path, by: Actor) -> None:
    assert await_that(is_taken), log.read_text()

    ids = {post("fail", 7, since="yesterday", deep={"a": [1, None]}): "fail"}
    ids |= {post(task): task for task in ("dawdle", "overrun", "die")}

    assert await_that(lambda: DeadTask.objects.count() == 4, within_s=45), list(DeadTask.objects.values())
    dead = {ids[each.task_id]: each for each in DeadTask.objects.all()}
    assert {(name, each.why, each.error, each.queue) for name, each in dead.items()} == {
        ("fail", "failed", "LookupError", QUEUE),
        ("dawdle", "time_limit", "TimeLimitExceeded", QUEUE),
        ("overrun", "time_limit", "SoftTimeLimitExceeded", QUEUE),
        ("die", "worker_lost", "WorkerLostError", QUEUE),
    }
    assert dead["fail"].arguments == {"args": [7], "kwargs": {"since": "yesterday", "deep": {"a": [1, None]}}}
    assert dead["fail"].message == "no such thing"
    assert dead["fail"].traceback.rstrip().endswith("LookupError: no such thing")
    assert all(each.worker.startswith("celery@") for each in dead.values())
    # It was put back thrice.
    assert dead["die"].retries == 3
    assert 1900 < (dead["dawdle"].runtime_ms or 0) < 8000
    assert 900 < (dead["overrun"].runtime_ms or 0) < 5000

    asked = replays.retry(QUEUE, Selection(ids=[f"task-{dead['fail'].pk}"]), by=by, at=timezone.now())
    replays.send_due(at=timezone.now())

    assert (asked.tasks, asked.jobs) == (1, 0)
    assert await_that(lambda: DeadTask.objects.filter(retry_of=dead["fail"].task_id).exists()), log.read_text()
    again = DeadTask.objects.get(retry_of=dead["fail"].task_id)
    assert again.task_id == DeadTask.objects.get(pk=dead["fail"].pk).retried_as
    assert again.arguments == dead["fail"].arguments


def test_a_drained_queue_says_when_it_is_empty(log: Path, by: Actor) -> None:
    assert await_that(is_taken), log.read_text()
    post("wait")
    assert await_that(lambda: now().running == 1)

    states.pause(QUEUE, by=by, is_draining=True, at=timezone.now())
    assert (now().state, now().in_flight) == ("draining", 1)
    assert await_that(lambda: now().taking == 0), log.read_text()
    post("work")
    broker.client().rpush(GO, "go")

    assert await_that(lambda: now().state == "drained"), log.read_text()
    assert (counted(), now().waiting) == (1, 1)

    states.resume(QUEUE, by=by)

    assert await_that(lambda: counted() == 2), log.read_text()


def test_a_paused_queue_stays_paused_through_a_restart_of_every_process(shared: Shared, by: Actor) -> None:
    assert await_that(is_taken), shared.log.read_text()
    states.pause(QUEUE, by=by, reason="a deploy", at=timezone.now())
    assert await_that(lambda: now().taking == 0), shared.log.read_text()

    shared.restart()
    post("work")

    assert await_that(lambda: now().workers == 1 and now().taking == 0), shared.log.read_text()
    # It is as well as a worker can be: what waits is left there on purpose.
    assert not await_that(lambda: counted() > 0, within_s=2)
    left = now()
    assert (left.waiting, left.unacked, left.state) == (1, 0, "paused")

    states.resume(QUEUE, by=by)

    assert await_that(lambda: counted() == 1), shared.log.read_text()
