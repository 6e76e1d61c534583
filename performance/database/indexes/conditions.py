"""What a condition asks of the columns in it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from performance.database.indexes.operands import Node, Operand, operand
from performance.database.indexes.scopes import Instance, Reference, Scope
from performance.database.indexes.shapes import Name, Partner, Role, Use

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
_PATTERNS = {"~~", "~~*", "~", "~*", "!~~", "!~~*"}
_RANGED = {"AEXPR_BETWEEN", "AEXPR_BETWEEN_SYM"}

Facts = list[tuple[Instance, Use]]


@dataclass(slots=True)
class Asked:
    """Facts that all hold; for an OR, by table the branches of which one holds; and the tables of an OR that is about
    several, so that no index serves it.
    """

    facts: Facts = field(default_factory=list)
    choices: list[tuple[Instance, tuple[tuple[Use, ...], ...]]] = field(default_factory=list)
    split: tuple[Name, ...] = ()


def conjuncts(node: Node) -> Iterator[Node]:
    """The conditions of which all must hold."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        inner = each.get("BoolExpr", {})
        if inner.get("boolop") == "AND_EXPR":
            waiting.extend(reversed(inner["args"]))
        else:
            yield each


def asked(nodes: Iterable[Node], scope: Scope) -> Asked:
    """Of conditions that all must hold."""
    found = Asked()
    for node in nodes:
        for each in conjuncts(node):
            one = _of_or(each["BoolExpr"]["args"], scope) if _is_or(each) else Asked(_of_one(each, scope))
            found.facts += one.facts
            found.choices += one.choices
            found.split += one.split
    return found


def equal(left: Reference, right: Reference) -> Facts:
    """Two columns that are joined; nothing where they are of one row."""
    if left.instance is right.instance:
        return []
    return [(one.instance, _joined(one, other)) for one, other in ((left, right), (right, left))]


def _joined(one: Reference, other: Reference) -> Use:
    return Use(one.column, Role.JOIN, partner=Partner(other.instance.number, other.column))


def _is_or(node: Node) -> bool:
    return bool(node.get("BoolExpr", {}).get("boolop") == "OR_EXPR")


def _of_or(branches: Iterable[Node], scope: Scope) -> Asked:
    """An index serves an OR where each branch asks something of one table."""
    facts = [[*asked([branch], scope).facts] for branch in branches]
    by_table = [_by_table(each) for each in facts]
    common = [each for each in by_table[0] if all(each in others for others in by_table)]
    found = Asked()
    for instance in common:
        uses = tuple(tuple(each[instance]) for each in by_table)
        if single := _one_column(uses):
            found.facts.append((instance, single))
        else:
            found.choices.append((instance, uses))
    if not common and all(by_table):
        found.split = tuple(dict.fromkeys(instance.table.name for each in by_table for instance in each))
    return found


def _by_table(facts: Facts) -> Mapping[Instance, list[Use]]:
    found: dict[Instance, list[Use]] = {}
    for instance, use in facts:
        found.setdefault(instance, []).append(use)
    return found


def _one_column(branches: tuple[tuple[Use, ...], ...]) -> Use | None:
    """a = 1 OR a = 2 is a IN (1, 2)."""
    uses = [use for branch in branches for use in branch]
    is_list = all(len(branch) == 1 for branch in branches) and len({use.key for use in uses}) == 1
    if is_list and all(use.role in {Role.EQUALITY, Role.IN, Role.NULL} for use in uses):
        return replace(uses[0], role=Role.IN, value="")
    return None


def _of_one(node: Node, scope: Scope) -> Facts:
    ((kind, body),) = node.items()
    if kind == "ColumnRef":
        return _truth(node, scope, value="t")
    if kind == "BooleanTest" and body["booltesttype"] in {"IS_TRUE", "IS_FALSE"}:
        return _truth(body["arg"], scope, value="t" if body["booltesttype"] == "IS_TRUE" else "f")
    if kind == "BoolExpr" and body["boolop"] == "NOT_EXPR" and "ColumnRef" in body["args"][0]:
        return _truth(body["args"][0], scope, value="f")
    if kind == "NullTest":
        return _null(body, scope)
    return _comparison(body, scope) if kind == "A_Expr" else []


def _truth(node: Node, scope: Scope, *, value: str) -> Facts:
    found = operand(node, scope)
    if not found.is_plain or found.reference is None:
        return []
    return [(found.reference.instance, Use(found.reference.column, Role.EQUALITY, value=value))]


def _null(node: Node, scope: Scope) -> Facts:
    found = operand(node["arg"], scope)
    if not found.is_plain or found.reference is None:
        return []
    role = Role.NULL if node["nulltesttype"] == "IS_NULL" else Role.NOT_NULL
    return [(found.reference.instance, Use(found.reference.column, role))]


def _comparison(node: Node, scope: Scope) -> Facts:
    operator = str(node["name"][-1]["String"]["sval"])
    # A minus before a value has no left side; a list is on the right side.
    if "lexpr" not in node or "rexpr" not in node:
        return []
    kind = node["kind"]
    if "RowExpr" in node["lexpr"]:
        return _of_row(node, operator, scope) if kind == "AEXPR_OP" else []
    left = operand(node["lexpr"], scope)
    if kind in {"AEXPR_IN", "AEXPR_OP_ANY"}:
        return _fact(left, Role.IN, Operand()) if operator == "=" else []
    if kind in _RANGED:
        # Both ends.
        return _fact(left, Role.RANGE, Operand()) * 2
    if operator in _PATTERNS:
        return _pattern(left, operator)
    if kind != "AEXPR_OP" or operator not in _TURNED:
        return []
    return _between(left, operand(node["rexpr"], scope), Role.EQUALITY if operator == "=" else Role.RANGE)


def _of_row(node: Node, operator: str, scope: Scope) -> Facts:
    """(a, b) > ($1, $2), as pages are turned by: a range of the first."""
    first = operand(node["lexpr"]["RowExpr"]["args"][0], scope)
    is_range = operator in _TURNED and operator != "=" and "RowExpr" in node["rexpr"]
    return _fact(first, Role.RANGE, Operand()) if is_range else []


def _between(left: Operand, right: Operand, role: Role) -> Facts:
    if left.reference is None or right.reference is None:
        return _fact(left, role, right) + _fact(right, role, left)
    if role == Role.EQUALITY and left.is_plain and right.is_plain:
        return equal(left.reference, right.reference)
    return []


def _fact(side: Operand, role: Role, other: Operand) -> Facts:
    if side.reference is None:
        return []
    column, instance = side.reference.column, side.reference.instance
    if side.is_plain:
        return [(instance, Use(column, role, value=other.value if role == Role.EQUALITY else ""))]
    if side.expression:
        return [(instance, Use(column, role, expression=side.expression, shown=side.shown))]
    return [(instance, Use(column, Role.HIDDEN, shown=side.shown))]


def _pattern(side: Operand, operator: str) -> Facts:
    if side.reference is None:
        return []
    word = "LIKE" if operator in {"~~", "~~*"} else operator
    shown = f"{side.shown or side.reference.column} {word}"
    return [(side.reference.instance, Use(side.reference.column, Role.HIDDEN, shown=shown))]
