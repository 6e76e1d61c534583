"""What is wrong with the queues and what to do about it. The rules are pure functions of what was seen."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse

from performance.console.shapes import Finding, Severity
from performance.queues.figures import Picture, QueueFigures, picture
from performance.queues.fleet import State
from performance.queues.models import DeadTask

DEEP, PER_WORKER, PER_WORKER_CRITICAL = 1_000, 100, 500
WAIT_MS, WAIT_CRITICAL_MS = 10_000, 60_000
OLD_S, OLD_CRITICAL_S = 300, 1_800
# Longer than any limit of our tasks.
LONG_S = 3_900
PAUSED_LONG = timedelta(hours=1)
MINUTES = 60
AREA = "queues"


def findings(*, at: datetime) -> Sequence[Finding]:
    return [*of(picture(at=at, minutes=MINUTES)), *_of_growth(at=at)]


def of(seen: Picture) -> list[Finding]:
    """All of them, queue by queue."""
    found = [] if seen.is_broker_there else [_broker_away(seen.trouble)]
    for queue in seen.queues:
        found += _of_queue(queue, at=seen.at)
    return [*found, *_of_fleet(seen)]


def _of_queue(queue: QueueFigures, *, at: datetime) -> Iterator[Finding]:
    name, waiting = queue.queue, queue.waiting_in_all or 0
    if queue.pause is not None:
        yield from _of_pause(queue, at=at)
        return
    if waiting and not queue.workers:
        yield _finding(
            f"{name}.no_worker",
            Severity.CRITICAL,
            f"Nobody works on {name}",
            f"{waiting:,} wait on it, and no living worker was started with it.",
            f"Start a worker with --queues {name} (the Procfile has them), or look at why it ended.",
            impact=waiting,
        )
    elif waiting > DEEP:
        yield _finding(
            f"{name}.deep",
            Severity.WARNING,
            f"{name} is {waiting:,} deep",
            f"More than {DEEP:,} wait; {queue.per_minute:,.0f} a minute are done.",
            "Give it more processes (WORKER_CONCURRENCY_IO, WORKER_CONCURRENCY_FILES), or send less.",
            impact=waiting,
        )
    yield from _of_load(queue, waiting=waiting)
    yield from _of_age(queue)


def _of_load(queue: QueueFigures, *, waiting: int) -> Iterator[Finding]:
    processes = queue.processes or queue.workers
    if not processes or waiting <= PER_WORKER * processes:
        return
    each = waiting / processes
    yield _finding(
        f"{queue.queue}.load",
        Severity.CRITICAL if each > PER_WORKER_CRITICAL else Severity.WARNING,
        f"{each:,.0f} wait for each process of {queue.queue}",
        f"{waiting:,} wait for {processes}; {PER_WORKER} each is what a queue gets through while nobody notices.",
        "Start more worker processes, or move what is slow to a queue of its own.",
        impact=waiting,
    )


def _of_age(queue: QueueFigures) -> Iterator[Finding]:
    name, (p95,) = queue.queue, queue.wait.quantiles([0.95])
    if p95 is not None and p95 > WAIT_MS:
        yield _finding(
            f"{name}.wait",
            Severity.CRITICAL if p95 > WAIT_CRITICAL_MS else Severity.WARNING,
            f"Tasks wait {p95 / 1000:,.0f} s on {name}",
            f"One of twenty waited longer, of {queue.wait.n:,} in the last {queue.minutes} minutes.",
            f"Look at what runs long there, and give {name} more processes.",
            impact=queue.wait.total,
            unit="ms an hour",
        )
    if queue.oldest_s is not None and queue.oldest_s > OLD_S:
        yield _finding(
            f"{name}.old",
            Severity.CRITICAL if queue.oldest_s > OLD_CRITICAL_S else Severity.WARNING,
            f"The oldest message of {name} is {queue.oldest_s / 60:,.0f} minutes old",
            "Something of low priority starves, or the workers take nothing.",
            "Look at its workers; a message that nobody knows can be purged, which archives it.",
            impact=queue.oldest_s * 1000,
            unit="ms",
        )


def _of_pause(queue: QueueFigures, *, at: datetime) -> Iterator[Finding]:
    pause = queue.pause
    if pause is None or pause.paused_at is None or at - pause.paused_at < PAUSED_LONG:
        return
    hours = (at - pause.paused_at).total_seconds() / 3600
    says = f"By {pause.by_name}{f', because: {pause.reason}' if pause.reason else ''}. "
    yield _finding(
        f"{queue.queue}.paused",
        Severity.WARNING,
        f"{queue.queue} has been paused for {hours:,.0f} hour{'' if round(hours) == 1 else 's'}",
        f"{says}{queue.waiting_in_all or 0:,} wait on it.",
        "Resume it, or give the pause an end.",
        impact=queue.waiting_in_all or 0,
    )


def _of_fleet(seen: Picture) -> Iterator[Finding]:
    for member in seen.members:
        if member.state is State.WEDGED:
            yield _finding(
                f"worker.{member.host}.{member.pid}",
                Severity.CRITICAL,
                f"{member.name} is wedged",
                member.why,
                f"End process {member.pid} on {member.host}: its jobs are leased, and others take them over.",
                url="console-workers",
            )
        for each in member.held or ():
            ran_s = seen.at.timestamp() - each.since if each.since else 0.0
            if ran_s > LONG_S:
                yield _finding(
                    f"task.{each.task_id}",
                    Severity.INFO,
                    f"{each.task} has run for {ran_s / 3600:,.1f} hours",
                    f"In process {each.pid} of {member.name}, on {each.queue}.",
                    "Look whether it gets on: a task that waits for something without a time limit never ends.",
                    impact=ran_s * 1000,
                    unit="ms",
                    url="console-workers",
                )


def _of_growth(*, at: datetime) -> Iterator[Finding]:
    """More died in the last hour than in the one before."""
    hour = timedelta(hours=1)
    lately = DeadTask.objects.filter(failed_at__gte=at - 2 * hour).exclude(why=DeadTask.Why.PURGED)
    counted = (
        lately.order_by("queue")
        .values_list("queue")
        .annotate(
            now=Count("pk", filter=Q(failed_at__gte=at - hour)), before=Count("pk", filter=Q(failed_at__lt=at - hour))
        )
    )
    for queue, now, before in counted:
        if now > before:
            yield _finding(
                f"{queue}.dead",
                Severity.WARNING,
                f"{now:,} task{'' if now == 1 else 's'} of {queue} gave up in the last hour",
                f"{before:,} did in the hour before.",
                "Read what they died of, mend it, and retry them.",
                impact=now,
                unit="tasks an hour",
                url="console-dead-letters",
            )


def _broker_away(trouble: str) -> Finding:
    return _finding(
        "broker",
        Severity.CRITICAL,
        "Valkey can't be asked",
        trouble,
        "Start it, or mend REDIS_URL: workers hear nothing.",
    )


def _finding(
    key: str,
    severity: Severity,
    title: str,
    says: str,
    action: str,
    *,
    impact: float = 0.0,
    unit: str = "waiting",
    url: str = "console-queues",
) -> Finding:
    return Finding(
        area=AREA,
        key=f"{AREA}.{key}",
        severity=severity,
        title=title,
        says=says,
        action=action,
        impact=impact,
        unit=unit,
        url=reverse(url),
    )
