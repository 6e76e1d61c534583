"""What the advisor knows of a database and what it is asked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

# Of a column without statistics, as PostgreSQL assumes.
DISTINCT_UNKNOWN = 200.0


class Name(NamedTuple):
    """A table's."""

    schema: str
    table: str

    def __str__(self) -> str:
        return self.table if self.schema == "public" else f"{self.schema}.{self.table}"


@dataclass(frozen=True, slots=True)
class Column:
    """`distinct` is a number of values; `common` has the most common ones' shares, as text. `is_sortable`: a btree of
    the type's own order can hold it.
    """

    name: str
    type: str
    width: int = 8
    distinct: float = DISTINCT_UNKNOWN
    null_share: float = 0.0
    correlation: float = 0.0
    common: Mapping[str, float] = field(default_factory=dict)
    is_sortable: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    """A column of an index, or an expression. `flavour`: an operator class or collation that isn't the type's own."""

    text: str
    column: str = ""
    is_descending: bool = False
    is_nulls_first: bool = False
    flavour: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is there. `is_needed`: something else than speed rests on it (a constraint, uniqueness, a replica
    identity, CLUSTER), so it may never go.
    """

    name: str
    table: Name
    keys: tuple[Key, ...]
    method: str = "btree"
    includes: tuple[str, ...] = ()
    predicate: str = ""
    is_unique: bool = False
    is_needed: bool = False
    is_valid: bool = True
    size_bytes: int = 0
    scans: int = 0
    last_scan_at: datetime | None = None
    definition: str = ""
    # What the predicate asks, as far as it can be read.
    conditions: tuple["Use", ...] = ()


@dataclass(frozen=True, slots=True)
class Writes:
    """Rows since the statistics began. `hot` are those updates that touched no index."""

    inserts: int = 0
    updates: int = 0
    hot: int = 0
    deletes: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` and `pages` as of the last ANALYZE or VACUUM; `scans` of any kind since the statistics began."""

    name: Name
    rows: float
    pages: int
    columns: Mapping[str, Column]
    indexes: tuple[Index, ...] = ()
    writes: Writes = Writes()
    scans: int = 0


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`parent` is the table referred to."""

    name: str
    table: Name
    columns: tuple[str, ...]
    parent: Name
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """The planner's own units, as the server has them set."""

    seq_page: float = 1.0
    random_page: float = 4.0
    cpu_tuple: float = 0.01
    cpu_index_tuple: float = 0.005
    cpu_operator: float = 0.0025


@dataclass(frozen=True, slots=True)
class Catalog:
    """`counted_since` is when the tables' and indexes' counters began, as far back as is known."""

    tables: Mapping[Name, Table]
    foreign_keys: Sequence[ForeignKey]
    prices: Prices
    schemas: Sequence[str]
    counted_since: datetime

    def find(self, schema: str, table: str) -> Table | None:
        """As PostgreSQL finds an unqualified name: the first schema of the path that has it."""
        names = [Name(schema, table)] if schema else [Name(each, table) for each in self.schemas]
        return next((self.tables[name] for name in names if name in self.tables), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """One of pg_stat_statements, as asked by any user. `is_own`: the user who asks now ran it."""

    id: int
    text: str
    calls: int
    total_ms: float
    rows: int
    is_own: bool = True

    @property
    def mean_ms(self) -> float:
        return self.total_ms / max(1, self.calls)


class Role(StrEnum):
    """What a condition asks of a column. HIDDEN is one that no index of the column serves as it is written."""

    EQUALITY = "equality"
    IN = "in"
    RANGE = "range"
    JOIN = "join"
    NULL = "null"
    NOT_NULL = "not null"
    HIDDEN = "hidden"


class Partner(NamedTuple):
    """The other side of a join: the number of an access, and its column."""

    access: int
    column: str


@dataclass(frozen=True, slots=True)
class Use:
    """A condition on a column. `expression` is what an index could hold instead of the column; `value` a constant that
    stands in the statement itself, `shown` how a HIDDEN one is written.
    """

    column: str
    role: Role
    expression: str = ""
    value: str = ""
    partner: Partner | None = None
    shown: str = ""

    @property
    def key(self) -> str:
        return self.expression or self.column


@dataclass(frozen=True, slots=True)
class Order:
    column: str
    is_descending: bool = False
    is_nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """One table's part in a statement. All of `uses` must hold, and of each of `choices` one branch. `is_repeated`: it
    is asked anew for each row around it, whatever else there is.
    """

    number: int
    table: Name
    uses: tuple[Use, ...] = ()
    choices: tuple[tuple[tuple[Use, ...], ...], ...] = ()
    order: tuple[Order, ...] = ()
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement asks of which table. `sets` are the columns that an UPDATE writes, by table; `split` names the
    tables of an OR whose branches are about different ones; `is_plain`: each row found is a row of the answer.
    """

    verb: str
    accesses: tuple[Access, ...]
    sets: Mapping[Name, frozenset[str]] = field(default_factory=dict)
    split: tuple[Name, ...] = ()
    is_limited: bool = False
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """An index that isn't there. `predicate` makes it partial: `conditions` is what it asks, `share` the part of the
    table's rows that it holds.
    """

    table: Name
    keys: tuple[Key, ...]
    predicate: str = ""
    conditions: tuple[Use, ...] = ()
    share: float = 1.0
