"""Which indexes should go, and which foreign keys have none."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from performance.database.indexes import hygiene
from performance.database.indexes.advice import Advice, Severity
from performance.database.indexes.partial import with_conditions
from performance.database.indexes.pricing import Asked
from performance.database.indexes.reading import read
from performance.database.indexes.rehearsal import dearer_without
from performance.database.indexes.shapes import Catalog, ForeignKey, Index, Key, Statement, Writes
from tests.performance.database.indexes.conftest import CUSTOMER, NOW, ORDER, index, shop

LATER = NOW + timedelta(days=8)
KEY = ForeignKey("order_customer_fk", ORDER, ("customer_id",), CUSTOMER, ("id",))


def names(found: Iterable[Advice]) -> list[str]:
    return [each.index for each in found]


def test_what_nothing_read_for_a_week_is_unused() -> None:
    catalog = shop(order_indexes=(index("idle", "note"),))

    assert names(hygiene.unused(catalog, at=LATER)) == ["idle"]
    assert names(hygiene.unused(catalog, at=NOW + timedelta(days=6))) == []


@pytest.mark.parametrize(
    "kept",
    [
        index("a", "note", is_needed=True),
        replace(index("a", "note"), scans=1, last_scan_at=NOW),
        replace(index("a", "note"), is_valid=False),
        index("a", "customer_id"),
    ],
)
def test_what_is_needed_or_was_read_is_not_unused(kept: Index) -> None:
    catalog = shop(order_indexes=(kept,), foreign_keys=(KEY,))

    assert names(hygiene.unused(catalog, at=LATER)) == []


@pytest.mark.parametrize(
    "serving",
    [
        index("a", "customer_id", predicate="(customer_id IS NOT NULL)"),
        Index("a", ORDER, (Key("customer_id", "customer_id"),), method="hash"),
    ],
)
def test_a_foreign_key_is_served_without_its_nulls_and_by_a_hash(serving: Index) -> None:
    catalog = shop(order_indexes=(serving,), foreign_keys=(KEY,))
    other = replace(catalog.tables[ORDER], indexes=(index("a", "customer_id", predicate="(gone_at IS NOT NULL)"),))

    assert list(hygiene.unindexed_keys(catalog, [], unit_ms=0.005)) == []
    assert names(hygiene.unused(catalog, at=LATER)) == []
    assert (
        len(list(hygiene.unindexed_keys(replace(catalog, tables={**catalog.tables, ORDER: other}), [], unit_ms=1))) == 1
    )


def test_an_index_of_a_small_table_or_of_one_that_nobody_reads_is_left_alone() -> None:
    catalog = shop(order_indexes=(index("idle", "note"),))
    orders = catalog.tables[ORDER]

    for quiet in (replace(orders, rows=500.0), replace(orders, scans=0)):
        assert names(hygiene.unused(replace(catalog, tables={ORDER: quiet}), at=LATER)) == []


@pytest.mark.parametrize(
    ("one", "other", "gone"),
    [
        (index("a", "note"), index("b", "note"), ["a"]),
        (replace(index("a", "note"), scans=9), index("b", "note"), ["b"]),
        (index("a", "note"), index("b", "note", is_needed=True), ["a"]),
        (index("a", "note"), index("b", "note", "state"), ["a"]),
        (index("a", "note", is_needed=True), index("b", "note", "state"), []),
        (index("a", "state"), index("b", "note", "state"), []),
        (index("a", "note", predicate="is_late"), index("b", "note"), []),
        (replace(index("a", "note"), method="hash"), index("b", "note"), []),
        (Index("a", ORDER, (Key("note", "note", flavour="text_pattern_ops"),)), index("b", "note"), []),
        (Index("a", ORDER, (Key("note", "note", True),)), index("b", "note"), []),
        (index("a", "note"), replace(index("b", "note"), is_valid=False), []),
        (index("a", "note"), replace(index("b", "note", "state"), size_bytes=100 << 20), []),
        (replace(index("a", "note"), includes=("state",)), index("b", "note"), ["b"]),
    ],
)
def test_of_two_alike_one_goes(one: Index, other: Index, gone: list[str]) -> None:
    assert names(hygiene.needless(shop(order_indexes=(one, other)))) == gone


def test_what_was_never_finished_is_told() -> None:
    broken = replace(index("broken", "note"), is_valid=False)

    assert names(hygiene.invalid(shop(order_indexes=(broken,)))) == ["broken"]


def keys(catalog: Catalog, deletes: int = 0) -> list[Advice]:
    customers = replace(catalog.tables[CUSTOMER], writes=Writes(deletes=deletes))
    told = replace(catalog, tables={**catalog.tables, CUSTOMER: customers})
    return list(hygiene.unindexed_keys(told, [], unit_ms=0.005))


def test_a_foreign_key_without_an_index_matters_where_referred_rows_go() -> None:
    catalog = shop(foreign_keys=(KEY,))

    [quiet], [busy] = keys(catalog), keys(catalog, deletes=10)

    assert (quiet.severity, quiet.gain_ms) == (Severity.LOW, 0.0)
    assert busy.severity == Severity.MEDIUM
    assert busy.gain_ms == pytest.approx(10 * 0.005 * (2001 + 100_000 * 0.0125))


@pytest.mark.parametrize(
    ("there", "count"),
    [
        (index("a", "customer_id", "note"), 0),
        (index("a", "note", "customer_id"), 1),
        (index("a", "customer_id", predicate="is_late"), 1),
    ],
)
def test_an_index_that_begins_with_a_foreign_key_serves_it(there: Index, count: int) -> None:
    assert len(keys(shop(order_indexes=(there,), foreign_keys=(KEY,)), deletes=1)) == count


def test_what_a_statement_would_miss_is_known_before_it_goes() -> None:
    catalog = with_conditions(shop(order_indexes=(index("a", "customer_id"), index("b", "note"))))
    reading = read('SELECT 1 FROM "order" WHERE customer_id = $1', catalog=catalog)
    assert reading is not None
    asked = [Asked(Statement(1, "", 10, 10.0, 10), reading)]

    def missed(name: str) -> int:
        return len(dearer_without(name, table=ORDER, catalog=catalog, workload=asked, beside=frozenset()))

    assert (missed("a"), missed("b")) == (1, 0)
