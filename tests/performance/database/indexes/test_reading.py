"""Which columns of which table a statement asks for, and how."""

import pytest

from performance.database.indexes.reading import read
from performance.database.indexes.shapes import Name, Order, Role
from tests.performance.database.indexes.conftest import CUSTOMER, ORDER, shop

CATALOG = shop()


def asked(sql: str, *, of: Name = ORDER) -> set[tuple[str, str]]:
    """(column or expression, role) of all uses of a table."""
    reading = read(sql, catalog=CATALOG)
    assert reading is not None, sql
    return {(use.key, use.role.value) for access in reading.accesses if access.table == of for use in access.uses}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("customer_id = $1", {("customer_id", "equality")}),
        ("$1 = customer_id", {("customer_id", "equality")}),
        ("customer_id IN ($1 /*, ... */)", {("customer_id", "in")}),
        ("customer_id = ANY($1)", {("customer_id", "in")}),
        ("customer_id = $1 OR customer_id = $2", {("customer_id", "in")}),
        ("made_at > $1 AND made_at < $2", {("made_at", "range")}),
        ("$1 >= made_at", {("made_at", "range")}),
        ("made_at BETWEEN $1 AND $2", {("made_at", "range")}),
        ("(made_at, id) < ($1, $2)", {("made_at", "range")}),
        ("gone_at IS NULL AND note IS NOT NULL", {("gone_at", "null"), ("note", "not null")}),
        ("is_late", {("is_late", "equality")}),
        ("NOT is_late AND is_late IS FALSE", {("is_late", "equality")}),
        ("lower(note) = $1", {("lower(note)", "equality")}),
        ("upper(note::text) = upper($1)", {("upper(note)", "equality")}),
        ("note::text = $1", {("note", "equality")}),
        ("(made_at AT TIME ZONE $1)::date = $2", {("made_at", "hidden")}),
        ("note LIKE $1", {("note", "hidden")}),
        ("customer_id + $1 = $2", {("customer_id", "hidden")}),
        ("customer_id <> $1", set()),
        ("NOT (customer_id = $1)", set()),
        ("customer_id = id", set()),
        ("nowhere = $1", set()),
    ],
)
def test_a_condition_asks(condition: str, expected: set[tuple[str, str]]) -> None:
    assert asked(f'SELECT * FROM "order" WHERE {condition}') == expected


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT 1 FROM "order" o JOIN customer c ON c.id = o.customer_id WHERE c.email = $1',
        'SELECT 1 FROM "order" o, customer c WHERE c.id = o.customer_id AND c.email = $1',
        'SELECT 1 FROM public."order" LEFT JOIN customer ON customer.id = customer_id WHERE email = $1',
        'SELECT 1 FROM "order" o WHERE o.customer_id IN (SELECT c.id FROM customer c WHERE c.email = $1)',
        "WITH c AS (SELECT id AS cid, email FROM customer) "
        'SELECT 1 FROM "order" o JOIN c ON c.cid = o.customer_id WHERE c.email = $1',
        'SELECT 1 FROM (SELECT * FROM customer) AS c JOIN "order" o ON o.customer_id = c.id WHERE c.email = $1',
        'DELETE FROM "order" o USING customer c WHERE o.customer_id = c.id AND c.email = $1',
        'DECLARE x CURSOR FOR SELECT 1 FROM "order" o JOIN customer c ON c.id = o.customer_id WHERE c.email = $1',
    ],
)
def test_joins_are_followed_through_aliases_and_sub_queries(sql: str) -> None:
    assert ("email", "equality") in asked(sql, of=CUSTOMER)
    assert ("id", "join") in asked(sql, of=CUSTOMER)


def test_an_outer_join_asks_nothing_of_the_side_that_is_kept() -> None:
    sql = 'SELECT 1 FROM "order" o LEFT JOIN customer c ON c.id = o.customer_id AND o.state = $1'

    assert asked(sql) == set()
    assert asked(sql, of=CUSTOMER) == {("id", "join")}


def test_what_is_inside_an_exists_is_joined_to_what_is_around() -> None:
    sql = 'SELECT 1 FROM customer c WHERE EXISTS (SELECT 1 FROM "order" o WHERE o.customer_id = c.id AND o.state = $1)'

    assert asked(sql) == {("customer_id", "join"), ("state", "equality")}
    assert asked(sql, of=CUSTOMER) == set()


def test_a_sub_query_in_the_answer_is_asked_for_each_row() -> None:
    sql = 'SELECT (SELECT max(made_at) FROM "order" o WHERE o.customer_id = c.id) FROM customer c'

    reading = read(sql, catalog=CATALOG)

    assert reading is not None
    assert [access.is_repeated for access in reading.accesses] == [False, True]


@pytest.mark.parametrize(
    "inside",
    [
        'SELECT customer_id FROM "order" LIMIT 10',
        'SELECT customer_id FROM "order" GROUP BY customer_id',
        'SELECT DISTINCT customer_id FROM "order"',
        'SELECT customer_id FROM "order" UNION SELECT id FROM customer',
    ],
)
def test_a_condition_does_not_reach_into_what_is_made_before_it(inside: str) -> None:
    assert asked(f"SELECT 1 FROM ({inside}) AS t WHERE t.customer_id = $1") == set()


def test_nor_into_a_cte_that_is_materialised_or_named_twice() -> None:
    once = 'AS MATERIALIZED (SELECT * FROM "order") SELECT 1 FROM t WHERE t.state = $1'
    twice = 'AS (SELECT * FROM "order") SELECT 1 FROM t, t AS u WHERE t.state = $1'

    assert asked(f"WITH t {once}") == set()
    assert asked(f"WITH t {twice}") == set()


def test_an_or_is_kept_by_its_branches() -> None:
    reading = read('SELECT 1 FROM "order" WHERE state = $1 AND (note = $2 OR customer_id = $3)', catalog=CATALOG)

    assert reading is not None
    [choice] = reading.accesses[0].choices
    assert [[use.column for use in branch] for branch in choice] == [["note"], ["customer_id"]]
    assert [use.column for use in reading.accesses[0].uses] == ["state"]


def test_an_or_over_two_tables_is_known_for_one() -> None:
    sql = 'SELECT 1 FROM "order" o JOIN customer c ON c.id = o.customer_id WHERE o.note = $1 OR c.email = $2'

    reading = read(sql, catalog=CATALOG)

    assert reading is not None
    assert reading.split == (ORDER, CUSTOMER)


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("ORDER BY made_at DESC LIMIT $1", (Order("made_at", True, True),)),
        ("ORDER BY o.state, 1 DESC NULLS LAST", (Order("state"), Order("id", True, False))),
        ("ORDER BY lower(note)", ()),
        ("ORDER BY nr", (Order("id"),)),
    ],
)
def test_what_is_sorted_by_is_known(tail: str, expected: tuple[Order, ...]) -> None:
    reading = read(f'SELECT id AS nr, made_at FROM "order" o {tail}', catalog=CATALOG)

    assert reading is not None
    assert reading.accesses[0].order == expected
    assert reading.is_limited == ("LIMIT" in tail)


def test_an_update_says_what_it_writes() -> None:
    reading = read('UPDATE "order" SET state = $1, note = $2 WHERE id = $3', catalog=CATALOG)

    assert reading is not None
    assert reading.sets == {ORDER: frozenset({"state", "note"})}
    assert [(use.column, use.role) for use in reading.accesses[0].uses] == [("id", Role.EQUALITY)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "VACUUM customer",
        "SELECT 1; SELECT 2",
        "",
        "SELECT * FROM elsewhere WHERE a = $1",
        "SELECT 1" + "+1" * 9000,
    ],
)
def test_what_is_no_question_to_a_table_is_none(sql: str) -> None:
    assert read(sql, catalog=CATALOG) is None
