"""A plan in plain language: what costs most, why, and what to do. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from performance.database.plans.facts import Table
from performance.database.plans.trees import Step

# Below this many rows reading all of a table is as fast as any index.
SMALL_ROWS = 1_000
# Of a scan that keeps more than this, an index saves little.
SELECTIVE = 0.2
BIG_SHARE = 0.1
MANY_ROWS = 100_000
STALE = 0.2
# Of a condition. To look for columns takes longer by the square: two seconds for the longest statement.
READ_CHARACTERS = 2_000
_FUNCTION_ON_COLUMN = re.compile(r"\b(lower|upper|date_trunc|date_part|btrim|substr|substring|abs|timezone)\(")
_WILDCARD = re.compile(r"~~\*? '%")
_COLUMN = re.compile(r"\(?\(?(?:\w+\.)?\"?(\w+)\"?\)?(?:::\w+(?: \w+)*)? (?:=|<(?!>)|>|~~|IS NULL)")


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is "problem" or "note"; `share` the part of the plan's cost that it is about."""

    level: str
    says: str
    action: str
    share: float


def findings(root: Step, *, dearest: Step, tables: Mapping[str, Table]) -> Sequence[Finding]:
    """The dearest first; the last ones are about the whole, of which `dearest` is the costliest step."""
    found = [each for step in root.walk() for each in _of_step(step, tables=tables)]
    return [*sorted(found, key=lambda each: -each.share), *_of_statistics(tables), _of_cost(root, dearest)]


def _of_step(step: Step, *, tables: Mapping[str, Table]) -> Iterator[Finding]:
    if step.kind.endswith("Seq Scan"):
        yield from _of_scan(step, table=tables.get(step.table))
    elif step.kind == "Nested Loop" and not any(name for name, _ in step.conditions) and _is_crossed(step):
        yield Finding(
            "problem",
            f"Every row of one side is put beside every row of the other: {step.rows:,.0f} rows.",
            "Name what the two tables have in common (ON or WHERE).",
            step.share,
        )
    elif step.kind in {"Sort", "Hash Aggregate"} and step.rows >= MANY_ROWS and step.share >= BIG_SHARE:
        done, megabytes = ("sorted" if step.kind == "Sort" else "grouped"), step.rows * step.width / 1e6
        yield Finding(
            "note",
            f"{step.rows:,.0f} rows ({megabytes:,.0f} MB) are {done} at once.",
            "Filter before it, add a LIMIT, or have an index in this order; beyond work_mem it goes to the disk.",
            step.share,
        )


def _of_scan(step: Step, *, table: Table | None) -> Iterator[Finding]:
    rows = table.rows if table else int(step.rows)
    condition = dict(step.conditions).get("Filter", "")
    if rows < SMALL_ROWS or step.share < BIG_SHARE:
        return
    if not condition:
        yield Finding(
            "note",
            f"All {rows:,} rows of {step.table} are read, since nothing says which are wanted.",
            "That is right for a report; for a page, add a condition or a LIMIT.",
            step.share,
        )
    elif step.rows / max(1, rows) > SELECTIVE:
        kept = step.rows / max(1, rows)
        yield Finding(
            "note",
            f"All {rows:,} rows of {step.table} are read, and {kept:.0%} of them kept: an index would be no faster.",
            "Nothing, or a narrower condition.",
            step.share,
        )
    else:
        kept = max(1, round(step.rows))
        says = f"All {rows:,} rows of {step.table} are read to keep {kept:,}, {_times(step.times)}by {condition}."
        yield Finding("problem", says, _instead_of_scan(condition, table=table), step.share)


def _instead_of_scan(condition: str, *, table: Table | None) -> str:
    condition = condition[:READ_CHARACTERS]
    if " OR " in condition:
        return "An OR over several columns needs an index for each side; two SELECTs with UNION use them surely."
    if found := _FUNCTION_ON_COLUMN.search(condition):
        return f"{found[1]}() hides the column from its index: index the expression, or compare the column itself."
    if _WILDCARD.search(condition):
        return "A pattern that begins with % needs a trigram index (gin_trgm_ops)."
    columns = dict.fromkeys(_COLUMN.findall(condition))
    if table and (indexed := [name for name in columns if name in table.leading]):
        return f"The planner takes the index on {indexed[0]} for dearer: is ANALYZE up to date, the type equal?"
    return f"An index on ({', '.join(columns)}) would find them." if columns else "An index on what is compared."


def _is_crossed(step: Step) -> bool:
    outer, inner = step.inputs[0], step.inputs[-1]
    plain = not any(name in {"Index Cond", "Cache Key"} for each in inner.walk() for name, _ in each.conditions)
    return plain and outer.rows > 1 and inner.rows > 1 and step.rows >= outer.rows * inner.rows * 0.99


def _times(times: float) -> str:
    return f"{times:,.0f} times, " if times >= 2 else ""


def _of_statistics(tables: Mapping[str, Table]) -> Iterator[Finding]:
    for name, table in sorted(tables.items()):
        if table.analyzed_at is None and table.changed_since:
            yield Finding("note", f"{name} was never analysed: the estimates are guesses.", f"ANALYZE {name}.", 0.0)
        elif table.rows >= SMALL_ROWS and table.changed_since > STALE * table.rows:
            says = f"{table.changed_since:,} rows of {name} changed since its last ANALYZE, of {table.rows:,}."
            yield Finding("note", says, f"ANALYZE {name}.", 0.0)


def _of_cost(root: Step, step: Step) -> Finding:
    most = f"{step.share:.0%} of it is the {step.kind}{f' of {step.table}' if step.table else ''}"
    says = f"About {root.rows:,.0f} rows for a cost of {root.cost:,.0f}; {most}."
    return Finding("note", says, "", step.share)
