"""Doing again what gave up: asked for in one transaction, sent from the rows a few a second.

A replay of a task is a new message with a new id, which names the old one (`retry_of`). The row is marked before the
message is sent and says when it was; a process that dies in between leaves it to the next one, which sends it under the
same id. A durable job is redriven by its engine.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from performance.audit.services import Actor, audited
from performance.jobs import services as jobs_services
from performance.queues import broker, letters
from performance.queues.arguments import called_with
from performance.queues.errors import BrokerOut, NothingToRetry
from performance.queues.letters import JOB, TASK
from performance.queues.models import DeadTask
from performance.queues.names import checked
from performance.queues.sending import Wanted, send

logger = logging.getLogger(__name__)
# Of one request, each of tasks and jobs; and of one second.
MOST_AT_ONCE = 1_000
PER_ROUND = 20
_ASK = """
WITH asked AS MATERIALIZED (
    SELECT id FROM performance_deadtask WHERE id = ANY(%s) AND retried_at IS NULL AND is_replayable
    ORDER BY id FOR UPDATE SKIP LOCKED
)
UPDATE performance_deadtask d SET retried_at = %s, retried_as = gen_random_uuid()::text, retried_by = %s
FROM asked WHERE d.id = asked.id RETURNING d.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which dead letters: those of these ids, or those that fit; all of the queue only where `is_all` says so."""

    ids: Sequence[str] = ()
    fitting: letters.Wanted = field(default_factory=letters.Wanted)
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """How many are to be done again, and whether there are more that fit."""

    tasks: int
    jobs: int
    has_more: bool


def retry(queue: str, selection: Selection, *, by: Actor, at: datetime) -> Asked:
    """Have them done again, MOST_AT_ONCE at most. Each once, however often and by how many it is asked for at a time.

    Audited, done or refused. Raises UnknownQueue and NothingToRetry. What was purged is among them only by id, or where
    `fitting.why` says so.
    """
    with audited("queue.retry", subject=queue, by=by, details=_told(selection)) as action:
        checked(queue)
        if not selection.ids and selection.fitting.is_any and not selection.is_all:
            raise NothingToRetry
        task_ids, job_ids = _chosen(queue, selection)
        tasks = _ask(task_ids[:MOST_AT_ONCE], by=by, at=at)
        redriven = jobs_services.redrive(job_ids[:MOST_AT_ONCE])
        action.details |= {"tasks": tasks, "jobs": redriven}
    return Asked(tasks, redriven, has_more=max(len(task_ids), len(job_ids)) > MOST_AT_ONCE)


def send_due(*, at: datetime) -> int:
    """A duty: send what was asked for, PER_ROUND at most; how many. While Valkey is away they wait."""
    sent = 0
    with transaction.atomic():
        for row in DeadTask.objects.to_replay().select_for_update(skip_locked=True)[:PER_ROUND]:
            try:
                is_sent = _sent(row)
            except BrokerOut as error:
                # What was sent before it is noted.
                logger.warning("replays wait for the broker. %s", error)
                break
            if is_sent:
                DeadTask.objects.filter(pk=row.pk).update(replayed_at=at)
                sent += 1
    return sent


def _sent(row: DeadTask) -> bool:
    """False for one that can't be: it is no replay then, and says so."""
    try:
        args, kwargs = called_with(row.arguments)
    except (KeyError, TypeError, ValueError) as error:
        note = f"{row.message}\nIt can't be replayed: {type(error).__name__}: {error}."
        DeadTask.objects.filter(pk=row.pk).update(
            is_replayable=False, retried_at=None, retried_as="", retried_by="", message=note.strip()
        )
        return False
    send(
        Wanted(
            task=row.task,
            args=args,
            kwargs=kwargs,
            task_id=row.retried_as,
            queue=row.queue,
            priority=row.priority,
            headers={broker.RETRY_OF: row.task_id},
        )
    )
    return True


def _chosen(queue: str, selection: Selection) -> tuple[list[int], list[int]]:
    """One more than may be done at once, where there are more."""
    wanted, limit = selection.fitting, MOST_AT_ONCE + 1
    tasks = letters.tasks(queue, wanted).filter(retried_at__isnull=True, is_replayable=True)
    jobs = letters.jobs(queue, wanted)
    if selection.ids:
        tasks = tasks.filter(pk__in=_numbers(selection.ids, TASK))
        jobs = jobs.filter(pk__in=_numbers(selection.ids, JOB))
    elif not wanted.why:
        tasks = tasks.exclude(why=DeadTask.Why.PURGED)
    in_order = tasks.order_by("failed_at", "pk"), jobs.order_by("finished_at", "pk")
    task_ids, job_ids = (list(rows.values_list("pk", flat=True)[:limit]) for rows in in_order)
    return task_ids, job_ids


def _numbers(ids: Sequence[str], source: str) -> list[int]:
    parts = (each.partition("-") for each in ids)
    return [int(number) for of, _, number in parts if of == source and number.isdecimal() and len(number) < 19]


def _ask(ids: Sequence[int], *, by: Actor, at: datetime) -> int:
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [list(ids), at, by.user.get_username() if by.user else by.via])
        return len(cursor.fetchall())


def _told(selection: Selection) -> dict[str, Any]:
    wanted = selection.fitting
    named = {name: getattr(wanted, name) for name in ("source", "task", "error", "why") if getattr(wanted, name)}
    since = {"since": wanted.since.isoformat()} if wanted.since else {}
    return {**named, **since, "ids": list(selection.ids)[:MOST_AT_ONCE], "all": selection.is_all}
