"""Statements that no index helps as they are written, and those asked once for each row of another. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from performance.database.indexes.advice import Advice, Kind, Method, Severity
from performance.database.indexes.costs import Question, cost, scan_cost
from performance.database.indexes.identifiers import quoted
from performance.database.indexes.keys import as_index
from performance.database.indexes.pricing import UNIT_MS, Asked, questions
from performance.database.indexes.selection import SLACK, SMALL_ROWS, WORTH_SHARE, Saving
from performance.database.indexes.shapes import Access, Candidate, Catalog, Index, Key, Role, Table, Use

# An N+1 is asked so often, finds one row each time, and about as often as the other gave rows.
MANY_CALLS, ONE_ROW, FEW_ROWS = 100, 1.05, 3.0
ALIKE = (0.5, 2.0)
# A scan that keeps more of its rows than this is right.
KEPT_SHARE = 0.1
_SHOWN = 120


def rewrites(
    catalog: Catalog, workload: Sequence[Asked], *, total_ms: float, unit_ms: float = UNIT_MS
) -> Iterator[Advice]:
    """What hides a column from every index: a function, a cast, a pattern, or an OR over several tables."""
    for asked in workload:
        if asked.statement.total_ms < WORTH_SHARE * total_ms:
            continue
        for question in questions(asked, catalog):
            table, access = question.table, question.access
            if table.rows < SMALL_ROWS or _found_share(asked, table) > KEPT_SHARE:
                continue
            before = cost(question, table.indexes)
            if before < scan_cost(table, catalog.prices) / 2:
                continue
            is_quick = SLACK * asked.statement.mean_ms < scan_cost(table, catalog.prices) * unit_ms
            hidden = [
                use
                for use in access.uses
                if use.role == Role.HIDDEN and not _is_searched(use, table) and not (is_quick and _is_led(use, table))
            ]
            if hidden:
                after = _if_plain(question, hidden[0])
                yield _hidden(asked, table, hidden[0], saving=Saving(asked.statement, before, min(before, after)))
            elif len(asked.reading.split) > 1 and table.name in asked.reading.split:
                yield _split(asked, table, saving=Saving(asked.statement, before, before))


def _if_plain(question: Question, use: Use) -> float:
    """What it would cost to look the column up by an index."""
    table = question.table
    plain = replace(question.access, uses=(Use(use.column, Role.EQUALITY),))
    candidate = Candidate(table.name, (Key(quoted(use.column), use.column),))
    return cost(replace(question, access=plain, bent=1.0), [as_index(candidate, table)])


def _found_share(asked: Asked, table: Table) -> float:
    return asked.statement.rows / max(1, asked.statement.calls) / max(1.0, table.rows)


def _is_searched(use: Use, table: Table) -> bool:
    """Whether an index of another kind (trigrams, documents) is on the column."""
    return any(index.method in {"gin", "gist"} and _names(index, use.column) for index in table.indexes)


def _is_led(use: Use, table: Table) -> bool:
    """Whether an index begins with what is made of the column, or has it in an order for patterns."""
    return any(
        index.is_valid
        and (index.keys[0].flavour or not index.keys[0].column)
        and _names(replace(index, keys=index.keys[:1]), use.column)
        for index in table.indexes
    )


def _names(index: Index, column: str) -> bool:
    return any(key.column == column or column in key.text for key in index.keys)


def _hidden(asked: Asked, table: Table, use: Use, *, saving: Saving) -> Advice:
    if "LIKE" in use.shown or "~" in use.shown:
        action = (
            f"For patterns that begin with %, a trigram index: USING gin ({use.column} gin_trgm_ops); for others one "
            "with text_pattern_ops."
        )
    elif "::date" in use.shown or "date_trunc" in use.shown or "extract" in use.shown:
        action = f"Ask for a range of {use.column} itself: {use.column} >= $1 AND {use.column} < $2."
    else:
        action = f"Compare {use.column} itself, or index the expression as it is written."
    says = f"{use.shown} hides {use.column} from its indexes"
    return _rewrite(asked, table, says=says, action=action, saving=saving)


def _split(asked: Asked, table: Table, *, saving: Saving) -> Advice:
    tables = " and ".join(map(str, asked.reading.split))
    action = "Two SELECTs with UNION: each has an index for its side."
    says = f"an OR is about {tables}, which no index serves"
    return _rewrite(asked, table, says=says, action=action, saving=saving)


def _rewrite(asked: Asked, table: Table, *, says: str, action: str, saving: Saving) -> Advice:
    return Advice(
        kind=Kind.REWRITE,
        table=table.name,
        subject=f"{says}|{asked.statement.id}",
        title=f"{table.name}: {says}",
        says=f"All {table.rows:,.0f} rows of {table.name} are read, since {says}: {_text(asked)}",
        action=action,
        severity=Severity.MEDIUM,
        method=Method.HEURISTIC,
        gain_ms=saving.saved_ms,
        savings=(saving,),
    )


def n_plus_ones(catalog: Catalog, workload: Sequence[Asked]) -> Iterator[Advice]:
    """From the figures alone, so "probably": a look-up by key, as often as another statement gave rows of its table."""
    for asked in workload:
        statement = asked.statement
        single = asked.reading.accesses[0] if len(asked.reading.accesses) == 1 else None
        if asked.reading.verb != "select" or single is None or statement.calls < MANY_CALLS:
            continue
        by = _only_key(single)
        if (
            by
            and statement.rows <= ONE_ROW * statement.calls
            and (lister := _lister(asked, single, by, workload, catalog))
        ):
            yield _n_plus_one(asked, catalog.tables[single.table], lister=lister)


def _only_key(access: Access) -> str:
    uses = [use for use in access.uses if use.role == Role.EQUALITY and not use.value and not use.expression]
    return uses[0].column if len(uses) == len(access.uses) == 1 else ""


def _lister(asked: Asked, single: Access, by: str, workload: Sequence[Asked], catalog: Catalog) -> Asked | None:
    """The statement whose rows are looked up: of a table that refers to this one, or that this one refers to."""
    near = {key.table for key in catalog.foreign_keys if key.parent == single.table and by in key.parent_columns}
    near |= {key.parent for key in catalog.foreign_keys if key.table == single.table and by in key.columns}
    for other in workload:
        figures = other.statement
        if other is asked or other.reading.verb != "select" or not near & other.tables or single.table in other.tables:
            continue
        ratio = asked.statement.calls / max(1, figures.rows)
        if figures.rows >= FEW_ROWS * figures.calls and ALIKE[0] <= ratio <= ALIKE[1]:
            return other
    return None


def _n_plus_one(asked: Asked, table: Table, *, lister: Asked) -> Advice:
    statement, other = asked.statement, lister.statement
    # Each list would ask once more, and not once more for each of its rows.
    saving = Saving(statement, float(statement.calls), float(min(other.calls, statement.calls)))
    return Advice(
        kind=Kind.N_PLUS_ONE,
        table=table.name,
        subject=str(statement.id),
        title=f"{table.name} is probably asked once for each row of another statement (N+1)",
        says=(
            f"Probably N+1: it was asked {statement.calls:,} times for a row each, and another statement gave "
            f"{other.rows:,} rows in {other.calls:,} calls: {_text(lister)}"
        ),
        action="Fetch them with the list: select_related or prefetch_related, or one = ANY($1).",
        severity=Severity.MEDIUM,
        method=Method.HEURISTIC,
        gain_ms=saving.saved_ms,
        savings=(saving,),
    )


def _text(asked: Asked) -> str:
    text = " ".join(asked.statement.text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
