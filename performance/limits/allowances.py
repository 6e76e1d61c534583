"""Who may more, or less, than everybody: the rows of `Allowance`, all of them, kept in the process.

They are read again every KEPT_S, by a thread of its own: a request never waits for the database here, so a limit
holds while the database is out, with the rows as they were last seen. A change reaches the process that made it at
once and the others within KEPT_S and a lease.
"""

import logging
import threading
import time
from collections.abc import Mapping

from django.db import DatabaseError, connection, transaction

from performance.limits.models import Allowance
from performance.limits.policies import Policy, policy_named

KEPT_S = 5.0
logger = logging.getLogger(__name__)

# (read at, by policy and identity); replaced as a whole, so that threads need no lock.
_kept: tuple[float, Mapping[tuple[str, str], Policy]] = (float("-inf"), {})
_reading = threading.Lock()


def policy_of(name: str, identity: str) -> Policy:
    """What the policy allows `identity`. Raises UnknownPolicy."""
    read_at, policies = _kept
    if time.monotonic() - read_at > KEPT_S:
        _read_again()
    return policies.get((name, identity)) or policy_named(name)


def has_own(name: str, identity: str) -> bool:
    """Whether `identity` has an allowance of its own, as far as this process knows; a look into a dictionary."""
    return (name, identity) in _kept[1]


def read() -> None:
    """Read the rows now."""
    global _kept
    fields = ("policy", "user_id", "token__token_key", "tokens", "period_s", "burst")
    policies = {}
    for name, user_id, token_key, tokens, period_s, burst in Allowance.objects.values_list(*fields):
        identity = f"token:{token_key}" if token_key else f"user:{user_id}"
        policies[name, identity] = Policy(name, tokens, period_s, burst or tokens)
    _kept = (time.monotonic(), policies)


def changed(**_signal: object) -> None:
    """post_save and post_delete of Allowance: read them once the change is committed."""
    transaction.on_commit(read)


def _read_again() -> None:
    """One thread at a time reads; the others go on with what was read last."""
    if _reading.acquire(blocking=False):
        threading.Thread(target=_read_aside, name="allowances", daemon=True).start()


def _read_aside() -> None:
    global _kept
    try:
        read()
    except DatabaseError as error:
        logger.warning("The allowances can't be read, those of before hold: %s", error)
        _kept = (time.monotonic(), _kept[1])
    finally:
        connection.close()
        _reading.release()
