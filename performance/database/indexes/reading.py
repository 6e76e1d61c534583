"""What a statement asks of which table: PostgreSQL's own tree of it, walked with its scopes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from performance.database.indexes import conditions
from performance.database.indexes.clauses import given, is_plain, sorted_by, times_named
from performance.database.indexes.conditions import asked, conjuncts
from performance.database.indexes.operands import Node, parts_of
from performance.database.indexes.scopes import Derived, Instance, Reference, Scope
from performance.database.indexes.shapes import Access, Catalog, Name, Order, Reading
from performance.database.plans.errors import StatementRefused, StatementUnreadable
from performance.database.plans.parsing import parsed

_VERBS = {"SelectStmt": "select", "UpdateStmt": "update", "DeleteStmt": "delete", "InsertStmt": "insert"}


def read(text: str, *, catalog: Catalog) -> Reading | None:
    """None for what asks nothing of the catalogue's tables, and for what can't be read."""
    try:
        found = parsed(text)
        return _Walk(catalog).statement(_unwrapped(found[0]["stmt"])) if len(found) == 1 else None
    except (StatementUnreadable, StatementRefused, RecursionError):
        return None


def _unwrapped(statement: Node) -> Node:
    """A cursor's, and an EXPLAIN's, own statement."""
    for kind in ("DeclareCursorStmt", "ExplainStmt"):
        if kind in statement:
            inside: Node = statement[kind]["query"]
            return inside
    return statement


@dataclass(slots=True)
class _Walk:
    catalog: Catalog
    instances: list[Instance] = field(default_factory=list)
    sets: dict[Name, frozenset[str]] = field(default_factory=dict)
    split: tuple[Name, ...] = ()

    def statement(self, node: Node) -> Reading | None:
        ((kind, body),) = node.items()
        if kind not in _VERBS:
            return None
        self._any(kind, body, outer=None)
        if not self.instances and not self.sets:
            return None
        accesses = tuple(
            Access(each.number, each.table.name, tuple(each.uses), tuple(each.choices), each.order, each.is_repeated)
            for each in self.instances
        )
        is_plainly = kind in {"UpdateStmt", "DeleteStmt"} or (kind == "SelectStmt" and is_plain(body))
        is_limited = "limitCount" in body
        return Reading(_VERBS[kind], accesses, self.sets, self.split, is_limited, is_plainly)

    def _any(self, kind: str, body: Node, *, outer: Scope | None) -> Derived:
        if kind == "SelectStmt":
            return self._select(body, outer=outer)
        if kind in _VERBS:
            self._write(kind, body, outer=outer)
        return {}

    def _select(self, body: Node, *, outer: Scope | None) -> Derived:
        scope = Scope(outer, self._ctes(body, outer=outer))
        if body.get("op", "SETOP_NONE") != "SETOP_NONE":
            self._select(body["larg"], outer=scope)
            self._select(body["rarg"], outer=scope)
            return {}
        quals = [qual for item in body.get("fromClause", []) for qual in self._from(item, scope)]
        self._conditions([*quals, *_present(body, "whereClause")], scope)
        for part in ("targetList", "havingClause", "valuesLists", "limitCount", "sortClause", "groupClause"):
            self._sub_queries(body.get(part), scope)
        self._order(body, scope)
        return given(body, scope)

    def _write(self, kind: str, body: Node, *, outer: Scope | None) -> None:
        scope = Scope(outer, self._ctes(body, outer=outer))
        target = self._table(body["relation"], scope) if kind != "InsertStmt" else None
        quals: list[Node] = []
        for part in ("fromClause", "usingClause"):
            quals += [qual for item in body.get(part, []) for qual in self._from(item, scope)]
        self._conditions([*quals, *_present(body, "whereClause")], scope)
        self._sub_queries(body.get("targetList"), scope)
        if "selectStmt" in body:
            ((inner, query),) = body["selectStmt"].items()
            self._any(inner, query, outer=scope)
        if kind == "UpdateStmt" and target:
            self.sets[target.table.name] = frozenset(each["ResTarget"]["name"] for each in body["targetList"])

    def _ctes(self, body: Node, *, outer: Scope | None) -> Mapping[str, Derived]:
        """A condition reaches into a CTE only where it is named once and neither materialised nor recursive."""
        clause = body.get("withClause", {})
        known: dict[str, Derived] = {}
        for each in clause.get("ctes", []):
            expression = each["CommonTableExpr"]
            name = expression["ctename"]
            if clause.get("recursive"):
                known[name] = {}
            ((kind, query),) = expression["ctequery"].items()
            inside = self._any(kind, query, outer=Scope(outer, known))
            is_inlined = expression.get("ctematerialized") != "CTEMaterializeAlways" and not clause.get("recursive")
            known[name] = inside if is_inlined and times_named(body, name) == 1 else {}
        return known

    def _from(self, item: Node, scope: Scope) -> Iterator[Node]:
        """Adds an item's tables to the scope; yields the conditions that it joins them by."""
        ((kind, body),) = item.items()
        if kind == "RangeVar":
            self._table(body, scope)
        elif kind == "RangeSubselect":
            ((inner, query),) = body["subquery"].items()
            around = scope if body.get("lateral") else Scope(scope.outer, scope.ctes)
            scope.sources[_alias(body)] = _renamed(body, self._any(inner, query, outer=around))
        elif kind == "JoinExpr":
            yield from self._from(body["larg"], scope)
            kept = set(map(id, self.instances))
            yield from self._from(body["rarg"], scope)
            self._using(body, scope)
            yield from self._on(body, scope, kept=kept)

    def _on(self, body: Node, scope: Scope, *, kept: set[int]) -> Iterator[Node]:
        """An outer join's condition leaves out no row of the side that is kept whole: there it asks for no index."""
        if "quals" not in body:
            return
        if body["jointype"] == "JOIN_INNER":
            yield body["quals"]
        elif body["jointype"] in {"JOIN_LEFT", "JOIN_RIGHT"}:
            is_left = body["jointype"] == "JOIN_LEFT"
            found = asked([body["quals"]], scope)
            for instance, use in found.facts:
                if (id(instance) not in kept) == is_left:
                    instance.uses.append(use)
            self._nested([body["quals"]], scope)

    def _using(self, body: Node, scope: Scope) -> None:
        for each in body.get("usingClause", []):
            name = each["String"]["sval"]
            holders = [Reference(source, name) for source in scope.sources.values() if isinstance(source, Instance)]
            holders = [holder for holder in holders if name in holder.instance.table.columns]
            for left, right in pairwise(holders):
                for instance, use in conditions.equal(left, right):
                    instance.uses.append(use)

    def _table(self, body: Node, scope: Scope) -> Instance | None:
        schema, name = body.get("schemaname", ""), body["relname"]
        alias = body.get("alias", {}).get("aliasname", name)
        cte = scope.cte(name) if not schema else None
        if cte is not None:
            scope.sources[alias] = cte
            return None
        table = self.catalog.find(schema, name)
        if table is None:
            # A view, a catalogue's or another database's: its columns are nobody else's.
            scope.sources[alias] = {}
            return None
        instance = Instance(len(self.instances), table)
        self.instances.append(instance)
        scope.sources[alias] = instance
        return instance

    def _conditions(self, nodes: list[Node], scope: Scope) -> None:
        found = asked(nodes, scope)
        for instance, use in found.facts:
            # What is around is asked by its own conditions.
            if scope.owns(Reference(instance, use.column)):
                instance.uses.append(use)
        for instance, branches in found.choices:
            if scope.owns(Reference(instance, "")):
                instance.choices.append(branches)
        self.split += found.split
        self._nested(nodes, scope)

    def _nested(self, nodes: list[Node], scope: Scope) -> None:
        for node in nodes:
            for each in conjuncts(node):
                if "SubLink" in each:
                    self._sub_query(each["SubLink"], scope, is_condition=True)
                else:
                    self._sub_queries(each, scope)

    def _sub_queries(self, tree: Any, scope: Scope) -> None:
        """Those anywhere in a part of a statement."""
        waiting = [tree]
        while waiting:
            each = waiting.pop()
            if isinstance(each, Mapping):
                if "SubLink" in each:
                    self._sub_query(each["SubLink"], scope, is_condition=False)
                else:
                    waiting.extend(each.values())
            elif isinstance(each, list):
                waiting.extend(each)

    def _sub_query(self, link: Node, scope: Scope, *, is_condition: bool) -> None:
        """`a IN (SELECT b …)`, where it must hold, joins the two."""
        ((kind, query),) = link["subselect"].items()
        before = len(self.instances)
        inside = self._any(kind, query, outer=scope)
        if link["subLinkType"] in {"EXPR_SUBLINK", "ARRAY_SUBLINK"}:
            for instance in self.instances[before:]:
                instance.is_repeated = any(use.partner and use.partner.access < before for use in instance.uses)
        test = link.get("testexpr", {}).get("ColumnRef")
        if not is_condition or link["subLinkType"] != "ANY_SUBLINK" or link.get("operName") or test is None:
            return
        left, right = scope.find(parts_of(test)), next(iter(inside.values()), None)
        if left and right:
            for instance, use in conditions.equal(left, right):
                instance.uses.append(use)

    def _order(self, body: Node, scope: Scope) -> None:
        """The first of what it is sorted by that are columns of one table."""
        found: list[tuple[Instance, Order]] = []
        for each in body.get("sortClause", []):
            reference = sorted_by(each["SortBy"], body, scope)
            if reference is None or (found and found[0][0] is not reference.instance):
                break
            is_descending = each["SortBy"].get("sortby_dir") == "SORTBY_DESC"
            nulls = each["SortBy"].get("sortby_nulls", "SORTBY_NULLS_DEFAULT")
            is_first = nulls == "SORTBY_NULLS_FIRST" or (nulls == "SORTBY_NULLS_DEFAULT" and is_descending)
            found.append((reference.instance, Order(reference.column, is_descending, is_first)))
        if found and len(found) == len(body["sortClause"]):
            found[0][0].order = tuple(order for _, order in found)


def _present(body: Node, part: str) -> list[Node]:
    return [body[part]] if part in body else []


def _alias(body: Node) -> str:
    return str(body.get("alias", {}).get("aliasname", f"?{id(body)}"))


def _renamed(body: Node, inside: Derived) -> Derived:
    """`AS t (x, y)` gives the columns other names; then they aren't followed."""
    return {} if body.get("alias", {}).get("colnames") else inside
