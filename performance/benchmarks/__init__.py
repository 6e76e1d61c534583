"""Measurements of what the installation can do, on a throw-away database. An app adds areas in its `benchmarks`."""
