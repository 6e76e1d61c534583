"""Between the processes and the database: one hash in Valkey that all processes add to, and one flusher empties.

Nothing counts twice. A process numbers what it sends, and a number that was merged is not merged again, so it may
repeat what it had no answer for. The hash has an id from when it begins; the flusher stores that with the rows, in one
transaction, and only then has the hash deleted: whoever comes after a flusher that died finds the same hash, and in the
database whether it was stored. A Valkey that comes back with an older state brings ids that were stored already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

PENDING, TAKEN, SENT = "assay:metrics:pending", "assay:metrics:taken", "assay:metrics:sent"
# Rows that wait for a flusher: some hours of them, about 15 MB. What finds no room is counted and dropped.
MOST_PENDING = 50_000
# How long Valkey remembers the last number of a process; a process repeats what it sent within minutes.
_SENT_KEPT_S = 3600
_ID, _LOST = b"#id", b"#lost"

# A row is [n, total] or [n, total, low, high, bin, count, bin, count, …].
_MERGE = """
local function merged(one, other)
    local a, b = cjson.decode(one), cjson.decode(other)
    if #a < #b then a, b = b, a end
    a[1], a[2] = a[1] + b[1], a[2] + b[2]
    if #b > 2 then
        a[3], a[4] = math.min(a[3], b[3]), math.max(a[4], b[4])
        local at = {}
        for i = 5, #a, 2 do at[a[i]] = i + 1 end
        for i = 5, #b, 2 do
            local place = at[b[i]]
            if place then a[place] = a[place] + b[i + 1]
            else a[#a + 1] = b[i]; a[#a + 1] = b[i + 1] end
        end
    end
    return cjson.encode(a)
end
local pending, sent = KEYS[1], KEYS[2]
local number, id, room = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
if tonumber(redis.call('GET', sent) or '0') >= number then return 0 end
redis.call('SET', sent, number, 'EX', ARGV[4])
redis.call('HSETNX', pending, '#id', id)
room = room - redis.call('HLEN', pending)
for i = 5, #ARGV, 2 do
    local there = redis.call('HGET', pending, ARGV[i])
    if there then redis.call('HSET', pending, ARGV[i], merged(there, ARGV[i + 1]))
    elseif room > 0 then redis.call('HSET', pending, ARGV[i], ARGV[i + 1]); room = room - 1
    else redis.call('HINCRBY', pending, '#lost', cjson.decode(ARGV[i + 1])[1]) end
end
return 1
"""
_TAKE = """
if redis.call('EXISTS', KEYS[2]) == 0 then
    if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
    redis.call('RENAME', KEYS[1], KEYS[2])
end
return redis.call('HGETALL', KEYS[2])
"""
_DONE = "if redis.call('HGET', KEYS[1], '#id') == ARGV[1] then return redis.call('UNLINK', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class Handover:
    """What a flusher was handed: rows by what they are of, both as they were sent. `lost` values had no room."""

    id: UUID
    rows: Mapping[bytes, bytes]
    lost: int


def merge(rows: Sequence[tuple[bytes, bytes]], *, sender: str, number: int) -> bool:
    """Add rows to what is pending; False if this number of this sender was merged before. Atomic."""
    arguments = [number, str(uuid4()), MOST_PENDING, _SENT_KEPT_S, *(text for row in rows for text in row)]
    return bool(_script(_MERGE)(keys=[PENDING, f"{SENT}:{sender}"], args=arguments))


def take() -> Handover | None:
    """What is to be stored next: the same again until it is `done`. None where nothing is."""
    flat = _script(_TAKE)(keys=[PENDING, TAKEN])
    if not flat:
        return None
    rows = dict(zip(flat[::2], flat[1::2], strict=True))
    return Handover(id=UUID(rows.pop(_ID).decode()), lost=int(rows.pop(_LOST, 0)), rows=rows)


def done(id_: UUID) -> None:
    """It is stored: forget it. Nothing happens to another one."""
    _script(_DONE)(keys=[TAKEN], args=[str(id_)])


@cache
def _script(text: str) -> Any:
    return _client().register_script(text)


@cache
def _client() -> redis.Redis:
    """Nobody waits for it but a thread of its own and the flusher, who both come again: no attempt is repeated here."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
    )
