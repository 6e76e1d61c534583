"""Emptying a queue: its messages are moved aside, archived, and only then gone.

Moving is atomic, so a message is taken by a worker or purged, never both nor neither. What is aside and not archived
yet is archived by the next purge or by the duty, whoever died meanwhile. Durable jobs are rows: they are cancelled, not
purged.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

import redis

from performance.audit.services import Actor, audited_effect
from performance.jobs.models import Priority
from performance.jobs.wake import told
from performance.queues import broker, deaths
from performance.queues.broker import Message
from performance.queues.errors import BrokerOut, NotConfirmed
from performance.queues.names import checked, known

ASIDE = "assay:queues:purging:{queue}"
CHUNK = 500
# What a request archives itself; the duty does the rest.
MOST_ARCHIVED = 5_000
# The oldest first, so that they are archived in order.
_MOVE = """
local moved = 0
while moved < tonumber(ARGV[1]) do
    if not redis.call('LMOVE', KEYS[1], KEYS[2], 'RIGHT', 'LEFT') then break end
    moved = moved + 1
end
return moved
"""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many messages were taken off the queue, and how many of what is aside are archived by now."""

    messages: int
    archived: int


def purge(queue: str, *, confirmation: str, by: Actor, at: datetime) -> Purged:
    """Take all that waits in the broker off the queue. `confirmation` is the queue's name, typed.

    Audited, done or refused. Raises UnknownQueue, NotConfirmed and BrokerOut. What workers have taken is finished.
    """
    with audited_effect("queue.purge", subject=queue, by=by) as action:
        checked(queue)
        if confirmation != queue:
            raise NotConfirmed(f"To purge {queue}, type its name: {queue}.")
        who = by.user.get_username() if by.user else by.via
        try:
            moved = sum(_moved(queue, step) for step in Priority.values)
            archived = archive(queue, by=who, at=at, most=MOST_ARCHIVED)
        except redis.RedisError as error:
            raise BrokerOut(told(error)) from error
        action.details |= {"messages": moved, "archived": archived}
    return Purged(moved, archived)


def finish(*, at: datetime) -> int:
    """A duty: archive what purges left aside; how many."""
    return sum(archive(queue, by="a purge", at=at, most=MOST_ARCHIVED) for queue in known())


def archive(queue: str, *, by: str, at: datetime, most: int) -> int:
    """Of what is aside, the oldest first. May be repeated: a message is stored once, by its id."""
    client: Any = broker.client()
    key, done = ASIDE.format(queue=queue), 0
    while done < most and (raw := client.lrange(key, -CHUNK, -1)):
        deaths.store_purged(
            [broker.parsed(each, queue=queue) or _unreadable(each, queue) for each in raw], by=by, at=at
        )
        # Each by itself: somebody else may be archiving them, too, and take away no others.
        taken_away = client.pipeline(transaction=False)
        for each in raw:
            taken_away.lrem(key, -1, each)
        taken_away.execute()
        done += len(raw)
    return done


def _moved(queue: str, step: int) -> int:
    """As many as there are now, so that it ends while others send."""
    client: Any = broker.client()
    source, moved = broker.key(queue, step), 0
    left = client.llen(source)
    while moved < left and (
        chunk := _move()(keys=[source, ASIDE.format(queue=queue)], args=[min(CHUNK, left - moved)])
    ):
        moved += chunk
    return moved


@cache
def _move() -> Any:
    return broker.client().register_script(_MOVE)


def _unreadable(raw: bytes, queue: str) -> Message:
    """Kept as what it is; without a task's name it can't be replayed."""
    return Message(
        task_id=f"unreadable-{sha256(raw).hexdigest()[:32]}", task="", queue=queue, args=[raw.decode(errors="replace")]
    )
