"""All that is known of the queues, put together from Valkey, rows and measurements. Nobody is asked and waited for."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from performance.metrics.celery import OUTCOMES, RUN, SENT, WAIT
from performance.metrics.looks import once_a_look
from performance.metrics.queries import Sample, by_labels
from performance.queues import broker, durable, states
from performance.queues.broker import Depth
from performance.queues.durable import BatchFigures, KindFigures
from performance.queues.errors import BrokerOut
from performance.queues.fleet import Member, members
from performance.queues.fleet import State as MemberState
from performance.queues.models import DeadTask, QueueState
from performance.queues.names import known
from performance.queues.reports import Report, reports

logger = logging.getLogger(__name__)
# Of a task that put itself back another outcome follows.
FAILURES = ("failed", "timed_out", "lost")
SHARES = (0.5, 0.95, 0.99)
NOTHING = Sample(bins={})


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFigures:
    """A task on a queue over some time: how many, how long they waited and ran (ms), and how they ended."""

    task: str
    queue: str
    sent: int
    outcomes: Mapping[str, int]
    wait: Sample
    run: Sample

    @property
    def failed(self) -> int:
        return sum(self.outcomes.get(each, 0) for each in FAILURES)

    @property
    def done(self) -> int:
        return self.outcomes.get("succeeded", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """A queue now, and over the last `minutes`. None is unknown, never nothing.

    `waiting` in the broker (by priority), `unacked` taken by workers and not acknowledged, `running` and `reserved` as
    the workers told. `workers` serve the queue, `taking` take from it now.
    """

    queue: str
    state: str
    pause: QueueState | None
    minutes: int
    waiting: int | None
    by_priority: Mapping[int, int]
    unacked: int | None
    running: int | None
    reserved: int | None
    oldest_s: float | None
    workers: int
    taking: int | None
    processes: int | None
    tasks: Sequence[TaskFigures]
    kinds: Sequence[KindFigures]
    batches: Sequence[BatchFigures]
    dead: int
    purged: int

    @property
    def ready(self) -> int:
        return sum(kind.ready for kind in self.kinds)

    @property
    def leased(self) -> int:
        return sum(kind.leased for kind in self.kinds)

    @property
    def dead_jobs(self) -> int:
        return sum(kind.dead for kind in self.kinds)

    @property
    def parked_jobs(self) -> int:
        return sum(kind.parked for kind in self.kinds)

    @property
    def in_flight(self) -> int | None:
        """What a drain waits for: taken messages and leased jobs. A wake-up that runs is neither."""
        return None if self.unacked is None else self.unacked + self.leased

    @property
    def waiting_in_all(self) -> int | None:
        """Messages and jobs."""
        return None if self.waiting is None else self.waiting + self.ready

    @property
    def sent(self) -> int:
        return sum(task.sent for task in self.tasks)

    @property
    def done(self) -> int:
        return sum(task.done for task in self.tasks)

    @property
    def failed(self) -> int:
        return sum(task.failed for task in self.tasks)

    @property
    def per_minute(self) -> float:
        return (self.done + self.failed) / self.minutes

    @property
    def wait(self) -> Sample:
        return _together([task.wait for task in self.tasks])

    @property
    def run(self) -> Sample:
        return _together([task.run for task in self.tasks])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All queues and the fleet as of one look; `is_broker_there` False where Valkey couldn't be asked."""

    at: datetime
    minutes: int
    queues: Sequence[QueueFigures]
    members: Sequence[Member]
    is_broker_there: bool
    # Why not, in a sentence.
    trouble: str = ""


@dataclass(slots=True)
class _Seen:
    """What a look brings, before it is told apart by queue."""

    depths: Mapping[str, Depth] = field(default_factory=dict)
    reports: Sequence[Report] = ()
    trouble: str = ""


@once_a_look
def picture(*, at: datetime, minutes: int = 60, queues: Sequence[str] | None = None) -> Picture:
    """Of these queues, else of all. About ten statements and two calls of Valkey, whatever waits there."""
    names = list(queues if queues is not None else known())
    seen = _seen(names)
    fleet = members(seen.reports, at=at)
    resting = states.resting()
    unfinished = durable.batches()
    kinds = durable.by_kind()
    measured = _tasks(at=at, minutes=minutes)
    dead = _dead()
    found = [
        QueueFigures(
            queue=name,
            pause=resting.get(name),
            minutes=minutes,
            tasks=[each for each in measured if each.queue == name],
            kinds=[each for each in kinds if each.queue == name],
            batches=[each for each in unfinished if each.queue == name],
            dead=sum(n for (queue, why), n in dead.items() if queue == name and why != DeadTask.Why.PURGED),
            purged=dead[name, DeadTask.Why.PURGED],
            **_now(seen.depths.get(name), at=at),
            **_worked_on(name, fleet),
            state=_state(resting.get(name), seen.depths.get(name), kinds, name),
        )
        for name in names
    ]
    is_there = bool(seen.depths) or not names
    return Picture(at=at, minutes=minutes, queues=found, members=fleet, is_broker_there=is_there, trouble=seen.trouble)


def _seen(names: Sequence[str]) -> _Seen:
    try:
        return _Seen(broker.depths(names), reports())
    except BrokerOut as error:
        logger.warning("queues are shown without what is in the broker: %s", error)
        return _Seen(trouble=str(error))


def _now(depth: Depth | None, *, at: datetime) -> dict[str, Any]:
    if depth is None:
        return {"waiting": None, "by_priority": {}, "unacked": None, "oldest_s": None}
    oldest = depth.oldest_sent_at
    return {
        "waiting": depth.waiting,
        "by_priority": depth.by_priority,
        "unacked": depth.unacked,
        "oldest_s": None if oldest is None else max(0.0, at.timestamp() - oldest),
    }


def _worked_on(queue: str, fleet: Sequence[Member]) -> dict[str, Any]:
    """By the living workers that serve it; what one of them didn't tell is unknown of all."""
    serving = [each for each in fleet if each.is_worker and each.state is MemberState.ALIVE and queue in each.queues]
    told = {
        "running": [_of(each.running, queue) for each in serving],
        "reserved": [_of(each.reserved, queue) for each in serving],
        "taking": [None if each.taken is None else int(queue in each.taken) for each in serving],
        "processes": [each.concurrency for each in serving],
    }
    return {"workers": len(serving), **{name: _sum_of_known(values) for name, values in told.items()}}


def _of(counts: Mapping[str, int] | None, queue: str) -> int | None:
    return None if counts is None else counts.get(queue, 0)


def _sum_of_known(values: Sequence[int | None]) -> int | None:
    whole = [value for value in values if value is not None]
    return sum(whole) if len(whole) == len(values) else None


def _state(pause: QueueState | None, depth: Depth | None, kinds: Sequence[KindFigures], queue: str) -> str:
    if pause is None:
        return "running"
    if not pause.is_draining:
        return "paused"
    leased = sum(kind.leased for kind in kinds if kind.queue == queue)
    is_empty = depth is not None and depth.unacked == 0 and leased == 0
    return "drained" if is_empty else "draining"


def _tasks(*, at: datetime, minutes: int) -> list[TaskFigures]:
    over = timedelta(minutes=minutes)
    waits, runs, sent, outcomes = (_by_task(metric, at=at, over=over) for metric in (WAIT, RUN, SENT, OUTCOMES))
    keys = dict.fromkeys((task, queue) for task, queue, _ in (*waits, *runs, *sent, *outcomes))
    return [
        TaskFigures(
            task=task,
            queue=queue,
            sent=sent.get((task, queue, ""), NOTHING).n,
            outcomes={outcome: each.n for (of, on, outcome), each in outcomes.items() if (of, on) == (task, queue)},
            wait=waits.get((task, queue, ""), NOTHING),
            run=runs.get((task, queue, ""), NOTHING),
        )
        for task, queue in sorted(keys)
    ]


def _by_task(metric: str, *, at: datetime, over: timedelta) -> dict[tuple[str, str, str], Sample]:
    found: dict[tuple[str, str, str], Sample] = {}
    for labels, sample in by_labels(metric, at=at, over=over):
        key = labels.get("task", ""), labels.get("queue", ""), labels.get("outcome", "")
        found[key] = found[key].with_(sample) if key in found else sample
    return found


def _together(samples: Sequence[Sample]) -> Sample:
    whole = NOTHING
    for sample in samples:
        whole = whole.with_(sample)
    return whole


def _dead() -> Counter[tuple[str, str]]:
    """Dead letters that nobody answered, by queue and why."""
    rows = DeadTask.objects.unanswered().order_by().values_list("queue", "why").annotate(n=Count("pk"))
    return Counter({(queue, why): n for queue, why, n in rows})
