"""Which fields a list or a detail shows, and where each comes from.

    COMPANY = Shape.of("id", "name")
    PROSPECT = Shape.of("id", "person_name", company=COMPANY.at("company"), fits=FIT.each("fits", order_by=("-score",)))

A plain field is the model's own, or a path of the ORM (`owner="owner__username"`). What else PostgreSQL can say is a
function from the prefix of the paths to an expression; what it can't is `Computed`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Expression, Q

Make: TypeAlias = Callable[[str], Expression]


@dataclass(frozen=True, slots=True)
class One:
    """The row that a foreign key names, as an object; null where it names none."""

    path: str
    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Each:
    """The rows that name this one by a foreign key, as a list. `only`, if given, says which of them."""

    path: str
    shape: "Shape"
    order_by: tuple[str, ...]
    only: Q | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """An object that Python makes of a detail's primary key, a number; None is null. `names` are its fields."""

    names: tuple[str, ...]
    compute: Callable[[Any], Mapping[str, Any] | None]

    def of(self, key: Any) -> dict[str, Any] | None:
        made = self.compute(key)
        return None if made is None else {name: made[name] for name in self.names}


Source: TypeAlias = "str | Make | One | Each | Computed"


class UnknownField(Exception):
    """A field that isn't there was asked for. `name` as it was asked, `known` what there is in its place."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


@dataclass(frozen=True, slots=True)
class Shape:
    """Fields by name. Shapes of the same fields are equal, so that each is compiled once."""

    fields: tuple[tuple[str, Source], ...]

    @classmethod
    def of(cls, *plain: str, **others: Source) -> "Shape":
        """Fields of their own name, then those that come from elsewhere."""
        return cls((*((name, name) for name in plain), *others.items()))

    def __add__(self, other: "Shape") -> "Shape":
        return Shape((*self.fields, *other.fields))

    def at(self, path: str) -> One:
        return One(path, self)

    def each(self, path: str, *, order_by: tuple[str, ...], only: Q | None = None) -> Each:
        return Each(path, self, order_by, only)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.fields)

    @property
    def computed(self) -> tuple[tuple[str, Computed], ...]:
        return tuple((name, source) for name, source in self.fields if isinstance(source, Computed))

    def picked(self, paths: Sequence[str]) -> "Shape":
        """Only these (`id`, `company.name`), in the shape's order. Raises UnknownField."""
        wanted: dict[str, list[str | None]] = {}
        for path in paths:
            name, dot, rest = path.partition(".")
            wanted.setdefault(name, []).append(rest if dot else None)
        for name in wanted:
            if name not in self.names:
                raise UnknownField(name, self.names)
        return Shape(tuple((name, _part(name, source, wanted[name])) for name, source in self._among(wanted)))

    def _among(self, wanted: Mapping[str, object]) -> Iterator[tuple[str, Source]]:
        return ((name, source) for name, source in self.fields if name in wanted)


def _part(name: str, source: Source, asked: Sequence[str | None]) -> Source:
    """What of a field was asked for: all of it (None), or what is in it."""
    rests = [rest for rest in asked if rest is not None]
    try:
        inner = _inner(source, rests) if rests else source
    except UnknownField as error:
        raise UnknownField(f"{name}.{error.name}", error.known) from error
    return inner if len(rests) == len(asked) else source


def _inner(source: Source, rests: Sequence[str]) -> Source:
    if isinstance(source, Computed):
        for rest in rests:
            if rest not in source.names:
                raise UnknownField(rest, source.names)
        return Computed(tuple(each for each in source.names if each in rests), source.compute)
    if isinstance(source, One):
        return One(source.path, source.shape.picked(rests))
    if isinstance(source, Each):
        return Each(source.path, source.shape.picked(rests), source.order_by, source.only)
    raise UnknownField(rests[0], ())
