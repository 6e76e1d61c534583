"""Who is limited: refusals by policy and identity, as Valkey counts them by the hour.

What a process refuses without asking Valkey is counted with its next question for that client; the last second of a
client that then stays away is missing. Counts of identities beyond the 200 most refused of an hour are estimates from
above (see `performance.limits.shared`); sums are exact.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from performance.access.models import ApiToken, User
from performance.cache.connection import Script, pinned
from performance.limits.models import Allowance
from performance.limits.policies import policy_named
from performance.limits.shared import HOUR_S, refused_key

MOST_HOURS = 24
MOST_NAMED = 20
# As a script: what it returns is the same in both of the protocols that redis-py may speak.
_UNION = Script("""
local arguments = {#KEYS}
for _, key in ipairs(KEYS) do table.insert(arguments, key) end
table.insert(arguments, 'WITHSCORES')
return redis.call('ZUNION', unpack(arguments))
""")


@dataclass(frozen=True, slots=True)
class Refused:
    """How often one client was refused. `name` is what people call it, as far as it still exists."""

    identity: str
    name: str
    refused: int


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """One limit: what everybody may, how many may something else, and who came up against it."""

    name: str
    requests: int
    period_s: int
    allowances: int
    refused: int
    most_refused: Sequence[Refused]


def figures(*, hours: int) -> list[PolicyFigures]:
    """Of each policy, over this hour and those before it. Raises CacheGone."""
    counts = {name: _counts(name, hours=hours) for name in settings.RATE_LIMITS}
    tops = {name: sorted(each.items(), key=_most_first)[:MOST_NAMED] for name, each in counts.items()}
    names = _names({identity for top in tops.values() for identity, _ in top})
    allowances = Allowance.objects.by_policy()
    found = []
    for name, top in tops.items():
        policy = policy_named(name)
        most = [Refused(identity, names.get(identity, identity), count) for identity, count in top]
        total = sum(counts[name].values())
        found.append(PolicyFigures(name, policy.tokens, policy.period_s, allowances.get(name, 0), total, most))
    return found


def _counts(policy: str, *, hours: int) -> dict[str, int]:
    this_hour = int(time.time()) // HOUR_S
    keys = [refused_key(policy, hour=this_hour - back) for back in range(hours)]
    flat = pinned().script(_UNION, keys, [])
    return {identity.decode(): int(float(count)) for identity, count in zip(flat[::2], flat[1::2], strict=True)}


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _names(identities: set[str]) -> Mapping[str, str]:
    """User names and the names of tokens; an address is called what it is."""
    split = [identity.split(":", 1) for identity in identities]
    users = [int(value) for kind, value in split if kind == "user"]
    token_keys = [value for kind, value in split if kind == "token"]
    names = {f"user:{pk}": name for pk, name in User.objects.filter(pk__in=users).values_list("pk", "username")}
    for token in ApiToken.objects.filter(token_key__in=token_keys).select_related("user"):
        names[f"token:{token.token_key}"] = f"{token.name or 'token'} of {token.user.get_username()}"
    return names
