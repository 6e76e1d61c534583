"""The two sides of a condition: a column, something made of a column, or a value. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from performance.database.indexes.identifiers import quoted
from performance.database.indexes.scopes import Reference, Scope

Node = Mapping[str, Any]

# Immutable, of one argument, and commonly indexed: an index can hold what they give.
INDEXABLE = frozenset({"lower", "upper", "btrim", "md5", "length", "char_length", "abs", "reverse"})
_TEXTS = frozenset({"text", "varchar", "bpchar"})
_TEXT_TYPES = frozenset({"text", "character varying", "character"})


@dataclass(frozen=True, slots=True)
class Operand:
    """`shown` is how something made of a column is written; `expression` the same, where an index can hold it."""

    reference: Reference | None = None
    shown: str = ""
    expression: str = ""
    value: str = ""

    @property
    def is_plain(self) -> bool:
        return self.reference is not None and not self.shown


def operand(node: Node, scope: Scope) -> Operand:
    ((kind, body),) = node.items()
    if kind == "ColumnRef":
        return Operand(scope.find(parts_of(body)))
    if kind == "A_Const":
        return Operand(value=constant(body))
    if kind == "TypeCast":
        return _cast(body, scope)
    references = list(_references(node, scope))
    if len(references) != 1:
        return Operand()
    if kind == "FuncCall":
        return _call(body, references[0], scope)
    return Operand(references[0], shown=f"an expression of {references[0].column}")


def parts_of(column: Node) -> list[str]:
    """A ColumnRef's names; a star is "*"."""
    return [each["String"]["sval"] if "String" in each else "*" for each in column["fields"]]


def constant(node: Node) -> str:
    """As pg_stats writes it; "" for what isn't told."""
    if node.get("isnull"):
        return ""
    if "boolval" in node:
        return "t" if node["boolval"].get("boolval") else "f"
    if "ival" in node:
        return str(node["ival"].get("ival", 0))
    return str(node.get("sval", {}).get("sval", ""))


def type_of(node: Node) -> str:
    return str(node["typeName"]["names"][-1]["String"]["sval"])


def name_of(node: Node) -> str:
    return str(node["funcname"][-1]["String"]["sval"])


def _cast(node: Node, scope: Scope) -> Operand:
    """Between texts nothing changes, and an index serves it."""
    inside, kind = operand(node["arg"], scope), type_of(node)
    if inside.reference is None or (kind in _TEXTS and (inside.expression or _is_text(inside))):
        return inside
    return Operand(inside.reference, shown=f"{inside.shown or inside.reference.column}::{kind}")


def _is_text(inside: Operand) -> bool:
    if not inside.is_plain or inside.reference is None:
        return False
    column = inside.reference.instance.table.columns.get(inside.reference.column)
    return column is not None and column.type in _TEXT_TYPES


def _call(node: Node, reference: Reference, scope: Scope) -> Operand:
    name, arguments = name_of(node), node.get("args", [])
    shown = f"{name}({reference.column})"
    if len(arguments) == 1 and name in INDEXABLE and operand(arguments[0], scope).is_plain:
        return Operand(reference, shown=shown, expression=f"{name}({quoted(reference.column)})")
    return Operand(reference, shown=shown)


def _references(node: Node, scope: Scope) -> Iterator[Reference]:
    """Of the columns in it, without those of sub-queries. Not recursive: how deep it is, is the workload's choice."""
    waiting: list[Any] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            if "ColumnRef" in each and (found := scope.find(parts_of(each["ColumnRef"]))):
                yield found
            waiting.extend(value for kind, value in each.items() if kind not in {"SubLink", "ColumnRef"})
        elif isinstance(each, list):
            waiting.extend(each)
