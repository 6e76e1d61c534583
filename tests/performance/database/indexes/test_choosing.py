"""Which indexes are chosen for a workload, by the heuristic."""

from dataclasses import replace

import pytest

from performance.database.indexes.definitions import create_sql
from performance.database.indexes.partial import with_conditions
from performance.database.indexes.pricing import Asked, Heuristic
from performance.database.indexes.reading import read
from performance.database.indexes.selection import Selector
from performance.database.indexes.shapes import Candidate, Catalog, Index, Key, Statement
from performance.database.indexes.writes import written_ms
from tests.performance.database.indexes.conftest import ORDER, index, shop


def workload(catalog: Catalog, *texts: str, calls: int = 100, rows: int = 100, ms: float = 50.0) -> list[Asked]:
    found = []
    for number, text in enumerate(texts):
        reading = read(text, catalog=catalog)
        assert reading is not None, text
        found.append(Asked(Statement(number, text, calls, calls * ms, rows), reading))
    return found


def chosen(catalog: Catalog, asked: list[Asked]) -> list[str]:
    catalog = with_conditions(catalog)
    heuristic = Heuristic(catalog)
    selector = Selector(catalog, asked, heuristic, sum(each.statement.total_ms for each in asked))
    found = selector.selected(selector.tried(heuristic))
    return [create_sql(each).partition('public."order" ')[2] for choice in found for each in choice.proposal]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT * FROM "order" WHERE customer_id = $1', ["(customer_id)"]),
        # A few rows of a customer are looked through as fast as a longer index.
        ('SELECT * FROM "order" WHERE customer_id = $1 AND made_at > $2', ["(customer_id)"]),
        ('SELECT * FROM "order" ORDER BY made_at LIMIT $1', ["(made_at)"]),
        ('SELECT * FROM "order" WHERE lower(note) = $1', ["(lower(note))"]),
        ('SELECT * FROM "order" WHERE is_late ORDER BY made_at LIMIT $1', ["(made_at) WHERE is_late"]),
        ('SELECT * FROM "order" WHERE customer_id = $1 OR note = $2', ["(customer_id)", "(note)"]),
        ('SELECT o.* FROM "order" o JOIN customer c ON c.id = o.customer_id WHERE c.id = $1', ["(customer_id)"]),
        ('UPDATE "order" SET state = $1 WHERE note = $2', ["(note)"]),
        ('DELETE FROM "order" WHERE note = $1', ["(note)"]),
        # What an index can't hold, or what it doesn't make faster.
        ('SELECT * FROM "order" WHERE papers::text = $1', []),
        ("SELECT * FROM tiny WHERE id = $1", []),
        ('SELECT * FROM "order" WHERE id = $1', []),
        ('SELECT count(*) FROM "order"', []),
    ],
)
def test_one_statement_gets(sql: str, expected: list[str]) -> None:
    catalog = shop()

    assert chosen(catalog, workload(catalog, sql)) == expected


@pytest.mark.parametrize("where", ["state = $1 AND made_at > $2", "made_at > $1 AND state = $2"])
def test_a_range_comes_after_what_is_equal(where: str) -> None:
    catalog = shop()
    asked = workload(catalog, f'SELECT * FROM "order" WHERE {where}', rows=100 * 500)

    assert chosen(catalog, asked) == ["(state, made_at)"]


def test_what_gives_the_order_comes_after_what_is_equal() -> None:
    catalog = shop()
    orders = catalog.tables[ORDER]
    rare = replace(orders.columns["state"], distinct=500.0)
    states = replace(catalog, tables={ORDER: replace(orders, columns={**orders.columns, "state": rare})})
    sql = 'SELECT * FROM "order" WHERE state = $1 ORDER BY made_at DESC LIMIT $2'

    assert chosen(states, workload(states, sql, rows=100 * 50)) == ["(state, made_at)"]
    # Of five states, fifty rows are soon found in the order alone.
    assert chosen(catalog, workload(catalog, sql, rows=100 * 50)) == ["(made_at)"]


def test_a_scan_that_keeps_most_rows_is_right() -> None:
    catalog = shop()
    sql = 'SELECT * FROM "order" WHERE state = $1'

    assert chosen(catalog, workload(catalog, sql, rows=100 * 60_000)) == []
    # By its values one in five; by what it really finds a handful.
    assert chosen(catalog, workload(catalog, sql, rows=100 * 5)) == ["(state)"]


def test_two_statements_share_one_index() -> None:
    catalog = shop()
    asked = workload(
        catalog,
        'SELECT * FROM "order" WHERE customer_id = $1 AND note = $2',
        'SELECT * FROM "order" WHERE customer_id = $1',
        rows=2_000,
    )

    assert chosen(catalog, asked) == ["(customer_id)"]


@pytest.mark.parametrize(
    "there",
    [
        index("a", "customer_id"),
        index("a", "customer_id", "made_at"),
        index("a", "customer_id", predicate="state = 'new'::text"),
        Index("a", ORDER, (Key("customer_id", "customer_id"),), method="hash"),
    ],
)
def test_what_is_there_is_not_advised_again(there: Index) -> None:
    catalog = with_conditions(shop(order_indexes=(there,)))

    asked = workload(catalog, 'SELECT * FROM "order" WHERE customer_id = $1 AND state = $2')

    assert chosen(catalog, asked) == []


@pytest.mark.parametrize(
    "there",
    [
        index("a", "made_at", "customer_id"),
        replace(index("a", "customer_id"), is_valid=False),
        index("a", "customer_id", predicate="gone_at IS NULL"),
    ],
)
def test_an_index_that_does_not_serve_is_no_reason(there: Index) -> None:
    catalog = with_conditions(shop(order_indexes=(there,)))

    assert chosen(catalog, workload(catalog, 'SELECT * FROM "order" WHERE customer_id = $1')) == ["(customer_id)"]


def test_what_costs_more_to_write_than_it_saves_is_not_advised() -> None:
    catalog = shop()
    orders = catalog.tables[ORDER]
    writes = replace(orders.writes, inserts=10_000_000)
    busy = replace(catalog, tables={**catalog.tables, ORDER: replace(orders, writes=writes)})
    sql = 'SELECT * FROM "order" WHERE customer_id = $1'

    assert chosen(busy, workload(busy, sql)) == []
    assert chosen(busy, workload(busy, sql, calls=100_000, rows=100_000)) == ["(customer_id)"]


def test_an_index_on_what_updates_write_costs_them_being_hot() -> None:
    catalog = shop()
    asked = workload(catalog, 'UPDATE "order" SET state = $1 WHERE id = $2')
    orders = replace(catalog.tables[ORDER], writes=replace(catalog.tables[ORDER].writes, updates=1000, hot=1000))
    state, other = (Candidate(ORDER, (Key(column, column),)) for column in ("state", "customer_id"))

    assert written_ms(other, orders, asked) == 0
    assert written_ms(state, orders, asked) == pytest.approx(1000 * 0.01 * 2)


def test_what_another_made_needless_loses_by_its_writes_and_ends_the_choosing() -> None:
    catalog = shop()
    orders = catalog.tables[ORDER]
    busy = replace(catalog, tables={ORDER: replace(orders, writes=replace(orders.writes, inserts=50_000))})
    asked = workload(busy, 'SELECT * FROM "order" WHERE customer_id = $1 AND note = $2')
    heuristic = Heuristic(busy)
    selector = Selector(busy, asked, heuristic, asked[0].statement.total_ms)
    by_customer, by_note = (Candidate(ORDER, (Key(column, column),)) for column in ("customer_id", "note"))

    [choice] = selector.selected([(by_customer,), (by_note,)])

    assert choice.proposal == (by_note,)
