"""Which indexes an access could use: equality first, then a range or the order; what joins counts as equality. Pure.

To one statement the order of the equalities is all the same; to another, that shares a prefix, it isn't: `orders` are
those of a proposal, and which one wins is decided over the whole workload (`selection`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations

from performance.database.indexes.costs import selectivity
from performance.database.indexes.identifiers import quoted
from performance.database.indexes.shapes import Access, Candidate, Key, Role, Table, Use

MOST_KEYS = 3
# Of a table's rows, what a partial index may hold at most to be worth its narrower use.
PARTIAL_SHARE = 0.1
_EQUAL = {Role.EQUALITY, Role.IN}
_PREDICATES = {Role.NULL: "{} IS NULL", Role.NOT_NULL: "{} IS NOT NULL"}

Proposal = tuple[Candidate, ...]


def proposals(access: Access, table: Table) -> Iterator[Proposal]:
    """Indexes to try; those of one proposal serve an OR together, and only so."""
    for candidate in _of_uses(access, table, access.uses):
        yield (candidate,)
    for choice in access.choices:
        yield from _of_choice(access, table, choice)


def orders(proposal: Proposal, access: Access) -> Iterator[Proposal]:
    """The same with its equalities in every order, as given first."""
    equal = {_key(use).text for use in access.uses if use.role in _EQUAL | {Role.JOIN}}
    (candidate,) = proposal if len(proposal) == 1 else (None,)
    if candidate is None:
        yield proposal
        return
    length = next((at for at, key in enumerate(candidate.keys) if key.text not in equal), len(candidate.keys))
    for head in permutations(candidate.keys[:length]):
        yield (replace(candidate, keys=(*head, *candidate.keys[length:])),)


def _of_choice(access: Access, table: Table, choice: Sequence[tuple[Use, ...]]) -> Iterator[Proposal]:
    """One index for each branch: its most selective condition."""
    best = [min(_leading(branch, table), key=lambda use: selectivity(use, table), default=None) for branch in choice]
    if all(best):
        keys = dict.fromkeys(_key(use) for use in best if use)
        yield tuple(Candidate(access.table, (key,)) for key in keys)


def _of_uses(access: Access, table: Table, uses: Sequence[Use]) -> Iterator[Candidate]:
    equal = _distinct(use for use in _leading(uses, table) if use.role in _EQUAL)
    joins = _distinct(use for use in _leading(uses, table) if use.role == Role.JOIN)
    ranges = _distinct(use for use in _leading(uses, table) if use.role == Role.RANGE)
    # The most selective ones; a fourth would only rarely help.
    equal = sorted(equal, key=lambda use: selectivity(use, table))[:MOST_KEYS]
    for joined in [(), *((use,) for use in joins)]:
        for keys in _tails(_heads(joined, equal), ranges, access, table):
            yield Candidate(access.table, keys)
            yield from _partial(access, table, keys)


def _heads(joined: Sequence[Use], equal: Sequence[Use]) -> Iterator[tuple[Key, ...]]:
    """Every choice of them, the most selective first, the empty one as well."""
    together = [*equal, *joined]
    for length in range(min(MOST_KEYS, len(together)) + 1):
        for chosen in combinations(together, length):
            if set(joined) <= set(chosen):
                yield tuple(map(_key, chosen))


def _tails(
    heads: Iterator[tuple[Key, ...]], ranges: Sequence[Use], access: Access, table: Table
) -> Iterator[tuple[Key, ...]]:
    order = tuple(
        Key(quoted(each.column), each.column, each.is_descending, each.is_nulls_first) for each in access.order
    )
    is_sortable = all(table.columns[each.column].is_sortable for each in access.order)
    for head in heads:
        taken = {key.column for key in head}
        tails: list[tuple[Key, ...]] = [()]
        tails += [(_key(use),) for use in ranges if use.column not in taken]
        if is_sortable and order:
            tails.append(_forwards(tuple(key for key in order if key.column not in taken)))
        for tail in tails:
            if 0 < len(head) + len(tail) <= MOST_KEYS:
                yield (*head, *tail)


def _forwards(order: tuple[Key, ...]) -> tuple[Key, ...]:
    """An index is read both ways, so one that is all descending is written ascending."""
    if order and all(key.is_descending and key.is_nulls_first for key in order):
        return tuple(Key(key.text, key.column) for key in order)
    return order


def _partial(access: Access, table: Table, keys: tuple[Key, ...]) -> Iterator[Candidate]:
    """Where the statement itself says a condition that few rows meet: only those are indexed."""
    for use in access.uses:
        column = quoted(use.column)
        predicate = _PREDICATES[use.role].format(column) if use.role in _PREDICATES else ""
        if use.role == Role.EQUALITY and use.value in {"t", "f"} and table.columns[use.column].type == "boolean":
            predicate = column if use.value == "t" else f"NOT {column}"
        share = selectivity(use, table)
        rest = tuple(key for key in keys if key.column != use.column)
        if predicate and share <= PARTIAL_SHARE and rest:
            yield Candidate(access.table, rest, predicate, (use,), share)


def _leading(uses: Sequence[Use], table: Table) -> list[Use]:
    """Those that a btree can be led by."""
    fit = _EQUAL | {Role.JOIN, Role.RANGE}
    return [use for use in uses if use.role in fit and table.columns[use.column].is_sortable]


def _distinct(uses: Iterator[Use]) -> list[Use]:
    return list({use.key: use for use in uses}.values())


def _key(use: Use) -> Key:
    return Key(use.expression or quoted(use.column), "" if use.expression else use.column)
