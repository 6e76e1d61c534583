"""Rows that bring prospects: who is who, and which value wins, is decided as for the rows of an import."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import orjson
from django.conf import settings
from django.db.backends.utils import CursorWrapper

from performance.bulk.errors import RowError
from prospects.companies import keys
from prospects.companies.bulk.cells import Cells
from prospects.companies.bulk.results import Report, RowOutcome
from prospects.companies.merge_rules import Stamp
from prospects.companies.record import Record
from prospects.companies.settle import CREATE, SKIP, UPDATE, Chunk, Settled, Standing, settle_chunk
from prospects.companies.store import CompanyStore
from prospects.intake.reading import RawRow, Terms, read_ahead

_OUTCOMES = {CREATE: RowOutcome.CREATED, UPDATE: RowOutcome.UPDATED, SKIP: RowOutcome.UNCHANGED}
_FIELD_OF_KEY = {
    keys.REGISTRY: "registry_number", keys.DOMAIN: "domain", keys.NAME_PLACE: "name", keys.PHONE: "phone",
}  # fmt: skip
Placed = tuple[int, Record]


@dataclass(slots=True)
class Bringing:
    """Brings the rows of one call, within its transaction. With `only_new` a prospect that is known is refused."""

    cursor: CursorWrapper
    stamp: Stamp
    report: Report
    only_new: bool
    # Prospects that rows of earlier chunks have named: {id: (place, keys)}.
    _named: dict[int, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def bring(self, cells: Cells, *, source: str) -> None:
        columns = {name: name for name in cells.headers}
        terms = Terms(cells.headers, columns, {}, source, self.stamp.entry())
        store = CompanyStore(self.cursor)
        with closing(read_ahead(_raw(cells), terms, row_count=len(cells.rows))) as chunks:
            for rows, records in chunks:
                placed = []
                for row, record in zip(rows, records, strict=True):
                    if isinstance(record, Record):
                        placed.append((row[1], record))
                    else:
                        self.report.refuse([RowError(row[1], "name", record.reason)])
                self._bring_chunk(placed, store)

    def _bring_chunk(self, placed: Sequence[Placed], store: CompanyStore) -> None:
        """Whatever is refused is taken out and the rest is decided anew, as if it had never been there."""
        while True:
            records = [record for _, record in placed]
            standing = store.standing(records)
            chunk = settle_chunk(records, store=store, stamp=self.stamp, standing=standing)
            errors = self._conflicts(placed, chunk, standing)
            if not errors:
                break
            self.report.refuse(errors)
            refused = {error.row for error in errors}
            placed = [each for each in placed if each[0] not in refused]
        store.write(chunk)
        for (place, record), settled in zip(placed, chunk.results, strict=True):
            prospect_id = _id(settled)
            self._named[prospect_id] = (place, record.keys)
            self.report.settle(place, prospect_id, _OUTCOMES[settled.outcome])
            self.report.note(place, settled.reason)

    def _conflicts(self, placed: Sequence[Placed], chunk: Chunk, standing: Standing) -> list[RowError]:
        errors = []
        named = dict(self._named)
        companies = {company.id: company for company in standing.companies}
        for (place, record), settled in zip(placed, chunk.results, strict=True):
            prospect_id = _id(settled)
            if prospect_id in named:
                earlier, theirs = named[prospect_id]
                errors.append(
                    RowError(place, _shared(record, set(theirs.values())), f"is the same prospect as row {earlier}")
                )
                continue
            named[prospect_id] = (place, record.keys)
            if self.only_new and settled.outcome != CREATE:
                company = companies.get(settled.prospect.company_id) if settled.prospect else None
                owned = set().union(*company.keys.values()) if company else set()
                errors.append(RowError(place, _shared(record, owned), f"is known already, as prospect {prospect_id}"))
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
