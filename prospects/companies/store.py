"""Reads and writes companies and prospects by the chunk: COPY for what is new, a staging table for what changed.

A dry run writes to temporary tables that lie over the real ones, so that it and the commit are one code.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import orjson
from django.db.backends.utils import CursorWrapper

from prospects.companies.copying import copy_rows
from prospects.companies.record import RANGES
from prospects.companies.settle import Key, Known, KnownProspect

_TEXTS = (
    "name", "domain", "industry", "description", "stage", "funding", "street", "city", "region", "postal_code",
    "country", "phone", "email", "linkedin_url", "registry_number",
)  # fmt: skip
_NUMBERS = ("employees_min", "employees_max", "revenue_min", "revenue_max", "founded_year")
_JSON = ("technologies", "provenance")
_COMPANY = ("id", *_TEXTS, *_NUMBERS, *_JSON)
_VALUES = ("person_name", "person_title", "person_email", "person_phone", "source", "notes")
_PROSPECT = ("id", "company_id", "person_key", *_VALUES, "original", "archived_at")
_DATED = "created_at, updated_at"

# Between values of a key: a list of thousands goes over as one text. No key has control characters.
_JOINT = "\x1f"
COMPANY, KEY, PROSPECT = "prospects_company", "prospects_companykey", "prospects_prospect"


class CompanyStore:
    """The tables as one transaction sees them. With `dry`, writes go to temporary tables that end with it."""

    def __init__(self, cursor: CursorWrapper, *, dry: bool = False) -> None:
        self._cursor = cursor
        self._dry = dry
        self._provisional = count(-1, -1)
        for table in (COMPANY, PROSPECT, *((KEY,) if dry else ())):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.staged_{table}")
            cursor.execute(f"CREATE TEMP TABLE staged_{table} (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP")
        if dry:
            self._make_dry()

    def _make_dry(self) -> None:
        """Tables over the real ones: what stands in them hides the row of the same id below."""
        for table, index in ((COMPANY, "id"), (KEY, "kind, value"), (PROSPECT, "company_id, person_key")):
            self._cursor.execute(f"DROP TABLE IF EXISTS pg_temp.dry_{table}")
            self._cursor.execute(f"CREATE TEMP TABLE dry_{table} (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP")
            self._cursor.execute(f"CREATE INDEX ON dry_{table} ({index})")
        self._cursor.execute(f"CREATE INDEX ON dry_{KEY} (company_id)")
        self._cursor.execute(f"CREATE INDEX ON dry_{PROSPECT} (id)")

    def companies(self, wanted: Sequence[Key]) -> list[Known]:
        """The companies that have one of these keys, with all their keys, locked against other writers."""
        by_kind: dict[str, list[str]] = {}
        for kind, value in wanted:
            by_kind.setdefault(kind, []).append(value)
        ids: set[int] = set()
        for kind, values in by_kind.items():
            among = "kind = %s AND value = ANY(string_to_array(%s, %s))"
            ids.update(row[0] for row in self._select(KEY, "company_id", among, kind, _JOINT.join(values), _JOINT))
        return self.companies_by_id(ids)

    def companies_by_id(self, ids: Iterable[int]) -> list[Known]:
        """These companies with all their keys, locked against other writers, in the order of their ids."""
        wanted = sorted(ids)
        if not wanted:
            return []
        order = "" if self._dry else " ORDER BY id FOR NO KEY UPDATE"
        rows = self._select(COMPANY, ", ".join(_COMPANY), f"id = ANY(%s){order}", wanted)
        known = {row[0]: _known(dict(zip(_COMPANY, row, strict=True))) for row in rows}
        for company, kind, value in self._select(KEY, "company_id, kind, value", "company_id = ANY(%s)", wanted):
            known[company].keys.setdefault(kind, set()).add(value)
        return list(known.values())

    def prospects_by_id(self, ids: Iterable[int], companies: Mapping[int, Known]) -> list[KnownProspect]:
        """These prospects; `companies` holds the company of each."""
        columns = ", ".join(_PROSPECT) + ", edited_at"
        rows = self._select(PROSPECT, columns, "id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", sorted(ids))
        return [_known_prospect(dict(zip((*_PROSPECT, "edited_at"), row, strict=True)), companies) for row in rows]

    def prospects(self, wanted: Sequence[tuple[Known, str | None]]) -> list[KnownProspect]:
        """Those that exist of these (company, person) pairs."""
        companies = {company.id: company for company, _ in wanted}
        alone = [company.id for company, key in wanted if key is None]
        named = [(company.id, key) for company, key in wanted if key is not None]
        columns = ", ".join(_PROSPECT) + ", edited_at"
        rows: list[tuple[Any, ...]] = []
        if alone:
            rows += self._select(PROSPECT, columns, "person_key IS NULL AND company_id = ANY(%s)", alone)
        if named:
            pairs = "(company_id, person_key) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))"
            rows += self._select(PROSPECT, columns, pairs, [pair[0] for pair in named], [pair[1] for pair in named])
        return [_known_prospect(dict(zip((*_PROSPECT, "edited_at"), row, strict=True)), companies) for row in rows]

    def write(self, companies: Sequence[Known], prospects: Sequence[KnownProspect]) -> None:
        """Writes what is new or changed, and gives the new their ids."""
        new = [company for company in companies if company.is_new]
        for company, number in zip(new, self._ids(COMPANY, len(new)), strict=True):
            company.id = number
        fresh = [prospect for prospect in prospects if prospect.is_new]
        for prospect, number in zip(fresh, self._ids(PROSPECT, len(fresh)), strict=True):
            prospect.id = number
        self._insert(COMPANY, _COMPANY, map(_company_row, new))
        self._insert_keys(companies)
        self._insert(PROSPECT, _PROSPECT, map(_prospect_row, fresh))
        self._replace(COMPANY, _COMPANY, [_company_row(company) for company in companies if company.is_changed])
        self._replace(PROSPECT, _PROSPECT, [_prospect_row(prospect) for prospect in prospects if prospect.is_changed])

    def _select(self, table: str, columns: str, where: str, *parameters: Any) -> list[tuple[Any, ...]]:
        query = f"SELECT {columns} FROM {table} WHERE {where}"  # noqa: S608 - names and conditions of this module
        if self._dry:
            hidden = f"NOT EXISTS (SELECT FROM dry_{table} d WHERE d.id = {table}.id)"
            query = f"SELECT {columns} FROM dry_{table} WHERE {where} UNION ALL {query} AND {hidden}"  # noqa: S608
            parameters = (*parameters, *parameters)
        self._cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows

    def _ids(self, table: str, number: int) -> list[int]:
        if self._dry:
            return [next(self._provisional) for _ in range(number)]
        if not number:
            return []
        self._cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = self._cursor.fetchone()[0]
        drawn = "SELECT array_agg(id) FROM (SELECT nextval(%s::regclass) AS id"
        self._cursor.execute(f"{drawn} FROM generate_series(1, %s)) AS drawn", [sequence, number])
        return list(self._cursor.fetchone()[0])

    def _insert_keys(self, companies: Sequence[Known]) -> None:
        rows = [(company.id, kind, value) for company in companies for kind, value in company.new_keys]
        if self._dry:
            numbered = [(next(self._provisional), *row) for row in rows]
            self._copy(f"dry_{KEY}", "id, company_id, kind, value", numbered)
        else:
            self._copy(KEY, "company_id, kind, value", rows)

    def _insert(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        now = self._now()
        target = f"dry_{table}" if self._dry else table
        self._copy(target, f"{', '.join(columns)}, {_DATED}", ((*row, now, now) for row in rows))

    def _replace(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        staged, ids = f"staged_{table}", [row[0] for row in rows]
        self._cursor.execute(f"DELETE FROM {staged}")  # noqa: S608
        self._insert_staged(staged, columns, rows)
        if self._dry:
            self._cursor.execute(f"DELETE FROM dry_{table} WHERE id = ANY(%s)", [ids])  # noqa: S608
            self._cursor.execute(f"INSERT INTO dry_{table} SELECT * FROM {staged}")  # noqa: S608
            return
        assignments = ", ".join(f"{column} = s.{column}" for column in columns if column != "id")
        # The ids are said twice: statistics lag behind a table that fills within this transaction, and a join
        # planned for an empty one has read all of it for each row.
        self._cursor.execute(
            f"UPDATE {table} t SET {assignments}, updated_at = now() FROM {staged} s"  # noqa: S608
            " WHERE s.id = t.id AND t.id = ANY(%s)",
            [ids],
        )

    def _now(self) -> str:
        self._cursor.execute("SELECT now()::text")
        return str(self._cursor.fetchone()[0])

    def _insert_staged(self, staged: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        now = self._now()
        self._copy(staged, f"{', '.join(columns)}, {_DATED}", ((*row, now, now) for row in rows))

    def _copy(self, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        copy_rows(self._cursor, f"{table} ({columns})", rows)


def _known(row: dict[str, Any]) -> Known:
    facts: dict[str, Any] = {name: row[name] for name in (*_TEXTS, "founded_year") if row[name]}
    for name, (least, most) in RANGES.items():
        if row[least] is not None or row[most] is not None:
            facts[name] = (row[least], row[most])
    if technologies := _loaded(row["technologies"]):
        facts["technologies"] = technologies
    return Known(row["id"], facts, _loaded(row["provenance"]), {})


def _known_prospect(row: dict[str, Any], companies: Mapping[int, Known]) -> KnownProspect:
    return KnownProspect(
        row["id"],
        companies[row["company_id"]],
        row["person_key"],
        {name: row[name] for name in _VALUES},
        _loaded(row["original"]),
        is_edited=row["edited_at"] is not None,
        archived_at=row["archived_at"],
    )


def _company_row(company: Known) -> tuple[Any, ...]:
    facts = company.facts
    employees = facts.get("employees", (None, None))
    revenue = facts.get("revenue", (None, None))
    return (
        company.id,
        *[facts.get(name, "") for name in _TEXTS],
        *employees,
        *revenue,
        facts.get("founded_year"),
        _dumped(facts.get("technologies", [])),
        _dumped(company.provenance),
    )


def _prospect_row(prospect: KnownProspect) -> tuple[Any, ...]:
    values = prospect.values
    return (
        prospect.id,
        prospect.company.id,
        prospect.person_key,
        *[values.get(name, "") for name in _VALUES],
        _dumped(prospect.original),
        prospect.archived_at,
    )


def _loaded(value: Any) -> Any:
    """Django's cursors give jsonb as text."""
    return orjson.loads(value) if isinstance(value, str) else value


def _dumped(value: Any) -> str:
    return orjson.dumps(value).decode()
