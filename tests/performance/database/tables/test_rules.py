"""What is told of tables, from figures alone."""

from datetime import UTC, datetime, timedelta

import pytest

from performance.console.shapes import Level
from performance.database.tables.bloat import Column, estimated, row_bytes
from performance.database.tables.facts import TableFacts
from performance.database.tables.growth import growth
from performance.database.tables.maintenance.progress import progress
from performance.database.tables.upkeep import Limits, upkeep

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INT, BIGINT, BOOL, TEXT = (
    Column(4, 4, True, 4, 0.0),
    Column(8, 8, True, 8, 0.0),
    Column(1, 1, True, 1, 0.0),
    Column(-1, 4, False, 21.0, 0.5),
)
SETTINGS = {
    "autovacuum": "on",
    "autovacuum_vacuum_threshold": "50",
    "autovacuum_vacuum_scale_factor": "0.2",
    "autovacuum_vacuum_insert_threshold": "1000",
    "autovacuum_vacuum_insert_scale_factor": "0.2",
    "autovacuum_analyze_threshold": "50",
    "autovacuum_analyze_scale_factor": "0.1",
    "autovacuum_freeze_max_age": "200000000",
    "autovacuum_multixact_freeze_max_age": "400000000",
    "block_size": "8192",
}


def table(**fields: object) -> TableFacts:
    stats = {"n_dead_tup": fields.pop("dead", 0), "n_mod_since_analyze": fields.pop("changed", 0)}
    known: dict[str, object] = {
        "oid": 1, "schema": "public", "table": "orders", "rows": 10_000, "heap_bytes": 1 << 20, "toast_bytes": 0,
        "index_bytes": 0, "is_locked": False, "options": {}, "stats": stats, "io": {}, "xid_age": 1_000,
        "multixact_age": 0,
    }  # fmt: skip
    return TableFacts(**(known | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "size"),
    [
        ([INT], 32),
        ([INT, BIGINT], 40),  # four bytes of padding
        ([BOOL, BOOL, INT], 32),
        ([INT, TEXT], 24 + 4 + 12),  # an average text, every second one null
    ],
)
def test_a_row_takes_what_its_columns_take_where_they_begin(columns: list[Column], size: int) -> None:
    assert row_bytes(columns) == size


def test_bloat_is_what_the_rows_do_not_take() -> None:
    found = estimated(table(rows=22_600, heap_bytes=200 * 8192), [INT], page=8192)

    # 226 rows of 36 bytes go into a page.
    assert found is not None
    assert (found.bytes, found.share, found.method) == (100 * 8192, 0.5, "estimate")


def test_what_a_table_keeps_free_on_purpose_is_no_bloat() -> None:
    found = estimated(table(rows=11_300, heap_bytes=100 * 8192, options={"fillfactor": "50"}), [INT], page=8192)

    assert found is not None
    assert found.bytes <= 8192


@pytest.mark.parametrize(
    "columns", [[], [Column(4, 4, True, None, 0.0)]], ids=["may not be read", "was never analyzed"]
)
def test_without_statistics_there_is_no_estimate(columns: list[Column]) -> None:
    assert estimated(table(), columns, page=8192) is None


@pytest.mark.parametrize(
    ("fields", "level", "says"),
    [
        ({}, Level.EXCELLENT, "Kept up."),
        ({"dead": 1_500}, Level.GOOD, "Dead rows are few."),
        ({"changed": 3_000}, Level.FAIR, "Its statistics are old"),
        ({"dead": 4_101}, Level.POOR, "It has more than twice the dead rows"),
        ({"options": {"autovacuum_enabled": "off"}}, Level.POOR, "Autovacuum is switched off"),
        ({"xid_age": 310_000_000}, Level.POOR, "It is past the age"),
        ({"xid_age": 1_700_000_000}, Level.CRITICAL, "Its transaction ids are about to wrap around"),
    ],
)
def test_upkeep_is_held_against_the_servers_own_thresholds(fields: dict[str, object], level: Level, says: str) -> None:
    found = upkeep(table(**fields), Limits(SETTINGS))

    assert found.level == level
    assert found.says.startswith(says)


def test_a_tables_own_options_go_before_the_servers() -> None:
    found = upkeep(table(options={"autovacuum_vacuum_scale_factor": "0.01"}, dead=151), Limits(SETTINGS))

    assert (found.vacuum_at, found.is_vacuum_due, found.is_vacuum_overdue) == (150, True, False)


def test_postgresql_18_caps_the_dead_rows_of_big_tables() -> None:
    capped = Limits({**SETTINGS, "autovacuum_vacuum_max_threshold": "1000"})

    assert upkeep(table(), capped).vacuum_at == 1000
    assert upkeep(table(), Limits(SETTINGS)).vacuum_at == 2050


def test_growth_is_not_bent_by_a_single_jump() -> None:
    points = [(AT + timedelta(hours=n), 1e9 + n * 1e6 + (5e8 if n == 20 else 0)) for n in range(48)]

    found = growth(points)

    assert found is not None
    assert found.per_day == pytest.approx(24e6, rel=0.01)
    assert found.days_to_double == pytest.approx(1.047e9 / 24e6, rel=0.01)


def test_what_shrinks_doubles_never() -> None:
    found = growth([(AT + timedelta(days=n), 1e9 - n * 1e6) for n in range(200)])

    assert found is not None
    assert found.per_day == pytest.approx(-1e6)
    assert found.days_to_double is None


@pytest.mark.parametrize("hours", [range(11), [n / 4 for n in range(40)]], ids=["few", "short"])
def test_little_history_tells_nothing(hours: list[float]) -> None:
    assert growth([(AT + timedelta(hours=n), 1e6 + n) for n in hours]) is None


@pytest.mark.parametrize(
    ("kind", "view", "both", "share"),
    [
        ("vacuum", {"phase": "scanning heap", "heap_blks_scanned": 50, "heap_blks_total": 100}, False, 0.3),
        ("vacuum", {"phase": "vacuuming indexes", "indexes_processed": 1, "indexes_total": 2}, False, 0.7),
        ("vacuum", {"phase": "vacuuming indexes"}, False, 0.6),  # PostgreSQL 15 and 16 count no indexes
        ("vacuum", {"phase": "scanning heap", "heap_blks_scanned": 0, "heap_blks_total": 0}, False, 0.0),
        ("analyze", {"phase": "acquiring sample rows", "sample_blks_scanned": 1, "sample_blks_total": 2}, False, 0.4),
        ("analyze", {"phase": "acquiring sample rows", "sample_blks_scanned": 1, "sample_blks_total": 2}, True, 0.88),
        ("analyze", {"phase": "of a later release"}, False, 0.0),
    ],
)
def test_progress_is_one_share_over_all_phases(kind: str, view: dict[str, object], both: bool, share: float) -> None:
    assert progress(kind, view, is_both=both).share == pytest.approx(share)
