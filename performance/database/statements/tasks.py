"""Celery's tasks as what asks the database: statements bear their names, and repeats are counted task by task."""

from typing import Any

from celery.signals import task_postrun, task_prerun

from performance.jobs.wake import WORK
from performance.metrics import spent
from performance.metrics.spent import Spent


@task_prerun.connect
def begin(*, task: Any, **_: Any) -> None:
    # A wake-up is hundreds of jobs, each of which asks the same as the others.
    spent.doing.set(None if task.name == WORK else Spent(None, name=task.name))


@task_postrun.connect
def end(**_: Any) -> None:
    if done := spent.doing.get():
        done.end()
    spent.doing.set(None)
