"""Reports of tables as what serializers describe."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from performance.database.tables.growth import Growth
from performance.database.tables.indexes import Index
from performance.database.tables.models import MaintenanceRun
from performance.database.tables.reports import DatabaseReport, TableReport
from performance.database.tables.samples import History
from performance.database.tables.serializers import MaintenanceRunSerializer

UNKNOWN = "insufficient history"


def database(report: DatabaseReport) -> Mapping[str, Any]:
    return {
        "database": report.database.name,
        "bytes": report.database.bytes,
        "heap_bytes": report.heap_bytes,
        "toast_bytes": report.toast_bytes,
        "index_bytes": report.index_bytes,
        "bloat_bytes": report.bloat_bytes,
        "buffer_hit_rate": report.hit_rate,
        "buffer_hit_rate_last_day": report.history.hit_rate(),
        "table_hit_rate": report.hit_rate_of("heap", "toast"),
        "index_hit_rate": report.hit_rate_of("idx", "tidx"),
        "counted_since": report.database.reset_at,
        "growth": growth(report.growth),
        "history": _past(report.history),
        "tables": [table(each) for each in report.tables],
    }


def table(report: TableReport) -> Mapping[str, Any]:
    facts = report.facts
    return {
        "table": facts.name,
        "rows": facts.rows,
        "bytes": facts.total_bytes,
        "heap_bytes": facts.heap_bytes,
        "toast_bytes": facts.toast_bytes,
        "index_bytes": facts.index_bytes,
        "dead_rows": report.upkeep.dead_rows,
        "hit_rate": report.hit_rate,
        "level": report.upkeep.level,
        "is_locked": facts.is_locked,
        "bloat": asdict(report.bloat) if report.bloat else None,
        "growth": growth(report.growth),
    }


def whole_table(report: TableReport, *, indexes: Sequence[Index], runs: Sequence[MaintenanceRun]) -> Mapping[str, Any]:
    return {
        **table(report),
        "upkeep": asdict(report.upkeep),
        "activity": activity(report),
        "indexes": list(map(asdict, indexes)),
        "history": _past(report.history),
        "runs": MaintenanceRunSerializer(runs, many=True).data,
    }


def activity(report: TableReport) -> Mapping[str, Any]:
    facts = report.facts
    return {
        "sequential_scans": facts.count("seq_scan"),
        "rows_by_sequential_scan": facts.count("seq_tup_read"),
        "index_scans": facts.count("idx_scan"),
        "inserted": facts.count("n_tup_ins"),
        "updated": facts.count("n_tup_upd"),
        "deleted": facts.count("n_tup_del"),
        "hot_share": report.hot_share,
        "changed_since_analyze": facts.count("n_mod_since_analyze"),
        "inserted_since_vacuum": facts.count("n_ins_since_vacuum"),
        **{name: facts.at(name) for name in ("last_vacuum", "last_autovacuum", "last_analyze", "last_autoanalyze")},
        "vacuum_count": facts.count("vacuum_count") + facts.count("autovacuum_count"),
        "analyze_count": facts.count("analyze_count") + facts.count("autoanalyze_count"),
    }


def growth(found: Growth | None) -> Mapping[str, Any]:
    if found is None:
        return {"says": UNKNOWN, "bytes_per_day": None, "days_to_double": None, "days_of_history": None}
    days = round(found.days_to_double) if found.days_to_double else None
    says = "doesn't grow" if days is None else f"doubles in {days:,} day{'' if days == 1 else 's'}"
    return {
        "says": says,
        "bytes_per_day": found.per_day,
        "days_to_double": found.days_to_double,
        "days_of_history": found.over.total_seconds() / 86_400,
    }


def _past(history: History) -> list[Mapping[str, Any]]:
    """By days, and the last days by hours."""
    until = history.hours[0].taken_at if history.hours else None
    days = [each for each in history.days if until is None or each.taken_at < until]
    return [{"at": each.taken_at, "bytes": each.bytes} for each in [*days, *history.hours]]
