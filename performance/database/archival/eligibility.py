"""Which rows may go, as SQL on `r`: old enough, chosen, let go by the guard, held by nobody, pointed to by nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from performance.database.archival.models import ArchivalRun
from performance.database.archival.registry import Archivable, target_named
from performance.database.archival.tree import Branch, quoted, tree

IN_FORCE = "h.lifted_at IS NULL"
_HOLDS = "SELECT {column} FROM performance_archivalhold h WHERE h.target = %(target)s AND {when} AND {which}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a run, or a look at what one would do, is about."""

    target: Archivable
    work: str
    condition: str
    cutoff: datetime
    since: datetime | None = None
    looked_at: datetime | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The statement's parameters."""
        named = {"target": self.target.name, "cutoff": self.cutoff}
        return named | {"since": self.since, "looked_at": self.looked_at}


def choice_of(run: ArchivalRun) -> Choice:
    """Raises UnknownTarget and UnknownCondition, where a release no longer knows them."""
    return Choice(
        target=target_named(run.target),
        work=run.work,
        condition=run.condition,
        cutoff=run.cutoff,
        since=run.since,
        looked_at=run.looked_at,
    )


def chosen(choice: Choice) -> str:
    """Old enough, of the condition, let go by the guard; of a copy, not copied before."""
    target = choice.target
    parts = [f"({target.age}) < %(cutoff)s", f"({target.guard})", f"({target.condition(choice.condition).sql})"]
    if choice.since is not None:
        # What a hold kept from the copy before is copied now that it is lifted.
        lifted = held(target, when="h.lifted_at >= %(looked_at)s")
        parts.append(f"(({target.age}) >= %(since)s OR {lifted})")
    return " AND ".join(parts)


def eligible(choice: Choice) -> str:
    """What a chunk takes. Copies leave the rows where they are, so it doesn't matter who points to them."""
    parts = [chosen(choice), f"NOT {held(choice.target)}"]
    if choice.work != "copy":
        parts.append(f"NOT {kept(choice.target)}")
    return " AND ".join(parts)


def held(target: Archivable, *, when: str = IN_FORCE) -> str:
    """Whether a legal hold is on the row. Each part is one look at the few holds, hashed, not one for each row."""
    parts = ["EXISTS (" + _holds("1", "h.subject_kind = '' AND h.condition = ''", when=when) + ")"]
    for kind, expression in subjects(target).items():
        ids = _holds("h.subject_id", f"h.subject_kind = '{kind}'", when=when)
        parts.append(f"coalesce(({expression})::text IN ({ids}), false)")
    for name, condition in target.conditions.items():
        whole = _holds("1", f"h.subject_kind = '' AND h.condition = '{name}'", when=when)
        parts.append(f"(({condition.sql}) AND EXISTS ({whole}))")
    return f"({' OR '.join(parts)})"


def subjects(target: Archivable) -> Mapping[str, str]:
    """What a hold may be about, and how a row says which it is."""
    key = tree(target.name)[0].key
    row = f"r.{quoted(key[0])}" if len(key) == 1 else f"ROW({', '.join(f'r.{quoted(each)}' for each in key)})"
    return {"row": row, **target.subjects}


def kept(target: Archivable) -> str:
    """Whether somebody outside of the tree points to the row, or to one of those that would go along."""
    branches = tree(target.name)
    parts = [
        f"EXISTS (SELECT FROM {quoted(pointer.table)} p WHERE p.{quoted(pointer.column)} IN {_keys(branches, place)})"
        for place, branch in enumerate(branches)
        for pointer in branch.keepers
    ]
    return f"({' OR '.join(parts)})" if parts else "false"


def _keys(branches: Sequence[Branch], place: int) -> str:
    """The keys of the rows of this table that hang on `r`."""
    branch = branches[place]
    if place == 0:
        return f"(r.{quoted(branch.key[0])})"
    inner = f"c{place}"
    above = _keys(branches, branch.parent)
    key, via = quoted(branch.key[0]), quoted(branch.via)
    return f"(SELECT {inner}.{key} FROM {quoted(branch.table)} {inner} WHERE {inner}.{via} IN {above})"  # noqa: S608 - names of ours


def _holds(column: str, which: str, *, when: str) -> str:
    return _HOLDS.format(column=column, when=when, which=which)
