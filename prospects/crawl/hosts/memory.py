"""What is remembered of sites from visit to visit, and who may visit which: what a `HostMemory` is asked and told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class KnownRobots:
    """The robots.txt of an origin as it was last read, `code` of RobotsCode; `says` where it couldn't be."""

    origin: str
    code: str
    body: bytes = b""
    says: str = ""
    delay_ms: int = 0
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """To visit the site whose row is `key`, whose pages will likely be of these origins."""

    key: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The site is ours. `wait_s` is how long it is still to be left alone; `robots` are those that still stand."""

    wait_s: float = 0.0
    robots: Mapping[str, KnownRobots] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Denied:
    """The site isn't ours, and why; nor will it be for `at_least_s`."""

    says: str
    at_least_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Departure:
    """The visit is over. `error` says what kept it from reading anything; `robots` are those that it read."""

    key: str
    wait_s: float = 0.0
    error: str = ""
    robots: tuple[KnownRobots, ...] = ()


Answer: TypeAlias = Taken | Denied


class HostMemory(Protocol):
    """Each site is visited by one holder at a time; who falls silent loses it after LEASE_S."""

    async def take(self, wishes: Sequence[Wish], *, holder: str) -> Sequence[Answer]:
        """In the order of the wishes."""
        ...

    async def renew(self, keys: Sequence[str], *, holder: str) -> frozenset[str]:
        """Those that are still the holder's, for another LEASE_S."""
        ...

    async def leave(self, departures: Sequence[Departure], *, holder: str) -> None: ...


class Unshared:
    """No other process visits anything, and nothing is remembered."""

    async def take(self, wishes: Sequence[Wish], *, holder: str) -> Sequence[Answer]:
        return [Taken() for _ in wishes]

    async def renew(self, keys: Sequence[str], *, holder: str) -> frozenset[str]:
        return frozenset(keys)

    async def leave(self, departures: Sequence[Departure], *, holder: str) -> None:
        """There is nobody to tell."""
