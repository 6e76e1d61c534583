"""Where a worker can be made to die: at the edges of its transactions, as `kill -9` would make it.

An app of the tests arms these; the code under test knows nothing of them. Each edge has a kind and a queue of its
own, so a child dies at the edge whose queue it works on, once.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from performance.jobs import claims, completion, ledger, tasks
from performance.jobs.kinds import Gate
from performance.jobs.runner import flusher
from performance.jobs.runner.slice import Slice
from tests.faults.kinds import Probe

DIRECTORY = "FAULTS_FAILPOINTS"
EDGES = (
    "t1.before_commit",
    "t1.after_commit",
    "t2.before_commit",
    "t2.after_commit",
    "t3.before_commit",
    "t3.after_commit",
    "t2t3.before_commit",
    "t2t3.after_commit",
    "t4.not_begun",
    "t4.before_t5",
    "t5.before_commit",
    "t5.after_commit",
)


class _Process:
    """Which edge this process is to die at."""

    edge = ""


class _Queue(Gate):
    """Has everybody wait, if only for a moment, so that reserving and sending are stored one after the other."""

    async def __aexit__(self, *_: object) -> None: ...


def kinds() -> list[Probe]:
    return [
        type("Doomed", (Probe,), {"name": f"faults.{edge}", "queue": edge, "gate": _gate(edge)})() for edge in EDGES
    ]


def _gate(edge: str) -> Gate | None:
    return _Queue() if edge.startswith(("t2.", "t3.")) else None


def arm() -> None:
    """Wrap the transactions, in this process and those that it forks."""
    tasks.Slice = _Watched  # type: ignore[attr-defined]
    claims.claim = _edges(claims.claim, "t1")
    ledger.reserve = _edges(_edges(ledger.reserve, "t2"), "t2t3")
    ledger.mark_sent = _edges(ledger.mark_sent, "t3")
    completion.complete = _dying_first(completion.complete, "t4.before_t5")
    flusher.store = _dying_with_replies(_edges(completion.store, "t5"))  # type: ignore[attr-defined]


class _Watched(Slice):
    def __init__(self, queue: str) -> None:
        _Process.edge = queue
        super().__init__(queue)


def _edges(work: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Dies right before the commit of `work`, or right after it; only of a call that came to something."""

    def doomed(*args: Any, **kwargs: Any) -> Any:
        if _Process.edge == f"{name}.before_commit":
            with transaction.atomic():
                found = work(*args, **kwargs)
                _die_at(f"{name}.before_commit", is_due=found != [] and _has_replies(args))
            return found
        found = work(*args, **kwargs)
        _die_at(f"{name}.after_commit", is_due=found != [] and _has_replies(args))
        return found

    return doomed


def _dying_first(work: Callable[..., Any], edge: str) -> Callable[..., Any]:
    def doomed(outcomes: Any, **kwargs: Any) -> Any:
        _die_at(edge, is_due=bool(outcomes))
        return work(outcomes, **kwargs)

    return doomed


def _dying_with_replies(work: Callable[..., Any]) -> Callable[..., Any]:
    def doomed(flush: completion.Flush) -> Any:
        _die_at("t4.not_begun", is_due=bool(flush.settlements))
        return work(flush)

    return doomed


def _has_replies(args: tuple[Any, ...]) -> bool:
    return bool(args[0].settlements) if args and isinstance(args[0], completion.Flush) else True


def _die_at(edge: str, *, is_due: bool) -> None:
    if is_due and _Process.edge == edge and _is_first(edge):
        os._exit(137)


def _is_first(edge: str) -> bool:
    try:
        (Path(os.environ[DIRECTORY]) / edge).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
