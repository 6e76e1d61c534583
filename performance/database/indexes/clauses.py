"""A SELECT's other clauses: what it gives, how it is sorted, whether its rows are those found. Pure."""

from collections.abc import Mapping
from typing import Any

from performance.database.indexes.operands import Node, name_of, parts_of
from performance.database.indexes.scopes import Derived, Instance, Reference, Scope

_AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "array_agg", "string_agg", "bool_or", "bool_and"})


def sorted_by(sort: Node, body: Node, scope: Scope) -> Reference | None:
    """`ORDER BY 2` is a column's number, and a lone name first of all one of the answer's."""
    ((kind, node),) = sort["node"].items()
    if kind == "A_Const" and "ival" in node:
        number = node["ival"].get("ival", 0)
        target = body["targetList"][number - 1]["ResTarget"]["val"] if 0 < number <= len(body["targetList"]) else {}
        return scope.find(parts_of(target["ColumnRef"])) if "ColumnRef" in target else None
    if kind != "ColumnRef":
        return None
    parts = parts_of(node)
    if len(parts) == 1:
        for each in body.get("targetList", []):
            if each["ResTarget"].get("name") == parts[0]:
                value = each["ResTarget"]["val"]
                return scope.find(parts_of(value["ColumnRef"])) if "ColumnRef" in value else None
    return scope.find(parts)


def given(body: Node, scope: Scope) -> Derived:
    """The columns that a condition from outside reaches through: not those of groups, limits or windows."""
    if any(part in body for part in ("groupClause", "limitCount", "limitOffset", "distinctClause", "windowClause")):
        return {}
    found: dict[str, Reference] = {}
    for each in body.get("targetList", []):
        target = each["ResTarget"]
        if "ColumnRef" not in target["val"]:
            continue
        parts = parts_of(target["val"]["ColumnRef"])
        if parts[-1] == "*":
            found |= _starred(parts, scope)
        elif reference := scope.find(parts):
            found[target.get("name", parts[-1])] = reference
    return found


def _starred(parts: list[str], scope: Scope) -> Derived:
    found: dict[str, Reference] = {}
    for alias, source in scope.sources.items():
        if len(parts) > 1 and alias != parts[-2]:
            continue
        if isinstance(source, Instance):
            found |= {name: Reference(source, name) for name in source.table.columns}
        else:
            found |= source
    return found


def times_named(tree: Any, name: str) -> int:
    """How often a FROM names it, anywhere in the statement."""
    count, waiting = 0, [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            count += each.get("relname") == name and "schemaname" not in each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return count


def is_plain(body: Node) -> bool:
    """Whether each row that is found is a row of the answer: no groups, no limit, no aggregate."""
    if any(part in body for part in ("groupClause", "limitCount", "limitOffset", "distinctClause", "havingClause")):
        return False
    if body.get("op", "SETOP_NONE") != "SETOP_NONE":
        return False
    targets = [each["ResTarget"]["val"] for each in body.get("targetList", [])]
    return not any("FuncCall" in each and name_of(each["FuncCall"]) in _AGGREGATES for each in targets)
