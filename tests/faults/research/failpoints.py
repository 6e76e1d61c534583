"""Where a worker that researches can be made to die, once, as `kill -9` would make it: at the edges of the transactions
that store pages and results. The code under test knows nothing of it.

Before it dies it writes down which pages are in the store, as another connection sees them, and when.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import psycopg
from django.conf import settings
from django.db import transaction

from performance.jobs.completion import store
from performance.jobs.runner import flusher
from prospects.pages import writer
from prospects.pages.store import store_pages
from prospects.research import kind
from prospects.research.items import store_items

DIRECTORY, EDGE = "RESEARCH_FAILPOINTS", "RESEARCH_FAILPOINT"
EDGES = ("pages.before_commit", "pages.after_commit", "t5.before_commit", "t5.after_commit")
STORED = "SELECT url FROM prospects_page WHERE outcome = 'read'"
# Of transactions: the first has the first page, and nothing is known yet.
LET_PASS = 3


def arm() -> None:
    """In a worker, before it forks."""
    edge = os.environ.get(EDGE, "")
    if edge.startswith("pages."):
        writer.store_pages = _dying(store_pages, edge)  # type: ignore[attr-defined]
    elif edge == "t5.before_commit":
        kind.store_items = _dying(store_items, edge)  # type: ignore[attr-defined]
    elif edge == "t5.after_commit":
        flusher.store = _dying(store, edge)  # type: ignore[attr-defined]


def _dying(work: Callable[..., Any], edge: str) -> Callable[..., Any]:
    passed = 0

    def doomed(*args: Any, **kwargs: Any) -> Any:
        nonlocal passed
        passed += 1
        if edge == "pages.before_commit":
            with transaction.atomic():
                found = work(*args, **kwargs)
                _die(edge, is_due=passed > LET_PASS)
            return found
        found = work(*args, **kwargs)
        _die(edge, is_due=passed > LET_PASS)
        return found

    return doomed


def _die(edge: str, *, is_due: bool) -> None:
    told = Path(os.environ[DIRECTORY]) / edge
    if not is_due or told.exists():
        return
    with psycopg.connect(settings.DATABASE_URL) as apart:
        stored = [url for (url,) in apart.execute(STORED).fetchall()]
    told.write_bytes(orjson.dumps({"at": time.time(), "stored": stored}))
    os._exit(137)
