"""The area "import": rows a second from file to committed, and its storing stage beside raw COPY of the same rows."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, printed
from performance.benchmarks.usage import measured
from prospects.companies.store import COMPANY, KEY, PROSPECT, CompanyStore
from prospects.intake import services as intake
from prospects.intake.benchmark_file import sample_csv

ROWS = 100_000
FEW = 10_000


@area("import")
def imports() -> Iterator[Figure]:
    _bring_in(FEW, seed=2)  # the first use of anything is slower
    with measured(os.getpid()) as few:
        _bring_in(FEW, seed=3)
    with measured(os.getpid()) as many, _timed(CompanyStore.write) as stored:
        began = time.perf_counter()
        _bring_in(ROWS, seed=1)
        wall_s = time.perf_counter() - began
    beside = f"{ROWS:,} rows of 12 columns in {wall_s:.1f} s, from file to committed"
    yield at_least(10_000, "import.rows_per_s", ROWS / wall_s, "rows/s", beside=beside)
    beside = f"{few.peak_mb:.0f} MB at {FEW:,} rows, {many.peak_mb:.0f} MB at {ROWS:,}"
    yield printed("import.rss_growth", many.peak_mb / few.peak_mb - 1, "share", beside=beside)
    copied_s = _copy_anew()
    beside = f"COPY {copied_s:.2f} s, storing {sum(stored):.2f} s: companies, keys, prospects with their indexes"
    yield at_least(0.35, "import.store_vs_copy", copied_s / sum(stored), "of COPY", beside=beside)


def _bring_in(rows: int, *, seed: int) -> None:
    received = intake.receive(name="bench.csv", chunks=sample_csv(rows, seed=seed))
    intake.parse(received.pk)
    intake.commit(received.pk)


@contextmanager
def _timed(method: Callable[..., Any]) -> Iterator[list[float]]:
    """The seconds that each call of the store's method takes while inside."""
    seconds: list[float] = []

    def clocked(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            return method(*args)
        finally:
            seconds.append(time.perf_counter() - began)

    setattr(CompanyStore, method.__name__, clocked)
    try:
        yield seconds
    finally:
        setattr(CompanyStore, method.__name__, method)


def _copy_anew() -> float:
    """Seconds that plain COPY takes for the rows of the last import, into the same tables, in place of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE latest ON COMMIT DROP AS SELECT id FROM prospects_company ORDER BY id DESC LIMIT %s",
            [ROWS],
        )
        own = {COMPANY: "id", KEY: "company_id", PROSPECT: "company_id"}
        kept = {table: _out(cursor, table, key=key) for table, key in own.items()}
        cursor.execute("UPDATE prospects_importrow SET prospect_id = NULL")
        for table in (PROSPECT, KEY, COMPANY):
            cursor.execute(f"DELETE FROM {table} WHERE {own[table]} IN (TABLE latest)")  # noqa: S608
        began = time.perf_counter()
        for table, lines in kept.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for block in lines:
                    copy.write(block)
        return time.perf_counter() - began


def _out(cursor: Any, table: str, *, key: str) -> list[bytes]:
    query = f"COPY (SELECT * FROM {table} WHERE {key} IN (TABLE latest)) TO STDOUT"  # noqa: S608 - constants
    with cursor.copy(query) as copy:
        return [bytes(block) for block in copy]
