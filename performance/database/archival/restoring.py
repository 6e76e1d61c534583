"""Putting back what a run moved away: first all is looked through for keys that are taken, then chunk after chunk."""

from collections.abc import Sequence
from time import monotonic

from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.functions import Now

from performance.cache.tags import bump
from performance.database.archival.errors import CannotRestore, KeysCollide
from performance.database.archival.fitting import fit, read_columns
from performance.database.archival.models import ArchivalRun, ArchivalSegment
from performance.database.archival.registry import target_named
from performance.database.archival.staging import SESSION, checksum, make_table, read_into
from performance.database.archival.tree import Branch, Pointer, columns_of, quoted, tree
from performance.files import services as files

State = ArchivalRun.State
LOOK, PUT = "look", "put"


def restore_for(run_id: int, *, seconds: float) -> bool:
    """Chunk after chunk for about so long; whether the run has come to its end."""
    until = monotonic() + seconds
    while monotonic() < until:
        if restore_chunk(run_id):
            return True
    return False


@transaction.atomic
def restore_chunk(run_id: int) -> bool:
    """Look through, or put back, the next chunk; whether the run has ended. Atomic.

    Raises KeysCollide, CannotRestore and FileDamaged; while it looks, nothing has been put back yet.
    """
    run = ArchivalRun.objects.select_for_update(of=("self",)).select_related("restores").get(pk=run_id)
    if not run.is_active:
        return True
    phase, after = run.cursor or [LOOK, -1]
    waiting = ArchivalSegment.objects.filter(run=run.restores_id, restored_by=None, chunk__gt=after)
    chunk = waiting.order_by("chunk").values_list("chunk", flat=True).first()
    if chunk is None:
        return _next_phase(run, phase)
    segments = list(waiting.filter(chunk=chunk).select_related("file").order_by("place"))
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        for segment in segments:
            _restore(cursor, run, segment, is_only_look=phase == LOOK)
        if phase == PUT:
            _check_references(cursor, segments)
            bump(*target_named(run.target).tags)
    run.cursor, run.state, run.started_at = [phase, chunk], State.RUNNING, run.started_at or Now()
    run.chunks += phase == PUT
    run.save()
    return False


def _next_phase(run: ArchivalRun, phase: str) -> bool:
    run.cursor = [PUT, -1]
    run.started_at = run.started_at or Now()
    run.state = State.RUNNING if phase == LOOK else State.FINISHED
    run.finished_at = None if phase == LOOK else Now()
    run.save()
    return phase == PUT


def _restore(cursor: CursorWrapper, run: ArchivalRun, segment: ArchivalSegment, *, is_only_look: bool) -> None:
    staged = _staged(cursor, segment)
    branch, link = _place_of(run.target, segment.table)
    if branch is not None and is_only_look:
        _refuse_taken_keys(cursor, staged, branch=branch, segment=segment)
    if is_only_look:
        return
    if branch is not None:
        put = fit(cursor, staged, branch=branch, names=[name for name, _ in segment.columns])
        if segment.place == 0:
            run.rows += put
        else:
            run.child_rows += put
        run.raw_bytes += segment.raw_bytes
    elif link is not None:
        _link(cursor, staged, link=link)
    segment.restored_by = run
    segment.save(update_fields=["restored_by"])


def _staged(cursor: CursorWrapper, segment: ArchivalSegment) -> str:
    """The segment's rows in a table of their own, proved to be what was archived. Raises FileDamaged, CannotRestore."""
    now = {column.name: column for column in columns_of(segment.table.partition(".")[0])}
    columns = read_columns(segment.columns, now=now)
    staged = make_table(cursor, "archival_back", columns)
    try:
        read_into(cursor, staged, pieces=files.stream(segment.file))
    except DataError as error:
        raise CannotRestore(f"A value of {segment.table} doesn't fit its column any more: {_first(error)}") from error
    is_as_it_was = [[column.name, column.type] for column in columns] == segment.columns
    if is_as_it_was and checksum(cursor, staged) != (segment.rows, segment.checksum):
        raise CannotRestore(f"Chunk {segment.chunk} of {segment.table} isn't what was archived.")
    return staged


def _place_of(target: str, table: str) -> tuple[Branch | None, Pointer | None]:
    """Which table of the target, or whose foreign key, a segment holds. Raises CannotRestore."""
    for branch in tree(target):
        if branch.table == table:
            return branch, None
        for link in branch.links:
            if link.name == table:
                return None, link
    if "." in table:
        # A foreign key that was dropped since: there is nothing that could name the rows.
        return None, None
    raise CannotRestore(f"The rows are of {table}, which {target} has no more.")


def _refuse_taken_keys(cursor: CursorWrapper, staged: str, *, branch: Branch, segment: ArchivalSegment) -> None:
    same = " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in branch.key)
    shown = ", ".join(f"s.{quoted(column)}" for column in branch.key)
    cursor.execute(
        f"SELECT count(*), min(ROW({shown})::text) FROM {staged} s"  # noqa: S608 - names of ours
        f" WHERE EXISTS (SELECT FROM {quoted(branch.table)} t WHERE {same})"
    )
    number, first = cursor.fetchone()
    if number:
        raise KeysCollide(
            f"{number:,} of the {segment.rows:,} rows in chunk {segment.chunk} of {branch.table} are there already "
            f"(the first has the key {first}): nothing was put back."
        )


def _link(cursor: CursorWrapper, staged: str, *, link: Pointer) -> None:
    """Who named a row that is back names it again, unless it names another by now."""
    column, same = quoted(link.column), " AND ".join(f"m.{quoted(name)} = s.{quoted(name)}" for name in link.key)
    cursor.execute(
        f"UPDATE {quoted(link.table)} m SET {column} = s.{column} FROM {staged} s"  # noqa: S608 - names of ours
        f" WHERE {same} AND m.{column} IS NULL"
    )


def _check_references(cursor: CursorWrapper, segments: Sequence[ArchivalSegment]) -> None:
    try:
        with transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        raise CannotRestore(f"Chunk {segments[0].chunk} names rows that are gone: {_first(error)}") from error


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0]
