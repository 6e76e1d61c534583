"""What may be planned: one SELECT, read by PostgreSQL's own grammar. Pure.

libpg_query says what the text is, so nothing is guessed from it: a second statement, a data-modifying CTE, or a
function that isn't on the list is seen wherever it hides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from performance.database.plans.errors import StatementRefused, StatementUnreadable
from performance.database.plans.growth import parts_of
from performance.database.plans.parsing import Node, parsed
from performance.database.plans.vocabulary import (
    FUNCTIONS,
    OF_ROWS,
    PARTS_REFUSED,
    SCHEMAS,
    TYPES,
)

MOST_NODES = 4_000
MOST_TABLES = 20
MOST_PARAMETERS = 200
# In the parts of `growth`, of which each takes a kilobyte at most while it is planned.
MOST_GROWN = 100_000


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
    select = _only_select(text)
    nodes = list(_nodes(select))
    if len(nodes) > MOST_NODES:
        raise StatementRefused(f"It has {len(nodes):,} parts; {MOST_NODES:,} can be analysed.")
    for kind, node in nodes:
        _check(kind, node)
    tables = sum(kind == "RangeVar" for kind, _ in nodes)
    if tables > MOST_TABLES:
        raise StatementRefused(f"It names {tables} tables; {MOST_TABLES} can be planned at once.")
    if _grown(select) > MOST_GROWN:
        raise StatementRefused(
            "Planning might make gigabytes of it: name the columns of its sub-queries less often, and nest fewer rows, "
            "arrays and conversions."
        )
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


def _grown(select: Node) -> int:
    try:
        return parts_of(select["SelectStmt"])
    except RecursionError as error:
        raise StatementRefused("It is nested too deeply to be analysed.") from error


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
    if schema not in {"", "pg_catalog"} or name not in FUNCTIONS or node.get("func_variadic"):
        shown = f"{schema}.{name}" if schema else name
        raise StatementRefused(f"The function {shown} isn't among those that may be planned.")
    if name.startswith("jsonb_path_"):
        _path(node.get("args", []))


def _type(node: Node) -> None:
    schema, name = _qualified(node.get("names", []))
    if name and (schema not in {"", "pg_catalog"} or name not in TYPES):
        raise StatementRefused(f"The type {name} isn't among those that may be planned.")


def _operator(node: Node) -> None:
    schema, name = _qualified(node.get("name", []))
    if schema not in {"", "pg_catalog"}:
        raise StatementRefused(f"The operator {schema}.{name} isn't PostgreSQL's own.")
    if name in {"@?", "@@"}:
        _path([node.get("rexpr", {})])


def _path(operands: Sequence[Node]) -> None:
    """A path that is known may be walked while it is planned, and its steps within steps have no bound."""
    if any("$" in each.get("A_Const", {}).get("sval", {}).get("sval", "") for each in operands):
        raise StatementRefused("A JSON path may take for ever as soon as it is planned: put a parameter, $1, for it.")


def _table(node: Node) -> None:
    schema, name = str(node.get("schemaname", "")), str(node["relname"])
    if node.get("catalogname") or schema not in SCHEMAS or name.startswith("pg_"):
        shown = f"{schema}.{name}" if schema else name
        raise StatementRefused(f"The table {shown} isn't the application's.")


def _column(node: Node) -> None:
    """`t.to_json` calls a function, and `(…).*` is written out as often as it has columns."""
    if "ColumnRef" not in node.get("arg", {"ColumnRef": {}}) and {"A_Star": {}} in node["indirection"]:
        raise StatementRefused("Columns of an expression can't be had by a star in what may be planned.")
    names = [*node.get("fields", [])[1:], *node.get("indirection", [])]
    called = {_qualified([each])[1] for each in names} & OF_ROWS
    if called:
        raise StatementRefused(f"The function {called.pop()} isn't called by a dot in what may be planned.")


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
    "ColumnRef": _column,
    "A_Indirection": _column,
}


def _parameters(nodes: Sequence[tuple[str, Node]]) -> int:
    highest = max((int(node.get("number", 0)) for kind, node in nodes if kind == "ParamRef"), default=0)
    if highest > MOST_PARAMETERS:
        raise StatementRefused(f"It has a ${highest}; {MOST_PARAMETERS} parameters can be planned.")
    return highest
