"""EXPLAIN's JSON as a tree, with each step's own part of the cost. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What PostgreSQL says of a step that is a condition, in the order in which it is read.
_CONDITIONS = (
    *("Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter", "One-Time Filter"),
    *("Sort Key", "Presorted Key", "Group Key", "Cache Key", "Function Name"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a plan. Costs are PostgreSQL's units (1 is a page read in order), for all the times it is done.

    `share` is its own cost, without its inputs', of the whole plan's, 0 to 1; `times` how often its parent has it
    done, by the planner's estimate; `rows` those of one time.
    """

    kind: str
    table: str
    index: str
    rows: float
    width: int
    times: float
    cost: float
    own_cost: float
    share: float
    conditions: tuple[tuple[str, str], ...]
    inputs: tuple["Step", ...]

    def walk(self) -> Iterator["Step"]:
        yield self
        for each in self.inputs:
            yield from each.walk()


def tree_of(plan: Mapping[str, Any]) -> Step:
    """Of what EXPLAIN (FORMAT JSON) gives for one statement."""
    root = plan["Plan"]
    return _step(root, times=1.0, whole=max(float(root["Total Cost"]), 1e-9))


def costliest(root: Step) -> Step:
    """The step that itself costs most."""
    return max(root.walk(), key=lambda step: step.own_cost)


def _step(node: Mapping[str, Any], *, times: float, whole: float) -> Step:
    inputs = tuple(_inputs(node, times=times, whole=whole))
    cost = float(node["Total Cost"]) * times
    own = max(0.0, cost - sum(each.cost for each in inputs))
    return Step(
        kind=_kind(node),
        table=str(node.get("Relation Name", "") or node.get("CTE Name", "")),
        index=str(node.get("Index Name", "")),
        rows=float(node["Plan Rows"]),
        width=int(node["Plan Width"]),
        times=times,
        cost=cost,
        own_cost=own,
        share=min(1.0, own / whole),
        conditions=tuple((name, _text(node[name])) for name in _CONDITIONS if node.get(name)),
        inputs=inputs,
    )


def _inputs(node: Mapping[str, Any], *, times: float, whole: float) -> Iterator[Step]:
    """A nested loop has its inner side done for each row of the outer one, unless that is kept."""
    children: Sequence[Mapping[str, Any]] = node.get("Plans", [])
    outer_rows = next(
        (float(each["Plan Rows"]) for each in children if each.get("Parent Relationship") == "Outer"), 1.0
    )
    for child in children:
        is_repeated = (
            node["Node Type"] == "Nested Loop"
            and child.get("Parent Relationship") == "Inner"
            and child["Node Type"] not in {"Materialize", "Memoize"}
        )
        yield _step(child, times=times * max(1.0, float(outer_rows)) if is_repeated else times, whole=whole)


def _kind(node: Mapping[str, Any]) -> str:
    """ "Hash Left Join", "Parallel Seq Scan", "Index Only Scan Backward", as EXPLAIN's text has it."""
    kind = str(node["Node Type"])
    join = node.get("Join Type", "Inner")
    if join != "Inner" and kind.endswith(("Join", "Loop")):
        kind = f"{kind.removesuffix(' Join')} {join} Join"
    if node.get("Strategy") == "Hashed" and kind == "Aggregate":
        kind = "Hash Aggregate"
    backward = " Backward" if node.get("Scan Direction") == "Backward" else ""
    return f"{'Parallel ' if node.get('Parallel Aware') else ''}{kind}{backward}"


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
