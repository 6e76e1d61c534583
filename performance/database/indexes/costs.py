"""What reading a table costs with the indexes that it has or could have: the planner's formulas, without its details.

The heuristic of the advisor, for servers without hypopg. Selectivities are the planner's for values it doesn't know;
where a statement's own count of rows says better, it is believed. Costs are PostgreSQL's units (1 is a page in order).
Formulas: costsize.c and selfuncs.c of PostgreSQL; pages fetched by Mackert and Lohman, 1989. Pure.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from performance.database.indexes.keys import normal
from performance.database.indexes.partial import is_implied
from performance.database.indexes.shapes import Access, Index, Key, Order, Prices, Role, Table, Use

PAGE_BYTES = 8192
LIST_VALUES = 10
HALF_OPEN, CLOSED, OF_EXPRESSION, OF_PATTERN = 1 / 3, 0.005, 0.005, 0.05
_PROBED = {Role.EQUALITY, Role.IN, Role.NULL, Role.JOIN}
_FAN_OUT = 250


@dataclass(frozen=True, slots=True)
class Question:
    """An access, and what is known around it. `probes`: how many rows of other tables it is looked up for; `bent` is
    the power of a selectivity that fits the rows which the statement really found; `limit` how many are wanted.
    """

    access: Access
    table: Table
    prices: Prices
    probes: float | None = None
    bent: float = 1.0
    limit: float | None = None
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class _Match:
    """How far an index serves: the share of the table it leads to, and whether its order is the one that is wanted."""

    share: float
    keys: int
    has_join: bool
    gives_order: bool


def selectivity(use: Use, table: Table) -> float:
    """The share of the rows for which it holds."""
    column = table.columns[use.column]
    known = 1 - column.null_share
    one = min(1.0, known / max(1.0, column.distinct))
    if use.role == Role.NULL:
        return column.null_share
    if use.role == Role.NOT_NULL:
        return known
    if use.role == Role.IN:
        return min(1.0, LIST_VALUES * one)
    if use.role == Role.RANGE:
        return HALF_OPEN
    if use.role == Role.HIDDEN:
        return OF_PATTERN if "LIKE" in use.shown else OF_EXPRESSION
    return column.common.get(use.value, one) if use.value else one


def share_of(uses: Sequence[Use], table: Table) -> float:
    """Of the rows for which all hold; a range that is closed at both ends counts once. Never less than half a row."""
    share, ranged = 1.0, set()
    for use in uses:
        if use.role != Role.RANGE:
            share *= selectivity(use, table)
        elif use.column not in ranged:
            ranged.add(use.column)
            ends = sum(other.role == Role.RANGE and other.column == use.column for other in uses)
            share *= CLOSED if ends > 1 else HALF_OPEN
    return max(share, 0.5 / max(1.0, table.rows))


def cost(question: Question, indexes: Sequence[Index]) -> float:
    """Of the cheapest way to read it, for all its probes."""
    return min(_ways(question, indexes))


def scan_cost(table: Table, prices: Prices, *, conditions: int = 1) -> float:
    return table.pages * prices.seq_page + table.rows * (prices.cpu_tuple + conditions * prices.cpu_operator)


def _ways(question: Question, indexes: Sequence[Index]) -> Iterator[float]:
    access, table = question.access, question.table
    fixed = [use for use in access.uses if use.role != Role.JOIN]
    rows = table.rows * _bent(question, share_of(fixed, table))
    times = question.probes if access.is_repeated and question.probes else 1.0
    scan = scan_cost(table, question.prices, conditions=len(access.uses) or 1)
    yield times * (scan + _sort(question, rows))
    for index in indexes:
        if index.is_valid and index.method in {"btree", "hash"} and is_implied(index, access.uses):
            yield from _by_index(question, index, fixed=fixed, rows=rows, times=times)
    for choice in access.choices:
        yield times * (_by_choice(question, choice, indexes) + _sort(question, rows))


def _by_index(question: Question, index: Index, *, fixed: list[Use], rows: float, times: float) -> Iterator[float]:
    found = _matched(question, index, fixed)
    if found.keys or index.conditions:
        yield times * (_fetch(question, found.share, index) + _sort(question, rows))
    if question.is_ordered and found.gives_order:
        wanted = min(1.0, question.limit / max(1.0, rows)) if question.limit else 1.0
        yield times * _fetch(question, found.share, index, in_order=True) * wanted
    if question.probes is not None:
        joined = _matched(question, index, question.access.uses)
        if joined.has_join:
            yield question.probes * _fetch(question, joined.share, index, times=question.probes)


def _by_choice(question: Question, branches: tuple[tuple[Use, ...], ...], indexes: Sequence[Index]) -> float:
    """Each branch by an index of its own, together as one bitmap; endless where one has none."""
    return sum(
        min((_branch(question, branch, index) for index in indexes if index.is_valid), default=math.inf)
        for branch in branches
    )


def _branch(question: Question, branch: tuple[Use, ...], index: Index) -> float:
    uses = [*branch, *question.access.uses]
    if index.method != "btree" or not is_implied(index, uses):
        return math.inf
    found = _matched(question, index, uses)
    leads = {normal(use.key) for use in branch}
    if not found.keys or not any(normal(key.text) in leads for key in index.keys[: found.keys]):
        return math.inf
    return _fetch(question, found.share, index)


def _matched(question: Question, index: Index, uses: Sequence[Use]) -> _Match:
    """Key by key: what is compared for equality leads on, a range ends it, and what is left is order."""
    served: list[Use] = list(index.conditions)
    is_list = False
    for at, key in enumerate((*index.keys, Key(""))):
        of_key = [use for use in uses if normal(use.key) == normal(key.text) and not key.flavour]
        probed = [use for use in of_key if use.role in _PROBED]
        if probed:
            served.append(min(probed, key=lambda use: selectivity(use, question.table)))
            is_list |= served[-1].role == Role.IN
            continue
        ranged = [use for use in of_key if use.role == Role.RANGE]
        served += ranged
        rest = index.keys[at:]
        share = _bent(question, share_of(served, question.table))
        has_join = any(use.role == Role.JOIN for use in served)
        gives = index.method == "btree" and not is_list and follows(rest, question.access.order, uses)
        return _Match(share, at + bool(ranged), has_join, gives)
    raise AssertionError("the last key is none's")


def follows(keys: Sequence[Key], order: Sequence[Order], uses: Sequence[Use]) -> bool:
    """Whether the keys, forwards or backwards, are in this order; what is compared for equality has no order."""
    fixed = {use.column for use in uses if use.role in {Role.EQUALITY, Role.NULL}}
    wanted = [each for each in order if each.column not in fixed]
    if not wanted or len(keys) < len(wanted):
        return False
    pairs = list(zip(keys, wanted, strict=False))
    if any(key.column != each.column or key.flavour for key, each in pairs):
        return False
    turned = {
        (key.is_descending != each.is_descending, key.is_nulls_first != each.is_nulls_first) for key, each in pairs
    }
    return turned in ({(False, False)}, {(True, True)})


def _fetch(question: Question, share: float, index: Index, *, times: float = 1.0, in_order: bool = False) -> float:
    """One look-up: down the tree, along its leaves, and the rows' own pages; of `times`, some find a page there."""
    table, prices = question.table, question.prices
    rows, pages = share * table.rows, max(1, table.pages)
    index_pages = max(1.0, index.size_bytes / PAGE_BYTES)
    down = prices.cpu_operator * (math.log2(max(2.0, table.rows)) + 50 * (math.log(index_pages + 1, _FAN_OUT) + 1))
    leaves = max(1.0, min(index_pages, share * index_pages)) * prices.random_page
    together = rows * times
    fetched = min(pages, 2 * pages * together / (2 * pages + together)) / times
    leading = table.columns.get(index.keys[0].column)
    correlation = leading.correlation**2 if leading and len(index.keys) == 1 else 0.0
    in_pages = max(1.0, share * pages)
    closest = prices.random_page + (in_pages - 1) * prices.seq_page
    walked = correlation * closest + (1 - correlation) * max(1.0, fetched) * prices.random_page
    each = prices.random_page - (prices.random_page - prices.seq_page) * math.sqrt(min(1.0, fetched / pages))
    heap = walked if in_order else min(walked, max(1.0, fetched) * each)
    return down + leaves / min(times, 10.0) + heap + rows * (prices.cpu_index_tuple + prices.cpu_tuple)


def _bent(question: Question, share: float) -> float:
    return float(min(1.0, share**question.bent))


def _sort(question: Question, rows: float) -> float:
    if not question.is_ordered or not question.access.order:
        return 0.0
    kept = min(rows, question.limit) if question.limit else rows
    return 2 * question.prices.cpu_operator * rows * math.log2(max(2.0, kept))
