"""Whether a table is vacuumed and analyzed in time, by PostgreSQL's own thresholds. Pure but for what reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from performance.console.shapes import Level
from performance.database.tables.facts import TableFacts, tables
from performance.metrics.looks import once_a_look

# https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND: it stops to give out ids three
# million before half of the four thousand million; an emergency vacuum (vacuum_failsafe_age) begins at 1,600 million.
WRAPAROUND = 2_147_483_648
FAILSAFE = 1_600_000_000
# Dead rows as a multiple of what autovacuum would have begun at: then it doesn't get there.
OVERDUE = 2.0
SMALL_ROWS = 1_000
_NAMES = [
    "autovacuum",
    "autovacuum_vacuum_threshold",
    "autovacuum_vacuum_scale_factor",
    "autovacuum_vacuum_max_threshold",
    "autovacuum_vacuum_insert_threshold",
    "autovacuum_vacuum_insert_scale_factor",
    "autovacuum_analyze_threshold",
    "autovacuum_analyze_scale_factor",
    "autovacuum_freeze_max_age",
    "autovacuum_multixact_freeze_max_age",
    "block_size",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """The server's settings; a table's own options go before them."""

    settings: Mapping[str, str]

    @property
    def page(self) -> int:
        return int(self.settings["block_size"])

    def number(self, name: str, table: TableFacts) -> float:
        """-1, which switches a limit off, where the server doesn't know it."""
        return float(table.options.get(name, self.settings.get(name, -1)))

    def is_on(self, table: TableFacts) -> bool:
        own = table.options.get("autovacuum_enabled", "true").lower() not in {"false", "off", "no", "0", "f", "n"}
        return own and self.settings.get("autovacuum") == "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """`dead_share` is of all rows; `vacuum_at` and `analyze_at` the rows at which autovacuum begins.

    `wraparound_share` is how much of the 2^31 transactions is used up.
    """

    dead_rows: int
    dead_share: float
    vacuum_at: int
    is_vacuum_due: bool
    is_vacuum_overdue: bool
    insert_vacuum_at: int | None
    analyze_at: int
    is_analyze_overdue: bool
    is_autovacuum_on: bool
    xid_age: int
    freeze_at: int
    wraparound_share: float
    level: Level
    says: str


@once_a_look
def limits() -> Limits:
    """One statement. None of these has a unit, with which `current_setting` would tell it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name, true) FROM unnest(%s::text[]) AS name", [_NAMES])
        return Limits({name: setting for name, setting in cursor.fetchall() if setting is not None})


@once_a_look
def all_kept(*, has_io: bool = False) -> list[tuple[TableFacts, Upkeep]]:
    """Every table, the largest first; `has_io` as of `tables`. Two statements."""
    rules = limits()
    return [(table, upkeep(table, rules)) for table in tables(has_io=has_io)]


def upkeep(table: TableFacts, limits: Limits) -> Upkeep:
    dead, rows = table.count("n_dead_tup"), table.rows
    vacuum_at = _threshold("autovacuum_vacuum", table, limits)
    analyze_at = _threshold("autovacuum_analyze", table, limits)
    inserted_at = _threshold("autovacuum_vacuum_insert", table, limits)
    freeze_at = int(limits.number("autovacuum_freeze_max_age", table))
    multixact_at = int(limits.number("autovacuum_multixact_freeze_max_age", table))
    is_big = rows + dead >= SMALL_ROWS
    told: dict[str, Any] = {
        "dead_rows": dead,
        "dead_share": dead / (dead + rows) if dead + rows else 0.0,
        "is_vacuum_overdue": is_big and dead > OVERDUE * vacuum_at,
        "is_analyze_overdue": is_big and table.count("n_mod_since_analyze") > OVERDUE * analyze_at,
        "is_autovacuum_on": limits.is_on(table),
        "wraparound_share": max(table.xid_age, table.multixact_age) / WRAPAROUND,
    }
    level, says = _level(told, age=max(table.xid_age / freeze_at, table.multixact_age / multixact_at), table=table)
    return Upkeep(
        **told,
        vacuum_at=vacuum_at,
        is_vacuum_due=dead > vacuum_at,
        insert_vacuum_at=inserted_at if limits.number("autovacuum_vacuum_insert_threshold", table) >= 0 else None,
        analyze_at=analyze_at,
        xid_age=table.xid_age,
        freeze_at=freeze_at,
        level=level,
        says=says,
    )


def _threshold(name: str, table: TableFacts, limits: Limits) -> int:
    """As autovacuum computes it, and since PostgreSQL 18 caps it."""
    base, scale = limits.number(f"{name}_threshold", table), limits.number(f"{name}_scale_factor", table)
    found = max(0.0, base) + max(0.0, scale) * table.rows
    most = limits.number("autovacuum_vacuum_max_threshold", table) if name == "autovacuum_vacuum" else -1
    return int(min(found, most) if most >= 0 else found)


def _level(told: Mapping[str, Any], *, age: float, table: TableFacts) -> tuple[Level, str]:
    """`age` is in units of what autovacuum freezes at."""
    if max(table.xid_age, table.multixact_age) >= FAILSAFE:
        return Level.CRITICAL, "Its transaction ids are about to wrap around: vacuum it now."
    if age > 1.5:
        return Level.POOR, "It is past the age at which autovacuum freezes, and isn't frozen: something holds it up."
    if not told["is_autovacuum_on"]:
        return Level.POOR, "Autovacuum is switched off for it."
    if told["is_vacuum_overdue"]:
        return Level.POOR, "It has more than twice the dead rows at which autovacuum begins."
    if told["is_analyze_overdue"]:
        return Level.FAIR, "Its statistics are old: the planner guesses."
    return (Level.GOOD, "Dead rows are few.") if told["dead_share"] > 0.1 else (Level.EXCELLENT, "Kept up.")
