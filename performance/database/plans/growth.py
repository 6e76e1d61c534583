"""How large a statement may become while it is planned. Pure.

A planner that pulls sub-queries up puts what a column stands for in each place that names it, and works out what is
constant: of `a + a` from a sub-query of `a + a` … twenty deep it makes a million parts, and quoting what is quoted
doubles a text each time. No time-out ends that in time, and no setting bounds its memory.

So the parts are counted as they will be, never too few: a part is one node, or 100 characters of a value; what stands
in something that may double a text counts twice, and a column of a sub-query as much as what it stands for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from performance.database.plans.parsing import Node
from performance.database.plans.vocabulary import GROWING, GROWING_PARTS, PADDED, POWERS

_PART_CHARACTERS = 100
# A numeric's most digits, before and after its point.
_POWER = 131_072 + 16_383
_EXPONENT = re.compile(r"[eE]\+?\d{4,}")


@dataclass(frozen=True, slots=True)
class Derived:
    """What a sub-query gives: the parts of its largest column, of a whole row, and of all that stands in it."""

    most: int = 1
    row: int = 1
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The columns that may be named in a place: those of FROM by alias, and those around."""

    ctes: Mapping[str, Derived]
    around: "Scope | None" = None
    sources: dict[str, Derived] = field(default_factory=dict)

    @property
    def most(self) -> int:
        own = max((each.most for each in self.sources.values()), default=1)
        return max(own, self.around.most) if self.around else own

    def source(self, alias: str) -> Derived | None:
        return self.sources.get(alias) or (self.around.source(alias) if self.around else None)


def parts_of(select: Node) -> int:
    """Of a SelectStmt's body. Raises RecursionError where it is nested too deeply."""
    return _select(select, Scope({})).parts


def _select(body: Node, around: Scope) -> Derived:
    ctes = dict(around.ctes)
    parts = 0
    for each in body.get("withClause", {}).get("ctes", []):
        expression = each["CommonTableExpr"]
        ctes[expression["ctename"]] = found = _select(expression["ctequery"]["SelectStmt"], Scope(ctes, around))
        parts += found.parts
    scope = Scope(ctes, around)
    if "larg" in body:
        left, right = _select(body["larg"], scope), _select(body["rarg"], scope)
        parts += left.parts + right.parts + _size(body.get("sortClause"), scope)
        return Derived(max(left.most, right.most), max(left.row, right.row), parts)
    parts += sum(_from(each, scope) for each in body.get("fromClause", []))
    targets = [_size(each, scope) for each in [*body.get("targetList", []), *body.get("valuesLists", [])]]
    others = [
        value for key, value in body.items() if key not in {"withClause", "fromClause", "targetList", "valuesLists"}
    ]
    return Derived(
        max(targets, default=1), sum(targets), parts + sum(targets) + sum(_size(each, scope) for each in others)
    )


def _from(item: Node, scope: Scope) -> int:
    """Adds an item to the scope, for those after it as well (LATERAL); gives its parts."""
    ((kind, body),) = item.items()
    alias = body.get("alias", {}).get("aliasname", body.get("relname", f"?{id(body)}"))
    if kind == "JoinExpr":
        parts = _from(body["larg"], scope) + _from(body["rarg"], scope) + _size(body.get("quals"), scope)
        if "alias" in body:
            scope.sources[alias] = Derived(scope.most, sum(each.row for each in scope.sources.values()))
        return parts
    if kind == "RangeSubselect":
        scope.sources[alias] = found = _select(body["subquery"]["SelectStmt"], scope)
        return found.parts
    cte = scope.ctes.get(body.get("relname", "")) if kind == "RangeVar" and "schemaname" not in body else None
    parts = cte.parts if cte else _size(body, scope)
    scope.sources[alias] = cte or (Derived() if kind == "RangeVar" else Derived(parts, parts))
    return parts


def _size(tree: Any, scope: Scope) -> int:
    """Of an expression, without recursion but for the SELECTs in it."""
    total, waiting = 0, [(tree, 1)]
    while waiting:
        each, times = waiting.pop()
        if isinstance(each, list):
            waiting += [(inside, times) for inside in each]
        if not isinstance(each, Mapping):
            continue
        for kind, node in each.items():
            if kind == "SelectStmt":
                total += times * _select(node, scope).parts
            elif kind == "ColumnRef":
                total += times * _column(node, scope)
            elif kind == "A_Const":
                total += times * _value(node)
            else:
                grows = _grows(kind, node)
                total += times * (grows + _digits(kind, node)) if kind[:1].isupper() else 0
                waiting += _inside(kind, node, times * grows)
    return total


def _inside(kind: str, node: Any, times: int) -> list[tuple[Any, int]]:
    """The parser itself writes out BETWEEN as comparisons, and IN where it lists more than constants."""
    form = node.get("kind", "") if kind == "A_Expr" else ""
    if form == "AEXPR_IN":
        items = node["rexpr"].get("List", {}).get("items", [])
        return [(node["lexpr"], times * max(1, sum("A_Const" not in each for each in items))), (items, times)]
    if "BETWEEN" in form:
        return [(node["lexpr"], times * (4 if "SYM" in form else 2)), (node["rexpr"], times * 2)]
    return [(node, times)]


def _called(kind: str, node: Any) -> str:
    names = {"FuncCall": "funcname", "A_Expr": "name"}
    return str(node[names[kind]][-1]["String"]["sval"]) if kind in names else ""


def _digits(kind: str, node: Any) -> int:
    """The parts of a number that may be as long as PostgreSQL has them."""
    return _POWER // _PART_CHARACTERS if _called(kind, node) in POWERS else 0


def _grows(kind: str, node: Any) -> int:
    """How many times larger it may make what stands in it."""
    if kind == "FuncCall":
        name = _called(kind, node)
        # The separator stands between all.
        return len(node.get("args", [])) + 1 if name == "concat_ws" else GROWING.get(name, 1)
    return _cast(node) if kind == "TypeCast" else GROWING_PARTS.get(kind, 1)


def _cast(node: Node) -> int:
    """To a type that fills up with blanks or zeros, its length; bytes are shown as two characters each."""
    name = node["typeName"]["names"][-1]["String"]["sval"] if "names" in node["typeName"] else ""
    if name in PADDED:
        lengths = [
            each["A_Const"]["ival"].get("ival", 0) for each in node["typeName"].get("typmods", []) if _is_whole(each)
        ]
        return 1 + max(lengths, default=1) // _PART_CHARACTERS
    return 2 if name == "bytea" else 1


def _is_whole(node: Node) -> bool:
    return "ival" in node.get("A_Const", {})


def _column(node: Node, scope: Scope) -> int:
    names = [each.get("String", {}).get("sval", "") for each in node["fields"]]
    source = scope.source(names[0])
    if names[-1] and (len(names) > 1 or source is None):
        return source.most if source and len(names) > 1 else scope.most
    # A star, or a whole row, which is written in quotes.
    return 2 * (source.row if source else sum(each.row for each in scope.sources.values()) or 1)


def _value(node: Node) -> int:
    text = str(next((each for value in node.values() if isinstance(value, Mapping) for each in value.values()), ""))
    return 1 + (len(text) + _POWER * len(_EXPONENT.findall(text))) // _PART_CHARACTERS
