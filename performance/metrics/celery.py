"""Celery's tasks by task and queue: celery.sent, celery.wait_ms, celery.run_ms, celery.outcomes.

A message carries the time at which it was sent. A child measures what it runs; what a child can't tell (it was killed,
the task was revoked or took too long) its parent counts. No I/O. `connect` is called where the app is made, so that
whoever publishes counts, too.
"""

import time
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any

from celery import Task, signals, states

from performance.metrics import sending
from performance.metrics.tallies import count, observe

SENT_AT = "assay_sent_at"
SENT, WAIT, RUN, OUTCOMES = "celery.sent", "celery.wait_ms", "celery.run_ms", "celery.outcomes"
# Of a task that put itself back, or asked that no outcome be noted, there is none.
_OUTCOMES = {states.SUCCESS: "succeeded", states.FAILURE: "failed", states.RETRY: "retried"}
_BEGAN_AT = "assay_began_at"


class MeasuredTask(Task):  # type: ignore[type-arg]  # generic in its types alone
    """What every task of the app is: its parent's view of it counts what no child can."""

    abstract = True
    Request = "performance.metrics.celery_requests:MeasuredRequest"


def connect() -> None:
    """Once a process; repeating it changes nothing."""
    signals.before_task_publish.connect(stamp)
    signals.after_task_publish.connect(count_sent)
    signals.task_prerun.connect(begin)
    signals.task_postrun.connect(finish)
    signals.task_revoked.connect(count_revoked)
    # A child that has nothing to do yet says what it uses, too.
    signals.worker_process_init.connect(sending.ensure)
    signals.worker_process_shutdown.connect(sending.end)


def count_outcome(task: str, queue: str, outcome: str) -> None:
    """One more task ended so: succeeded, failed, retried, revoked, lost (its process died), timed_out."""
    sending.ensure()
    count(OUTCOMES, {"task": task, "queue": queue, "outcome": outcome})


def stamp(*, headers: MutableMapping[str, Any], **_signal: Any) -> None:
    """A retry is sent anew: its wait begins here."""
    headers[SENT_AT] = time.time()


def count_sent(*, sender: str, routing_key: str, **_signal: Any) -> None:
    sending.ensure()
    count(SENT, {"task": sender, "queue": routing_key})


def begin(*, task: "Task[Any, Any]", **_signal: Any) -> None:
    request = task.request
    now = time.time()
    setattr(request, _BEGAN_AT, time.perf_counter())
    if (since := due_at(request.headers or {}, eta=str(request.eta) if request.eta else None)) is not None:
        # Clocks of two hosts differ: a message from the future waited for nothing.
        observe(WAIT, _labels(task), max(0.0, now - since) * 1000)


def finish(*, task: "Task[Any, Any]", state: str | None, **_signal: Any) -> None:
    labels = _labels(task)
    began_at = getattr(task.request, _BEGAN_AT, None)
    if began_at is not None:
        observe(RUN, labels, (time.perf_counter() - began_at) * 1000)
    if state in _OUTCOMES:
        count_outcome(labels["task"], labels["queue"], _OUTCOMES[state])


def count_revoked(*, sender: "Task[Any, Any]", request: Any, **_signal: Any) -> None:
    """In the parent; expired tasks are among these."""
    count_outcome(sender.name, queue_of(request.delivery_info), "revoked")


def due_at(headers: Mapping[str, Any], *, eta: str | None) -> float | None:
    """Seconds since 1970 from which a task waited: max(sent, eta). None of one that another release sent."""
    sent_at = headers.get(SENT_AT)
    if not isinstance(sent_at, int | float):
        return None
    return max(float(sent_at), datetime.fromisoformat(eta).timestamp()) if eta else float(sent_at)


def queue_of(delivery: Mapping[str, Any] | None) -> str:
    """On Redis the routing key is the queue's name."""
    return str((delivery or {}).get("routing_key") or "-")


def _labels(task: "Task[Any, Any]") -> dict[str, str]:
    return {"task": str(task.name), "queue": queue_of(task.request.delivery_info)}
