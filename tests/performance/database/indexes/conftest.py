"""A small shop, described and not made, for what is pure; and the planted one, in a database of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import DjangoDbBlocker

from performance.database.indexes.planting import planted_database
from performance.database.indexes.shapes import Catalog, Column, ForeignKey, Index, Key, Name, Prices, Table, Writes

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ORDER, CUSTOMER, TINY = Name("public", "order"), Name("public", "customer"), Name("public", "tiny")


def column(name: str, type_: str = "integer", *, distinct: float = 100.0, null_share: float = 0.0) -> Column:
    return Column(name, type_, distinct=distinct, null_share=null_share)


def index(name: str, *columns: str, table: Name = ORDER, is_needed: bool = False, predicate: str = "") -> Index:
    keys = tuple(Key(each, each) for each in columns)
    return Index(name, table, keys, predicate=predicate, is_unique=is_needed, is_needed=is_needed, size_bytes=1 << 20)


def table(name: Name, *columns: Column, rows: float = 100_000.0, indexes: tuple[Index, ...] = ()) -> Table:
    return Table(name, rows, int(rows // 50) + 1, {each.name: each for each in columns}, indexes, Writes(), scans=1)


def shop(*, order_indexes: tuple[Index, ...] = (), foreign_keys: tuple[ForeignKey, ...] = ()) -> Catalog:
    """Orders of customers, 100,000 of 5,000."""
    key = index("order_pkey", "id", is_needed=True)
    orders = table(
        ORDER,
        column("id", distinct=100_000.0),
        column("customer_id", distinct=5_000.0),
        column("state", "text", distinct=5.0),
        column("made_at", "timestamp with time zone", distinct=100_000.0),
        Column("is_late", "boolean", distinct=2.0, common={"t": 0.01, "f": 0.99}),
        column("gone_at", "timestamp with time zone", null_share=0.02),
        column("note", "text", distinct=90_000.0),
        Column("papers", "json", is_sortable=False),
        indexes=(key, *order_indexes),
    )
    customers = table(
        CUSTOMER,
        column("id", distinct=5_000.0),
        column("email", "character varying", distinct=5_000.0),
        column("region", distinct=50.0),
        rows=5_000.0,
        indexes=(index("customer_pkey", "id", table=CUSTOMER, is_needed=True),),
    )
    tables = {each.name: each for each in (orders, customers, table(TINY, column("id"), rows=200.0))}
    return Catalog(tables, foreign_keys, Prices(random_page=1.1), ["public"], NOW)


@pytest.fixture(scope="session")
def planted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a database in which the planted shop stands and was asked."""
    with django_db_blocker.unblock(), planted_database() as url:
        yield url
