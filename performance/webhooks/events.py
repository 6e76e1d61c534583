"""The types of event that an endpoint may ask for. Other apps register theirs in AppConfig.ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from performance.webhooks.errors import UnknownEvent


@dataclass(frozen=True, slots=True)
class EventType:
    """`example` is the `data` of one, as tests of an endpoint send it and the documentation shows it."""

    name: str
    description: str
    example: Mapping[str, Any]


PING = EventType("webhook.ping", "A test of the endpoint, asked for by a person.", {"message": "Hello from Assay."})
_types: dict[str, EventType] = {PING.name: PING}


def register(*types: EventType) -> None:
    """Make types known. A second one of the same name is a mistake."""
    for each in types:
        if _types.setdefault(each.name, each) != each:
            raise ValueError(f"two types of event are called {each.name!r}")


def event_types() -> Sequence[EventType]:
    """All of them, by name."""
    return [_types[name] for name in sorted(_types)]


def subscribable() -> Sequence[str]:
    """The names that an endpoint may ask for: a ping comes only when somebody tests it."""
    return [name for name in sorted(_types) if name != PING.name]


def event_type(name: str) -> EventType:
    """Raises UnknownEvent, which names those there are."""
    try:
        return _types[name]
    except KeyError:
        known = ", ".join(sorted(_types))
        raise UnknownEvent(f"There is no event {name!r}; there are {known}.") from None
