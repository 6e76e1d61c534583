"""Rows that bring prospects: who is who, and which value wins, is decided as for the rows of an import."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from performance.bulk.errors import RowError
from prospects.companies import keys
from prospects.companies.bulk.cells import Cells
from prospects.companies.bulk.results import Report, RowOutcome
from prospects.companies.chunk import CREATE, NOTHING, SKIP, UPDATE, Chunk
from prospects.companies.incoming import Incoming
from prospects.companies.known import Known
from prospects.companies.merge_rules import Stamp
from prospects.companies.settle import settle_chunk
from prospects.companies.store import CompanyStore, Writes
from prospects.intake.reading import RawRows, Terms, lined, read_ahead, sizes

_OUTCOMES = {CREATE: RowOutcome.CREATED, UPDATE: RowOutcome.UPDATED, SKIP: RowOutcome.UNCHANGED}
_FIELD_OF_KEY = {
    keys.REGISTRY: "registry_number", keys.DOMAIN: "domain", keys.NAME_PLACE: "name", keys.PHONE: "phone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placed:
    """Records, and the place of each one's row in the call."""

    places: Sequence[int]
    incoming: Incoming

    def without(self, rows: set[int]) -> "_Placed":
        kept = [at for at, place in enumerate(self.places) if place not in rows]
        return _Placed([self.places[at] for at in kept], self.incoming.only(kept))


@dataclass(frozen=True, slots=True)
class _Naming:
    """Which row has named a prospect, and by which keys."""

    place: int
    keys: Sequence[str]


class Bringing:
    """Brings the rows of one call, within its transaction. With `only_new` a prospect that is known is refused.

    While PostgreSQL stores a chunk, the next one is settled. The connection is used by one thread at a time.
    """

    def __init__(self, cursor: CursorWrapper, stamp: Stamp, report: Report, *, only_new: bool) -> None:
        self._store = CompanyStore(cursor)
        self._stamp, self._report, self._only_new = stamp, report, only_new
        self._named: dict[int, _Naming] = {}
        self._earlier, self._waiting = NOTHING, Writes([], [])

    def bring(self, cells: Cells, *, source: str) -> None:
        columns = {name: name for name in cells.headers}
        terms = Terms(cells.headers, columns, {}, source, self._stamp.entry())
        chunks = read_ahead(_raw(cells), terms, row_count=len(cells.rows))
        with ThreadPoolExecutor(max_workers=1) as storing, closing(chunks):
            for rows, reads in chunks:
                self._report.refuse(RowError(rows.ids[at], "name", reason) for at, reason in reads.refused.items())
                self._bring_chunk(_Placed([rows.ids[at] for at in reads.places], reads.incoming), storing)
        self._store.send(self._waiting)

    def _bring_chunk(self, placed: _Placed, storing: ThreadPoolExecutor) -> None:
        """Whatever is refused is taken out and the rest is decided anew, as if it had never been there."""
        earlier = self._earlier
        standing = self._store.standing(placed.incoming, earlier=earlier)
        stored = storing.submit(self._store.send, self._waiting)
        while True:
            chunk = settle_chunk(placed.incoming, stamp=self._stamp, standing=standing, earlier=earlier)
            errors = self._conflicts(placed.places, chunk, [*standing.companies, *earlier.companies])
            if not errors:
                break
            self._report.refuse(errors)
            placed = placed.without({error.row for error in errors})
            # What was settled has changed what is known, so it is looked up once more.
            stored.result()
            earlier, standing = NOTHING, self._store.standing(placed.incoming)
        self._earlier, self._waiting = chunk, self._store.writes(chunk)
        self._tell(placed.places, chunk)
        stored.result()

    def _tell(self, places: Sequence[int], chunk: Chunk) -> None:
        for at, (place, keys_of) in enumerate(zip(places, chunk.incoming.columns.keys, strict=True)):
            prospect_id, settled = chunk.prospect_id(at), chunk.results.get(at)
            self._named[prospect_id] = _Naming(place, keys_of)
            self._report.settle(place, prospect_id, _OUTCOMES[settled.outcome if settled else CREATE])
            if reason := settled.reason if settled else chunk.reason_of_fresh(at):
                self._report.note(place, reason)

    def _conflicts(self, places: Sequence[int], chunk: Chunk, companies: Sequence[Known]) -> list[RowError]:
        """Rows that mean the prospect of an earlier row or, where all must be new, a known one. Whose prospect nobody
        has heard of means no other's."""
        errors = []
        named: dict[int, _Naming] = {}
        owned = {company.id: company for company in companies} if self._only_new else {}
        for at, settled in chunk.results.items():
            pk, place, keys_of = chunk.prospect_id(at), places[at], chunk.incoming.columns.keys[at]
            if earlier := named.get(pk) or self._named.get(pk):
                errors.append(
                    RowError(place, _shared(keys_of, earlier.keys), f"is the same prospect as row {earlier.place}")
                )
                continue
            named[pk] = _Naming(place, keys_of)
            if self._only_new and settled.outcome != CREATE:
                company = owned.get(settled.prospect.company_id) if settled.prospect else None
                theirs = set().union(*company.keys.values()) if company else set()
                errors.append(RowError(place, _shared(keys_of, theirs), f"is known already, as prospect {pk}"))
        return errors


def _raw(cells: Cells) -> Iterator[RawRows]:
    rows = iter(cells.rows)
    for size in sizes(settings.BULK_INSERT_CHUNK_SIZE):
        part = list(islice(rows, size))
        if not part:
            return
        places = [place for place, _ in part]
        yield RawRows(places, places, lined(row for _, row in part))


def _shared(mine: Sequence[str], theirs: Collection[str]) -> str:
    """The field by which a record is the same as another, the strongest first; empty where others made them one."""
    return next((_FIELD_OF_KEY[key.partition(":")[0]] for key in mine if key in theirs), "")
