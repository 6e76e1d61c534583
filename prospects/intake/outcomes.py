"""The rows of an import, chunk by chunk, become prospects: for certain in a commit, for show in a dry run."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

import orjson
from django.db.backends.utils import CursorWrapper

from prospects.companies.chunk import CREATE, NOTHING, REFUSE, Chunk, Settled
from prospects.companies.copy_text import NULL, line_of
from prospects.companies.copying import Copy, copy_of_lines
from prospects.companies.merge_rules import FILE, Stamp
from prospects.companies.settle import settle_chunk
from prospects.companies.store import CompanyStore, Writes
from prospects.intake.chunk_reader import Reads
from prospects.intake.limits import CHUNK_ROWS
from prospects.intake.models import Import
from prospects.intake.reading import LINED, RawRows, Terms, lines_of, read_ahead, sizes

_SAMPLES_PER_OUTCOME = 25
_NULL = NULL.encode()
_OUTCOME = ("row_id", "import_id", "outcome", "reason", "prospect_id", "before")
# Lists of numbers go over as JSON, which is read several times as fast as rows of them.
_ROWS = """
SELECT '[' || string_agg(id::text, ',') || ']', '[' || string_agg(line::text, ',') || ']',
    '[' || string_agg(raw::text, %s) || ']'
FROM (SELECT id, line, raw FROM prospects_importrow WHERE import_id = %s AND line > %s ORDER BY line LIMIT %s) AS rows
"""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row of the dry run as a page shows it."""

    line: int
    outcome: str
    reason: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Settlement:
    """A chunk of rows that is settled, by their places: `others` are those that aren't new to all, `warned` those that
    are, but of which something was left out.
    """

    rows: RawRows
    reads: Reads
    chunk: Chunk
    others: dict[int, Settled]
    warned: dict[int, Settled]

    @classmethod
    def of(cls, rows: RawRows, reads: Reads, chunk: Chunk) -> "_Settlement":
        places = reads.places
        others = {place: Settled(REFUSE, reason) for place, reason in reads.refused.items()}
        others.update((places[at], settled) for at, settled in chunk.results.items())
        fresh = chunk.incoming.columns.warnings.keys() - chunk.results.keys()
        warned = {places[at]: Settled(CREATE, chunk.reason_of_fresh(at)) for at in fresh}
        return cls(rows, reads, chunk, others, warned)

    def first_plain(self, number: int) -> dict[int, Settled]:
        """The first of those that are new to all, of which nothing else is said."""
        created = Settled(CREATE, "")
        plain = (place for place in map(self.reads.places.__getitem__, self.chunk.fresh) if place not in self.warned)
        return dict.fromkeys(islice(plain, number), created)


@dataclass(slots=True)
class Tally:
    """How many rows had which outcome, and the first rows of each."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    sample: list[SampleRow] = field(default_factory=list)

    def add(self, settled: _Settlement) -> None:
        """Of plain new rows only the first can be in the sample, the rest is only counted."""
        looked_at = settled.others | settled.warned | settled.first_plain(_SAMPLES_PER_OUTCOME)
        cells: list[bytes] = []
        for place in sorted(looked_at):
            one = looked_at[place]
            self.counts[one.outcome] += 1
            if self.counts[one.outcome] <= _SAMPLES_PER_OUTCOME:
                cells = cells or lines_of(settled.rows.cells)
                said = orjson.loads(cells[place])
                self.sample.append(SampleRow(settled.rows.lines[place], one.outcome, one.reason, said))
            if one.outcome == REFUSE and (one.reason in self.reasons or len(self.reasons) < 100):
                self.reasons[one.reason] += 1
        self.counts[CREATE] += len(settled.rows.ids) - len(looked_at)


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
    earlier, writes = NOTHING, Writes([], [])
    chunks = read_ahead(_chunks(cursor, import_run.pk), terms, row_count=import_run.row_count)
    with ThreadPoolExecutor(max_workers=1) as storing, closing(chunks):
        for rows, reads in chunks:
            standing = store.standing(reads.incoming, earlier=earlier)
            stored = storing.submit(store.send, writes)
            earlier = settle_chunk(reads.incoming, stamp=stamp, standing=standing, earlier=earlier)
            settled = _Settlement.of(rows, reads, earlier)
            writes = store.writes(earlier, beside=[_outcomes(settled, import_run.pk, dry=dry)])
            tally.add(settled)
            stored.result()
            progress(tally.counts.total())
    store.send(writes)
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


def _chunks(cursor: CursorWrapper, import_id: int) -> Iterator[RawRows]:
    line = -1
    for size in sizes(CHUNK_ROWS):
        cursor.execute(_ROWS, [LINED, import_id, line, size])
        ids, lines, cells = cursor.fetchone()
        if ids is None:
            return
        rows = RawRows(orjson.loads(ids), orjson.loads(lines), cells.encode())
        line = rows.lines[-1]
        yield rows


def _outcomes(settled: _Settlement, import_id: int, *, dry: bool) -> Copy:
    """A dry run's have no prospects, and nothing to take back."""
    ids, places, prospect_ids = settled.rows.ids, settled.reads.places, settled.chunk.numbers.prospects
    lines = [b""] * len(ids)
    created = b"\t%d\tcreate\t\t" % import_id
    for at in settled.chunk.fresh:
        prospect_id = _NULL if dry else b"%d" % prospect_ids[at]
        if (warned := settled.warned.get(places[at])) is None:
            lines[places[at]] = b"%d%b%b\t%b\n" % (ids[places[at]], created, prospect_id, _NULL)
        else:
            told = (str(ids[places[at]]), str(import_id), CREATE, warned.reason, prospect_id.decode(), NULL)
            lines[places[at]] = f"{line_of(told)}\n".encode()
    for place, one in settled.others.items():
        taken_back_by = (NULL, NULL) if dry else _taken_back_by(one)
        line = line_of((str(ids[place]), str(import_id), one.outcome, one.reason, *taken_back_by))
        lines[place] = f"{line}\n".encode()
    return copy_of_lines("prospects_rowoutcome", _OUTCOME, b"".join(lines))


def _taken_back_by(settled: Settled) -> tuple[str, str]:
    prospect, before = settled.prospect, settled.before
    return (
        NULL if prospect is None else str(prospect.id),
        NULL if before is None else orjson.dumps(before).decode(),
    )
