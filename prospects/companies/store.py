"""Reads and writes companies and prospects by the chunk: COPY for what is new, a staging table for what changed.

A dry run writes to temporary tables that lie over the real ones, so that it and the commit are one code.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, TypeVar

import orjson
from django.db.backends.utils import CursorWrapper

from prospects.companies import rendering
from prospects.companies.chunk import NOTHING, Chunk, Numbers, Standing
from prospects.companies.copy_text import line_of
from prospects.companies.copying import Copy, copy_of, copy_of_lines
from prospects.companies.incoming import Incoming
from prospects.companies.known import Known, KnownProspect
from prospects.companies.provenance import as_json, from_json

# Between values of a key: a list of thousands goes over as one text. No key has control characters.
_JOINT = "\x1f"
_COMPANY = ("id", *rendering.COMPANY)
_PROSPECT = ("id", "company_id", *rendering.PROSPECT)
_AFTER_TEXTS = 1 + len(rendering.TEXTS)
# JSON is read here, where it has to be.
_AS_TEXT = frozenset({"technologies", "provenance"})
_ASKED = (*("original::text" if name == "original" else name for name in _PROSPECT), "edited_at")
_SEQUENCES = "SELECT pg_get_serial_sequence(%s, 'id'), pg_get_serial_sequence(%s, 'id')"
_DRAW = "SELECT ARRAY(SELECT nextval(%s::regclass) FROM generate_series(1, %s))"
COMPANY, KEY, PROSPECT = "prospects_company", "prospects_companykey", "prospects_prospect"


Row = TypeVar("Row", Known, KnownProspect)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Rows of a table that take the place of those of the same id."""

    table: str
    columns: Sequence[str]
    ids: Sequence[int]
    rows: Copy


@dataclass(frozen=True, slots=True)
class Writes:
    """What a chunk changes, as text for the tables: to send it takes no more of Python."""

    new: Sequence[Copy]
    changed: Sequence[Replacement]


class CompanyStore:
    """The tables as one transaction sees them. With `dry`, writes go to temporary tables that end with it."""

    def __init__(self, cursor: CursorWrapper, *, dry: bool = False) -> None:
        self._cursor = cursor
        self._dry = dry
        # Of what is only shown.
        self._provisional = count(-1, -1)
        cursor.execute(_SEQUENCES, [COMPANY, PROSPECT])
        self._sequences: tuple[str, str] = cursor.fetchone()
        for table in (COMPANY, PROSPECT):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.staged_{table}")
            cursor.execute(f"CREATE TEMP TABLE staged_{table} (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP")
        if dry:
            self._make_dry()

    def _make_dry(self) -> None:
        """Tables over the real ones: what stands in them hides the row of the same id below."""
        for table, index in ((COMPANY, "id"), (KEY, "key"), (PROSPECT, "company_id, person_key")):
            self._cursor.execute(f"DROP TABLE IF EXISTS pg_temp.dry_{table}")
            self._cursor.execute(f"CREATE TEMP TABLE dry_{table} (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP")
            self._cursor.execute(f"CREATE INDEX ON dry_{table} ({index})")
        self._cursor.execute(f"CREATE INDEX ON dry_{KEY} (company_id)")
        self._cursor.execute(f"CREATE INDEX ON dry_{PROSPECT} (id)")

    def standing(self, incoming: Incoming, *, earlier: Chunk = NOTHING) -> Standing:
        """The companies that have one of the records' keys, with all their keys, and their prospects that the records
        or nobody of `earlier`, which isn't written yet, may mean. Locked against other writers."""
        ids = self._ids_by_keys(incoming)
        companies = self.companies_by_id(ids)
        prospects = self._prospects({*ids, *earlier.stored_ids()}, list(set(incoming.columns.people)))
        return Standing(companies, prospects, Numbers(*(self._draw(table, len(incoming)) for table in (0, 1))))

    def _draw(self, table: int, number: int) -> list[int]:
        """Ids, before it is known which are needed: whoever settles needn't ask."""
        if self._dry:
            return list(islice(self._provisional, number))
        self._cursor.execute(_DRAW, [self._sequences[table], number])
        drawn: list[int] = self._cursor.fetchone()[0]
        return drawn

    def _ids_by_keys(self, incoming: Incoming) -> set[int]:
        among = "key = ANY(string_to_array(%s, %s))"
        keys = _JOINT.join(incoming.keys_in_order)
        return {row[0] for row in self._select(KEY, "company_id", among, keys, _JOINT)}

    def companies_by_id(self, ids: Iterable[int]) -> list[Known]:
        """These companies with all their keys, locked against other writers, in the order of their ids."""
        wanted = sorted(ids)
        if not wanted:
            return []
        order = "" if self._dry else " ORDER BY id FOR NO KEY UPDATE"
        columns = ", ".join(f"{name}::text" if name in _AS_TEXT else name for name in _COMPANY)
        rows = self._select(COMPANY, columns, f"id = ANY(%s){order}", wanted)
        known = {row[0]: _known(row) for row in rows}
        for company, key in self._select(KEY, "company_id, key", "company_id = ANY(%s)", wanted):
            known[company].keys.setdefault(key.partition(":")[0], set()).add(key)
        return list(known.values())

    def prospects_by_id(self, ids: Iterable[int]) -> list[KnownProspect]:
        """These prospects, locked against other writers, in the order of their ids."""
        columns = ", ".join(_ASKED)
        rows = self._select(PROSPECT, columns, "id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", sorted(ids))
        return list(map(_known_prospect, rows))

    def _prospects(self, companies: Iterable[int], people: list[str]) -> list[KnownProspect]:
        """Of these companies those without a person, and those of these people. They can't be deleted meanwhile."""
        wanted = sorted(companies)
        if not wanted:
            return []
        columns = ", ".join(_ASKED)
        # Asked one after the other: for an OR, or for an order, the planner has read every prospect there is.
        lock = "" if self._dry else " FOR KEY SHARE"
        where = f"company_id = ANY(%s) AND person_key IS NULL{lock}"
        rows = self._select(PROSPECT, columns, where, wanted)
        if people:
            where = f"company_id = ANY(%s) AND person_key = ANY(%s){lock}"
            rows += self._select(PROSPECT, columns, where, wanted, people)
        return list(map(_known_prospect, rows))

    def write(self, chunk: Chunk) -> None:
        """Writes what is new or changed."""
        self.send(self.writes(chunk))

    def writes(self, chunk: Chunk, *, beside: Sequence[Copy] = ()) -> Writes:
        """What is new or changed, as text, with rows of others that stand beside. Doesn't touch the database."""
        new = [
            copy_of_lines(self._target(COMPANY), _COMPANY, _new_companies(chunk)),
            copy_of(self._target(KEY), ("key", "company_id"), _new_keys(chunk)),
            copy_of_lines(self._target(PROSPECT), _PROSPECT, _new_prospects(chunk)),
        ]
        changed_companies = [company for company in chunk.companies if company.is_changed]
        changed_prospects = [prospect for prospect in chunk.prospects if prospect.is_changed]
        replaced = [
            _replacement(COMPANY, _COMPANY, changed_companies, line=_company_line),
            _replacement(PROSPECT, _PROSPECT, changed_prospects, line=_prospect_line),
        ]
        return Writes([*new, *beside], [one for one in replaced if one.ids])

    def send(self, writes: Writes) -> None:
        """Has PostgreSQL store them. Companies come first: keys and prospects name them."""
        for copy in writes.new:
            copy.send(self._cursor)
        for replacement in writes.changed:
            self._replace(replacement)

    def _select(self, table: str, columns: str, where: str, *parameters: Any) -> list[tuple[Any, ...]]:
        query = f"SELECT {columns} FROM {table} WHERE {where}"  # noqa: S608 - names and conditions of this module
        if self._dry:
            identity = "key" if table == KEY else "id"
            hidden = f"NOT EXISTS (SELECT FROM dry_{table} d WHERE d.{identity} = {table}.{identity})"
            query = f"SELECT {columns} FROM dry_{table} WHERE {where} UNION ALL {query} AND {hidden}"  # noqa: S608
            parameters = (*parameters, *parameters)
        self._cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows

    def _target(self, table: str) -> str:
        return f"dry_{table}" if self._dry else table

    def _replace(self, changed: Replacement) -> None:
        table, staged, ids = changed.table, f"staged_{changed.table}", list(changed.ids)
        self._cursor.execute(f"TRUNCATE {staged}")
        changed.rows.send(self._cursor)
        if self._dry:
            self._cursor.execute(f"DELETE FROM dry_{table} WHERE id = ANY(%s)", [ids])  # noqa: S608
            self._cursor.execute(f"INSERT INTO dry_{table} SELECT * FROM {staged}")  # noqa: S608
            return
        assignments = ", ".join(f"{column} = s.{column}" for column in changed.columns if column != "id")
        # The ids are said twice: statistics lag behind a table that fills within this transaction, and a join
        # planned for an empty one has read all of it for each row.
        self._cursor.execute(
            f"UPDATE {table} t SET {assignments}, updated_at = now() FROM {staged} s"  # noqa: S608
            " WHERE s.id = t.id AND t.id = ANY(%s)",
            [ids],
        )


def _new_companies(chunk: Chunk) -> bytes:
    ids, rows = chunk.numbers.companies, chunk.incoming.columns.companies
    lines = [b"%d\t%b\n" % (ids[place], rows[place]) for place in chunk.fresh]
    return b"".join([*lines, *(_company_line(company) for company in chunk.companies if company.is_new)])


def _new_prospects(chunk: Chunk) -> bytes:
    ids, companies, rows = chunk.numbers.prospects, chunk.numbers.companies, chunk.incoming.columns.prospects
    lines = [b"%d\t%d\t%b\n" % (ids[place], companies[place], rows[place]) for place in chunk.fresh]
    return b"".join([*lines, *(_prospect_line(prospect) for prospect in chunk.prospects if prospect.is_new)])


def _new_keys(chunk: Chunk) -> list[tuple[str, str]]:
    ids = list(map(str, chunk.numbers.companies))
    owners = {key: ids[place] for key, place in chunk.fresh_keys.items()}
    owners.update((key, str(company.id)) for key, company in chunk.new_keys.items())
    return [(key, owners[key]) for key in chunk.incoming.keys_in_order if key in owners]


def _replacement(
    table: str, columns: Sequence[str], rows: Sequence[Row], *, line: Callable[[Row], bytes]
) -> Replacement:
    copy = copy_of_lines(f"staged_{table}", columns, b"".join(map(line, rows)))
    return Replacement(table, columns, [row.id for row in rows], copy)


def _company_line(company: Known) -> bytes:
    """Those that are as their record came have their row already."""
    line = company.line or line_of(rendering.company_row(company.facts, as_json(company.provenance))).encode()
    return b"%d\t%b\n" % (company.id, line)


def _prospect_line(prospect: KnownProspect) -> bytes:
    line = (
        prospect.line
        or line_of(
            rendering.prospect_row(prospect.person_key, prospect.values, prospect.original, prospect.archived_at)
        ).encode()
    )
    return b"%d\t%d\t%b\n" % (prospect.id, prospect.company_id, line)


def _known(row: tuple[Any, ...]) -> Known:
    """Of the columns of _COMPANY."""
    least_staff, most_staff, least_revenue, most_revenue, founded, technologies, provenance = row[_AFTER_TEXTS:]
    facts: dict[str, Any] = {name: text for name, text in zip(rendering.TEXTS, row[1:], strict=False) if text}
    if founded:
        facts["founded_year"] = founded
    if least_staff is not None or most_staff is not None:
        facts["employees"] = (least_staff, most_staff)
    if least_revenue is not None or most_revenue is not None:
        facts["revenue"] = (least_revenue, most_revenue)
    if technologies != "[]":
        facts["technologies"] = orjson.loads(technologies)
    return Known(row[0], facts, from_json(provenance), {})


def _known_prospect(row: tuple[Any, ...]) -> KnownProspect:
    """Of the columns of _PROSPECT, and when it was edited."""
    pk, company_id, person_key, *values, original, archived_at, edited_at = row
    by_name = dict(zip(rendering.VALUES, values, strict=True))
    is_edited = edited_at is not None
    return KnownProspect(pk, company_id, person_key, by_name, original, is_edited=is_edited, archived_at=archived_at)
