"""What may be planned: one SELECT, read by PostgreSQL's own grammar. Pure.

libpg_query says what the text is, so nothing is guessed from it: a second statement, a data-modifying CTE, or a
function that isn't on the list is seen wherever it hides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from performance.database.plans.errors import StatementRefused, StatementUnreadable
from performance.database.plans.parsing import Node, parsed
from performance.database.plans.vocabulary import (
    DOUBLING,
    FUNCTIONS,
    MOST_DOUBLINGS,
    PARTS_REFUSED,
    SCHEMAS,
    TYPES,
)

MOST_NODES = 4_000
MOST_TABLES = 20
MOST_PARAMETERS = 200


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT that may be planned. `parameters` is the highest $n in it."""

    sql: str
    parameters: int


def statement_of(sql: str) -> Statement:
    """Raises StatementUnreadable, and StatementRefused with what is refused."""
    text = sql.strip().rstrip(";").rstrip()
    if not text:
        raise StatementUnreadable("There is no statement: paste one SELECT.")
    nodes = list(_nodes(_only_select(text)))
    if len(nodes) > MOST_NODES:
        raise StatementRefused(f"It has {len(nodes):,} parts; {MOST_NODES:,} can be analysed.")
    for kind, node in nodes:
        _check(kind, node)
    doublings = sum(kind == "FuncCall" and _qualified(node["funcname"])[1] in DOUBLING for kind, node in nodes)
    if doublings > MOST_DOUBLINGS:
        raise StatementRefused(f"It makes JSON {doublings} times; {MOST_DOUBLINGS} times can be analysed.")
    tables = sum(kind == "RangeVar" for kind, _ in nodes)
    if tables > MOST_TABLES:
        raise StatementRefused(f"It names {tables} tables; {MOST_TABLES} can be planned at once.")
    return Statement(text, _parameters(nodes))


def _only_select(text: str) -> Node:
    found = parsed(text)
    if len(found) != 1:
        raise StatementRefused(f"There are {len(found)} statements; one SELECT can be analysed.")
    statement: Node = found[0]["stmt"]
    kind = next(iter(statement))
    if kind != "SelectStmt":
        raise StatementRefused(f"It is {_article(kind)}; only a SELECT can be analysed.")
    return statement


def _article(kind: str) -> str:
    name = kind.removesuffix("Stmt").upper()
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _nodes(tree: Any) -> Iterator[tuple[str, Node]]:
    """Every node with its type, however deep, without recursion: how deep is the sender's choice."""
    waiting: list[Any] = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            for key, value in each.items():
                if key[:1].isupper() and isinstance(value, Mapping):
                    yield key, value
                waiting.append(value)
                # Some places hold a node without its type's name.
                if key in _UNNAMED and isinstance(value, Mapping):
                    yield _UNNAMED[key], value
        elif isinstance(each, list):
            waiting.extend(each)


_UNNAMED = {"intoClause": "IntoClause", "typeName": "TypeName", "relation": "RangeVar"}


def _check(kind: str, node: Node) -> None:
    if kind in PARTS_REFUSED:
        raise StatementRefused(f"{PARTS_REFUSED[kind]}; that can't be analysed.")
    if kind.endswith("Stmt") and kind != "SelectStmt":
        raise StatementRefused(f"There is {_article(kind)} inside; only reading can be analysed.")
    if check := _CHECKS.get(kind):
        check(node)


def _function(node: Node) -> None:
    schema, name = _qualified(node["funcname"])
    if schema not in {"", "pg_catalog"} or name not in FUNCTIONS:
        shown = f"{schema}.{name}" if schema else name
        raise StatementRefused(f"The function {shown} isn't among those that may be planned.")


def _type(node: Node) -> None:
    schema, name = _qualified(node.get("names", []))
    if name and (schema not in {"", "pg_catalog"} or name not in TYPES):
        raise StatementRefused(f"The type {name} isn't among those that may be planned.")


def _operator(node: Node) -> None:
    schema, name = _qualified(node.get("name", []))
    if schema not in {"", "pg_catalog"}:
        raise StatementRefused(f"The operator {schema}.{name} isn't PostgreSQL's own.")


def _table(node: Node) -> None:
    schema, name = str(node.get("schemaname", "")), str(node["relname"])
    if node.get("catalogname") or schema not in SCHEMAS:
        raise StatementRefused(f"The table {schema}.{name} isn't the application's.")


def _sample(node: Node) -> None:
    _, name = _qualified(node["method"])
    if name not in {"system", "bernoulli"}:
        raise StatementRefused(f"TABLESAMPLE {name} isn't among those that may be planned.")


def _qualified(names: Sequence[Node]) -> tuple[str, str]:
    """(schema, name); "?" for a schema where there are more parts."""
    parts = [str(each.get("String", {}).get("sval", "")) for each in names]
    if len(parts) < 2:
        return "", parts[0] if parts else ""
    return (parts[0] if len(parts) == 2 else "?"), parts[-1]


_CHECKS = {
    "FuncCall": _function,
    "TypeName": _type,
    "A_Expr": _operator,
    "SubLink": lambda node: _operator({"name": node.get("operName", [])}),
    "SortBy": lambda node: _operator({"name": node.get("useOp", [])}),
    "RangeVar": _table,
    "RangeTableSample": _sample,
}


def _parameters(nodes: Sequence[tuple[str, Node]]) -> int:
    highest = max((int(node.get("number", 0)) for kind, node in nodes if kind == "ParamRef"), default=0)
    if highest > MOST_PARAMETERS:
        raise StatementRefused(f"It has a ${highest}; {MOST_PARAMETERS} parameters can be planned.")
    return highest
