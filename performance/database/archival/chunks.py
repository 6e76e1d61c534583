"""A chunk of a run: rows, archive and cursor in one transaction, so what is cut off anywhere goes on from there."""

from collections.abc import Sequence
from time import monotonic

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.functions import Now

from performance.cache.tags import bump
from performance.database.archival import segments
from performance.database.archival.eligibility import choice_of
from performance.database.archival.holds import wait_for_holds
from performance.database.archival.models import ArchivalRun
from performance.database.archival.staging import SESSION
from performance.database.archival.taking import Taking

SMALLEST, FIRST, LARGEST = 50, 1_000, 10_000
# A chunk holds locks for about so long.
GOAL_S = 0.5
State = ArchivalRun.State


def next_limit(limit: int, *, took_s: float) -> int:
    """As many rows as are done in about GOAL_S, by what the last chunk took; at most twice as many as those."""
    wanted = limit * GOAL_S / max(took_s, 0.001)
    return round(max(SMALLEST, min(LARGEST, 2 * limit, wanted)))


def archive_for(run_id: int, *, seconds: float) -> bool:
    """Chunk after chunk for about so long; whether the run has come to its end, in whatever way."""
    until, limit = monotonic() + seconds, FIRST
    while monotonic() < until:
        began = monotonic()
        if archive_chunk(run_id, limit=limit):
            return True
        limit = next_limit(limit, took_s=monotonic() - began)
    return False


@transaction.atomic
def archive_chunk(run_id: int, *, limit: int) -> bool:
    """Take the next rows; whether the run has ended. Atomic. Raises ArchiveDiffers, and what the registry no longer
    knows.

    The run's row is locked: of two processes that have the same run in hand the second goes on where the first ends.
    """
    run = ArchivalRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if not run.is_active:
        return True
    choice, before = choice_of(run), run.rows
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        wait_for_holds(cursor)
        taking = Taking(cursor, choice)
        after = taking.pick(run.cursor, limit=limit)
        _archive(cursor, run, taking)
    if run.rows > before and run.work != ArchivalRun.Work.COPY:
        bump(*choice.target.tags)
    return _record(run, after)


def _archive(cursor: CursorWrapper, run: ArchivalRun, taking: Taking) -> None:
    if run.work == ArchivalRun.Work.DELETE:
        _count(run, taking.remove())
        return
    made = [segments.store(cursor, run, each, place=place) for place, each in enumerate(taking.take())]
    kept = [each for each in made if each is not None]
    own = [each.rows for each in kept if each.place == 0]
    _count(run, [sum(own), *(each.rows for each in kept if each.place and "." not in each.table)])
    run.raw_bytes += sum(each.raw_bytes for each in kept)
    run.stored_bytes += sum(each.file.size for each in kept)


def _count(run: ArchivalRun, removed: Sequence[int]) -> None:
    run.rows += removed[0]
    run.child_rows += sum(removed[1:])


def _record(run: ArchivalRun, after: Sequence[str] | None) -> bool:
    run.state, run.chunks = State.RUNNING, run.chunks + 1
    if after is None:
        run.state, run.finished_at = State.FINISHED, Now()
    else:
        run.cursor = list(after)
    run.started_at = run.started_at or Now()
    run.save()
    return after is None
