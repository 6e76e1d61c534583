"""A statement as it would be done: its plan, what costs most in it, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from performance.database.plans.explaining import explain
from performance.database.plans.facts import tables
from performance.database.plans.findings import Finding, findings
from performance.database.plans.statements import statement_of
from performance.database.plans.trees import Step, costliest, tree_of


@dataclass(frozen=True, slots=True)
class Analysis:
    """Costs in PostgreSQL's units, rows by its estimate. The statement itself was not run."""

    sql: str
    plan: Step
    costliest: Step
    findings: Sequence[Finding]


def analysed(sql: str) -> Analysis:
    """Writes nothing; planning takes two seconds at most. Raises what `statement_of` and `explain` do."""
    statement = statement_of(sql)
    plan = tree_of(explain(statement))
    dearest = costliest(plan)
    known = tables({step.table for step in plan.walk() if step.table})
    return Analysis(statement.sql, plan, dearest, findings(plan, dearest=dearest, tables=known))
