"""What is said of statements that no index helps as they are, and of those asked once for each row."""

import pytest

from performance.database.indexes.advice import Kind
from performance.database.indexes.costs import scan_cost
from performance.database.indexes.pricing import Asked
from performance.database.indexes.reading import read
from performance.database.indexes.shapes import Catalog, ForeignKey, Index, Key, Statement
from performance.database.indexes.statements_advice import n_plus_ones, rewrites
from tests.performance.database.indexes.conftest import CUSTOMER, ORDER, index, shop

KEY = ForeignKey("order_customer_fk", ORDER, ("customer_id",), CUSTOMER, ("id",))
LIST, LOOK_UP = 'SELECT * FROM "order" WHERE state = $1', "SELECT * FROM customer WHERE id = $1"


def asked(text: str, *, catalog: Catalog, calls: int = 100, rows: int = 100) -> Asked:
    reading = read(text, catalog=catalog)
    assert reading is not None
    return Asked(Statement(hash(text), text, calls, calls * 20.0, rows), reading)


def told(
    condition: str, *, catalog: Catalog | None = None, rows: int = 100, scan_ms: float = 20.0
) -> list[tuple[str, str]]:
    catalog = catalog or shop()
    unit_ms = scan_ms / scan_cost(catalog.tables[ORDER], catalog.prices)
    work = [
        asked(
            f'SELECT * FROM "order" o JOIN customer c ON c.id = o.customer_id WHERE {condition}',
            catalog=catalog,
            rows=rows,
        )
    ]
    return [(each.title, each.action) for each in rewrites(catalog, work, total_ms=2_000.0, unit_ms=unit_ms)]


@pytest.mark.parametrize(
    ("condition", "title", "action"),
    [
        ("note LIKE $1", "order: note LIKE hides note from its indexes", "gin (note gin_trgm_ops)"),
        ("made_at::date = $1", "order: made_at::date hides made_at from its indexes", "made_at >= $1 AND made_at < $2"),
        ("date_trunc($1, made_at) = $2", "order: date_trunc(made_at) hides made_at from its indexes", "made_at >= $1"),
        ("coalesce(note, $1) = $2", "order: an expression of note hides note from its indexes", "Compare note itself"),
        ("o.note = $1 OR c.email = $2", "order: an OR is about order and customer, which no index serves", "UNION"),
    ],
)
def test_what_hides_a_column_is_named(condition: str, title: str, action: str) -> None:
    [(said, done)] = [each for each in told(condition) if each[0].startswith("order")]

    assert said == title
    assert action in done


@pytest.mark.parametrize("condition", ["o.id = $1 AND note LIKE $2", "c.email = $1"])
def test_what_is_found_otherwise_is_left_alone(condition: str) -> None:
    assert [each for each in told(condition) if each[0].startswith("order")] == []


def test_a_pattern_that_finds_most_rows_or_has_its_index_is_left_alone() -> None:
    trigrams = Index("a", ORDER, (Key("note", "note", flavour="gin_trgm_ops"),), method="gin")

    assert told("note LIKE $1", rows=100 * 50_000) == []
    assert told("note LIKE $1", catalog=shop(order_indexes=(trigrams,))) == []


@pytest.mark.parametrize(
    ("condition", "there"),
    [
        ("note LIKE $1", Key("note", "note", flavour="text_pattern_ops")),
        ("upper(note) LIKE upper($1)", Key("upper(note)", flavour="text_pattern_ops")),
        ("(made_at AT TIME ZONE $1)::date = $2", Key("((made_at AT TIME ZONE 'UTC'::text)::date)")),
        ("coalesce(note, $1) = $2", Key("COALESCE(note, ''::text)")),
    ],
)
def test_what_an_index_serves_is_seen_by_its_time(condition: str, there: Key) -> None:
    catalog = shop(order_indexes=(Index("a", ORDER, (there,)),))

    # The statements here take 20 ms. A scan, at so many of them a unit of cost, takes a second, and 10 ms.
    assert told(condition, catalog=catalog, scan_ms=1_000.0) == []
    assert len(told(condition, catalog=catalog, scan_ms=10.0)) == 1
    assert len(told(condition, scan_ms=1_000.0)) == 1


def n_plus_one(
    lists: tuple[int, int], look_ups: tuple[int, int], *, keys: tuple[ForeignKey, ...] = (KEY,)
) -> list[str]:
    catalog = shop(order_indexes=(index("a", "customer_id"),), foreign_keys=keys)
    work = [
        asked(LIST, catalog=catalog, calls=lists[0], rows=lists[1]),
        asked(LOOK_UP, catalog=catalog, calls=look_ups[0], rows=look_ups[1]),
    ]
    return [each.says for each in n_plus_ones(catalog, work) if each.kind == Kind.N_PLUS_ONE]


def test_a_look_up_for_each_row_of_a_list_is_probably_n_plus_one() -> None:
    [says] = n_plus_one((20, 1_000), (1_000, 1_000))

    assert says.startswith(
        "Probably N+1: it was asked 1,000 times for a row each, and another statement gave 1,000 rows"
    )


@pytest.mark.parametrize(
    ("lists", "look_ups", "keys"),
    [
        # Seldom; of other tables; as often as it likes; several rows each; one row a list.
        ((2, 90), (90, 90), (KEY,)),
        ((20, 1_000), (1_000, 1_000), ()),
        ((20, 1_000), (9_000, 9_000), (KEY,)),
        ((20, 1_000), (1_000, 5_000), (KEY,)),
        ((1_000, 1_000), (1_000, 1_000), (KEY,)),
    ],
)
def test_other_look_ups_are_not(
    lists: tuple[int, int], look_ups: tuple[int, int], keys: tuple[ForeignKey, ...]
) -> None:
    assert n_plus_one(lists, look_ups, keys=keys) == []
