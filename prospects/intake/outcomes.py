"""The rows of an import, chunk by chunk, become prospects: for certain in a commit, for show in a dry run."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import orjson
from django.db.backends.utils import CursorWrapper

from prospects.companies.copying import copy_rows
from prospects.companies.merge_rules import FILE, Stamp
from prospects.companies.record import Record, Refusal
from prospects.companies.settle import REFUSE, Settled, settle
from prospects.companies.store import CompanyStore
from prospects.intake.limits import CHUNK_ROWS
from prospects.intake.models import Import
from prospects.intake.rows import RowReader

RawRow = tuple[int, int, list[str]]
_SAMPLES_PER_OUTCOME = 25


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row of the dry run as a page shows it."""

    line: int
    outcome: str
    reason: str
    cells: list[str]


@dataclass(slots=True)
class Tally:
    """How many rows had which outcome, and the first rows of each."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    sample: list[SampleRow] = field(default_factory=list)

    def add(self, row: RawRow, settled: Settled) -> None:
        self.counts[settled.outcome] += 1
        if self.counts[settled.outcome] <= _SAMPLES_PER_OUTCOME:
            self.sample.append(SampleRow(row[1], settled.outcome, settled.reason, row[2]))
        if settled.outcome == REFUSE and (settled.reason in self.reasons or len(self.reasons) < 100):
            self.reasons[settled.reason] += 1


def settle_rows(
    cursor: CursorWrapper, import_run: Import, *, stamp_at: str, dry: bool, progress: Callable[[int], None]
) -> Tally:
    """Settles every row in the order of the file and writes what became of it beside it. Inside a transaction."""
    reader = RowReader(
        import_run.headers, columns=import_run.columns, constants=import_run.constants, source=import_run.source
    )
    stamp = Stamp(f"import:{import_run.pk}", FILE, stamp_at, by=import_run.owner_id)
    store = CompanyStore(cursor, dry=dry)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.settled_row")
    cursor.execute(
        "CREATE TEMP TABLE settled_row (id bigint, outcome text, reason text, prospect_id bigint, before jsonb)"
        " ON COMMIT DROP"
    )
    tally = Tally()
    for rows, records in _read_ahead(_chunks(cursor, import_run.pk), reader):
        results = _settle_chunk(records, store=store, stamp=stamp)
        _write_outcomes(cursor, rows, results, dry=dry)
        for row, settled in zip(rows, results, strict=True):
            tally.add(row, settled)
        progress(tally.counts.total())
    return tally


def _chunks(cursor: CursorWrapper, import_id: int) -> Iterator[list[RawRow]]:
    line = -1
    query = (
        "SELECT id, line, raw::text FROM prospects_importrow WHERE import_id = %s AND line > %s ORDER BY line LIMIT %s"
    )
    while True:
        cursor.execute(query, [import_id, line, CHUNK_ROWS])
        rows = [(row[0], row[1], orjson.loads(row[2])) for row in cursor.fetchall()]
        if not rows:
            return
        line = rows[-1][1]
        yield rows


def _read_ahead(
    chunks: Iterator[list[RawRow]], reader: RowReader
) -> Iterator[tuple[list[RawRow], list[Record | Refusal]]]:
    """Normalises a chunk in a second thread while PostgreSQL stores the one before."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = None
        for rows in chunks:
            following = (rows, pool.submit(_read_all, reader, rows))
            if waiting:
                yield waiting[0], waiting[1].result()
            waiting = following
        if waiting:
            yield waiting[0], waiting[1].result()


def _read_all(reader: RowReader, rows: Sequence[RawRow]) -> list[Record | Refusal]:
    return [reader.read(row[2]) for row in rows]


def _settle_chunk(records: Sequence[Record | Refusal], *, store: CompanyStore, stamp: Stamp) -> list[Settled]:
    accepted = [record for record in records if isinstance(record, Record)]
    settled = iter(settle(accepted, store=store, stamp=stamp))
    return [next(settled) if isinstance(record, Record) else Settled(REFUSE, record.reason) for record in records]


def _write_outcomes(cursor: CursorWrapper, rows: Sequence[RawRow], results: Sequence[Settled], *, dry: bool) -> None:
    """A dry run leaves the rows' prospects alone."""
    cursor.execute("DELETE FROM settled_row")
    copy_rows(
        cursor,
        "settled_row (id, outcome, reason, prospect_id, before)",
        (_outcome(row[0], settled) for row, settled in zip(rows, results, strict=True)),
    )
    ids = [row[0] for row in rows]
    ours = "" if dry else ", prospect_id = s.prospect_id, before = s.before"
    cursor.execute(
        f"UPDATE prospects_importrow r SET outcome = s.outcome, reason = s.reason{ours}"  # noqa: S608 - our own text
        " FROM settled_row s WHERE r.id = s.id AND r.id BETWEEN %s AND %s",
        [min(ids), max(ids)],
    )


def _outcome(row_id: int, settled: Settled) -> tuple[object, ...]:
    before = orjson.dumps(settled.before).decode() if settled.before is not None else None
    return row_id, settled.outcome, settled.reason, settled.prospect.id if settled.prospect else None, before
