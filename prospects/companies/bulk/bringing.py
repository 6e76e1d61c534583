"""Rows that bring prospects: who is who, and which value wins, is decided as for the rows of an import."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import orjson
from django.conf import settings
from django.db.backends.utils import CursorWrapper

from performance.bulk.errors import RowError
from prospects.companies import keys
from prospects.companies.bulk.cells import Cells
from prospects.companies.bulk.results import Report, RowOutcome
from prospects.companies.known import Known
from prospects.companies.merge_rules import Stamp
from prospects.companies.record import Record
from prospects.companies.settle import CREATE, NOTHING, SKIP, UPDATE, Chunk, Settled, settle_chunk
from prospects.companies.store import CompanyStore, Writes
from prospects.intake.reading import RawRow, Terms, read_ahead

_OUTCOMES = {CREATE: RowOutcome.CREATED, UPDATE: RowOutcome.UPDATED, SKIP: RowOutcome.UNCHANGED}
_FIELD_OF_KEY = {
    keys.REGISTRY: "registry_number", keys.DOMAIN: "domain", keys.NAME_PLACE: "name", keys.PHONE: "phone",
}  # fmt: skip
_NO_WRITES = Writes([], [])
# A record with the place of its row.
Placed = tuple[int, Record]
# Which row has named a prospect, and by which keys.
Naming = tuple[int, dict[str, str]]


class Bringing:
    """Brings the rows of one call, within its transaction. With `only_new` a prospect that is known is refused.

    While PostgreSQL stores a chunk, the next one is settled. The connection is used by one thread at a time.
    """

    def __init__(self, cursor: CursorWrapper, stamp: Stamp, report: Report, *, only_new: bool) -> None:
        self._store = CompanyStore(cursor)
        self._stamp, self._report, self._only_new = stamp, report, only_new
        self._named: dict[int, Naming] = {}
        self._earlier, self._waiting = NOTHING, _NO_WRITES

    def bring(self, cells: Cells, *, source: str) -> None:
        columns = {name: name for name in cells.headers}
        terms = Terms(cells.headers, columns, {}, source, self._stamp.entry())
        chunks = read_ahead(_raw(cells), terms, row_count=len(cells.rows))
        with ThreadPoolExecutor(max_workers=1) as storing, closing(chunks):
            for rows, records in chunks:
                placed = []
                for (_, place, _), record in zip(rows, records, strict=True):
                    if isinstance(record, Record):
                        placed.append((place, record))
                    else:
                        self._report.refuse([RowError(place, "name", record.reason)])
                self._bring_chunk(placed, storing)
        self._store.send(self._waiting)

    def _bring_chunk(self, placed: Sequence[Placed], storing: ThreadPoolExecutor) -> None:
        """Whatever is refused is taken out and the rest is decided anew, as if it had never been there."""
        earlier = self._earlier
        standing = self._store.standing([record for _, record in placed], earlier=earlier)
        stored = storing.submit(self._store.send, self._waiting)
        while True:
            records = [record for _, record in placed]
            chunk = settle_chunk(records, store=self._store, stamp=self._stamp, standing=standing, earlier=earlier)
            errors = self._conflicts(placed, chunk, [*standing.companies, *earlier.companies])
            if not errors:
                break
            self._report.refuse(errors)
            refused = {error.row for error in errors}
            placed = [each for each in placed if each[0] not in refused]
            # What was settled has changed what is known, so it is looked up once more.
            stored.result()
            earlier, standing = NOTHING, self._store.standing([record for _, record in placed])
        self._earlier, self._waiting = chunk, self._store.writes(chunk)
        self._tell(placed, chunk)
        stored.result()

    def _tell(self, placed: Sequence[Placed], chunk: Chunk) -> None:
        for (place, record), settled in zip(placed, chunk.results, strict=True):
            prospect_id = _id(settled)
            self._named[prospect_id] = (place, record.keys)
            self._report.settle(place, prospect_id, _OUTCOMES[settled.outcome])
            if settled.reason:
                self._report.note(place, settled.reason)

    def _conflicts(self, placed: Sequence[Placed], chunk: Chunk, companies: Sequence[Known]) -> list[RowError]:
        """Rows that mean the prospect of an earlier row or, where all must be new, a known one."""
        errors = []
        named: dict[int, Naming] = {}
        owned = {company.id: company for company in companies} if self._only_new else {}
        for (place, record), settled in zip(placed, chunk.results, strict=True):
            pk = _id(settled)
            if earlier := named.get(pk) or self._named.get(pk):
                field = _shared(record, set(earlier[1].values()))
                errors.append(RowError(place, field, f"is the same prospect as row {earlier[0]}"))
                continue
            named[pk] = (place, record.keys)
            if self._only_new and settled.outcome != CREATE:
                company = owned.get(settled.prospect.company_id) if settled.prospect else None
                field = _shared(record, set().union(*company.keys.values()) if company else set())
                errors.append(RowError(place, field, f"is known already, as prospect {pk}"))
        return errors


def _raw(cells: Cells) -> Iterator[list[RawRow]]:
    size = settings.BULK_INSERT_CHUNK_SIZE
    for start in range(0, len(cells.rows), size):
        part = cells.rows[start : start + size]
        yield [(place, place, orjson.dumps(row).decode()) for place, row in part]


def _shared(record: Record, theirs: set[str]) -> str:
    """The field by which the record is the same as another, the strongest first; empty where others made them one."""
    return next((_FIELD_OF_KEY[kind] for kind, key in record.keys.items() if key in theirs), "")


def _id(settled: Settled) -> int:
    if settled.prospect is None:
        raise AssertionError("a record that was settled has a prospect")
    return settled.prospect.id
