"""What tables weigh, how fast they and the database fill, and what room is left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psutil
from django.conf import settings
from django.db import connection

from performance.database.archival.bounded import answered_in_time
from performance.database.archival.registry import Archivable
from performance.database.archival.runway import NO_PACE, Basis, Pace
from performance.database.archival.tree import quoted, tree
from performance.database.tables import samples
from performance.database.tables.growth import growth

SAMPLED_ROWS = 20_000
# Over which arrivals are counted; less than the shortest tells nothing of a day.
LONGEST, SHORTEST = timedelta(days=30), timedelta(days=3)
_SIZE = """
SELECT pg_total_relation_size(c.oid), greatest(c.reltuples, 0)::bigint,
    pg_relation_size(c.oid) / current_setting('block_size')::bigint
FROM pg_class c WHERE c.oid = %s::regclass
"""


@dataclass(frozen=True, slots=True)
class Size:
    """A table with its indexes and TOAST; `rows` by the planner's last look, or counted where it is small."""

    bytes: int
    rows: int
    pages: int

    @property
    def row_bytes(self) -> float:
        return self.bytes / self.rows if self.rows else 0.0

    @property
    def sampled_share(self) -> float:
        """Of the table's pages, to see about SAMPLED_ROWS rows: 0 to 1."""
        return min(1.0, SAMPLED_ROWS / self.rows) if self.rows else 1.0


def size_of(table: str) -> Size:
    """One statement, two of a table that is small or was never analysed."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, [quoted(table)])
        found = Size(*map(int, cursor.fetchone()))
        if found.rows <= SAMPLED_ROWS and found.pages * 100 <= SAMPLED_ROWS * 10:
            cursor.execute(f"SELECT count(*) FROM {quoted(table)}")  # noqa: S608 - a name of ours
            found = Size(found.bytes, int(cursor.fetchone()[0]), found.pages)
    return found


def row_bytes(target: Archivable) -> tuple[float, float]:
    """Of the target's table and, summed for each of its rows, of what hangs on it: bytes a row, by division."""
    sizes = [size_of(branch.table) for branch in tree(target.name)]
    own = sizes[0].row_bytes
    return own, sum(each.bytes for each in sizes[1:]) / sizes[0].rows if sizes[0].rows else 0.0


def pace_of_database(*, at: datetime) -> Pace:
    """By its sizes, hour by hour; unknown until there are enough of them."""
    found = growth(samples.history(samples.WHOLE, at=at).points)
    return Pace(found.per_day, Basis.MEASURED) if found else NO_PACE


def pace_of(target: Archivable, *, at: datetime) -> Pace:
    """What the target takes in a day, by the ages of a sample of its rows; unknown of a table that is too young.

    What was archived or deleted within the time isn't seen: it takes in more than that.
    """
    size = size_of(tree(target.name)[0].table)
    share = "" if size.sampled_share == 1.0 else f"TABLESAMPLE SYSTEM ({100 * size.sampled_share:.4f})"
    found = answered_in_time(
        f"SELECT count(*) FILTER (WHERE a.age >= %(since)s), count(*), min(a.age) FROM ("  # noqa: S608 - registered
        f"SELECT {target.age} AS age FROM {quoted(tree(target.name)[0].table)} r {share}) a WHERE a.age <= %(at)s",
        {"since": at - LONGEST, "at": at},
    )
    if found is None or not found[1] or at - found[2] < SHORTEST:
        return NO_PACE
    days = min(LONGEST, at - found[2]) / timedelta(days=1)
    return Pace(sum(row_bytes(target)) * found[0] / size.sampled_share / days, Basis.ESTIMATED)


def free_bytes() -> int | None:
    """On the disk of the database, where that is this machine's; else nobody here can tell."""
    if settings.RECORD.database_url != settings.DATABASE_URL:
        return None
    return int(psutil.disk_usage(str(settings.RECORD.directory)).free)
