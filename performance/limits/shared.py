"""The buckets that all processes share: one script in Valkey, by Valkey's clock.

The clocks of the hosts don't matter. Where Valkey's own is set back, a bucket is at worst empty and fills as fast as
ever, since no state may lie further ahead than an empty bucket's; set forward, each client gets one burst too many.
A bucket that is full again has no key, so that Valkey remembers only who asked lately.
"""

import time

from performance.cache.connection import Script, pinned
from performance.limits.gcra import SHARE_LEFT, Answer
from performance.limits.policies import Policy

PREFIX = "assay-limits"
# Of each policy and hour, the identities that are refused most, by the Space-Saving algorithm (Metwally, Agrawal and
# El Abbadi 2005): whoever has more than a two-hundredth of the refusals is among them, however many others there are.
MOST_REFUSED = 200
HOUR_S, REFUSED_KEPT_S = 3600, 25 * 3600

# KEYS: the bucket, the hour's refused. ARGV: the interval in µs, burst, cost, the most to take at once, tokens given
# back, refusals that were answered without asking here, the identity. The algorithm is `performance.limits.gcra`'s.
TAKE = Script(f"""
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local most, back, refused = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local tat = tonumber(redis.call('GET', KEYS[1]) or now) or now
tat = math.max(now, math.min(tat, now + burst * interval) - back * interval)
local level = burst - (tat - now) / interval
local available = math.floor(level + 1e-6)
local next_us = (1 - (level + 1e-6) % 1) * interval
local granted, wait_us = 0, 0
cost = math.min(cost, burst)
if available < cost then
  wait_us = (cost - level) * interval
  refused = refused + 1
else
  granted = math.max(cost, math.min(most, math.floor(available / {SHARE_LEFT})))
  tat = tat + granted * interval
end
if tat > now then
  redis.call('SET', KEYS[1], string.format('%.3f', tat), 'PX', math.ceil((tat - now) / 1000))
end
if refused > 0 then
  if redis.call('ZCARD', KEYS[2]) >= {MOST_REFUSED} and not redis.call('ZSCORE', KEYS[2], ARGV[7]) then
    local least = redis.call('ZPOPMIN', KEYS[2])
    refused = refused + least[2]
  end
  redis.call('ZINCRBY', KEYS[2], refused, ARGV[7])
  redis.call('EXPIRE', KEYS[2], {REFUSED_KEPT_S})
end
return {{granted, available - granted, math.ceil(next_us), math.ceil(wait_us)}}
""")


def ask(identity: str, *, policy: Policy, cost: int, unspent: int, refused: int) -> Answer:
    """Take `cost` tokens of the bucket, and some in advance where there are plenty; one round trip.

    `unspent` tokens of an earlier grant go back first. `refused` requests that were answered without asking here are
    counted for `performance.limits.figures`. Raises CacheGone.
    """
    keys = [f"{PREFIX}:{policy.name}:{identity}", refused_key(policy.name, hour=int(time.time()) // HOUR_S)]
    arguments: list[str | float] = [
        policy.interval_s * 1e6,
        policy.burst,
        cost,
        policy.lease,
        unspent,
        refused,
        identity,
    ]
    granted, remaining, next_us, wait_us = pinned().script(TAKE, keys, arguments)
    return Answer(granted, remaining, next_us / 1e6, wait_us / 1e6)


def refused_key(policy: str, *, hour: int) -> str:
    """Where the refusals of an hour (since 1970) are counted."""
    return f"{PREFIX}-refused:{policy}:{hour}"
