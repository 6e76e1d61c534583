"""What a policy would do now: counted exactly where that takes a few seconds, else estimated, and said so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import zstandard
from django.db import connection

from performance.database.archival.bounded import answered_in_time
from performance.database.archival.eligibility import Choice, chosen, eligible, held, kept
from performance.database.archival.registry import Archivable, target_named
from performance.database.archival.runs import Wish, check
from performance.database.archival.runway import Basis, Pace, Runway, runway
from performance.database.archival.sizes import free_bytes, pace_of, pace_of_database, row_bytes, size_of
from performance.database.archival.staging import LEVEL
from performance.database.archival.tree import Branch, quoted, tree

PACKED_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Rows of the target's own table. `held` by legal holds, `kept` since others point to them."""

    rows: int
    held: int
    kept: int
    oldest: datetime | None
    newest: datetime | None
    is_exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """`counted` None: not even an estimate could be had in time. Bytes are estimates: rows by what a row weighs.

    `freed_bytes` is what the tables may fill again, `archive_bytes` what the archive takes up; `gained` the days that
    the difference lasts.
    """

    wish: Wish
    cutoff: datetime
    counted: Counted | None
    child_rows: Mapping[str, int | None]
    freed_bytes: int | None
    archive_bytes: int | None
    pace: Pace
    gained: Runway
    left: Runway


def dry_run(wish: Wish, *, at: datetime) -> DryRun:
    """Changes nothing. Raises as `runs.check` does."""
    check(wish)
    target = target_named(wish.target)
    choice = Choice(
        target=target,
        work=wish.action,
        condition=wish.condition,
        cutoff=at - timedelta(days=wish.older_than_days),
    )
    counted = count(choice)
    freed, archived = _bytes(choice, counted)
    database = pace_of_database(at=at)
    pace = database if database.basis is Basis.MEASURED else pace_of(target, at=at)
    return DryRun(
        wish=wish,
        cutoff=choice.cutoff,
        counted=counted,
        child_rows=_children(choice) if counted and counted.is_exact else {},
        freed_bytes=freed,
        archive_bytes=archived,
        pace=pace,
        gained=_gained(freed, archived, pace),
        left=runway(free_bytes(), database),
    )


def count(choice: Choice) -> Counted | None:
    """All rows, in time; else of a sample of the table's pages; else None."""
    whole = _counted(choice, share=1.0)
    if whole is not None:
        return whole
    size = size_of(tree(choice.target.name)[0].table)
    return _counted(choice, share=size.sampled_share) if size.sampled_share < 1.0 else None


def _counted(choice: Choice, *, share: float) -> Counted | None:
    table = quoted(tree(choice.target.name)[0].table)
    sample = "" if share == 1.0 else f"TABLESAMPLE SYSTEM ({100 * share:.4f})"
    kept_here = "false" if choice.work == "copy" else kept(choice.target)
    found = answered_in_time(
        "SELECT count(*) FILTER (WHERE NOT a.held AND NOT a.kept), count(*) FILTER (WHERE a.held),"  # noqa: S608
        " count(*) FILTER (WHERE a.kept AND NOT a.held), min(a.age) FILTER (WHERE NOT a.held AND NOT a.kept),"
        " max(a.age) FILTER (WHERE NOT a.held AND NOT a.kept)"
        f" FROM (SELECT {choice.target.age} AS age, {held(choice.target)} AS held, {kept_here} AS kept"
        f" FROM {table} r {sample} WHERE {chosen(choice)}) a",
        choice.given,
    )
    if found is None:
        return None
    rows, on_hold, pointed_to = (round(each / share) for each in found[:3])
    return Counted(rows=rows, held=on_hold, kept=pointed_to, oldest=found[3], newest=found[4], is_exact=share == 1.0)


def _children(choice: Choice) -> Mapping[str, int | None]:
    """How many rows would go along, by table; None where that takes too long."""
    branches = tree(choice.target.name)
    return {branch.table: _count_children(choice, place) for place, branch in enumerate(branches) if place}


def _count_children(choice: Choice, place: int) -> int | None:
    branches = tree(choice.target.name)
    root = branches[0]
    inner = f"SELECT r.{quoted(root.key[0])} FROM {quoted(root.table)} r WHERE {eligible(choice)}"  # noqa: S608
    for step in _path(place, branches):
        branch = branches[step]
        key = quoted(branch.key[0])
        inner = f"SELECT c.{key} FROM {quoted(branch.table)} c WHERE c.{quoted(branch.via)} IN ({inner})"  # noqa: S608
    found = answered_in_time(f"SELECT count(*) FROM ({inner}) a", choice.given)  # noqa: S608
    return None if found is None else int(found[0])


def _path(place: int, branches: Sequence[Branch]) -> list[int]:
    """From below the target's table down to this one."""
    above = branches[place].parent
    return [*_path(above, branches), place] if above > 0 else [place]


def _bytes(choice: Choice, counted: Counted | None) -> tuple[int | None, int | None]:
    """What would be freed, and what the archive would take."""
    if counted is None:
        return None, None
    freed = 0 if choice.work == "copy" else round(counted.rows * sum(row_bytes(choice.target)))
    archived = 0 if choice.work == "delete" else round(counted.rows * _packed_row_bytes(choice.target))
    return freed, archived


def _packed_row_bytes(target: Archivable) -> float:
    """What a row takes in an archive, with what hangs on it: by packing the first few of each table."""
    branches = tree(target.name)
    roots = max(1, size_of(branches[0].table).rows)
    packed = [_packed(branch.table) for branch in branches]
    return sum(each * (size_of(branch.table).rows / roots) for each, branch in zip(packed, branches, strict=True))


def _packed(table: str) -> float:
    """Bytes a row, compressed."""
    with connection.cursor() as cursor:
        query = f"SELECT * FROM {quoted(table)} LIMIT {PACKED_ROWS}"  # noqa: S608 - a name of ours
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
            content = b"".join(bytes(piece) for piece in copy)
        rows = cursor.rowcount
    return len(zstandard.compress(content, LEVEL)) / rows if rows > 0 else 0.0


def _gained(freed: int | None, archived: int | None, pace: Pace) -> Runway:
    """What the difference of the two lasts for."""
    if freed is None or archived is None:
        return Runway(None, "too many rows to be counted or estimated in time")
    if freed <= archived:
        return Runway(0.0, "it frees no more than the archive takes")
    return runway(freed - archived, pace)
