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
    _forget_dry_run(cursor, import_run)
    tally = Tally()
    waiting: _Settlement | None = None
    chunks = read_ahead(_chunks(cursor, import_run.pk), terms, row_count=import_run.row_count)
    with ThreadPoolExecutor(max_workers=1) as storing, closing(chunks):
        for rows, records in chunks:
            accepted = [record for record in records if isinstance(record, Record)]
            earlier = waiting.chunk if waiting else NOTHING
            standing = store.standing(accepted, earlier=earlier)
            stored = storing.submit(_store, cursor, store, waiting) if waiting else None
            chunk = settle_chunk(accepted, store=store, stamp=stamp, standing=standing, earlier=earlier)
            results = _in_order(records, chunk.results)
            waiting = _Settlement(chunk, store.writes(chunk), _outcomes(rows, results, import_run.pk, dry=dry))
            tally.add(rows, results)
            if stored:
                stored.result()
            progress(tally.counts.total())
    if waiting:
        _store(cursor, store, waiting)
    return tally


def _forget_dry_run(cursor: CursorWrapper, import_run: Import) -> None:
    """All rows have an outcome or none has, which the first one shows: the state forgets it when columns change."""
    rows = "SELECT id FROM prospects_importrow WHERE import_id = %s"
    cursor.execute(
        f"SELECT EXISTS (SELECT FROM prospects_rowoutcome WHERE row_id = ({rows} ORDER BY line LIMIT 1))",  # noqa: S608
        [import_run.pk],
    )
    if cursor.fetchone()[0]:
        cursor.execute(f"DELETE FROM prospects_rowoutcome WHERE row_id = ANY(ARRAY({rows}))", [import_run.pk])  # noqa: S608


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


def _store(cursor: CursorWrapper, store: CompanyStore, settlement: _Settlement) -> None:
    store.send(settlement.companies)
    settlement.outcomes.send(cursor)


def _outcomes(rows: Sequence[RawRow], results: Sequence[Settled], import_id: int, *, dry: bool) -> Copy:
    """A dry run's have no prospects, and nothing to take back."""
    columns = ("row_id", "import_id", "outcome", "reason", "prospect_id", "before")
    own = str(import_id)
    return copy_of(
        "prospects_rowoutcome",
        columns,
        [
            (str(row[0]), own, one.outcome, one.reason, *((NULL, NULL) if dry else _taken_back_by(one)))
            for row, one in zip(rows, results, strict=True)
        ],
    )


def _taken_back_by(settled: Settled) -> tuple[str, str]:
    prospect, before = settled.prospect, settled.before
    return (
        NULL if prospect is None else str(prospect.id),
        NULL if before is None else orjson.dumps(before).decode(),
    )
