"""What waits in each queue, and who is there to do it."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, F, Q, Sum

from performance.jobs.kinds import queues_by_kind
from performance.jobs.models import Batch, Job, Worker
from performance.jobs.workers import live_workers

STATES = ["ready", "leased", "parked", "dead"]


@dataclass(slots=True)
class Queue:
    """The jobs of one queue by state. `is_deaf` when work waits and no live worker takes from it."""

    name: str
    ready: int = 0
    leased: int = 0
    parked: int = 0
    dead: int = 0
    workers: int = 0

    @property
    def is_deaf(self) -> bool:
        return bool(self.ready + self.leased) and not self.workers


@dataclass(frozen=True, slots=True)
class Waiting:
    queues: list[Queue]
    workers: list[Worker] = field(default_factory=list)

    @property
    def busy(self) -> list[Queue]:
        """The queues that hold something."""
        return [queue for queue in self.queues if queue.ready or queue.leased or queue.parked or queue.dead]

    @property
    def served(self) -> list[str]:
        """The queues that a live worker takes from."""
        return [queue.name for queue in self.queues if queue.workers]

    @property
    def open(self) -> int:
        return sum(queue.ready + queue.leased for queue in self.queues)

    @property
    def stuck(self) -> int:
        return sum(queue.parked + queue.dead for queue in self.queues)

    @property
    def deaf(self) -> list[Queue]:
        return [queue for queue in self.queues if queue.is_deaf]


def waiting() -> Waiting:
    """Every queue, and who is alive. Three statements, over the batches' own counters."""
    queues = {name: Queue(name) for name in settings.QUEUES}
    queue_of = queues_by_kind()
    for kind, counts in _counts().items():
        queue = queues.setdefault(queue_of.get(kind, kind), Queue(queue_of.get(kind, kind)))
        for state in STATES:
            setattr(queue, state, getattr(queue, state) + counts[state])
    workers = live_workers()
    for worker in workers:
        for name in worker.queues:
            if name in queues:
                queues[name].workers += 1
    return Waiting(list(queues.values()), workers)


def _counts() -> dict[str, dict[str, int]]:
    """Jobs by kind and state; counting the few leased rows, not the many ready ones."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATES, 0))
    ended = F("succeeded") + F("dead") + F("parked") + F("cancelled")
    stuck = Batch.objects.filter(Q(state__in=["running", "paused"]) | Q(dead__gt=0) | Q(parked__gt=0))
    open_ = Sum(F("total") - ended, filter=Q(state__in=["running", "paused"]))
    for row in stuck.order_by().values("kind").annotate(open=open_, is_dead=Sum("dead"), is_parked=Sum("parked")):
        counts[row["kind"]].update(ready=row["open"] or 0, dead=row["is_dead"], parked=row["is_parked"])
    leased = Job.objects.filter(state=Job.State.LEASED).order_by().values("kind").annotate(n=Count("pk"))
    for row in leased:
        kind = counts[row["kind"]]
        kind["leased"] = row["n"]
        kind["ready"] = max(0, kind["ready"] - row["n"])
    return counts
