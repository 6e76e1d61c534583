"""What engines are asked, and what they answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from performance.outbound.client import Outbound


@dataclass(frozen=True, slots=True)
class Query:
    """`country` is ISO alpha-2 and `language` ISO 639, "" for any; `most` is how many hits are wanted."""

    text: str
    country: str = ""
    language: str = ""
    most: int = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """`rank` counts from 1; `domain` is registrable."""

    rank: int
    title: str
    snippet: str
    url: str
    domain: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question brought; `cost_micros` is 0 where it `is_cached`."""

    hits: tuple[Hit, ...]
    is_cached: bool = False
    cost_micros: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A domain that may be a company's site: `score` 0-100, and a sentence on why."""

    domain: str
    score: int
    why: str


class Engine(Protocol):
    """A search engine. `cost_micros` is what a call costs, in micro-dollars."""

    @property
    def name(self) -> str: ...

    @property
    def cost_micros(self) -> int: ...

    async def ask(self, query: Query, *, http: Outbound) -> Sequence[Hit]:
        """Raises EngineRefused, EngineDown and EngineBusy."""
        ...
