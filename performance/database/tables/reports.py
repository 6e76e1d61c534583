"""What is told of the database and of one table, put together from what PostgreSQL knows and from the samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from performance.database.tables import bloat as bloats
from performance.database.tables import facts, indexes, names, samples
from performance.database.tables.bloat import Bloat
from performance.database.tables.facts import DatabaseFacts, TableFacts
from performance.database.tables.growth import Growth, growth
from performance.database.tables.samples import WHOLE, History
from performance.database.tables.upkeep import Upkeep, all_kept, limits, upkeep

NONE = History([], [])


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """One table. `growth` and `bloat` are None where there isn't enough to tell; `history` is there of one alone."""

    facts: TableFacts
    upkeep: Upkeep
    bloat: Bloat | None
    growth: Growth | None
    history: History = NONE

    @property
    def hot_share(self) -> float | None:
        """Of the updates, those that wrote no index (heap-only tuples)."""
        updates = self.facts.count("n_tup_upd")
        return self.facts.count("n_tup_hot_upd") / updates if updates else None

    @property
    def hit_rate(self) -> float | None:
        """Of all its blocks since the server's statistics began, the share found in shared buffers."""
        return share(*self.facts.blocks("heap", "idx", "toast", "tidx"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseReport:
    """The database and its tables, the largest first."""

    database: DatabaseFacts
    tables: Sequence[TableReport]
    growth: Growth | None
    history: History

    @property
    def heap_bytes(self) -> int:
        return sum(each.facts.heap_bytes for each in self.tables)

    @property
    def toast_bytes(self) -> int:
        return sum(each.facts.toast_bytes for each in self.tables)

    @property
    def index_bytes(self) -> int:
        return sum(each.facts.index_bytes for each in self.tables)

    @property
    def hit_rate(self) -> float | None:
        return share(self.database.blocks_hit, self.database.blocks_read)

    @property
    def bloat_bytes(self) -> int:
        return sum(each.bloat.bytes for each in self.tables if each.bloat)

    def hit_rate_of(self, *parts: str) -> float | None:
        """Over all tables; `parts` of heap, idx, toast, tidx."""
        blocks = [each.facts.blocks(*parts) for each in self.tables]
        return share(sum(hit for hit, _ in blocks), sum(read for _, read in blocks))


def database_report(*, at: datetime, is_whole: bool = True, bloat_from_bytes: int = 0) -> DatabaseReport:
    """Eight statements, whatever number of tables; six where it isn't whole: without the growth and blocks of tables.

    The bloat of heaps below `bloat_from_bytes` isn't told: of a thousand columns most are of small tables.
    """
    rules, kept = limits(), all_kept(has_io=is_whole)
    large = [table for table, _ in kept if table.heap_bytes >= bloat_from_bytes] if bloat_from_bytes else None
    widths = bloats.columns(large)
    past = samples.trends(at=at) if is_whole else {}
    found = [
        TableReport(
            facts=table,
            upkeep=each,
            bloat=bloats.estimated(table, widths.get(table.oid, []), page=rules.page),
            growth=growth(past.get(table.name, [])),
        )
        for table, each in kept
    ]
    whole = samples.history(WHOLE, at=at)
    return DatabaseReport(database=facts.database(), tables=found, growth=growth(whole.points), history=whole)


def table_report(name: str, *, at: datetime) -> tuple[TableReport, list[indexes.Index]]:
    """One table and its indexes. Raises UnknownTable and NotATable."""
    asked = names.relation(name)
    found = facts.tables(asked.oid)
    if not found:
        # Dropped just now: asking for its name again says so.
        asked = names.relation(name)
        found = facts.tables(asked.oid)
    table, rules = found[0], limits()
    estimate = bloats.estimated(table, bloats.columns([table]).get(table.oid, []), page=rules.page)
    past = samples.history(table.name, at=at)
    report = TableReport(
        facts=table,
        upkeep=upkeep(table, rules),
        bloat=bloats.measured(table) or estimate,
        growth=growth(past.points),
        history=past,
    )
    return report, indexes.of_table(table.oid, is_locked=table.is_locked)


def share(hit: int, read: int) -> float | None:
    """None of nothing."""
    return hit / (hit + read) if hit + read else None
