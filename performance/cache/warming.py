"""Values that are computed before anybody waits for them: by whoever registers a warmer for what it shows.

Warmers run by priority: after a deploy (a release that hasn't run them yet), when their time has come, and when a
person asks. One process takes each turn, by compare-and-set in the database.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from performance.api.errors import DomainError
from performance.cache.models import Warming
from performance.cache.release import release

logger = logging.getLogger(__name__)


class UnknownWarmer(DomainError):
    """There is no warmer of that name."""

    status = 422


@dataclass(frozen=True, slots=True)
class Warmer:
    """`warm` makes values and says how many. A lower `priority` comes first; again after `every_s`."""

    name: str
    priority: int
    every_s: int
    warm: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Warmed:
    """`error` is empty where it went well."""

    name: str
    values: int
    took_ms: int
    error: str


_warmers: dict[str, Warmer] = {}


def register(warmer: Warmer) -> None:
    """In AppConfig.ready. Of two with one name the last counts."""
    _warmers[warmer.name] = warmer


def warmers() -> list[Warmer]:
    """All, in the order in which they run."""
    return sorted(_warmers.values(), key=lambda each: (each.priority, each.name))


def warm(names: Collection[str] = ()) -> list[Warmed]:
    """Run the named warmers now, or all. One that fails doesn't stop the others. Raises UnknownWarmer."""
    if unknown := sorted(set(names) - set(_warmers)):
        known = ", ".join(each.name for each in warmers())
        raise UnknownWarmer(f"There is no warmer {unknown[0]!r}; there are {known}.")
    chosen = [each for each in warmers() if not names or each.name in names]
    for each in chosen:
        Warming.objects.update_or_create(
            name=each.name, defaults={"began_at": timezone.now(), "release": release(), "error": ""}
        )
    return [_run(each) for each in chosen]


def warm_due(*, at: datetime) -> list[Warmed]:
    """Run those whose time has come, or that this release hasn't run. Idempotent; several may call at once."""
    return [_run(each) for each in warmers() if _takes_turn(each, at=at)]


def last() -> Sequence[tuple[Warmer, Warming | None]]:
    """Each warmer and how its last run went."""
    rows = {row.name: row for row in Warming.objects.all()}
    return [(each, rows.get(each.name)) for each in warmers()]


def _takes_turn(warmer: Warmer, *, at: datetime) -> bool:
    due = Q(began_at__lte=at - timedelta(seconds=warmer.every_s)) | ~Q(release=release())
    taken = Warming.objects.filter(due, name=warmer.name).update(began_at=at, release=release(), error="")
    if taken:
        return True
    try:
        with transaction.atomic():
            _, is_new = Warming.objects.get_or_create(name=warmer.name, defaults={"began_at": at, "release": release()})
    except IntegrityError:
        return False
    return is_new


def _run(warmer: Warmer) -> Warmed:
    began = time.monotonic()
    values, error = 0, ""
    try:
        values = warmer.warm()
    except Exception as failure:  # noqa: BLE001 - the guard per warmer: it is recorded on its row
        logger.warning("the warmer %s failed: %s", warmer.name, failure)
        error = f"{type(failure).__name__}: {failure}"[:500]
    took_ms = round((time.monotonic() - began) * 1000)
    Warming.objects.filter(name=warmer.name).update(values=values, took_ms=took_ms, error=error)
    return Warmed(warmer.name, values, took_ms, error)
