"""Which indexes to make: the most milliseconds saved over the whole workload, less what they cost to write. Greedy.

Each round takes the proposal that saves most beside those already taken, so two that serve the same statements are not
both advised; at last, whatever the others make needless is put back.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from performance.database.indexes.candidates import Proposal, orders, proposals
from performance.database.indexes.keys import PAGE_BYTES, normal, signature, size_of
from performance.database.indexes.pricing import UNIT_MS, Asked, Pricing
from performance.database.indexes.shapes import Candidate, Catalog, Name, Statement, Table
from performance.database.indexes.writes import written_ms

# Reading all of a smaller table is as fast as any index.
SMALL_ROWS = 1_000
# Of a statement's time, what an index must save; of the whole workload's, what all its savings must come to.
SAVED_SHARE, WORTH_SHARE = 0.3, 0.001
# What it saves must be so many times what it costs to write.
OVER_WRITES = 2.0
TRIED_OF_ACCESS, MOST_TRIED = 4, 200
MOST_ADVISED = 20
# How many times more than usual a unit of a statement's cost may take.
SLACK = 5.0
# All new indexes together, of what the tables take.
BUDGET_SHARE = 0.5
ALIKE = 0.98
# A table, and what an index on it begins with.
_Lead = tuple[Name, str]
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
        asked = self._asked_by_lead()
        taken: list[Choice] = []
        budget = BUDGET_SHARE * sum(table.pages * PAGE_BYTES for table in self.catalog.tables.values())
        left = [self._choice(proposal, asked, beside=frozenset()) for proposal in tried]
        while len(taken) < MOST_ADVISED:
            left = [choice for choice in left if self._is_worth(choice) and choice.size_bytes <= budget]
            if not left:
                break
            left = self._looked_at(left, asked, beside=_all(taken))
            best = self._first(left)
            if self._is_worth(best):
                taken.append(best)
                budget -= best.size_bytes
            left.remove(best)
        return self._needed(taken, asked)

    def _looked_at(
        self, left: list[Choice], asked: Mapping[_Lead, Sequence[Asked]], *, beside: frozenset[Candidate]
    ) -> list[Choice]:
        """What one saves beside those taken is hardly ever more than it was: only those that could be first are looked
        at anew (the lazy greedy algorithm; Minoux, 1978).
        """
        waiting = sorted(left, key=lambda choice: -choice.score)
        known: list[Choice] = []
        most = 0.0
        while waiting and waiting[0].score >= ALIKE * most:
            again = self._choice(waiting.pop(0).proposal, asked, beside=beside)
            known.append(again)
            most = max(most, again.score)
        return [*known, *waiting]

    def _first(self, worth: Sequence[Choice]) -> Choice:
        """Of those that save as good as the same, the shortest, with the most selective column first."""
        most = max(choice.score for choice in worth)

        def rank(choice: Choice) -> tuple[float, ...]:
            columns = self.catalog.tables[choice.proposal[0].table].columns
            keys = choice.proposal[0].keys
            distinct = [columns[key.column].distinct if key.column in columns else 0.0 for key in keys]
            return (sum(len(candidate.keys) for candidate in choice.proposal), *(-each for each in distinct))

        # Beside those taken even the best may lose more by writes than it saves.
        return min((choice for choice in worth if choice.score >= min(most, ALIKE * most)), key=rank)

    def tried(self, own: Pricing) -> Sequence[Proposal]:
        """The proposals that save the statements most that they are for, by the price `own`; few of each statement."""
        found: dict[Proposal, float] = defaultdict(float)
        for asked in self.workload:
            if asked.statement.total_ms >= WORTH_SHARE * self.total_ms and asked.reading.verb != "insert":
                for proposal, saved_ms in self._best_of(asked, own).items():
                    found[proposal] += saved_ms
        return sorted(found, key=lambda proposal: -found[proposal])[:MOST_TRIED]

    def _best_of(self, asked: Asked, own: Pricing) -> Mapping[Proposal, float]:
        before = own.price(asked, frozenset())
        found: dict[Proposal, float] = {}
        for access in asked.reading.accesses:
            table = self.catalog.tables[access.table]
            new = [each for each in dict.fromkeys(proposals(access, table)) if not _are_there(each, table)]
            if table.rows < SMALL_ROWS:
                continue
            prices = {proposal: own.price(asked, frozenset(proposal)) for proposal in new}
            better = sorted((each for each in new if prices[each] < (1 - SAVED_SHARE) * before), key=prices.__getitem__)
            # The best with one key is what several statements may share.
            single = [each for each in better if all(len(candidate.keys) == 1 for candidate in each)][:1]
            for proposal in [*better[:TRIED_OF_ACCESS], *single]:
                saved_ms = (1 - prices[proposal] / before) * asked.statement.total_ms
                found |= dict.fromkeys((each for each in orders(proposal, access)), saved_ms)
        return found

    def _asked_by_lead(self) -> Mapping[_Lead, Sequence[Asked]]:
        """The statements by what an index must begin with to serve them."""
        found: dict[_Lead, dict[int, Asked]] = defaultdict(dict)
        for asked in self.workload:
            for access in asked.reading.accesses:
                uses = [*access.uses, *(use for choice in access.choices for branch in choice for use in branch)]
                for lead in {*(use.key for use in uses), *(each.column for each in access.order)}:
                    found[access.table, normal(lead)][asked.statement.id] = asked
        return {lead: list(each.values()) for lead, each in found.items()}

    def _served(self, proposal: Proposal, asked: Mapping[_Lead, Sequence[Asked]]) -> Iterable[Asked]:
        leads = [(candidate.table, normal(candidate.keys[0].text)) for candidate in proposal]
        return {each.statement.id: each for lead in leads for each in asked.get(lead, ())}.values()

    def _choice(
        self, proposal: Proposal, asked: Mapping[_Lead, Sequence[Asked]], *, beside: frozenset[Candidate]
    ) -> Choice:
        table = self.catalog.tables[proposal[0].table]
        new = tuple(candidate for candidate in proposal if not _is_there(candidate, table) and candidate not in beside)
        savings = [self._saving(each, frozenset(new), beside=beside) for each in self._served(proposal, asked)]
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

    def _needed(self, taken: Sequence[Choice], asked: Mapping[_Lead, Sequence[Asked]]) -> Sequence[Choice]:
        """Without those that the later ones made needless; each with what is lost without it."""
        kept = list(taken)
        for choice in list(kept):
            others = _all(each for each in kept if each is not choice)
            again = self._choice(choice.proposal, asked, beside=others)
            kept[kept.index(choice)] = again
            if not self._is_worth(again):
                kept.remove(again)
        return sorted(kept, key=lambda choice: -choice.saved_ms)


def _all(choices: Iterable[Choice]) -> frozenset[Candidate]:
    return frozenset(candidate for choice in choices for candidate in choice.proposal)


def _are_there(proposal: Proposal, table: Table) -> bool:
    return all(_is_there(candidate, table) for candidate in proposal)


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
