"""The rows of an import, chunk by chunk, become prospects: for certain in a commit, for show in a dry run."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

import orjson
from django.db.backends.utils import CursorWrapper

from prospects.companies.copy_text import NULL
from prospects.companies.copying import Copy, copy_of
from prospects.companies.merge_rules import FILE, Stamp
from prospects.companies.record import Record, Refusal
from prospects.companies.settle import NOTHING, REFUSE, Chunk, Settled, settle_chunk
from prospects.companies.store import CompanyStore, Writes
from prospects.intake.limits import CHUNK_ROWS
from prospects.intake.models import Import
from prospects.intake.reading import RawRow, Terms, read_ahead

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

    def add(self, rows: Sequence[RawRow], results: Sequence[Settled]) -> None:
        for row, settled in zip(rows, results, strict=True):
            self.counts[settled.outcome] += 1
            if self.counts[settled.outcome] <= _SAMPLES_PER_OUTCOME:
                self.sample.append(SampleRow(row[1], settled.outcome, settled.reason, orjson.loads(row[2])))
            if settled.outcome == REFUSE and (settled.reason in self.reasons or len(self.reasons) < 100):
                self.reasons[settled.reason] += 1


@dataclass(frozen=True, slots=True)
class _Settlement:
    """A chunk that is settled, and the text by which PostgreSQL will store it."""

    chunk: Chunk
    companies: Writes
    outcomes: Copy
    rows: range


def settle_rows(
    cursor: CursorWrapper, import_run: Import, *, stamp_at: str, dry: bool, progress: Callable[[int], None]
) -> Tally:
    """Settles every row in the order of the file and writes what became of it beside it. Inside a transaction.

    While PostgreSQL stores a chunk, this thread settles the next one, and those after that are being read. The
    connection is used by one thread at a time: what is stored is looked up before the next chunk is on its way.
    """
    stamp = Stamp(f"import:{import_run.pk}", FILE, stamp_at, by=import_run.owner_id)
    terms = Terms(import_run.headers, import_run.columns, import_run.constants, import_run.source, stamp.entry())
    store = CompanyStore(cursor, dry=dry)
    _make_room(cursor)
    tally = Tally()
    waiting: _Settlement | None = None
    chunks = read_ahead(_chunks(cursor, import_run.pk), terms, row_count=import_run.row_count)
    with ThreadPoolExecutor(max_workers=1) as storing, closing(chunks):
        for rows, records in chunks:
            accepted = [record for record in records if isinstance(record, Record)]
            earlier = waiting.chunk if waiting else NOTHING
            standing = store.standing(accepted, earlier=earlier)
            stored = storing.submit(_store, cursor, store, waiting, dry=dry) if waiting else None
            chunk = settle_chunk(accepted, store=store, stamp=stamp, standing=standing, earlier=earlier)
            results = _in_order(records, chunk.results)
            waiting = _Settlement(chunk, store.writes(chunk), _outcomes(rows, results), _span(rows))
            tally.add(rows, results)
            if stored:
                stored.result()
            progress(tally.counts.total())
    if waiting:
        _store(cursor, store, waiting, dry=dry)
    return tally


def _make_room(cursor: CursorWrapper) -> None:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.settled_row")
    cursor.execute(
        "CREATE TEMP TABLE settled_row (id bigint, outcome text, reason text, prospect_id bigint, before jsonb)"
        " ON COMMIT DROP"
    )


def _chunks(cursor: CursorWrapper, import_id: int) -> Iterator[list[RawRow]]:
    line = -1
    query = (
        "SELECT id, line, raw::text FROM prospects_importrow WHERE import_id = %s AND line > %s ORDER BY line LIMIT %s"
    )
    while True:
        cursor.execute(query, [import_id, line, CHUNK_ROWS])
        rows = cursor.fetchall()
        if not rows:
            return
        line = rows[-1][1]
        yield rows


def _in_order(records: Sequence[Record | Refusal], settled: Sequence[Settled]) -> Sequence[Settled]:
    """What became of each record, the refused ones among the others."""
    if len(settled) == len(records):
        return settled
    accepted = iter(settled)
    return [next(accepted) if isinstance(record, Record) else Settled(REFUSE, record.reason) for record in records]


def _store(cursor: CursorWrapper, store: CompanyStore, settlement: _Settlement, *, dry: bool) -> None:
    """A dry run leaves the rows' prospects alone."""
    store.send(settlement.companies)
    cursor.execute("TRUNCATE settled_row")
    settlement.outcomes.send(cursor)
    ours = "" if dry else ", prospect_id = s.prospect_id, before = s.before"
    cursor.execute(
        f"UPDATE prospects_importrow r SET outcome = s.outcome, reason = s.reason{ours}"  # noqa: S608 - our own text
        " FROM settled_row s WHERE r.id = s.id AND r.id BETWEEN %s AND %s",
        [settlement.rows.start, settlement.rows.stop],
    )


def _span(rows: Sequence[RawRow]) -> range:
    """From the first id to the last one, that included."""
    ids = [row[0] for row in rows]
    return range(min(ids), max(ids))


def _outcomes(rows: Sequence[RawRow], results: Sequence[Settled]) -> Copy:
    columns = ("id", "outcome", "reason", "prospect_id", "before")
    return copy_of("settled_row", columns, [_outcome(row[0], one) for row, one in zip(rows, results, strict=True)])


def _outcome(row_id: int, settled: Settled) -> tuple[str, ...]:
    prospect, before = settled.prospect, settled.before
    return (
        str(row_id),
        settled.outcome,
        settled.reason,
        NULL if prospect is None else str(prospect.id),
        NULL if before is None else orjson.dumps(before).decode(),
    )
