"""Which table a column's name means, in the part of a statement where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from performance.database.indexes.shapes import Order, Table, Use


@dataclass(slots=True, eq=False)
class Instance:
    """A table where a statement names it, and what is asked of it so far."""

    number: int
    table: Table
    uses: list[Use] = field(default_factory=list)
    choices: list[tuple[tuple[Use, ...], ...]] = field(default_factory=list)
    order: tuple[Order, ...] = ()
    is_repeated: bool = False


class Reference(NamedTuple):
    """A column of a table's instance."""

    instance: Instance
    column: str


# What a sub-query or a CTE gives: its columns, as far as a condition on one may be asked of its table.
Derived = Mapping[str, Reference]
Source = Instance | Derived


@dataclass(slots=True)
class Scope:
    """One SELECT's tables by alias, and what is around it."""

    outer: "Scope | None" = None
    ctes: Mapping[str, Derived] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    def find(self, parts: list[str]) -> Reference | None:
        """`column`, `table.column` or `schema.table.column`; the innermost scope that has it."""
        column, alias = parts[-1], parts[-2] if len(parts) > 1 else None
        for source in [self.sources.get(alias)] if alias else self.sources.values():
            if source is not None and (found := _within(source, column)):
                return found
        if self.outer is None or (alias and alias in self.sources):
            return None
        return self.outer.find(parts)

    def owns(self, reference: Reference) -> bool:
        """Whether its table stands here, and not around."""
        return any(
            source is reference.instance
            or (
                not isinstance(source, Instance)
                and any(each.instance is reference.instance for each in source.values())
            )
            for source in self.sources.values()
        )

    def cte(self, name: str) -> Derived | None:
        if name in self.ctes:
            return self.ctes[name]
        return self.outer.cte(name) if self.outer else None


def _within(source: Source, column: str) -> Reference | None:
    if isinstance(source, Instance):
        return Reference(source, column) if column in source.table.columns else None
    return source.get(column)
