"""Which indexes to make: the most milliseconds saved over the whole workload, less what they cost to write. Greedy.

Each round takes the proposal that saves most beside those already taken, so two that serve the same statements are not
both advised; at last, whatever the others make needless is put back.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from performance.database.indexes.candidates import Proposal, proposals
from performance.database.indexes.keys import PAGE_BYTES, signature, size_of
from performance.database.indexes.pricing import UNIT_MS, Asked, Pricing
from performance.database.indexes.shapes import Candidate, Catalog, Name, Statement, Table
from performance.database.indexes.writes import written_ms

# Reading all of a smaller table is as fast as any index.
SMALL_ROWS = 1_000
# Of a statement's time, what an index must save; of the whole workload's, what all its savings must come to.
SAVED_SHARE, WORTH_SHARE = 0.3, 0.001
# What it saves must be so many times what it costs to write.
OVER_WRITES = 2.0
TRIED_OF_STATEMENT = 8
MOST_ADVISED = 20
# How many times more than usual a unit of a statement's cost may take.
SLACK = 5.0
# All new indexes together, of what the tables take.
BUDGET_SHARE = 0.5
ALIKE = 0.98
_OF_KEY, _OF_SIZE = 0.02, 0.05


@dataclass(frozen=True, slots=True)
class Saving:
    """What a statement would cost instead, in the planner's units, and the milliseconds that it took in vain: no more
    than `most_ms`, since what takes long for another reason (a lock, many rows sent) is no index's to save.
    """

    statement: Statement
    before: float
    after: float
    most_ms: float = math.inf

    @property
    def share(self) -> float:
        """Of its time."""
        return self.saved_ms / self.statement.total_ms if self.statement.total_ms else 0.0

    @property
    def saved_ms(self) -> float:
        share = max(0.0, 1 - self.after / self.before) if self.before else 0.0
        return min(share * self.statement.total_ms, self.most_ms)


@dataclass(frozen=True, slots=True)
class Choice:
    """Indexes to make together, and what for. `write_ms` since the counters began."""

    proposal: Proposal
    savings: Sequence[Saving]
    size_bytes: int
    write_ms: float
    score: float

    @property
    def saved_ms(self) -> float:
        return sum(saving.saved_ms for saving in self.savings)


@dataclass(frozen=True, slots=True)
class Selector:
    """`per_written` turns milliseconds of the tables' counters into those of the statements'; `unit_ms` is what a unit
    of cost takes on this server.
    """

    catalog: Catalog
    workload: Sequence[Asked]
    pricing: Pricing
    total_ms: float
    per_written: float = 1.0
    unit_ms: float = UNIT_MS

    def selected(self, tried: Sequence[Proposal]) -> Sequence[Choice]:
        """The best of the proposals, in the order of what they save."""
        by_table = self._by_table()
        taken: list[Choice] = []
        left = list(tried)
        budget = BUDGET_SHARE * sum(table.pages * PAGE_BYTES for table in self.catalog.tables.values())
        while left and len(taken) < MOST_ADVISED:
            beside = _all(taken)
            choices = [self._choice(proposal, by_table, beside=beside) for proposal in left]
            worth = [choice for choice in choices if self._is_worth(choice) and choice.size_bytes <= budget]
            if not worth:
                break
            best = self._first(worth)
            taken.append(best)
            budget -= best.size_bytes
            left = [choice.proposal for choice in worth if choice is not best]
        return self._needed(taken, by_table)

    def _first(self, worth: Sequence[Choice]) -> Choice:
        """Of those that save as good as the same, the shortest, with the most selective column first."""
        most = max(choice.score for choice in worth)

        def rank(choice: Choice) -> tuple[float, ...]:
            columns = self.catalog.tables[choice.proposal[0].table].columns
            keys = choice.proposal[0].keys
            distinct = [columns[key.column].distinct if key.column in columns else 0.0 for key in keys]
            return (sum(len(candidate.keys) for candidate in choice.proposal), *(-each for each in distinct))

        return min((choice for choice in worth if choice.score >= ALIKE * most), key=rank)

    def tried(self, own: Pricing) -> Sequence[Proposal]:
        """For each dear statement the few proposals that save it most, by the price `own`."""
        found: dict[Proposal, None] = {}
        for asked in self.workload:
            if asked.statement.total_ms >= WORTH_SHARE * self.total_ms and asked.reading.verb != "insert":
                found |= dict.fromkeys(self._best_of(asked, own))
        return list(found)

    def _best_of(self, asked: Asked, own: Pricing) -> Sequence[Proposal]:
        before = own.price(asked, frozenset())
        priced: list[tuple[float, int, Proposal]] = []
        for access in asked.reading.accesses:
            table = self.catalog.tables[access.table]
            if table.rows < SMALL_ROWS:
                continue
            for proposal in dict.fromkeys(proposals(access, table)):
                if any(_is_there(candidate, table) for candidate in proposal) and len(proposal) == 1:
                    continue
                after = own.price(asked, frozenset(proposal))
                if after < (1 - SAVED_SHARE) * before:
                    priced.append((after, sum(len(candidate.keys) for candidate in proposal), proposal))
        priced.sort(key=lambda each: (each[0], each[1]))
        return [proposal for _, _, proposal in priced[:TRIED_OF_STATEMENT]] + _shortest(priced)

    def _by_table(self) -> Mapping[Name, Sequence[Asked]]:
        found: dict[Name, list[Asked]] = defaultdict(list)
        for asked in self.workload:
            for name in asked.tables:
                found[name].append(asked)
        return found

    def _choice(
        self, proposal: Proposal, by_table: Mapping[Name, Sequence[Asked]], *, beside: frozenset[Candidate]
    ) -> Choice:
        table = self.catalog.tables[proposal[0].table]
        new = tuple(candidate for candidate in proposal if not _is_there(candidate, table) and candidate not in beside)
        savings = [self._saving(asked, frozenset(new), beside=beside) for asked in by_table.get(table.name, ())]
        savings = sorted(
            (saving for saving in savings if saving.share >= SAVED_SHARE), key=lambda saving: -saving.saved_ms
        )
        size = sum(size_of(candidate, table) for candidate in new)
        write_ms = sum(written_ms(candidate, table, self.workload) for candidate in new) * self.per_written
        saved_ms = sum(saving.saved_ms for saving in savings)
        keys = max((len(candidate.keys) for candidate in new), default=1)
        of_size = min(1.0, size / max(1, table.pages * PAGE_BYTES))
        score = saved_ms * (1 - _OF_KEY * (keys - 1) - _OF_SIZE * of_size) - write_ms
        return Choice(new, savings, size, write_ms, score)

    def _saving(self, asked: Asked, new: frozenset[Candidate], *, beside: frozenset[Candidate]) -> Saving:
        before, after = self.pricing.price(asked, beside), self.pricing.price(asked, beside | new)
        units = max(0.0, before - after) * asked.statement.calls
        return Saving(asked.statement, before, min(before, after), units * self.unit_ms * SLACK)

    def _is_worth(self, choice: Choice) -> bool:
        worth = max(WORTH_SHARE * self.total_ms, OVER_WRITES * choice.write_ms)
        return bool(choice.proposal) and choice.score > 0 and choice.saved_ms > worth

    def _needed(self, taken: Sequence[Choice], by_table: Mapping[Name, Sequence[Asked]]) -> Sequence[Choice]:
        """Without those that the later ones made needless; each with what is lost without it."""
        kept = list(taken)
        for choice in list(kept):
            others = _all(each for each in kept if each is not choice)
            again = self._choice(choice.proposal, by_table, beside=others)
            kept[kept.index(choice)] = again
            if not self._is_worth(again):
                kept.remove(again)
        return sorted(kept, key=lambda choice: -choice.saved_ms)


def _all(choices: Iterable[Choice]) -> frozenset[Candidate]:
    return frozenset(candidate for choice in choices for candidate in choice.proposal)


def _shortest(priced: Sequence[tuple[float, int, Proposal]]) -> list[Proposal]:
    """The best with one key: what several statements may share."""
    return [proposal for _, keys, proposal in priced if keys == 1][:1]


def _is_there(candidate: Candidate, table: Table) -> bool:
    """Whether an index begins with its keys."""
    wanted = signature(candidate.keys)
    return any(
        index.is_valid
        and index.method == "btree"
        and index.predicate in {"", candidate.predicate}
        and signature(index.keys)[: len(wanted)] == wanted
        for index in table.indexes
    )
