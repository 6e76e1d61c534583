"""The area "import": rows a second from file to committed, and its storing stage beside raw COPY of the same rows."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection

from performance.benchmarks.areas import area
from performance.benchmarks.figures import Figure, at_least, printed
from performance.benchmarks.usage import measured, postgres_pid, tree
from prospects.benchmarks.clearing import clear_companies
from prospects.benchmarks.raw_copy import copied_anew_s
from prospects.companies.store import COMPANY, KEY, PROSPECT, CompanyStore
from prospects.intake import outcomes
from prospects.intake import services as intake
from prospects.intake.benchmark_file import sample_csv
from prospects.intake.models import Import

ROWS = 100_000
FEW = 10_000
OUTCOME = "prospects_rowoutcome"
# What a commit does in its storing stage: look up what is known, write text for COPY, have it stored.
_STAGE = ((CompanyStore, "standing"), (CompanyStore, "writes"), (outcomes, "_outcomes"), (CompanyStore, "send"))


@area("import")
def imports() -> Iterator[Figure]:
    clear_companies()
    _bring_in(_file(FEW, seed=2))  # the first use of anything is slower
    few_rows, many_rows = _file(FEW, seed=3), _file(ROWS, seed=1)
    with measured(os.getpid()) as few:
        _bring_in(few_rows)
    server = _cpu_s(postgres_pid())
    with measured(os.getpid()) as many, ExitStack() as clocks:
        stored = [clocks.enter_context(_timed(*step)) for step in _STAGE]
        began = time.perf_counter()
        run = _bring_in(many_rows)
        wall_s = time.perf_counter() - began
    server = _cpu_s(postgres_pid()) - server
    beside = f"{ROWS:,} rows of 12 columns in {wall_s:.1f} s, from file to committed"
    beside += f"; CPU: Python {many.cpu_s:.1f} s, PostgreSQL {server:.1f} s"
    yield at_least(10_000, "import.rows_per_s", ROWS / wall_s, "rows/s", beside=beside)
    beside = f"{few.peak_mb:.0f} MB at {FEW:,} rows, {many.peak_mb:.0f} MB at {ROWS:,}"
    yield printed("import.rss_growth", many.peak_mb / few.peak_mb - 1, "share", beside=beside)
    stored_s, copied_s = sum(map(sum, stored)), _copy_anew(run)
    beside = f"COPY {copied_s:.2f} s, looking up and storing {stored_s:.2f} s: companies, keys, prospects, outcomes"
    yield at_least(0.35, "import.store_vs_copy", copied_s / stored_s, "of COPY", beside=beside)


def _file(rows: int, *, seed: int) -> list[bytes]:
    """Made before anything is timed."""
    return list(sample_csv(rows, seed=seed))


def _bring_in(file: list[bytes]) -> Import:
    received = intake.receive(name="bench.csv", chunks=file)
    intake.parse(received.pk)
    return intake.commit(received.pk)


def _cpu_s(root_pid: int | None) -> float:
    """CPU of a server's processes so far; 0 for one on another machine."""
    alive = tree(root_pid) if root_pid else []
    return sum(process.cpu_times().user + process.cpu_times().system for process in alive)


@contextmanager
def _timed(owner: Any, name: str) -> Iterator[list[float]]:
    """The seconds that each call of this takes while inside."""
    seconds: list[float] = []
    plain: Callable[..., Any] = getattr(owner, name)

    def clocked(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return plain(*args, **options)
        finally:
            seconds.append(time.perf_counter() - began)

    setattr(owner, name, clocked)
    try:
        yield seconds
    finally:
        setattr(owner, name, plain)


def _copy_anew(run: Import) -> float:
    """Seconds that plain COPY takes for the rows of an import, into the same tables, in place of them."""
    of_run = (
        f"SELECT company_id FROM {PROSPECT} WHERE id IN (SELECT prospect_id FROM {OUTCOME} WHERE import_id = {run.pk})"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE latest AS SELECT DISTINCT company_id AS id FROM ({of_run}) AS named")  # noqa: S608
        rows = {COMPANY: "id", KEY: "company_id", PROSPECT: "company_id"}
        within = {table: f"{column} IN (TABLE latest)" for table, column in rows.items()}
        copied_s = copied_anew_s(within | {OUTCOME: f"import_id = {run.pk}"})
        cursor.execute("DROP TABLE latest")
        return copied_s
