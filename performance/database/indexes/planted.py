"""A shop with ten planted problems, for the benchmark and its test: what the advisor must find, and what it must not.

The tables stand in a schema of their own. Each problem is a table of its own, so that what is said of one is known to
be about it; `audit_log` and `tags` are there to be left in peace.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from performance.database.indexes.advice import Advice, Kind

SCHEMA = "planted"
# Of a table; enough that a scan is dear, and few enough that all of it takes a second or two.
ROWS = 20_000
TIMES = 20

_TABLES = """
CREATE TABLE {s}.visit AS SELECT n AS id, md5(n::text) AS session, now() - n * interval '1 minute' AS seen_at
    FROM generate_series(1, {rows}) n;
CREATE TABLE {s}.purchase AS SELECT n AS id, n % 20 AS shop_id, n % 7 AS state,
    now() - n * interval '1 minute' AS made_at, repeat('x', 40) AS note FROM generate_series(1, {rows}) n;
CREATE TABLE {s}.payment AS SELECT n AS id, n % 2000 AS account_id, now() - n * interval '1 minute' AS paid_at,
    repeat('x', 40) AS note FROM generate_series(1, {rows}) n;
CREATE INDEX payment_turned ON {s}.payment (paid_at, account_id);
CREATE TABLE {s}.parcel AS SELECT n AS id, md5(n::text) AS code FROM generate_series(1, {rows}) n;
CREATE INDEX parcel_code ON {s}.parcel (code);
CREATE INDEX parcel_code_again ON {s}.parcel (code);
CREATE TABLE {s}.stock AS SELECT n AS id, n % 100 AS shelf FROM generate_series(1, {rows}) n;
ALTER TABLE {s}.stock ADD PRIMARY KEY (id);
CREATE INDEX stock_shelf ON {s}.stock (shelf);
CREATE TABLE {s}.author AS SELECT n AS id, md5(n::text) AS name FROM generate_series(1, {rows}) n;
ALTER TABLE {s}.author ADD PRIMARY KEY (id);
CREATE TABLE {s}.book AS SELECT n AS id, 1 + n % {rows} AS author_id, n % 400 AS shelf
    FROM generate_series(1, {rows}) n;
ALTER TABLE {s}.book ADD FOREIGN KEY (author_id) REFERENCES {s}.author;
CREATE INDEX book_author ON {s}.book (author_id);
CREATE INDEX book_shelf ON {s}.book (shelf);
CREATE TABLE {s}.survey AS SELECT n AS id, n % 10 < 6 AS is_done, n % 5 AS answer FROM generate_series(1, {rows}) n;
CREATE TABLE {s}.account AS SELECT n AS id, 'Person' || n || '@example.com' AS email FROM generate_series(1, {rows}) n;
CREATE INDEX account_email ON {s}.account (email);
CREATE TABLE {s}.contact AS SELECT n AS id, md5(n::text) AS phone, md5((-n)::text) AS mail
    FROM generate_series(1, {rows}) n;
CREATE INDEX contact_phone ON {s}.contact (phone);
CREATE TABLE {s}.basket AS SELECT n AS id FROM generate_series(1, {rows} / 10) n;
ALTER TABLE {s}.basket ADD PRIMARY KEY (id);
CREATE TABLE {s}.line AS SELECT n AS id, 1 + n % ({rows} / 10 - 100) AS basket_id FROM generate_series(1, {rows}) n;
ALTER TABLE {s}.line ADD FOREIGN KEY (basket_id) REFERENCES {s}.basket;
CREATE TABLE {s}.audit_log AS SELECT n AS id, n % 3 AS level FROM generate_series(1, {rows}) n;
ALTER TABLE {s}.audit_log ADD PRIMARY KEY (id);
CREATE TABLE {s}.tags AS SELECT n AS id, 'tag' || n AS name FROM generate_series(1, 300) n;
"""


@dataclass(frozen=True, slots=True)
class Plant:
    """`is_found` by an advice on its table; where there is none to give, by silence."""

    name: str
    table: str
    is_found: Callable[[Advice], bool] | None


def _creates(*columns: str) -> Callable[[Advice], bool]:
    """Whether it makes an index that begins with these."""
    return lambda advice: (
        advice.kind == Kind.CREATE
        and any(tuple(key.text for key in candidate.keys)[: len(columns)] == columns for candidate in advice.candidates)
    )


def _sorts(column: str, *, after: set[str]) -> Callable[[Advice], bool]:
    """Whether it makes an index on these, in whatever order, and then on what the answer is sorted by."""
    return lambda advice: (
        advice.kind == Kind.CREATE
        and any(
            {key.text for key in candidate.keys[:-1]} == after and candidate.keys[-1].text == column
            for candidate in advice.candidates
        )
    )


def _drops(kind: Kind, *names: str) -> Callable[[Advice], bool]:
    return lambda advice: advice.kind == kind and advice.index in names


PLANTS: Sequence[Plant] = (
    Plant("a missing index", "visit", _creates("session")),
    Plant("a missing composite index", "purchase", _sorts("made_at", after={"shop_id", "state"})),
    Plant("an index in the wrong order", "payment", _creates("account_id")),
    Plant("a duplicate", "parcel", _drops(Kind.DUPLICATE, "parcel_code", "parcel_code_again")),
    Plant("an unused index", "stock", _drops(Kind.UNUSED, "stock_shelf")),
    Plant("an N+1", "author", lambda advice: advice.kind == Kind.N_PLUS_ONE),
    Plant("a sequential scan that is right", "survey", None),
    Plant("a function on a column", "account", _creates("lower(email)")),
    Plant("a bad OR", "contact", _creates("mail")),
    Plant("a foreign key without an index", "line", lambda advice: advice.kind == Kind.FOREIGN_KEY),
)


def tables(schema: str, *, rows: int = ROWS) -> Sequence[str]:
    """The statements that make them."""
    made = [each for each in _TABLES.format(s=schema, rows=rows).split(";\n") if each.strip()]
    # What was read and written so far is no part of what the shop does.
    forgotten = _FORGOTTEN.format(s=schema)
    analysed = f"ANALYZE {', '.join(f'{schema}.{name}' for name in _names())}"
    return [f"CREATE SCHEMA {schema}", *made, analysed, "SELECT pg_stat_force_next_flush()", forgotten]


def statements(schema: str, *, times: int = TIMES) -> Sequence[tuple[str, Sequence[object]]]:
    """What the shop asks, with its values."""
    asked: list[tuple[str, Sequence[object]]] = []
    for n in range(1, times + 1):
        asked += [(sql.format(s=schema), [n if value == "n" else value for value in values]) for sql, values in _ASKED]
    for n in range(1, times // 4 + 1):
        asked.append((_LISTED.format(s=schema), [n]))
        asked += [(_OF_EACH.format(s=schema), [400 * k + n + 1]) for k in range(ROWS // 400)]
        asked.append((_DELETED.format(s=schema), [ROWS // 10 - n]))
    return asked


_FORGOTTEN = """
SELECT pg_stat_reset_single_table_counters(oid) FROM pg_class
WHERE relnamespace = '{s}'::regnamespace AND relkind IN ('r', 'i')
"""
_LISTED = "SELECT id, author_id FROM {s}.book WHERE shelf = %s"
_OF_EACH = "SELECT name FROM {s}.author WHERE id = %s"
_DELETED = "DELETE FROM {s}.basket WHERE id = %s"
_ASKED: Sequence[tuple[str, Sequence[object]]] = (
    ("SELECT id FROM {s}.visit WHERE session = md5(%s::text)", ["n"]),
    ("SELECT id FROM {s}.purchase WHERE shop_id = %s AND state = 3 ORDER BY made_at DESC LIMIT 10", ["n"]),
    ("SELECT id, note FROM {s}.payment WHERE account_id = %s AND paid_at > now() - interval '5 days'", ["n"]),
    ("SELECT id FROM {s}.payment WHERE paid_at > now() - %s * interval '1 minute'", ["n"]),
    ("SELECT id FROM {s}.parcel WHERE code = md5(%s::text)", ["n"]),
    ("SELECT shelf FROM {s}.stock WHERE id = %s", ["n"]),
    ("SELECT id FROM {s}.survey WHERE is_done AND answer <> %s", ["n"]),
    ("SELECT id FROM {s}.account WHERE lower(email) = %s", ["person7@example.com"]),
    ("SELECT id FROM {s}.account WHERE email = %s", ["Person7@example.com"]),
    ("SELECT id FROM {s}.contact WHERE phone = md5(%s::text)", ["n"]),
    ("SELECT id FROM {s}.contact WHERE phone = %s OR mail = %s", ["a", "b"]),
    ("SELECT level FROM {s}.audit_log WHERE id = %s", ["n"]),
    ("SELECT level, count(*) FROM {s}.audit_log GROUP BY level", []),
    ("SELECT id FROM {s}.tags WHERE name = %s", ["tag7"]),
    ("SELECT l.id FROM {s}.basket b JOIN {s}.line l ON l.basket_id = b.id WHERE b.id > 0 AND l.id %% 2 = %s", [1]),
)


def _names() -> Sequence[str]:
    return [*(plant.table for plant in PLANTS), "book", "basket", "audit_log", "tags"]


@dataclass(frozen=True, slots=True)
class Judged:
    """Which plants were found, and what was advised beside them."""

    found: Mapping[str, bool]
    false: Sequence[Advice]


def judged(advice: Sequence[Advice], schema: str) -> Judged:
    """Of the advice on the schema."""
    own = [each for each in advice if each.table.schema == schema]
    found = {
        plant.name: any(plant.is_found(each) for each in own)
        if plant.is_found
        else not any(each.table.table == plant.table for each in own)
        for plant in PLANTS
    }
    true = [(plant.table, plant.is_found) for plant in PLANTS if plant.is_found]
    false = [each for each in own if not any(each.table.table == table and is_found(each) for table, is_found in true)]
    return Judged(found, false)
