"""The whole advice on a database: its catalogue and its workload read, priced, chosen from and told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from performance.database.indexes import catalog as catalogue
from performance.database.indexes import hygiene, statements_advice, workload
from performance.database.indexes.advice import Advice, Kind, Method, Severity
from performance.database.indexes.asking import Ask
from performance.database.indexes.definitions import keys_sql
from performance.database.indexes.hypothetical import Hypothetical, hypothetical
from performance.database.indexes.keys import normal
from performance.database.indexes.migration_text import migration_of
from performance.database.indexes.partial import with_conditions
from performance.database.indexes.pricing import Asked, Heuristic, unit_ms
from performance.database.indexes.reading import read
from performance.database.indexes.rehearsal import dearer_without
from performance.database.indexes.selection import Choice, Selector
from performance.database.indexes.shapes import Candidate, Catalog, Table

DAY_S = 86_400.0
# Of counters that began just now, no day is told.
SHORTEST_S = 60.0
# Of all statements' time, what an index must save to be urgent, and to be worth a look.
URGENT, MIDDLING = 0.1, 0.01


@dataclass(frozen=True, slots=True)
class Report:
    """`unread` statements took `unread_ms` of `total_ms` and weren't understood; `since` is when the counting began."""

    advice: Sequence[Advice]
    method: Method
    since: datetime
    counted_since: datetime
    statements: int
    total_ms: float
    unread: int
    unread_ms: float
    catalog: Catalog


def advise(ask: Ask, *, at: datetime) -> Report:
    """Reads, and changes nothing. Raises NoWorkload and WorkloadUnreadable."""
    asked_for = workload.read(ask)
    catalog = with_conditions(catalogue.read(ask))
    readings = [(statement, read(statement.text, catalog=catalog)) for statement in asked_for.statements]
    work = [Asked(statement, reading) for statement, reading in readings if reading]
    days = _days(asked_for.since, at)
    with hypothetical(ask, Heuristic(catalog)) as planner:
        heuristic = planner.heuristic if planner else Heuristic(catalog)
        per_written = days / _days(catalog.counted_since, at)
        total_ms = sum(asked.statement.total_ms for asked in work)
        unit = unit_ms(work, heuristic)
        selector = Selector(catalog, work, planner or heuristic, total_ms, per_written, unit)
        choices = selector.selected(selector.tried(heuristic))
        made = frozenset(candidate for choice in choices for candidate in choice.proposal)
        advice = [*_created(choices, selector, planner=planner), *_others(selector, at=at, beside=made)]
    unread = [statement for statement, reading in readings if reading is None and _is_work(statement.text)]
    return Report(
        advice=_told(_a_day(advice, days), catalog),
        method=Method.HYPOTHETICAL if planner else Method.HEURISTIC,
        since=asked_for.since,
        counted_since=catalog.counted_since,
        statements=len(asked_for.statements),
        total_ms=asked_for.total_ms,
        unread=len(unread),
        unread_ms=sum(statement.total_ms for statement in unread),
        catalog=catalog,
    )


def _days(since: datetime, at: datetime) -> float:
    return max(SHORTEST_S, (at - since).total_seconds()) / DAY_S


def _is_work(text: str) -> bool:
    """Whether it is of the kinds that use indexes."""
    return text.lstrip("( \n").upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH", "MERGE"))


def _others(selector: Selector, *, at: datetime, beside: frozenset[Candidate]) -> Iterator[Advice]:
    catalog, work = selector.catalog, selector.workload
    needless = list(hygiene.needless(catalog))
    # What goes because it is there twice isn't told once more for being idle.
    gone = {each.index for each in needless}
    idle = [each for each in hygiene.unused(catalog, at=at) if each.index not in gone]
    for each in [*needless, *idle]:
        is_twin = each.kind == Kind.DUPLICATE
        if is_twin or not dearer_without(each.index, table=each.table, catalog=catalog, workload=work, beside=beside):
            yield each
    yield from hygiene.invalid(catalog)
    yield from hygiene.unindexed_keys(catalog, work, unit_ms=selector.unit_ms)
    yield from statements_advice.rewrites(catalog, work, total_ms=selector.total_ms, unit_ms=selector.unit_ms)
    yield from statements_advice.n_plus_ones(catalog, work)


def _created(choices: Sequence[Choice], selector: Selector, *, planner: Hypothetical | None) -> Iterator[Advice]:
    for choice in choices:
        table = selector.catalog.tables[choice.proposal[0].table]
        share = choice.saved_ms / max(1e-9, selector.total_ms)
        yield Advice(
            kind=Kind.CREATE,
            table=table.name,
            subject="; ".join(_shown(candidate) for candidate in choice.proposal),
            title=f"{table.name} has no index on {' and '.join(_shown(each) for each in choice.proposal)}",
            says=_why(choice, table),
            action=_action(choice, table),
            severity=Severity.HIGH if share >= URGENT else Severity.MEDIUM if share >= MIDDLING else Severity.LOW,
            method=_method(choice, planner),
            gain_ms=choice.saved_ms,
            write_ms=choice.write_ms,
            size_bytes=choice.size_bytes,
            savings=choice.savings,
            candidates=choice.proposal,
        )


def _method(choice: Choice, planner: Hypothetical | None) -> Method:
    """The planner's, if it priced the statement that gains most."""
    priced = planner is not None and choice.savings[0].statement.is_own
    is_planned = priced and planner is not None and choice.savings[0].statement.id not in planner.unplanned
    return Method.HYPOTHETICAL if is_planned else Method.HEURISTIC


def _why(choice: Choice, table: Table) -> str:
    best, count = choice.savings[0], len(choice.savings)
    mean = best.statement.mean_ms
    others = f", and {count - 1} more" if count > 1 else ""
    return (
        f"A statement that takes {mean:,.1f} ms and was asked {best.statement.calls:,} times{others} would cost "
        f"{best.share:.0%} less: it reads {table.rows:,.0f} rows of {table.name} to find "
        f"{best.statement.rows / max(1, best.statement.calls):,.0f}."
    )


def _action(choice: Choice, table: Table) -> str:
    made = " and ".join(_shown(candidate) for candidate in choice.proposal)
    action = f"An index on {made}."
    if len(choice.proposal) > 1:
        action += " The OR needs all of them."
    if turned := _turned(choice.proposal, table):
        action += f" {turned} has the columns in an order that doesn't serve."
    return action


def _turned(proposal: Sequence[Candidate], table: Table) -> str:
    """An index of the same columns in another order."""
    wanted = [frozenset(normal(key.text) for key in each.keys) for each in proposal if len(each.keys) > 1]
    found = (index.name for index in table.indexes if frozenset(normal(key.text) for key in index.keys) in wanted)
    return next(found, "")


def _shown(candidate: Candidate) -> str:
    where = f" where {candidate.predicate}" if candidate.predicate else ""
    return f"({keys_sql(candidate.keys)}){where}"


def _a_day(advice: Sequence[Advice], days: float) -> Iterator[Advice]:
    for each in advice:
        yield replace(each, gain_ms=each.gain_ms / days, write_ms=each.write_ms / days)


def _told(advice: Iterator[Advice], catalog: Catalog) -> Sequence[Advice]:
    """With its migration, the most to win first; a foreign key that a chosen index serves anyway isn't told again."""
    found = list(advice)
    led = {
        (each.table, candidate.keys[0].column)
        for each in found
        if each.kind == Kind.CREATE
        for candidate in each.candidates
    }
    kept = [
        each
        for each in found
        if each.kind != Kind.FOREIGN_KEY
        or not any((each.table, key.column) in led for key in each.candidates[0].keys[:1])
    ]
    order = list(Severity)
    kept.sort(key=lambda each: (order.index(each.severity), -each.gain_ms, -each.size_bytes))
    return [replace(each, migration=migration_of(each, catalog)) for each in kept]
