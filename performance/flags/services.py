"""Flags as programs ask for them.

All flags are few: they are read together, kept for a second in the process and for ten in Valkey. So a change made
in one place is seen everywhere within about ten seconds, and asking costs a dictionary look-up. Without Valkey the
database is asked once a second.
"""

import logging
import random
import time
from dataclasses import asdict
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, transaction

from performance.api.errors import DomainError
from performance.flags.models import Flag
from performance.flags.rollout import OFF, ON, PERCENTAGE, STAFF, Rollout, Viewer, is_on_for

logger = logging.getLogger(__name__)
CACHE_KEY = "flags"
SHARED_S = 10
LOCAL_S = 1.0

# (read at, flags); replaced as a whole, so that threads need no lock.
_kept: tuple[float, dict[str, Rollout]] = (float("-inf"), {})


class UnknownFlag(DomainError):
    """There is no flag of that name."""

    status = 404


def is_on(name: str, *, user: Any = None) -> bool:
    """Whether the flag is on for `user`. A flag that has no row is off."""
    rollout = _rollouts().get(name)
    if rollout is None or rollout.rollout == OFF:
        return False
    viewer = Viewer(getattr(user, "pk", None), bool(getattr(user, "is_staff", False)))
    return is_on_for(name, rollout=rollout, viewer=viewer)


def is_sampled(name: str) -> tuple[bool, bool]:
    """Whether this one request is in the sample, as (surely, if it is by staff); a percentage is of requests."""
    rollout = _rollouts().get(name)
    if rollout is None or rollout.rollout == OFF:
        return False, False
    if rollout.rollout == PERCENTAGE:
        return random.random() * 100 < rollout.percentage, False  # noqa: S311 - a sample, no secret
    return rollout.rollout == ON, rollout.rollout == STAFF


def is_surely_off(name: str) -> bool:
    """Whether the flag is off for everybody, as this process has read within a second; it isn't read for this."""
    read_at, rollouts = _kept
    rollout = rollouts.get(name)
    return (rollout is None or rollout.rollout == OFF) and time.monotonic() - read_at <= LOCAL_S


def change_flag(name: str, *, rollout: str, percentage: int) -> Flag:
    """Set how far a flag is rolled out. Raises UnknownFlag."""
    flag = Flag.objects.filter(name=name).first()
    if flag is None:
        raise UnknownFlag(f"There is no flag {name!r}.")
    flag.rollout, flag.percentage = rollout, percentage
    flag.save(update_fields=["rollout", "percentage", "updated_at"])
    return flag


def forget(**_signal: object) -> None:
    """Drop what is cached, once the change is committed: post_save and post_delete of Flag."""
    transaction.on_commit(_forget_now)


def _forget_now() -> None:
    global _kept
    cache.delete(CACHE_KEY)
    _kept = (float("-inf"), {})


def _rollouts() -> dict[str, Rollout]:
    global _kept
    read_at, rollouts = _kept
    now = time.monotonic()
    if now - read_at > LOCAL_S:
        try:
            rollouts = _shared()
        except OperationalError:
            # What was known last holds while the database is away: cached pages are served meanwhile.
            logger.warning("flags can't be read now; the last that are known hold")
        _kept = (now, rollouts)
    return rollouts


def _shared() -> dict[str, Rollout]:
    found = cache.get(CACHE_KEY)
    if found is None:
        rows = Flag.objects.values_list("name", "rollout", "percentage")
        found = {name: asdict(Rollout(rollout, percentage)) for name, rollout, percentage in rows}
        cache.set(CACHE_KEY, found, SHARED_S)
    return {name: Rollout(**fields) for name, fields in found.items()}
