"""What Celery's queues hold in Valkey, read as kombu's Redis transport keeps it.

A queue is a list for each step of priority (ours are in CELERY_BROKER_TRANSPORT_OPTIONS); new messages come in on the
left and are taken on the right. A message that a worker has taken and not acknowledged is a field of the hash
`unacked`: what runs (a task that is acknowledged late), what waits in a worker for a free process, and what waits there
for its time (ETA).
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
import redis
from django.conf import settings

from performance.jobs.models import Priority
from performance.jobs.wake import SEPARATOR, told
from performance.metrics.celery import SENT_AT
from performance.queues.errors import BrokerOut

UNACKED = "unacked"
# Of a replay: the id of what it is a replay of.
RETRY_OF = "retry_of"
# One look at all lists and at what is taken, which nothing can happen during. A value of `unacked` is the JSON of
# [message, exchange, routing key], and the routing key is the queue's name: its end is enough, the message may be long.
_DEPTHS = """
local lists, counts, taken = {}, {}, {}
local unacked = KEYS[#KEYS]
for i = 1, #KEYS - 1 do
    lists[#lists + 1] = redis.call('LLEN', KEYS[i])
    lists[#lists + 1] = redis.call('LINDEX', KEYS[i], -1) or ''
end
local is_counted = redis.call('HLEN', unacked) <= tonumber(ARGV[1]) and 1 or 0
if is_counted == 1 then
    for _, value in ipairs(redis.call('HVALS', unacked)) do
        local queue = string.match(string.sub(value, -200), '"([^"]*)"%]$') or ''
        counts[queue] = (counts[queue] or 0) + 1
    end
end
for queue, n in pairs(counts) do
    taken[#taken + 1] = queue
    taken[#taken + 1] = n
end
return {lists, taken, is_counted}
"""
# When workers hang on to more messages than this, they aren't counted by queue: Valkey would stand still for it.
MOST_UNACKED = 20_000
TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A task on its way, with what it is called with; `sent_at` in seconds since 1970, None where nobody stamped it."""

    task_id: str
    task: str
    queue: str
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    retries: int = 0
    priority: int | None = None
    sent_at: float | None = None
    retry_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """Of one queue, as of one moment: `waiting` in the broker by priority, `unacked` taken and not acknowledged (None:
    too many to tell apart).

    `oldest_sent_at` is that of the oldest that waits, of the messages that are stamped.
    """

    queue: str
    by_priority: Mapping[int, int]
    unacked: int | None
    oldest_sent_at: float | None

    @property
    def waiting(self) -> int:
        return sum(self.by_priority.values())


@cache
def client() -> redis.Redis:
    """Bounded: nobody who waits for a page waits longer than a second for Valkey."""
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)


def key(queue: str, step: int) -> str:
    return f"{queue}{SEPARATOR}{step}" if step else queue


def depths(queues: Sequence[str]) -> dict[str, Depth]:
    """All of them as of one moment. Raises BrokerOut.

    Between a worker's taking a message and its noting it as unacked it is in neither, for the time of a round trip: so
    at most one message a worker is missing here.
    """
    keys = [key(queue, step) for queue in queues for step in Priority.values]
    try:
        lists, taken, is_counted = _look()(keys=[*keys, UNACKED], args=[MOST_UNACKED])
    except redis.RedisError as error:
        raise BrokerOut(told(error)) from error
    unacked = dict(zip(map(bytes.decode, taken[::2]), taken[1::2], strict=True))
    found = zip(lists[::2], lists[1::2], strict=True)
    return {queue: _depth(queue, found, unacked=unacked.get(queue, 0) if is_counted else None) for queue in queues}


def parsed(raw: bytes | str, *, queue: str = "") -> Message | None:
    """A message as kombu wrote it; None of what is none."""
    try:
        return _message(orjson.loads(raw), queue=queue)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@cache
def _look() -> Any:
    return client().register_script(_DEPTHS)


def _depth(queue: str, found: Iterator[tuple[int, bytes]], *, unacked: int | None) -> Depth:
    lengths, oldest = dict[int, int](), list[float]()
    for step, (length, last) in zip(Priority.values, found, strict=False):
        lengths[step] = length
        message = parsed(last) if last else None
        if message and message.sent_at:
            oldest.append(message.sent_at)
    return Depth(queue=queue, by_priority=lengths, unacked=unacked, oldest_sent_at=min(oldest, default=None))


def _message(read: Mapping[str, Any], *, queue: str) -> Message:
    headers, properties = read["headers"], read["properties"]
    body = read["body"]
    if properties.get("body_encoding") == "base64":
        body = base64.b64decode(body)
    args, kwargs, _ = orjson.loads(body)
    return Message(
        task_id=headers["id"],
        task=headers["task"],
        queue=queue or properties["delivery_info"]["routing_key"],
        args=args,
        kwargs=kwargs,
        retries=headers.get("retries") or 0,
        priority=properties.get("priority"),
        sent_at=headers.get(SENT_AT),
        retry_of=headers.get(RETRY_OF) or "",
    )
