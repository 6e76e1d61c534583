"""Measurements: counted and observed in the process without I/O, merged in Valkey, kept in PostgreSQL by the minute.

metrics.count("limit.decisions", {"policy": "api", "outcome": "allowed"})
metrics.observe("cache.read_ms", {"layer": "process"}, 0.004)
hits = metrics.series("cache.reads", {"pattern": "prospects", "outcome": "hit"})  # once, then hits.count()
"""

from performance.metrics.tallies import Series, count, observe, series

__all__ = ["Series", "count", "observe", "series"]
