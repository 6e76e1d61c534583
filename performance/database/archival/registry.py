"""What may be archived: declared in code beside the models, since nobody is to send SQL.

An app registers its targets in AppConfig.ready. The SQL in them is about `r`, a row of the target's table; it is the
developer's, and no text of a user's ever gets into it. A % in it is written %%.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Model

from performance.database.archival.errors import UnknownCondition, UnknownTarget


@dataclass(frozen=True, slots=True)
class Condition:
    """A choice of rows, offered by name. `sql` is a condition on `r` that is never null."""

    says: str
    sql: str


@dataclass(frozen=True, slots=True)
class Child:
    """Rows that go along: those of `model` whose foreign key `via` names a row of `of` (none: of the target itself).

    `also` are further foreign keys of theirs that name only rows which go in the same chunk, so that they keep none.
    """

    model: str
    via: str
    of: str = ""
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Archivable:
    """A target. `age` is the time, as SQL on `r`, from which a row's age counts; a row without one stays.

    `guard` (SQL on `r`, never null) says which rows may leave at all; `guard_says` why. A row that others point to
    stays by itself, unless those point by a foreign key that is set to null when the row goes.
    `subjects` names what a legal hold may be about, {kind: SQL on `r`}; every target has "row", by its primary key.
    `says` tells what the rows are, and what is missing where they are gone. `tags` are of what is cached about them.
    """

    name: str
    title: str
    model: str
    age: str
    says: str
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    children: Sequence[Child] = ()
    guard: str = "true"
    guard_says: str = ""
    subjects: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    least_days: int = 1

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)

    def condition(self, name: str) -> Condition:
        """The one of this name; of "", all rows. Raises UnknownCondition."""
        if not name:
            return Condition("All", "true")
        if name not in self.conditions:
            offered = ", ".join(self.conditions) or "none"
            raise UnknownCondition(f"{self.name} has no condition {name!r}; it has: {offered}.")
        return self.conditions[name]


_targets: dict[str, Archivable] = {}


def register(target: Archivable) -> None:
    """Have it offered. A second one of the same name is a mistake, but for the very same one."""
    if _targets.setdefault(target.name, target) != target:
        raise ValueError(f"two targets of archival are called {target.name!r}")


def targets() -> Sequence[Archivable]:
    """All, by name."""
    return [_targets[name] for name in sorted(_targets)]


def target_named(name: str) -> Archivable:
    """Raises UnknownTarget."""
    if name not in _targets:
        raise UnknownTarget(f"There is no target {name!r}; there are: {', '.join(sorted(_targets))}.")
    return _targets[name]
