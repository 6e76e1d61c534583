"""Which column of an import means what. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self


@dataclass(frozen=True)
class Layout:
    """`names` are the fields that the cells of a row mean, by position, empty for what is only kept; `constants` say
    what a silent cell doesn't.
    """

    headers: Sequence[str]
    names: Sequence[str]
    constants: Mapping[str, str]
    source: str = ""

    @classmethod
    def of(
        cls, headers: Sequence[str], *, columns: Mapping[str, str], constants: Mapping[str, str], source: str
    ) -> Self:
        """`columns` is {header: field}."""
        names = [columns.get(header) or "" for header in headers]
        return cls(list(headers), names, {name: value for name, value in constants.items() if value}, source)

    @cached_property
    def said(self) -> frozenset[str]:
        """The fields that a row may say something about."""
        return frozenset({*self.constants, *filter(None, self.names)})

    @property
    def width(self) -> int:
        return len(self.headers)
