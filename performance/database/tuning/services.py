"""The server as it is, and what to change of it."""

from dataclasses import dataclass
from datetime import datetime

from performance.database.activity import sessions
from performance.database.tables import facts
from performance.database.tables.upkeep import all_kept
from performance.database.tuning.advice import Advice, advice
from performance.database.tuning.server import Server, server


@dataclass(frozen=True, slots=True)
class Tuning:
    """At `at`."""

    server: Server
    advice: list[Advice]
    at: datetime


def tuning(*, at: datetime) -> Tuning:
    """Six statements."""
    found = server(tables=all_kept(), database_bytes=facts.database().bytes, connections=sessions.connections().share)
    return Tuning(found, advice(found), at)
