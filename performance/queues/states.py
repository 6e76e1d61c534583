"""Pausing, draining and resuming a queue. The row is what counts; whoever works on queues reads it.

Claims of durable jobs read it in their own statement, so nothing is claimed once a pause has committed. Workers look
each second, and at once when they are told to; see performance.queues.consuming.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import redis
from django.db import transaction

from performance.audit.services import Actor, audited
from performance.queues import broker
from performance.queues.errors import AlreadyPaused, NotPaused
from performance.queues.models import QueueState
from performance.queues.names import checked
from performance.queues.resting import CHANNEL

logger = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(days=366)


def pause(
    queue: str, *, by: Actor, reason: str = "", until: datetime | None = None, is_draining: bool = False, at: datetime
) -> QueueState:
    """Begin nothing more of this queue; what is in flight is finished. Audited, done or refused.

    With `is_draining` it is on record that somebody waits for that. Raises UnknownQueue, and AlreadyPaused (which
    changes nothing, but for a drain of a queue that is merely paused, which is what it was, waited for).
    """
    details = {"reason": reason, "until": until and until.isoformat(), "drain": is_draining}
    with audited("queue.drain" if is_draining else "queue.pause", subject=queue, by=by, details=details):
        checked(queue)
        QueueState.objects.get_or_create(queue=queue)
        state: QueueState = QueueState.objects.select_for_update(of=("self",)).get(pk=queue)
        if QueueState.objects.resting().filter(pk=queue).exists():
            _refuse_twice(state, is_draining=is_draining)
            state.is_draining = True
            state.save(update_fields=["is_draining"])
        else:
            state.paused_at, state.until, state.reason, state.is_draining = at, until, reason[:300], is_draining
            state.by, state.by_name = by.user, by.user.get_username() if by.user else by.via
            state.save()
        transaction.on_commit(tell_workers, robust=True)
    return state


def resume(queue: str, *, by: Actor) -> QueueState:
    """Go on. Audited, done or refused. Raises UnknownQueue and NotPaused."""
    with audited("queue.resume", subject=queue, by=by):
        checked(queue)
        state: QueueState | None = QueueState.objects.resting().select_for_update(of=("self",)).filter(pk=queue).first()
        if state is None:
            raise NotPaused(f"The queue {queue} isn't paused: it works.")
        state.paused_at, state.until, state.reason, state.is_draining = None, None, "", False
        state.by, state.by_name = by.user, by.user.get_username() if by.user else by.via
        state.save()
        transaction.on_commit(tell_workers, robust=True)
    return state


def resting() -> Mapping[str, QueueState]:
    """The paused queues, by name."""
    return {state.queue: state for state in QueueState.objects.resting().select_related("by")}


def tell_workers() -> None:
    """Have them look now instead of within a second. Whom it doesn't reach looks then."""
    try:
        broker.client().publish(CHANNEL, "look")
    except redis.RedisError as error:
        logger.warning("workers weren't told of a change of their queues, and look by themselves: %s", error)


def _refuse_twice(state: QueueState, *, is_draining: bool) -> None:
    if is_draining and not state.is_draining:
        return
    since = f"{state.paused_at:%Y-%m-%d %H:%M} UTC by {state.by_name}"
    reason = f", because: {state.reason}" if state.reason else ""
    verb = "being drained" if state.is_draining else "paused"
    raise AlreadyPaused(f"The queue {state.queue} is {verb} already, since {since}{reason}. Resume it first.")
